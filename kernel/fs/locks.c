/* SPDX-License-Identifier: MIT */
/*
 * File locks: flock(2) on a whole file, owned by the open file; record locks of fcntl(2) on a
 * range, owned by the process (F_SETLK) or by the open file (F_OFD_SETLK). They are advisory:
 * they keep off only those who ask for a lock too. flock(2) and record locks do not meet.
 *
 * All locks of the machine are in one list, for there are few; as long as there are none, a
 * close(2) costs a look at their number. An owner has at most one lock on each byte of a file:
 * a new one replaces what it covers, and joins neighbours of its type.
 *
 * Who must wait sleeps on one queue and looks again when any lock has gone. Before that, the
 * chain of who waits for whom is followed: if it leads back here, EDEADLK.
 *
 * Locks: flock_lock. Memory is allocated before it is taken: a change may need two new locks.
 *
 * Linux: fs/locks.c. Differs: one list; no leases; /proc/locks does not list who waits.
 */
#include "kernel/fs/fs_syscalls.h"
#include "kernel/fs/internal.h"
#include "kernel/pid.h"
#include "kernel/pid_namespace.h"
#include "mm/slab.h"

#define LOCK_SH		1
#define LOCK_EX		2
#define LOCK_NB		4
#define LOCK_UN		8
#define MAX_CHAIN	16		/* of waiters that a deadlock may go through */

struct file_lock {
	struct list_head list;
	const struct inode *inode;
	const void *owner;		/* a struct file, or a process's files_struct */
	bool flock;			/* by flock(2), else a record lock */
	short type;			/* F_RDLCK, F_WRLCK; F_UNLCK in a request */
	loff_t start, end;		/* both included */
	pid_t pid;			/* who took it; -1: an open file's, of no process */
};

/* A sleeper, on its own stack. */
struct lock_waiter {
	struct list_head list;
	const void *owner, *blocker;
};

static DEFINE_SPINLOCK(flock_lock, RANK_FILES);
static LIST_HEAD(all_locks);				/* (flock_lock) */
static LIST_HEAD(waiters);				/* (flock_lock) */
static unsigned int lock_changes;			/* (flock_lock) */
unsigned int nr_file_locks;				/* (flock_lock) */
static struct wait_queue_head lock_wait = WAIT_QUEUE_HEAD_INIT(lock_wait);

/* => flock_lock held. */
static void remove_lock(struct file_lock *l)
{
	list_del(&l->list);
	kfree(l);
	WRITE_ONCE(nr_file_locks, nr_file_locks - 1);
	WRITE_ONCE(lock_changes, lock_changes + 1);
}

/* => flock_lock held. */
static void insert_lock(struct file_lock *l)
{
	list_add_tail(&l->list, &all_locks);
	WRITE_ONCE(nr_file_locks, nr_file_locks + 1);
}

/* May one of them replace the other? */
static bool same_owner(const struct file_lock *a, const struct file_lock *b)
{
	return a->inode == b->inode && a->flock == b->flock && a->owner == b->owner;
}

/* The first lock that req cannot have beside it. => flock_lock held. */
static struct file_lock *find_conflict(const struct file_lock *req)
{
	struct file_lock *l;

	list_for_each_entry(l, &all_locks, list) {
		if (l->inode != req->inode || l->flock != req->flock || l->owner == req->owner)
			continue;
		if (l->end < req->start || l->start > req->end)
			continue;
		if (l->type == F_WRLCK || req->type == F_WRLCK)
			return l;
	}
	return NULL;
}

/* Does the owner of `blocker`, over others that wait, wait for us? => flock_lock held. */
static bool would_deadlock(const void *owner, const void *blocker)
{
	struct lock_waiter *w;

	for (int i = 0; i < MAX_CHAIN; i++) {
		const void *next = NULL;

		if (blocker == owner)
			return true;
		list_for_each_entry(w, &waiters, list) {
			if (w->owner == blocker)
				next = w->blocker;
		}
		if (!next)
			return false;
		blocker = next;
	}
	return false;
}

/*
 * Make room for req among its owner's locks; *spare becomes the right half of one that is cut in
 * two. Locks of the same type that touch req become part of it. => flock_lock held.
 */
static void carve(struct file_lock *req, struct file_lock **spare)
{
	struct file_lock *l, *next;

	list_for_each_entry_safe(l, next, &all_locks, list) {
		if (!same_owner(l, req))
			continue;
		if (l->type == req->type && l->end + 1 >= req->start && l->start <= req->end + 1) {
			req->start = min(req->start, l->start);
			req->end = max(req->end, l->end);
			remove_lock(l);
			continue;
		}
		if (l->end < req->start || l->start > req->end)
			continue;
		if (l->start < req->start && l->end > req->end) {
			**spare = *l;
			(*spare)->start = req->end + 1;
			insert_lock(*spare);
			*spare = NULL;
		}
		if (l->start < req->start)
			l->end = req->start - 1;
		else if (l->end > req->end)
			l->start = req->end + 1;
		else
			remove_lock(l);
	}
	WRITE_ONCE(lock_changes, lock_changes + 1);
}

/* Until something has changed. 0 or -ERESTARTSYS. => flock_lock held; dropped on return. */
static __no_lock_check int wait_for_change(const struct file_lock *req, const void *blocker)
{
	struct lock_waiter w = { .owner = req->owner, .blocker = blocker };
	unsigned int seen = lock_changes;
	int err;

	list_add(&w.list, &waiters);
	spin_unlock(&flock_lock);
	err = wait_event_interruptible(lock_wait, READ_ONCE(lock_changes) != seen);
	spin_lock(&flock_lock);
	list_del(&w.list);
	spin_unlock(&flock_lock);
	return err ? -ERESTARTSYS : 0;
}

/* Take, change or (F_UNLCK) give back. 0, -EAGAIN, -EDEADLK, -ERESTARTSYS, -ENOLCK. */
static __no_lock_check int set_lock(const struct file_lock *want, bool wait)
{
	struct file_lock *new = kmalloc(sizeof(*new), GFP_KERNEL);
	struct file_lock *spare = kmalloc(sizeof(*spare), GFP_KERNEL);
	struct file_lock *blocker;
	int err = new && spare ? 0 : -ENOLCK;

	while (!err) {
		spin_lock(&flock_lock);
		blocker = want->type == F_UNLCK ? NULL : find_conflict(want);
		if (!blocker) {
			*new = *want;
			carve(new, &spare);
			if (want->type != F_UNLCK) {
				insert_lock(new);
				new = NULL;
			}
			spin_unlock(&flock_lock);
			wake_up_all(&lock_wait);
			break;
		}
		/* flock(2) is not looked at: as on Linux, two such waiters wait for ever. */
		if (!wait)
			err = -EAGAIN;
		else if (!want->flock && would_deadlock(want->owner, blocker->owner))
			err = -EDEADLK;
		if (err)
			spin_unlock(&flock_lock);
		else
			err = wait_for_change(want, blocker->owner);
	}
	kfree(new);
	kfree(spare);
	return err;
}

void __locks_remove(const struct inode *inode, const void *owner)
{
	struct file_lock *l, *next;

	spin_lock(&flock_lock);
	list_for_each_entry_safe(l, next, &all_locks, list) {
		if (l->inode == inode && l->owner == owner)
			remove_lock(l);
	}
	spin_unlock(&flock_lock);
	wake_up_all(&lock_wait);
}

/* The process as the caller calls it; 0: it has no such number, or is no more. */
static pid_t owner_pid(const struct file_lock *l)
{
	struct task_struct *t;
	pid_t pid = l->pid;

	if (pid < 0)
		return pid;
	spin_lock_irq(&tasklist_lock);
	t = find_task_in(pid, &init_pid_ns);
	pid = t ? task_tgid_nr_ns(t, current->pid_ns) : 0;
	spin_unlock_irq(&tasklist_lock);
	return pid;
}

/* /proc/locks: those of processes that the reader can see. */
int locks_show(struct seq_file *m, void *v)
{
	struct file_lock *l;
	int nr = 0;
	pid_t pid;

	spin_lock(&flock_lock);
	list_for_each_entry(l, &all_locks, list) {
		nr++;
		pid = owner_pid(l);
		if (!pid)
			continue;
		seq_printf(m, "%d: %-6s ADVISORY  %s %d %02x:%02x:%lu %ld ", nr,
			   l->flock ? "FLOCK" : pid < 0 ? "OFDLCK" : "POSIX",
			   l->type == F_WRLCK ? "WRITE" : "READ", pid,
			   MAJOR(l->inode->i_sb->s_dev), MINOR(l->inode->i_sb->s_dev),
			   l->inode->i_ino, l->start);
		if (l->end == LLONG_MAX)
			seq_puts(m, "EOF\n");
		else
			seq_printf(m, "%ld\n", l->end);
	}
	spin_unlock(&flock_lock);
	return 0;
}

/* ---- flock(2) ---- */

/* A conversion gives the old lock back only when the new one is granted. */
long sys_flock(long fd, long uop)
{
	int op = (int)uop & ~LOCK_NB, err;
	struct file *f = fget((unsigned int)fd);
	struct file_lock req = { .flock = true, .end = LLONG_MAX, .pid = current->tgid };

	if (!f)
		return -EBADF;
	req.inode = f->f_inode;
	req.owner = f;
	req.type = op == LOCK_SH ? F_RDLCK : op == LOCK_EX ? F_WRLCK : F_UNLCK;
	err = op == LOCK_SH || op == LOCK_EX || op == LOCK_UN ? 0 : -EINVAL;
	if (!err)
		err = set_lock(&req, !((int)uop & LOCK_NB));
	fput(f);
	return err;
}

/* ---- fcntl(2) ---- */

struct flock_user {
	short l_type, l_whence;
	long l_start, l_len;
	int l_pid;
};

/* The range in bytes of the file. 0, -EINVAL, -EOVERFLOW. */
static int set_range(struct file_lock *req, const struct flock_user *u, const struct file *f)
{
	loff_t base;

	if (u->l_whence < 0 || u->l_whence > 2)
		return -EINVAL;
	base = u->l_whence == 1 ? f->f_pos : u->l_whence == 2 ? READ_ONCE(f->f_inode->i_size) : 0;
	if (__builtin_add_overflow(base, u->l_start, &req->start))
		return -EOVERFLOW;
	if (!u->l_len) {
		req->end = LLONG_MAX;
	} else if (u->l_len > 0) {
		if (__builtin_add_overflow(req->start, u->l_len - 1, &req->end))
			return -EOVERFLOW;
	} else {
		req->end = req->start - 1;
		if (__builtin_add_overflow(req->start, u->l_len, &req->start))
			return -EINVAL;
	}
	return req->start < 0 || req->end < req->start ? -EINVAL : 0;
}

/* What the program asks for, as a lock. 0 or -errno. */
static int get_request(struct file_lock *req, struct flock_user *u, struct file *f, bool ofd,
		       unsigned long arg)
{
	if (copy_from_user(u, (void __user *)arg, sizeof(*u)))
		return -EFAULT;
	if (ofd && u->l_pid)
		return -EINVAL;
	if (u->l_type != F_RDLCK && u->l_type != F_WRLCK && u->l_type != F_UNLCK)
		return -EINVAL;
	*req = (struct file_lock){
		.inode = f->f_inode, .owner = ofd ? (void *)f : current->files,
		.type = u->l_type, .pid = ofd ? -1 : current->tgid,
	};
	return set_range(req, u, f);
}

/* Has another thread closed the descriptor since the call found f there? */
static bool was_closed(unsigned int fd, const struct file *f)
{
	struct file *now = fget_raw(fd);

	if (now)
		fput(now);
	return now != f;
}

/*
 * Granted or not, the file must be open for what the lock is for. A close meanwhile took the
 * process's locks on the file away, perhaps before ours was there: nothing would end it any more.
 */
long fcntl_setlk(unsigned int fd, struct file *f, bool ofd, bool wait, unsigned long arg)
{
	struct flock_user u;
	struct file_lock req;
	int err = get_request(&req, &u, f, ofd, arg);

	if (err)
		return err;
	if ((req.type == F_RDLCK && !(f->f_mode & FMODE_READ)) ||
	    (req.type == F_WRLCK && !(f->f_mode & FMODE_WRITE)))
		return -EBADF;
	err = set_lock(&req, wait);
	if (err || ofd || req.type == F_UNLCK || !was_closed(fd, f))
		return err;
	req.type = F_UNLCK;
	if (set_lock(&req, false))
		locks_remove(f->f_inode, req.owner);
	return -EBADF;
}

/* Who keeps the caller from the lock; F_UNLCK: nobody. */
long fcntl_getlk(struct file *f, bool ofd, unsigned long arg)
{
	struct file_lock req, *l;
	struct flock_user u;
	int err = get_request(&req, &u, f, ofd, arg);

	if (!err && req.type == F_UNLCK && !ofd)
		err = -EINVAL;
	if (err)
		return err;
	spin_lock(&flock_lock);
	l = find_conflict(&req);
	u.l_type = l ? l->type : F_UNLCK;
	if (l) {
		u.l_whence = 0;
		u.l_start = l->start;
		u.l_len = l->end == LLONG_MAX ? 0 : l->end - l->start + 1;
		u.l_pid = owner_pid(l);
	}
	spin_unlock(&flock_lock);
	return copy_to_user((void __user *)arg, &u, sizeof(u)) ? -EFAULT : 0;
}
