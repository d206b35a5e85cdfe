/* SPDX-License-Identifier: MIT */
/*
 * timerfd: a timer as a file. A read gives how often it has expired since the last one, and
 * waits for the first; poll and epoll see it readable.
 *
 * Locks: the queue's lock, irq-safe, guards the count: the timer's interrupt counts. The timer
 * itself is guarded by hrtimer.c.
 *
 * Linux: fs/timerfd.c. Differs: setting the wall clock moves no timer, and cancels none.
 */
#include "kernel/fs/internal.h"
#include "kernel/fs/poll.h"
#include "kernel/time_syscalls.h"
#include "mm/slab.h"

#define TFD_TIMER_ABSTIME	1
#define TFD_TIMER_CANCEL_ON_SET	2
#define MIN_INTERVAL		(100 * NSEC_PER_USEC)	/* or interrupts eat the hart */

/* As programs pass it: first after it_value, then each it_interval. */
struct itimerspec_user { struct __kernel_timespec it_interval, it_value; };

struct timerfd {
	struct hrtimer timer;
	struct wait_queue_head wq;
	u64 ticks;			/* (wq.lock) expired since the last read */
	u64 interval;			/* ns */
	int clock;			/* CLOCK_*: matters for absolute times */
};

/* Timer interrupt. Periods that were missed because interrupts were late are counted too. */
static enum hrtimer_restart timerfd_expired(struct hrtimer *h)
{
	struct timerfd *t = container_of(h, struct timerfd, timer);
	u64 interval = READ_ONCE(t->interval), missed = 0, now;

	if (interval) {
		now = ktime_get();
		h->next = READ_ONCE(h->expires) + interval;
		if (h->next <= now) {
			missed = (now - h->next) / interval + 1;
			h->next += missed * interval;
		}
	}
	spin_lock(&t->wq.lock);
	t->ticks += 1 + missed;
	spin_unlock(&t->wq.lock);
	wake_up_poll(&t->wq, POLLIN);
	return interval ? HRTIMER_RESTART : HRTIMER_NORESTART;
}

/* What has been counted, which begins anew. */
static u64 take_ticks(struct timerfd *t)
{
	u64 ticks;

	spin_lock_irq(&t->wq.lock);
	ticks = t->ticks;
	t->ticks = 0;
	spin_unlock_irq(&t->wq.lock);
	return ticks;
}

/* Eight bytes at least, and never 0: without an expiration it waits, or says EAGAIN. */
static ssize_t timerfd_read(struct kiocb *iocb, struct iov_iter *to)
{
	struct timerfd *t = iocb->ki_filp->private_data;
	u64 ticks;

	if (to->count < sizeof(ticks))
		return -EINVAL;
	while (!(ticks = take_ticks(t))) {
		if (iocb->ki_flags & IOCB_NONBLOCK)
			return -EAGAIN;
		if (wait_event_interruptible(t->wq, READ_ONCE(t->ticks)))
			return -ERESTARTSYS;
	}
	return copy_to_iter(&ticks, sizeof(ticks), to) == sizeof(ticks) ? (ssize_t)sizeof(ticks) :
	       -EFAULT;
}

/* It can only be read. */
static unsigned int timerfd_poll(struct file *f, struct poll_table *pt)
{
	struct timerfd *t = f->private_data;

	poll_wait(f, &t->wq, pt);
	return READ_ONCE(t->ticks) ? POLLIN : 0;
}

/* The last descriptor is gone; the callback may still run on another hart: we wait for it. */
static void timerfd_release(struct inode *inode, struct file *f)
{
	struct timerfd *t = f->private_data;

	(void)hrtimer_cancel(&t->timer);
	kfree(t);
}

static const struct file_operations timerfd_fops = {
	.read_iter = timerfd_read, .poll = timerfd_poll, .release = timerfd_release,
};

/* timerfd_create(2): not armed yet. Clocks that wake the machine up are not offered. */
long sys_timerfd_create(long uclock, long uflags)
{
	int clock = (int)uclock, flags = (int)uflags, fd;
	struct timerfd *t;
	struct file *f;

	if (flags & ~(O_CLOEXEC | O_NONBLOCK))
		return -EINVAL;
	if (clock != CLOCK_REALTIME && clock != CLOCK_MONOTONIC && clock != CLOCK_BOOTTIME)
		return -EINVAL;
	t = kzalloc(sizeof(*t), GFP_KERNEL);
	if (!t)
		return -ENOMEM;
	hrtimer_init(&t->timer, timerfd_expired);
	init_waitqueue_head(&t->wq);
	t->clock = clock;
	f = alloc_file_pseudo("anon_inode:[timerfd]", O_RDWR | (flags & O_NONBLOCK),
			      &timerfd_fops, t);
	if (!f) {
		kfree(t);
		return -ENFILE;
	}
	/* From fd_install() on any thread may close it: t is not touched any more. */
	fd = get_unused_fd_flags(flags);
	if (fd < 0)
		fput(f);
	else
		fd_install(fd, f);
	return fd;
}

/*
 * The timer behind a descriptor: 0, -EBADF, -EINVAL (another kind of file). Counts *f, so
 * that a close(2) of another thread does not take the timer away from under us.
 */
static int get_timerfd(long fd, struct file **f)
{
	*f = fget((unsigned int)fd);
	if (!*f)
		return -EBADF;
	if ((*f)->f_op == &timerfd_fops)
		return 0;
	fput(*f);
	return -EINVAL;
}

/* What is left until the next expiration, 0 if it is not armed, and the interval. */
static void read_timer(const struct timerfd *t, struct itimerspec_user *value)
{
	value->it_interval = ns_to_timespec(t->interval);
	value->it_value = ns_to_timespec(hrtimer_remaining(&t->timer));
}

/* timerfd_settime(2): what was counted so far is forgotten; a zero time only disarms. */
long sys_timerfd_settime(long fd, long flags, const void __user *unew, void __user *uold)
{
	struct itimerspec_user new, old;
	struct timerfd *t;
	struct file *f;
	u64 interval;
	int err;

	if (flags & ~(TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET))
		return -EINVAL;
	if (copy_from_user(&new, unew, sizeof(new)))
		return -EFAULT;
	if (!timespec_valid(&new.it_value) || !timespec_valid(&new.it_interval))
		return -EINVAL;
	err = get_timerfd(fd, &f);
	if (err)
		return err;
	t = f->private_data;
	read_timer(t, &old);
	(void)hrtimer_cancel(&t->timer);
	(void)take_ticks(t);		/* nothing can be added now */
	interval = timespec_to_ns(&new.it_interval);
	WRITE_ONCE(t->interval, interval && interval < MIN_INTERVAL ? MIN_INTERVAL : interval);
	if (new.it_value.tv_sec || new.it_value.tv_nsec)
		hrtimer_start(&t->timer, timer_expiry(&new.it_value, t->clock,
						      flags & TFD_TIMER_ABSTIME));
	fput(f);
	return uold && copy_to_user(uold, &old, sizeof(old)) ? -EFAULT : 0;
}

long sys_timerfd_gettime(long fd, void __user *uvalue)
{
	struct itimerspec_user value;
	struct file *f;
	int err = get_timerfd(fd, &f);

	if (err)
		return err;
	read_timer(f->private_data, &value);
	fput(f);
	return copy_to_user(uvalue, &value, sizeof(value)) ? -EFAULT : 0;
}
