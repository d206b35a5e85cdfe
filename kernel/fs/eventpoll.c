/* SPDX-License-Identifier: MIT */
/*
 * epoll(7): a set of files that is asked many times which of them are ready.
 *
 * Each watched file is an item; the item sits on the file's wait queue with a
 * callback that puts it on the ready list. epoll_wait() looks only at that list,
 * asks each file what is really the case, and leaves level-triggered items on it
 * for the next time.
 *
 * Invariant: an item holds no reference to its file; when the file goes, its
 * items go first (eventpoll_release()). So closing the last descriptor ends the
 * watch, as it should.
 *
 * Locks: epoll_mutex guards all sets and items; ep->lock the ready list, since
 * callbacks run under the files' queue locks, in interrupts too.
 *
 * Linux: fs/eventpoll.c. Differs: one mutex; a linear search for a descriptor; an
 * epoll set cannot watch another.
 */
#include "kernel/fs/fs_syscalls.h"
#include "kernel/fs/internal.h"
#include "kernel/fs/poll.h"
#include "kernel/signal.h"
#include "mm/slab.h"

#define EPOLL_CTL_ADD	1
#define EPOLL_CTL_DEL	2
#define EPOLL_CTL_MOD	3
#define EPOLLONESHOT	(1U << 30)
#define EPOLLET		(1U << 31)
#define EP_EVENTS	(~(EPOLLONESHOT | EPOLLET))	/* what a file can say */
#define EPOLL_BATCH	32		/* for so many all other sets wait */
#define EP_MAX_QUEUES	2		/* a file's ->poll() uses no more */

struct epoll_event { u32 events; u32 pad; u64 data; };

struct eventpoll {
	struct list_head items;		/* (epoll_mutex) */
	spinlock_t lock;		/* ready list */
	struct list_head ready;		/* (lock) epitem.ready */
	bool scanning;			/* (lock) somebody looks at what was on the list */
	struct wait_queue_head wq;	/* epoll_wait() and poll() sleep here */
};

struct epitem {
	struct list_head list;		/* (epoll_mutex) eventpoll.items */
	struct list_head ready;		/* (ep->lock) empty: not ready */
	struct hlist_node file_node;	/* (epoll_mutex) file->f_ep */
	struct eventpoll *ep;
	struct file *file;
	unsigned int fd;
	/* What is asked for, and the program's data; no EP_EVENTS: had its EPOLLONESHOT. */
	struct epoll_event event;
	struct ep_wait {
		struct wait_queue_entry wait;
		struct wait_queue_head *wq;
		struct epitem *item;
	} waits[EP_MAX_QUEUES];
	unsigned int nr_waits;
};

struct ep_poll_table { struct poll_table pt; struct epitem *item; };

static DEFINE_MUTEX(epoll_mutex, RANK_EPOLL);
static const struct file_operations eventpoll_fops;

/* ---- becoming ready ---- */

/*
 * Callable from interrupts. The item is on the list at most once, however often it
 * is woken.
 */
static void ep_set_ready(struct epitem *item)
{
	struct eventpoll *ep = item->ep;
	unsigned long flags;

	spin_lock_irqsave(&ep->lock, flags);
	if (list_empty(&item->ready))
		list_add_tail(&item->ready, &ep->ready);
	spin_unlock_irqrestore(&ep->lock, flags);
	wake_up(&ep->wq);
}

/* => the file's queue lock. key: the events, if the waker says. */
static int ep_callback(struct wait_queue_entry *wait, unsigned int mode, void *key)
{
	struct epitem *item = container_of(wait, struct ep_wait, wait)->item;
	unsigned int events = (unsigned int)(unsigned long)key;

	if ((events ? events : EP_EVENTS) & item->event.events)
		ep_set_ready(item);
	return 0;
}

/* ->poll() of a watched file calls this for each of its queues. */
static void ep_queue(struct file *f, struct wait_queue_head *wq, struct poll_table *pt)
{
	struct epitem *item = container_of(pt, struct ep_poll_table, pt)->item;
	struct ep_wait *w;

	if (WARN_ON(item->nr_waits == EP_MAX_QUEUES))
		return;
	w = &item->waits[item->nr_waits++];
	w->item = item;
	w->wq = wq;
	w->wait.func = ep_callback;
	add_wait_queue(wq, &w->wait);
}

/* ---- items. => epoll_mutex ---- */

/*
 * An item is known by file and descriptor: after dup(2) the same file can be watched
 * twice.
 */
static struct epitem *ep_find(struct eventpoll *ep, struct file *f, unsigned int fd)
{
	struct epitem *item;

	list_for_each_entry(item, &ep->items, list) {
		if (item->file == f && item->fd == fd)
			return item;
	}
	return NULL;
}

/* Off the queues first: then no callback can run any more, and the item can be freed. */
static void ep_remove(struct epitem *item)
{
	unsigned long flags;

	for (unsigned int i = 0; i < item->nr_waits; i++)
		remove_wait_queue(item->waits[i].wq, &item->waits[i].wait);
	spin_lock_irqsave(&item->ep->lock, flags);
	if (!list_empty(&item->ready))
		list_del_init(&item->ready);
	spin_unlock_irqrestore(&item->ep->lock, flags);
	hlist_del(&item->file_node);
	list_del(&item->list);
	kfree(item);
}

/* What is the case now, of what is asked for. */
static unsigned int item_poll(struct epitem *item, struct poll_table *pt)
{
	return vfs_poll(item->file, pt) & item->event.events & EP_EVENTS;
}

/* Errors and hang-up are always asked for. */
static void item_set_event(struct epitem *item, const struct epoll_event *event)
{
	item->event = *event;
	item->event.events |= POLLERR | POLLHUP;
}

/*
 * The file is asked once with the queueing table: what is ready already must not
 * wait for a change.
 */
static int ep_insert(struct eventpoll *ep, struct file *f, unsigned int fd,
		     const struct epoll_event *event)
{
	struct ep_poll_table table = { .pt.qproc = ep_queue };
	struct epitem *item = kzalloc(sizeof(*item), GFP_KERNEL);

	if (!item)
		return -ENOMEM;
	item->ep = ep;
	item->file = f;
	item->fd = fd;
	item_set_event(item, event);
	INIT_LIST_HEAD(&item->ready);
	list_add_tail(&item->list, &ep->items);
	hlist_add_head(&item->file_node, &f->f_ep);
	table.item = item;
	if (item_poll(item, &table.pt))
		ep_set_ready(item);
	return 0;
}

/* New events may be true at this moment: look, as at insertion. */
static int ep_modify(struct epitem *item, const struct epoll_event *event)
{
	item_set_event(item, event);
	if (item_poll(item, NULL))
		ep_set_ready(item);
	return 0;
}

/* From the last fput(): all watches on this file end. */
void eventpoll_release(struct file *f)
{
	mutex_lock(&epoll_mutex);
	while (f->f_ep.first)
		ep_remove(hlist_entry(f->f_ep.first, struct epitem, file_node));
	mutex_unlock(&epoll_mutex);
}

/* The set itself is closed. */
static void ep_release(struct inode *inode, struct file *f)
{
	struct eventpoll *ep = f->private_data;

	mutex_lock(&epoll_mutex);
	while (!list_empty(&ep->items))
		ep_remove(list_first_entry(&ep->items, struct epitem, list));
	mutex_unlock(&epoll_mutex);
	kfree(ep);
}

/* ---- collecting what is ready ---- */

/* The oldest ready item, off the list. */
static struct epitem *ep_pop_ready(struct eventpoll *ep)
{
	struct epitem *item = NULL;
	unsigned long flags;

	spin_lock_irqsave(&ep->lock, flags);
	if (!list_empty(&ep->ready)) {
		item = list_first_entry(&ep->ready, struct epitem, ready);
		list_del_init(&item->ready);
	}
	spin_unlock_irqrestore(&ep->lock, flags);
	return item;
}

/* From here to ep_end_scan() an empty list does not mean that nothing is ready. */
static void ep_begin_scan(struct eventpoll *ep)
{
	unsigned long flags;

	mutex_lock(&epoll_mutex);
	spin_lock_irqsave(&ep->lock, flags);
	ep->scanning = true;
	spin_unlock_irqrestore(&ep->lock, flags);
}

/* What is ready still goes back onto the list. */
static void ep_end_scan(struct eventpoll *ep, struct list_head *again)
{
	unsigned long flags;

	spin_lock_irqsave(&ep->lock, flags);
	list_splice_tail(again, &ep->ready);
	ep->scanning = false;
	spin_unlock_irqrestore(&ep->lock, flags);
	mutex_unlock(&epoll_mutex);
}

/* Onto the list `again`, NULL: back to where it came from, unless a new event has put it there. */
static void ep_keep_ready(struct epitem *item, struct list_head *again)
{
	unsigned long flags;

	spin_lock_irqsave(&item->ep->lock, flags);
	if (list_empty(&item->ready))
		list_add_tail(&item->ready, again ? again : item->ep->ready.next);
	spin_unlock_irqrestore(&item->ep->lock, flags);
}

/*
 * Level-triggered items go back, behind the others; each is looked at once. An event counts
 * as told only when it is stored: the item of one that cannot be is the first next time.
 */
static int ep_collect(struct eventpoll *ep, struct epoll_event __user *user, int max)
{
	LIST_HEAD(again);
	struct epitem *item;
	int nr = 0, err = 0;

	ep_begin_scan(ep);
	while (nr < max && (item = ep_pop_ready(ep))) {
		struct epoll_event out = { .events = item_poll(item, NULL) };

		if (!out.events)
			continue;
		out.data = item->event.data;
		if (copy_to_user(user + nr, &out, sizeof(out))) {
			ep_keep_ready(item, NULL);
			err = -EFAULT;
			break;
		}
		nr++;
		if (item->event.events & EPOLLONESHOT)
			item->event.events &= ~EP_EVENTS;
		else if (!(item->event.events & EPOLLET))
			ep_keep_ready(item, &again);
	}
	ep_end_scan(ep, &again);
	return nr ? nr : err;
}

/* An epoll descriptor is readable when something in it is ready: nothing is taken. */
static unsigned int ep_poll(struct file *f, struct poll_table *pt)
{
	struct eventpoll *ep = f->private_data;
	bool found = false;
	LIST_HEAD(again);
	struct epitem *item;

	poll_wait(f, &ep->wq, pt);
	ep_begin_scan(ep);
	while (!found && (item = ep_pop_ready(ep))) {
		found = item_poll(item, NULL);
		if (found)
			ep_keep_ready(item, &again);
	}
	ep_end_scan(ep, &again);
	return found ? POLLIN | POLLRDNORM : 0;
}

static const struct file_operations eventpoll_fops = {
	.poll = ep_poll,
	.release = ep_release,
};

/* ---- system calls ---- */

/* epoll_create1(2). */
long sys_epoll_create1(long flags)
{
	struct eventpoll *ep;
	struct file *f;
	int fd;

	if (flags & ~O_CLOEXEC)
		return -EINVAL;
	ep = kzalloc(sizeof(*ep), GFP_KERNEL);
	if (!ep)
		return -ENOMEM;
	INIT_LIST_HEAD(&ep->items);
	INIT_LIST_HEAD(&ep->ready);
	spin_lock_init(&ep->lock, RANK_EPOLL_READY, "epoll ready");
	init_waitqueue_head(&ep->wq);
	ep->wq.lock.rank = RANK_EPOLL_READY;
	f = alloc_file_pseudo("anon_inode:[eventpoll]", O_RDWR, &eventpoll_fops, ep);
	if (!f) {
		kfree(ep);
		return -ENOMEM;
	}
	fd = get_unused_fd_flags((unsigned int)flags);
	if (fd < 0)
		fput(f);
	else
		fd_install(fd, f);
	return fd;
}

/* The three operations, under the mutex. */
static long ep_ctl(struct eventpoll *ep, int op, struct file *f, unsigned int fd,
		   const struct epoll_event *event)
{
	struct epitem *item;
	long ret;

	mutex_lock(&epoll_mutex);
	item = ep_find(ep, f, fd);
	if (op == EPOLL_CTL_ADD) {
		ret = item ? -EEXIST : ep_insert(ep, f, fd, event);
	} else if (!item) {
		ret = -ENOENT;
	} else if (op == EPOLL_CTL_MOD) {
		ret = ep_modify(item, event);
	} else {
		ep_remove(item);
		ret = 0;
	}
	mutex_unlock(&epoll_mutex);
	return ret;
}

/* epoll_ctl(2): regular files are always ready and cannot be watched (EPERM). */
long sys_epoll_ctl(long epfd, long op, long fd, void __user *uevent)
{
	struct fd ep = fdget((unsigned int)epfd), f = fdget((unsigned int)fd);
	struct epoll_event event = { 0 };
	long ret;

	if (!ep.file || !f.file)
		ret = -EBADF;
	else if ((int)op < EPOLL_CTL_ADD || (int)op > EPOLL_CTL_MOD ||
		 ep.file->f_op != &eventpoll_fops || f.file->f_op == &eventpoll_fops)
		ret = -EINVAL;
	else if (!f.file->f_op->poll)
		ret = -EPERM;
	else if (op != EPOLL_CTL_DEL && copy_from_user(&event, uevent, sizeof(event)))
		ret = -EFAULT;
	else
		ret = ep_ctl(ep.file->private_data, (int)op, f.file, (unsigned int)fd, &event);
	fdput(f);
	fdput(ep);
	return ret;
}

/* For who is about to sleep: if not, a callback will wake him. */
static bool ep_may_be_ready(struct eventpoll *ep)
{
	unsigned long flags;
	bool ready;

	spin_lock_irqsave(&ep->lock, flags);
	ready = ep->scanning || !list_empty(&ep->ready);
	spin_unlock_irqrestore(&ep->lock, flags);
	return ready;
}

/* true: the time is up; *err: a signal came. */
static bool ep_sleep(struct eventpoll *ep, u64 expires, int *err)
{
	bool timed_out = false;
	DEFINE_WAIT(wait);

	prepare_to_wait(&ep->wq, &wait, TASK_INTERRUPTIBLE);
	if (!ep_may_be_ready(ep)) {
		if (signal_pending(current))
			*err = -EINTR;
		else if (expires == U64_MAX)
			schedule();
		else
			timed_out = !hrtimer_sleep_until(expires);
	}
	finish_wait(&ep->wq, &wait);
	return timed_out;
}

struct user_mask { const void __user *set; unsigned long size; };

/* Collect; if there was nothing, sleep; after the time or a signal, collect once more. */
static int ep_wait(struct eventpoll *ep, struct epoll_event __user *user, int max, u64 expires)
{
	bool timed_out = !expires;
	int nr, err = 0;

	for (;;) {
		nr = ep_collect(ep, user, min(max, EPOLL_BATCH));
		if (nr)
			return nr;
		if (timed_out || err)
			return err;
		timed_out = ep_sleep(ep, expires, &err);
	}
}

/* The signal mask holds for the length of the wait. expires 0: now, U64_MAX: never. */
static long do_epoll_pwait(long epfd, void __user *events, int max, u64 expires,
			   const struct user_mask *mask)
{
	struct fd f = fdget((unsigned int)epfd);
	int ret;

	if (!f.file)
		return -EBADF;
	ret = f.file->f_op != &eventpoll_fops || max <= 0 ? -EINVAL :
	      set_user_sigmask(mask->set, mask->size);
	if (!ret) {
		ret = ep_wait(f.file->private_data, events, max, expires);
		restore_user_sigmask(ret == -EINTR);
	}
	fdput(f);
	return ret;
}

/* epoll_pwait(2): timeout in ms, negative: for ever. */
long sys_epoll_pwait(long epfd, void __user *events, long maxevents, long timeout,
		     const void __user *sigmask, unsigned long sigsetsize)
{
	struct user_mask mask = { sigmask, sigsetsize };
	u64 expires = (int)timeout < 0 ? U64_MAX : (u64)(int)timeout * NSEC_PER_MSEC;

	if (expires && expires != U64_MAX)
		expires += ktime_get();
	return do_epoll_pwait(epfd, events, (int)maxevents, expires, &mask);
}

/* epoll_pwait2(2): the timeout is a struct, or NULL: for ever. */
long sys_epoll_pwait2(long epfd, void __user *events, long maxevents,
		      const struct __kernel_timespec __user *timeout,
		      const void __user *sigmask, unsigned long sigsetsize)
{
	struct user_mask mask = { sigmask, sigsetsize };
	struct __kernel_timespec ts;
	u64 expires = U64_MAX;

	if (timeout) {
		if (copy_from_user(&ts, timeout, sizeof(ts)))
			return -EFAULT;
		if (!timespec_valid(&ts))
			return -EINVAL;
		expires = timespec_to_ns(&ts) ? ktime_add_timespec(&ts) : 0;
	}
	return do_epoll_pwait(epfd, events, (int)maxevents, expires, &mask);
}
