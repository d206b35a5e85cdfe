/* SPDX-License-Identifier: MIT */
/*
 * Waiting for files: ppoll(2), pselect6(2).
 *
 * Each file's ->poll() says what is ready and, in the first round, queues us on
 * the wait queues that announce changes. A waker sets `triggered`; we look at
 * all files again when it is set, so an event between looking and sleeping is
 * not lost.
 *
 * Cost: each call queues on every file and unqueues again, so it is linear in the
 * number of descriptors; epoll(7) (eventpoll.c) queues once.
 *
 * The wait entries live in this call's frame or in pages of its own; a file that
 * is closed meanwhile by another thread is kept by a reference until we are off
 * its queue.
 *
 * The signal mask of ppoll(2) and pselect(2) is set before the first look and
 * taken back after the last: a signal that is blocked outside, arriving in
 * between, interrupts the wait and is not lost. If a handler is to run, the old
 * mask comes back only when it returns.
 *
 * Locks: none held while sleeping; the wait queues' own.
 *
 * Linux: fs/select.c. Differs: select is done with the poll loop.
 */
#include "kernel/fs/fs_syscalls.h"
#include "kernel/fs/internal.h"
#include "kernel/fs/poll.h"
#include "kernel/signal.h"
#include "lib/string.h"
#include "mm/slab.h"

#define POLL_INLINE	8

struct pollfd { int fd; short events, revents; };

struct poll_entry {
	struct wait_queue_entry wait;
	struct wait_queue_head *wq;
	struct file *file;
	struct poll_wqueues *pwq;
};

/* All queues one call waits on. */
struct poll_wqueues {
	struct poll_table pt;		/* first: ->qproc() gets this */
	bool triggered;
	int error;
	unsigned int nr, max;
	struct poll_entry *entries;	/* a pointer to one must stay valid: never moved */
	struct poll_block *blocks;
	struct poll_entry first[POLL_INLINE];
};

struct poll_block {
	struct poll_block *next;
	struct poll_entry entries[];
};
#define BLOCK_ENTRIES ((PAGE_SIZE - sizeof(struct poll_block)) / sizeof(struct poll_entry))

/* In the waker's context, with the queue's lock held. */
static int pollwake(struct wait_queue_entry *wait, unsigned int mode, void *key)
{
	struct poll_entry *e = container_of(wait, struct poll_entry, wait);

	__atomic_store_n(&e->pwq->triggered, true, __ATOMIC_SEQ_CST);
	return default_wake_function(wait, mode, key);
}

/* Eight files need no allocation. Entries are on queues, so they never move. */
static struct poll_entry *poll_get_entry(struct poll_wqueues *pwq)
{
	struct poll_block *b;

	if (pwq->nr == pwq->max) {
		b = (struct poll_block *)get_zeroed_page(GFP_KERNEL);
		if (!b) {
			pwq->error = -ENOMEM;
			return NULL;
		}
		b->next = pwq->blocks;
		pwq->blocks = b;
		pwq->entries = b->entries;
		pwq->nr = 0;
		pwq->max = BLOCK_ENTRIES;
	}
	return &pwq->entries[pwq->nr++];
}

/* ->poll() calls this for each queue; the file is kept, so that its queue is. */
static void poll_queue(struct file *f, struct wait_queue_head *wq, struct poll_table *pt)
{
	struct poll_wqueues *pwq = container_of(pt, struct poll_wqueues, pt);
	struct poll_entry *e = poll_get_entry(pwq);

	if (!e)
		return;
	e->pwq = pwq;
	e->file = get_file(f);
	e->wq = wq;
	e->wait.private = current;
	e->wait.func = pollwake;
	add_wait_queue(wq, &e->wait);
}

/* For one call of poll or select. */
static void poll_init(struct poll_wqueues *pwq)
{
	pwq->pt.qproc = poll_queue;
	pwq->triggered = false;
	pwq->error = 0;
	pwq->nr = 0;
	pwq->max = POLL_INLINE;
	pwq->entries = pwq->first;
	pwq->blocks = NULL;
}

/* Off the queue before the file is put: its queue may go with it. */
static void poll_free_entries(struct poll_entry *e, unsigned int nr)
{
	for (; nr--; e++) {
		remove_wait_queue(e->wq, &e->wait);
		fput(e->file);
	}
}

/* The newest block is partly used, the others and the inline entries are full. */
static void poll_done(struct poll_wqueues *pwq)
{
	struct poll_block *b = pwq->blocks, *next;
	unsigned int nr = pwq->nr;

	for (; b; b = next) {
		next = b->next;
		poll_free_entries(b->entries, nr);
		free_page((unsigned long)b);
		nr = next ? BLOCK_ENTRIES : POLL_INLINE;
	}
	poll_free_entries(pwq->first, nr);
}

/* Regular files are always ready. */
unsigned int vfs_poll(struct file *f, struct poll_table *pt)
{
	return f->f_op->poll ? f->f_op->poll(f, pt) : DEFAULT_POLLMASK;
}

/* => true if the time is up. */
static bool poll_sleep(struct poll_wqueues *pwq, u64 expires)
{
	bool timed_out = false;

	set_current_state(TASK_INTERRUPTIBLE);
	if (!READ_ONCE(pwq->triggered)) {
		if (expires == U64_MAX)
			schedule();
		else
			timed_out = !hrtimer_sleep_until(expires);
	}
	__set_current_state(TASK_RUNNING);
	/* Cleared before the files are looked at again: a later event sets it anew. */
	__atomic_store_n(&pwq->triggered, false, __ATOMIC_SEQ_CST);
	return timed_out;
}

/* Look at one descriptor; the events that matter to the caller. */
static unsigned int do_pollfd(struct pollfd *p, struct poll_table *pt)
{
	unsigned int filter = (unsigned short)p->events | POLLERR | POLLHUP, mask;
	struct fd f;

	if (p->fd < 0)
		return 0;
	f = fdget(p->fd);
	if (!f.file)
		return POLLNVAL;
	mask = vfs_poll(f.file, pt) & filter;
	fdput(f);
	return mask;
}

/* expires: ns, 0 look only, U64_MAX for ever. Number of ready ones, or -errno. */
static int do_poll(struct pollfd *fds, unsigned int nr, u64 expires)
{
	struct poll_wqueues pwq;
	bool timed_out = !expires;
	int count;

	poll_init(&pwq);
	if (timed_out)
		pwq.pt.qproc = NULL;
	for (;;) {
		count = 0;
		for (unsigned int i = 0; i < nr; i++) {
			fds[i].revents = (short)do_pollfd(&fds[i], &pwq.pt);
			if (fds[i].revents) {
				count++;
				pwq.pt.qproc = NULL;	/* we shall not sleep */
			}
		}
		pwq.pt.qproc = NULL;		/* queued on all now */
		if (!count)
			count = pwq.error ? pwq.error :
				signal_pending(current) ? -ERESTARTNOHAND : 0;
		if (count || timed_out)
			break;
		timed_out = poll_sleep(&pwq, expires);
	}
	poll_done(&pwq);
	return count;
}

/* ---- times and signal masks ---- */

/* A time in the program's memory, as a moment. Zero: look only. */
static int poll_expires(const struct __kernel_timespec __user *uts, u64 *expires)
{
	struct __kernel_timespec ts;

	*expires = U64_MAX;
	if (!uts)
		return 0;
	if (copy_from_user(&ts, uts, sizeof(ts)))
		return -EFAULT;
	if (ts.tv_sec < 0 || ts.tv_nsec < 0 || ts.tv_nsec >= (s64)NSEC_PER_SEC)
		return -EINVAL;
	*expires = 0;
	if (ts.tv_sec || ts.tv_nsec)
		*expires = ts.tv_sec < (s64)(U64_MAX / NSEC_PER_SEC / 4) ?
			   ktime_get() + timespec_to_ns(&ts) : U64_MAX;
	return 0;
}

/* What is left of the time goes back to the program, as Linux does it. */
static void put_time_left(struct __kernel_timespec __user *uts, u64 expires)
{
	u64 now = ktime_get();
	struct __kernel_timespec ts = ns_to_timespec(expires > now ? expires - now : 0);

	if (uts && expires != U64_MAX)
		(void)!copy_to_user(uts, &ts, sizeof(ts));
}

/*
 * The old mask is kept in the task: a handler that ends the call must run with the
 * new one.
 */
int set_user_sigmask(const void __user *umask, size_t size)
{
	sigset_t mask;

	if (!umask)
		return 0;
	if (size != sizeof(mask))
		return -EINVAL;
	if (copy_from_user(&mask, umask, sizeof(mask)))
		return -EFAULT;
	current->saved_sigmask = current->blocked;
	current->restore_sigmask = true;
	set_current_blocked(&mask);
	return 0;
}

/* Interrupted: the handler runs with the call's mask, and its return puts the old one back. */
void restore_user_sigmask(bool interrupted)
{
	if (!current->restore_sigmask || interrupted)
		return;
	current->restore_sigmask = false;
	set_current_blocked(&current->saved_sigmask);
}

/* ---- ppoll ---- */

/* Up to 16 descriptors are handled on the stack. */
static int poll_user_fds(struct pollfd __user *ufds, unsigned int nr, u64 expires)
{
	struct pollfd fast[16], *fds = fast;
	int count = -EFAULT;

	if (nr > ARRAY_SIZE(fast)) {
		fds = kmalloc_array(nr, sizeof(*fds), GFP_KERNEL);
		if (!fds)
			return -ENOMEM;
	}
	if (!copy_from_user(fds, ufds, nr * sizeof(*fds))) {
		count = do_poll(fds, nr, expires);
		for (unsigned int i = 0; i < nr && count >= 0; i++) {
			if (put_user(fds[i].revents, &ufds[i].revents))
				count = -EFAULT;
		}
	}
	if (fds != fast)
		kfree(fds);
	return count;
}

/* ppoll(2). */
long sys_ppoll(struct pollfd __user *ufds, unsigned long nfds, struct __kernel_timespec __user *uts,
	       const void __user *sigmask, unsigned long sigsetsize)
{
	unsigned int nr = (unsigned int)nfds;
	u64 expires;
	int ret;

	if (nr > current->signal->rlim[RLIMIT_NOFILE].rlim_cur)
		return -EINVAL;
	ret = poll_expires(uts, &expires);
	if (!ret)
		ret = set_user_sigmask(sigmask, sigsetsize);
	if (ret)
		return ret;
	ret = poll_user_fds(ufds, nr, expires);
	restore_user_sigmask(ret == -ERESTARTNOHAND);
	put_time_left(uts, expires);
	return ret;
}

/* ---- pselect6: three sets of bits become one array of pollfd ---- */

#define SELECT_IN	(POLLRDNORM | POLLRDBAND | POLLIN | POLLHUP | POLLERR)
#define SELECT_OUT	(POLLWRBAND | POLLWRNORM | POLLOUT | POLLERR)
#define SELECT_EX	POLLPRI

struct select_sets {
	unsigned long *in, *out, *ex;	/* NULL: not given */
	size_t bytes;			/* of each */
};

/* A pollfd for each number that is in one of the sets. */
static unsigned int select_build(const struct select_sets *s, unsigned int n, struct pollfd *fds)
{
	unsigned int nr = 0;

	for (unsigned int i = 0; i < n; i++) {
		unsigned int events = 0;

		if (s->in && test_bit(i, s->in))
			events |= SELECT_IN;
		if (s->out && test_bit(i, s->out))
			events |= SELECT_OUT;
		if (s->ex && test_bit(i, s->ex))
			events |= SELECT_EX;
		if (events)
			fds[nr++] = (struct pollfd){ (int)i, (short)events, 0 };
	}
	return nr;
}

/* One set's answer; bits set, or -EBADF. */
static int select_answer(unsigned long *set, const struct pollfd *fds, unsigned int nr,
			 unsigned int mask)
{
	int count = 0;

	for (unsigned int i = 0; i < nr; i++) {
		if (fds[i].revents & POLLNVAL)
			return -EBADF;
		if (!set || !test_bit(fds[i].fd, set))
			continue;
		if ((unsigned int)fds[i].revents & mask)
			count++;
		else
			__clear_bit(fds[i].fd, set);
	}
	return count;
}

/* As poll: the result counts bits, not descriptors. */
static int do_select(struct select_sets *s, unsigned int n, u64 expires)
{
	struct pollfd *fds = kmalloc_array(n ? n : 1, sizeof(*fds), GFP_KERNEL);
	unsigned int nr;
	int ret, in, out, ex;

	if (!fds)
		return -ENOMEM;
	nr = select_build(s, n, fds);
	ret = do_poll(fds, nr, expires);
	if (ret >= 0) {
		in = select_answer(s->in, fds, nr, SELECT_IN);
		out = select_answer(s->out, fds, nr, SELECT_OUT);
		ex = select_answer(s->ex, fds, nr, SELECT_EX);
		ret = in < 0 ? in : in + out + ex;
	}
	kfree(fds);
	return ret;
}

/* A set that is not given is NULL. */
static int get_fd_set(const unsigned long __user *user, unsigned long *buf, size_t bytes,
		      unsigned long **set)
{
	*set = user ? buf : NULL;
	return user && copy_from_user(buf, user, bytes) ? -EFAULT : 0;
}

/* All three are written back, also when the time is up. */
static int put_fd_set(unsigned long __user *user, const unsigned long *set, size_t bytes)
{
	return user && copy_to_user(user, set, bytes) ? -EFAULT : 0;
}

/* Sets are whole words, as the program allocated them. */
static int select_user(unsigned int n, unsigned long __user *uset[3], u64 expires)
{
	size_t bytes = BITS_TO_LONGS(n) * sizeof(long);
	unsigned long *buf = kmalloc(bytes ? bytes * 3 : 8, GFP_KERNEL);
	struct select_sets s = { .bytes = bytes };
	int ret;

	if (!buf)
		return -ENOMEM;
	if (get_fd_set(uset[0], buf, bytes, &s.in) ||
	    get_fd_set(uset[1], buf + bytes / 8, bytes, &s.out) ||
	    get_fd_set(uset[2], buf + bytes / 4, bytes, &s.ex))
		ret = -EFAULT;
	else
		ret = do_select(&s, n, expires);
	if (ret >= 0 && (put_fd_set(uset[0], s.in, bytes) || put_fd_set(uset[1], s.out, bytes) ||
			 put_fd_set(uset[2], s.ex, bytes)))
		ret = -EFAULT;
	kfree(buf);
	return ret;
}

/*
 * pselect6(2): the sixth argument is a pointer to mask and size. Numbers above the
 * table's size cannot be open, and are not looked at.
 */
long sys_pselect6(long n, unsigned long __user *in, unsigned long __user *out,
		  unsigned long __user *ex, struct __kernel_timespec __user *uts,
		  const void __user *sig)
{
	struct { const void __user *mask; size_t size; } arg = { NULL, 0 };
	unsigned long __user *sets[3] = { in, out, ex };
	unsigned int nr;
	u64 expires;
	int ret;

	if ((int)n < 0)
		return -EINVAL;
	nr = min_t(unsigned int, (int)n, READ_ONCE(current->files->max_fds));
	if (sig && copy_from_user(&arg, sig, sizeof(arg)))
		return -EFAULT;
	ret = poll_expires(uts, &expires);
	if (!ret)
		ret = set_user_sigmask(arg.mask, arg.size);
	if (ret)
		return ret;
	ret = select_user(nr, sets, expires);
	restore_user_sigmask(ret == -ERESTARTNOHAND);
	put_time_left(uts, expires);
	return ret;
}
