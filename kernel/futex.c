/* SPDX-License-Identifier: MIT */
/*
 * Futexes. The word belongs to the program; the kernel only keeps who sleeps
 * on which word, in a hash of queues.
 *
 * A word is named by its key: (mm, address) for memory of one process, (file
 * mapping, offset) for shared memory, so that two processes which map the same
 * page at different addresses meet.
 *
 * The one race that matters: a waiter reads the word and goes to sleep, a waker
 * changes the word and looks for sleepers. Both hold the bucket lock over
 * their two steps, so one of them sees the other. The word is read with page
 * faults off (a fault would sleep under the lock); if the page is not there,
 * the lock is dropped, the page brought in, and everything begins again.
 *
 * Locks: bucket->lock (RANK_FUTEX); two of them in order of their address.
 *
 * Linux: kernel/futex/core.c, waitwake.c, requeue.c. Differs: no priority
 * inheritance, no robust-list walk at exit.
 */
#include <asm/barrier.h>
#include <asm/uaccess.h>
#include "kernel/fs/fs.h"
#include "kernel/futex.h"
#include "kernel/sched.h"
#include "kernel/signal.h"
#include "lib/hash.h"
#include "mm/mm.h"

#define FUTEX_WAIT		0
#define FUTEX_WAKE		1
#define FUTEX_REQUEUE		3
#define FUTEX_CMP_REQUEUE	4
#define FUTEX_WAKE_OP		5
#define FUTEX_WAIT_BITSET	9
#define FUTEX_WAKE_BITSET	10
#define FUTEX_PRIVATE_FLAG	128
#define FUTEX_CLOCK_REALTIME	256
#define FUTEX_BITSET_MATCH_ANY	0xffffffffu
#define NR_BUCKETS		64

/* Names a word. Kept by sleepers without a reference: a stale one only wakes for nothing. */
struct futex_key {
	const void *object;		/* mm_struct or address_space */
	unsigned long offset;		/* address, or byte offset in the file */
};

struct futex_q {
	struct list_head list;		/* (bucket) empty: woken */
	struct task_struct *task;
	struct futex_key key;
	struct futex_bucket *bucket;	/* changed by requeue under both locks */
	u32 bitset;
};

struct futex_bucket {
	spinlock_t lock;
	struct list_head waiters;	/* futex_q, first come first */
} __aligned(64);		/* a cache line each: harts do not disturb each other */

static struct futex_bucket buckets[NR_BUCKETS];

void futex_init(void)
{
	for (int i = 0; i < NR_BUCKETS; i++) {
		spin_lock_init(&buckets[i].lock, RANK_FUTEX, "futex");
		INIT_LIST_HEAD(&buckets[i].waiters);
	}
}

/* ---- keys ---- */

static struct futex_bucket *bucket_of(const struct futex_key *key)
{
	return &buckets[hash_long((unsigned long)key->object ^ key->offset, 6) % NR_BUCKETS];
}

/* Sleepers on other words share the bucket. */
static bool key_equal(const struct futex_key *a, const struct futex_key *b)
{
	return a->object == b->object && a->offset == b->offset;
}

/*
 * The key of a word that other processes may share. Memory that is private after
 * all keeps the process's own key. 0 or -EFAULT (nothing is mapped there).
 */
static int shared_key(struct mm_struct *mm, unsigned long addr, struct futex_key *key)
{
	struct vm_area_struct *vma;

	mmap_read_lock(mm);
	vma = vma_lookup(mm, addr);
	if (vma && vma->vm_flags & VM_SHARED && vma->vm_file) {
		key->object = vma->vm_file->f_mapping;
		key->offset = (linear_page_index(vma, addr) << PAGE_SHIFT) + offset_in_page(addr);
	}
	mmap_read_unlock(mm);
	return vma ? 0 : -EFAULT;
}

/* 0, -EINVAL (not aligned), -EFAULT */
static int get_key(u32 __user *uaddr, bool private, struct futex_key *key)
{
	unsigned long addr = (unsigned long)uaddr;

	if (addr % sizeof(u32))
		return -EINVAL;
	if (!access_ok(uaddr, sizeof(u32)))
		return -EFAULT;
	key->object = current->mm;
	key->offset = addr;
	return private ? 0 : shared_key(current->mm, addr, key);
}

/* Read the word without sleeping. => bucket lock held. */
static int load_nofault(u32 *value, u32 __user *uaddr)
{
	int err;

	current->in_fault_disabled++;
	err = get_user(*value, uaddr);
	current->in_fault_disabled--;
	return err;
}

/* ---- waking ---- */

/* => bucket lock held, and the sleeper takes it before it goes on: q and the task stay. */
static void wake_q(struct futex_q *q)
{
	list_del_init(&q->list);
	wake_up_process(q->task);
}

/* => bucket lock held. Number woken, at most nr. */
static int wake_matching(struct futex_bucket *b, const struct futex_key *key, int nr, u32 bitset)
{
	struct futex_q *q, *next;
	int woken = 0;

	list_for_each_entry_safe(q, next, &b->waiters, list) {
		if (woken >= nr)
			break;
		if (!key_equal(&q->key, key) || !(q->bitset & bitset))
			continue;
		wake_q(q);
		woken++;
	}
	return woken;
}

/* Number woken, or -EINVAL, -EFAULT. The word itself is not looked at. */
static long futex_wake(u32 __user *uaddr, bool private, int nr, u32 bitset)
{
	struct futex_bucket *b;
	struct futex_key key;
	int err = bitset ? get_key(uaddr, private, &key) : -EINVAL;

	if (err)
		return err;
	b = bucket_of(&key);
	spin_lock(&b->lock);
	err = wake_matching(b, &key, nr, bitset);
	spin_unlock(&b->lock);
	return err;
}

void futex_wake_user(int __user *uaddr)
{
	(void)futex_wake((u32 __user *)uaddr, false, 1, FUTEX_BITSET_MATCH_ANY);
}

/* ---- waiting ---- */

/* A look without the lock: whether to sleep. unqueue() decides. */
static bool still_queued(const struct futex_q *q)
{
	return READ_ONCE(q->list.next) != &q->list;
}

/* Off the queue, wherever a requeue has put it: true if it was still there (not woken). */
static bool unqueue(struct futex_q *q)
{
	for (;;) {
		struct futex_bucket *b = READ_ONCE(q->bucket);
		bool was;

		spin_lock(&b->lock);
		if (b != q->bucket) {
			spin_unlock(&b->lock);
			continue;
		}
		was = still_queued(q);
		if (was)
			list_del(&q->list);
		spin_unlock(&b->lock);
		return was;
	}
}

static long futex_restart(struct restart_block *rb);

/* Queue q if the word still holds val. 0, -EAGAIN, -EFAULT. */
static int queue_if_equal(struct futex_q *q, u32 __user *uaddr, u32 val)
{
	struct futex_bucket *b = bucket_of(&q->key);
	u32 now;
	int err;

	for (;;) {
		spin_lock(&b->lock);
		err = load_nofault(&now, uaddr);
		if (!err)
			break;
		spin_unlock(&b->lock);
		err = get_user(now, uaddr);	/* brings the page in, may sleep */
		if (err)
			return err;
	}
	if (now == val) {
		q->bucket = b;
		list_add_tail(&q->list, &b->waiters);
		set_current_state(TASK_INTERRUPTIBLE);
	} else {
		err = -EAGAIN;
	}
	spin_unlock(&b->lock);
	return err;
}

/* Sleep until woken, a signal, or `until`. 0, -EINTR or -ETIMEDOUT. => q queued, state set */
static int sleep_queued(struct futex_q *q, u64 until)
{
	int err = 0;

	/* A wake-up between the look and schedule() sets the state back: nothing is lost. */
	while (still_queued(q)) {
		if (!hrtimer_sleep_until(until)) {
			err = -ETIMEDOUT;
			break;
		}
		if (signal_pending(current)) {
			err = -EINTR;
			break;
		}
		set_current_state(TASK_INTERRUPTIBLE);
	}
	__set_current_state(TASK_RUNNING);
	return unqueue(q) ? err : 0;
}

/* 0 woken, -EAGAIN the word has changed, -ETIMEDOUT, or interrupted in one of two ways. */
static long futex_wait(u32 __user *uaddr, bool private, u32 val, u64 until, u32 bitset)
{
	struct futex_q q = { .task = current, .bitset = bitset };
	int err = bitset ? get_key(uaddr, private, &q.key) : -EINVAL;

	if (!err)
		err = queue_if_equal(&q, uaddr, val);
	if (err)
		return err;
	err = sleep_queued(&q, until);
	if (err != -EINTR)
		return err;
	if (until == U64_MAX)
		return -ERESTARTSYS;
	/* Called again it would wait as long as before: so remember the moment. */
	current->restart_block = (struct restart_block){
		.fn = futex_restart, .until = until, .uaddr = uaddr,
		.val = val, .bitset = bitset, .private = private,
	};
	return -ERESTART_RESTARTBLOCK;
}

static long futex_restart(struct restart_block *rb)
{
	return futex_wait(rb->uaddr, rb->private, rb->val, rb->until, rb->bitset);
}

/* ---- two words ---- */

/* Both buckets of an operation on two words, which may be one: more than clang can follow. */
static __no_lock_check void lock_two(struct futex_bucket *a, struct futex_bucket *b)
{
	struct futex_bucket *first = a < b ? a : b, *second = a < b ? b : a;

	spin_lock(&first->lock);
	if (first != second)
		spin_lock_nested(&second->lock);	/* by address */
}

static __no_lock_check void unlock_two(struct futex_bucket *a, struct futex_bucket *b)
{
	spin_unlock(&a->lock);
	if (a != b)
		spin_unlock(&b->lock);
}

/*
 * => both locked. Move sleepers without waking them: a condition variable's broadcast. Within one
 * list they keep their places: one that went to its end would be met again, if the words are the
 * same.
 */
static int requeue_matching(struct futex_bucket *from, const struct futex_key *key,
			    struct futex_bucket *to, const struct futex_key *key2, int nr)
{
	struct futex_q *q, *next;
	int moved = 0;

	list_for_each_entry_safe(q, next, &from->waiters, list) {
		if (moved >= nr)
			break;
		if (!key_equal(&q->key, key))
			continue;
		if (from != to)
			list_move_tail(&q->list, &to->waiters);
		q->key = *key2;
		WRITE_ONCE(q->bucket, to);
		moved++;
	}
	return moved;
}

/* The two words of FUTEX_REQUEUE and FUTEX_WAKE_OP. */
struct futex_pair {
	u32 __user *uaddr, *uaddr2;
	struct futex_key key, key2;
	struct futex_bucket *b, *b2;
};

/* 0, -EINVAL, -EFAULT */
static int get_pair(struct futex_pair *p, u32 __user *uaddr, u32 __user *uaddr2, bool private)
{
	int err = get_key(uaddr, private, &p->key);

	if (!err)
		err = get_key(uaddr2, private, &p->key2);
	if (err)
		return err;
	p->uaddr = uaddr;
	p->uaddr2 = uaddr2;
	p->b = bucket_of(&p->key);
	p->b2 = bucket_of(&p->key2);
	return 0;
}

/* cmp: NULL, or the value *uaddr must still have. */
static long futex_requeue(struct futex_pair *p, int nr_wake, int nr_requeue, const u32 *cmp)
{
	long ret = 0;
	u32 now;

	if (nr_wake < 0 || nr_requeue < 0)
		return -EINVAL;
	for (;;) {
		lock_two(p->b, p->b2);
		if (!cmp || !load_nofault(&now, p->uaddr))
			break;
		unlock_two(p->b, p->b2);
		if (get_user(now, p->uaddr))
			return -EFAULT;
	}
	if (cmp && now != *cmp) {	/* somebody was faster: the program decides anew */
		ret = -EAGAIN;
	} else {
		ret = wake_matching(p->b, &p->key, nr_wake, FUTEX_BITSET_MATCH_ANY);
		ret += requeue_matching(p->b, &p->key, p->b2, &p->key2, nr_requeue);
	}
	unlock_two(p->b, p->b2);
	return ret;
}

/* The operation word of FUTEX_WAKE_OP: op:4 cmp:4 oparg:12 cmparg:12 (futex(2)). */
static int op_new_value(u32 encoded, u32 old, u32 *new)
{
	u32 arg = (u32)((s32)(encoded << 8) >> 20);

	if (encoded >> 28 & 8)
		arg = 1u << (arg & 31);
	switch (encoded >> 28 & 7) {
	case 0: *new = arg; return 0;
	case 1: *new = old + arg; return 0;
	case 2: *new = old | arg; return 0;
	case 3: *new = old & ~arg; return 0;
	case 4: *new = old ^ arg; return 0;
	}
	return -ENOSYS;
}

/* Did the old value compare as asked? 1, 0 or -ENOSYS. */
static int op_compare(u32 encoded, u32 old)
{
	s32 a = (s32)old, b = (s32)(encoded << 20) >> 20;

	switch (encoded >> 24 & 15) {
	case 0: return a == b;
	case 1: return a != b;
	case 2: return a < b;
	case 3: return a <= b;
	case 4: return a > b;
	case 5: return a >= b;
	}
	return -ENOSYS;
}

/* Change *uaddr2 as told. => buckets locked, no faults: -EFAULT means "bring it in and retry". */
static int do_wake_op(u32 encoded, u32 __user *uaddr2, u32 *old)
{
	u32 found, new;
	int err;

	current->in_fault_disabled++;
	err = get_user(*old, uaddr2);
	while (!err) {
		err = op_new_value(encoded, *old, &new);
		if (!err)
			err = futex_cmpxchg_user(&found, uaddr2, *old, new);
		if (err || found == *old)
			break;
		*old = found;
	}
	current->in_fault_disabled--;
	return err;
}

/* Change one word and wake on both: what a condition variable inside a mutex needs in one call. */
static long futex_wake_op(struct futex_pair *p, int nr_wake, int nr_wake2, u32 encoded)
{
	int ret, err;
	u32 old;

	/* -EFAULT under the locks may only mean that a page is out: fetch it and try again. */
	for (;;) {
		lock_two(p->b, p->b2);
		err = do_wake_op(encoded, p->uaddr2, &old);
		if (err != -EFAULT)
			break;
		unlock_two(p->b, p->b2);
		if (get_user(old, p->uaddr2) || futex_cmpxchg_user(&old, p->uaddr2, old, old))
			return -EFAULT;
	}
	ret = err ? err : op_compare(encoded, old);
	if (ret >= 0) {
		int also = ret;

		ret = wake_matching(p->b, &p->key, nr_wake, FUTEX_BITSET_MATCH_ANY);
		if (also)
			ret += wake_matching(p->b2, &p->key2, nr_wake2, FUTEX_BITSET_MATCH_ANY);
	}
	unlock_two(p->b, p->b2);
	return ret;
}

/* ---- the system call ---- */

/* FUTEX_WAIT: relative; FUTEX_WAIT_BITSET: absolute, on the clock the flag says. */
static int get_timeout(unsigned long utime, int cmd, bool realtime, u64 *until)
{
	struct __kernel_timespec ts;
	u64 ns, offset;

	*until = U64_MAX;
	if (!utime)
		return 0;
	if (copy_from_user(&ts, (void __user *)utime, sizeof(ts)))
		return -EFAULT;
	if (!timespec_valid(&ts))
		return -EINVAL;
	if (cmd == FUTEX_WAIT) {
		*until = ktime_add_timespec(&ts);
		return 0;
	}
	ns = timespec_to_ns(&ts);	/* a moment; in the past it is over at once */
	offset = realtime ? ktime_real_offset() : 0;
	*until = ns > offset ? ns - offset : 1;
	return 0;
}

long sys_futex(u32 __user *uaddr, long uop, unsigned long val, unsigned long utime,
	       u32 __user *uaddr2, unsigned long val3)
{
	int op = (int)uop, cmd = op & ~(FUTEX_PRIVATE_FLAG | FUTEX_CLOCK_REALTIME);
	bool private = op & FUTEX_PRIVATE_FLAG;
	struct futex_pair pair;
	u32 cmp = (u32)val3;
	u64 until;
	int err;

	if ((op & FUTEX_CLOCK_REALTIME) && cmd != FUTEX_WAIT_BITSET)
		return -ENOSYS;
	switch (cmd) {
	case FUTEX_WAIT:
	case FUTEX_WAIT_BITSET:
		err = get_timeout(utime, cmd, op & FUTEX_CLOCK_REALTIME, &until);
		if (err)
			return err;
		return futex_wait(uaddr, private, (u32)val, until,
				  cmd == FUTEX_WAIT ? FUTEX_BITSET_MATCH_ANY : cmp);
	case FUTEX_WAKE:
		return futex_wake(uaddr, private, (int)val, FUTEX_BITSET_MATCH_ANY);
	case FUTEX_WAKE_BITSET:
		return futex_wake(uaddr, private, (int)val, cmp);
	/* The others have a number in the place of the time. */
	case FUTEX_REQUEUE:
	case FUTEX_CMP_REQUEUE:
	case FUTEX_WAKE_OP:
		err = get_pair(&pair, uaddr, uaddr2, private);
		if (err)
			return err;
		if (cmd == FUTEX_WAKE_OP)
			return futex_wake_op(&pair, (int)val, (int)utime, cmp);
		return futex_requeue(&pair, (int)val, (int)utime,
				     cmd == FUTEX_CMP_REQUEUE ? &cmp : NULL);
	}
	return -ENOSYS;
}
