/* SPDX-License-Identifier: MIT */
/*
 * eventfd2(2): a counter with a descriptor; and memfd_create(2): a tmpfs file
 * without a name. Both are files made out of nothing.
 *
 * Both show how little a file needs to be: operations, a private structure, and a
 * number in the table. A program uses an eventfd to be woken out of poll(2) by
 * another thread, and a memfd to share memory by passing a descriptor.
 *
 * Locks: the wait queue's lock guards the count.
 *
 * Linux: fs/eventfd.c, mm/memfd.c. Differs: no seals.
 */
#include "kernel/fs/fs_syscalls.h"
#include "kernel/fs/internal.h"
#include "kernel/fs/poll.h"
#include "kernel/signal.h"
#include "lib/string.h"
#include "mm/slab.h"

#define EFD_SEMAPHORE	1
#define MFD_CLOEXEC	1
#define MFD_ALLOW_SEALING 2
#define MFD_NOEXEC_SEAL	8
#define MFD_EXEC	16
#define MFD_NAME_MAX	249

struct eventfd {
	struct wait_queue_head wq;
	u64 count;			/* (wq.lock) */
	bool semaphore;
};

/* => true and *value: the count was not 0. */
static bool eventfd_take(struct eventfd *e, u64 *value)
{
	unsigned long flags;
	bool got;

	spin_lock_irqsave(&e->wq.lock, flags);
	got = e->count;
	*value = e->semaphore ? 1 : e->count;
	if (got)
		e->count -= *value;
	spin_unlock_irqrestore(&e->wq.lock, flags);
	return got;
}

/* => true: there was room for it below the maximum. */
static bool eventfd_add(struct eventfd *e, u64 value)
{
	unsigned long flags;
	bool fits;

	spin_lock_irqsave(&e->wq.lock, flags);
	fits = value < U64_MAX - e->count;
	if (fits)
		e->count += value;
	spin_unlock_irqrestore(&e->wq.lock, flags);
	return fits;
}

/*
 * Eight bytes: the count, which becomes 0; or 1, which is taken off (EFD_SEMAPHORE).
 * Waits while it is 0.
 */
static ssize_t eventfd_read(struct kiocb *iocb, struct iov_iter *to)
{
	struct eventfd *e = iocb->ki_filp->private_data;
	u64 value;

	if (to->count < sizeof(value))
		return -EINVAL;
	while (!eventfd_take(e, &value)) {
		if (iocb->ki_flags & IOCB_NONBLOCK)
			return -EAGAIN;
		if (wait_event_interruptible(e->wq, READ_ONCE(e->count)))
			return -ERESTARTSYS;
	}
	wake_up_poll(&e->wq, POLLOUT);
	return copy_to_iter(&value, sizeof(value), to) == sizeof(value) ? (ssize_t)sizeof(value) :
	       -EFAULT;
}

/* Adds; waits while the sum would reach the maximum. */
static ssize_t eventfd_write(struct kiocb *iocb, struct iov_iter *from)
{
	struct eventfd *e = iocb->ki_filp->private_data;
	u64 value;

	if (from->count < sizeof(value))
		return -EINVAL;
	if (copy_from_iter(&value, sizeof(value), from) != sizeof(value))
		return -EFAULT;
	if (value == U64_MAX)
		return -EINVAL;
	while (!eventfd_add(e, value)) {
		if (iocb->ki_flags & IOCB_NONBLOCK)
			return -EAGAIN;
		if (wait_event_interruptible(e->wq, value < U64_MAX - READ_ONCE(e->count)))
			return -ERESTARTSYS;
	}
	wake_up_poll(&e->wq, POLLIN);
	return sizeof(value);
}

/* Readable when not 0, writable when 1 still fits. */
static unsigned int eventfd_poll(struct file *f, struct poll_table *pt)
{
	struct eventfd *e = f->private_data;
	u64 count;
	unsigned int mask = 0;

	poll_wait(f, &e->wq, pt);
	count = READ_ONCE(e->count);
	if (count)
		mask |= POLLIN;
	if (count < U64_MAX - 1)
		mask |= POLLOUT;
	return mask;
}

/* The last descriptor is gone. */
static void eventfd_release(struct inode *inode, struct file *f)
{
	kfree(f->private_data);
}

static const struct file_operations eventfd_fops = {
	.read_iter = eventfd_read,
	.write_iter = eventfd_write,
	.poll = eventfd_poll,
	.release = eventfd_release,
};

/* A new file becomes a descriptor; on failure it is put. */
static long install_new(struct file *f, unsigned int flags)
{
	int fd = get_unused_fd_flags(flags);

	if (fd < 0)
		fput(f);
	else
		fd_install(fd, f);
	return fd;
}

/* eventfd2(2): the first value is a 32-bit number. */
long sys_eventfd2(long count, long flags)
{
	struct eventfd *e;
	struct file *f;

	if (flags & ~(EFD_SEMAPHORE | O_CLOEXEC | O_NONBLOCK))
		return -EINVAL;
	e = kzalloc(sizeof(*e), GFP_KERNEL);
	if (!e)
		return -ENOMEM;
	init_waitqueue_head(&e->wq);
	e->count = (unsigned int)count;
	e->semaphore = flags & EFD_SEMAPHORE;
	f = alloc_file_pseudo("anon_inode:[eventfd]", O_RDWR | ((int)flags & O_NONBLOCK),
			      &eventfd_fops, e);
	if (!f) {
		kfree(e);
		return -ENFILE;
	}
	return install_new(f, (unsigned int)flags);
}

/*
 * memfd_create(2): charged page by page as it is filled. Sealing is accepted as a
 * flag, and then refused by fcntl(2).
 */
long sys_memfd_create(const char __user *uname, long flags)
{
	char name[MFD_NAME_MAX + 8] = "memfd:";
	struct file *f;
	long len;
	int err;

	if (flags & ~(MFD_CLOEXEC | MFD_ALLOW_SEALING | MFD_NOEXEC_SEAL | MFD_EXEC))
		return -EINVAL;
	len = strncpy_from_user(name + 6, uname, MFD_NAME_MAX + 1);
	if (len < 0)
		return len;
	if (len > MFD_NAME_MAX)
		return -EINVAL;
	err = shmem_file_setup(name, 0, VM_NORESERVE, &f);
	return err ? err : install_new(f, (flags & MFD_CLOEXEC) ? O_CLOEXEC : 0);
}
