/* SPDX-License-Identifier: MIT */
/*
 * Pipes and FIFOs: 64 KiB of bytes between writers and readers.
 *
 * The buffer is a ring of 16 pages, indexed by two byte counters, head (written)
 * and tail (read). Pages come when they are first written and go when they have
 * been read; one is kept, and whenever the ring is empty both counters go back
 * to the start, so that small messages always use the same, warm page.
 *
 * A write of at most PIPE_BUF bytes is never split: it waits until all fits.
 *
 * Invariant: tail <= head <= tail + PIPE_SIZE; every page between them exists.
 *
 * A FIFO is the same thing with a name: the inode points to the pipe while anybody
 * has it open. Its content does not outlive the last close.
 *
 * Small messages are what pipes are measured by: one byte there and back is two
 * system calls, two wake-ups and two switches, and everything else here must be
 * little beside them. So there is no allocation, no list, and one lock.
 *
 * Locks: pipe->mutex. A sleeper queues itself before it drops the mutex, so a
 * waker that took the mutex later finds it: no wake-up is lost, and none is sent
 * when nobody can be waiting (readers wait only for an empty ring, ...).
 *
 * Linux: fs/pipe.c. Differs: bytes, not a ring of buffers that splice can pass on.
 */
#include "kernel/fs/fs_syscalls.h"
#include "kernel/fs/internal.h"
#include "kernel/fs/poll.h"
#include "kernel/signal.h"
#include "lib/string.h"
#include "lib/vsprintf.h"
#include "mm/slab.h"

#define PIPE_BUF	4096UL

struct pipe_inode_info {
	struct mutex mutex;
	struct wait_queue_head rd_wait, wr_wait;
	unsigned long head, tail;	/* bytes written, bytes read */
	char *page[PIPE_PAGES];
	unsigned int readers, writers;	/* open ends */
	unsigned int r_opens, w_opens;	/* FIFO: opens so far, for the other side to wait for */
	unsigned int files;		/* ends and openers: who keeps the pipe */
};

static struct kmem_cache *pipe_cache;

/* A cache: shells make and drop pipes all the time. */
void pipe_init(void)
{
	pipe_cache = kmem_cache_create("pipe_inode", sizeof(struct pipe_inode_info), 8, SLAB_PANIC,
				       NULL);
}

/* Empty, no ends open, no pages. */
static struct pipe_inode_info *alloc_pipe(void)
{
	struct pipe_inode_info *pipe = kmem_cache_zalloc(pipe_cache, GFP_KERNEL);

	if (!pipe)
		return NULL;
	mutex_init(&pipe->mutex, RANK_PIPE, "pipe->mutex");
	init_waitqueue_head(&pipe->rd_wait);
	init_waitqueue_head(&pipe->wr_wait);
	return pipe;
}

/* Both ends are closed: whatever was not read is lost. */
static void free_pipe(struct pipe_inode_info *pipe)
{
	for (int i = 0; i < PIPE_PAGES; i++) {
		if (pipe->page[i])
			free_page((unsigned long)pipe->page[i]);
	}
	kmem_cache_free(pipe_cache, pipe);
}

/* Ends point straight at it: no way through the inode. */
static inline struct pipe_inode_info *file_pipe(const struct file *f)
{
	return f->private_data;
}

/* Counters wrap around together. */
static inline unsigned long pipe_used(const struct pipe_inode_info *pipe)
{
	return pipe->head - pipe->tail;
}

/* => mutex held; dropped while asleep. 0 or -ERESTARTSYS. */
static int pipe_wait(struct pipe_inode_info *pipe, struct wait_queue_head *wq)
{
	DEFINE_WAIT(wait);

	prepare_to_wait(wq, &wait, TASK_INTERRUPTIBLE);
	mutex_unlock(&pipe->mutex);
	if (!signal_pending(current))
		schedule();
	finish_wait(wq, &wait);
	mutex_lock(&pipe->mutex);
	return signal_pending(current) ? -ERESTARTSYS : 0;
}

/* ---- reading ---- */

/* A page was read to its end. The first one stays. */
static void pipe_release_page(struct pipe_inode_info *pipe, unsigned int i)
{
	if (i == 0)
		return;
	free_page((unsigned long)pipe->page[i]);
	pipe->page[i] = NULL;
}

/* Everything was read: start over, in the page that is kept. */
static void pipe_reset(struct pipe_inode_info *pipe)
{
	if (offset_in_page(pipe->tail))
		pipe_release_page(pipe, pipe->tail / PAGE_SIZE % PIPE_PAGES);
	pipe->head = pipe->tail = 0;
}

/* What is there, as far as the reader wants it. Bytes, or -EFAULT if it was none. */
static ssize_t pipe_copy_out(struct pipe_inode_info *pipe, struct iov_iter *to)
{
	size_t done = 0, n, copied;

	while (to->count && pipe_used(pipe)) {
		unsigned int off = offset_in_page(pipe->tail);
		unsigned int i = pipe->tail / PAGE_SIZE % PIPE_PAGES;

		n = min3(PAGE_SIZE - off, pipe_used(pipe), to->count);
		copied = copy_to_iter(pipe->page[i] + off, n, to);
		pipe->tail += copied;
		done += copied;
		/* Unless the writer has come round to this very page already. */
		if (copied && !offset_in_page(pipe->tail) &&
		    pipe_used(pipe) <= PIPE_SIZE - PAGE_SIZE)
			pipe_release_page(pipe, i);
		if (copied < n)
			break;
	}
	if (!pipe_used(pipe))
		pipe_reset(pipe);
	return done ? (ssize_t)done : -EFAULT;
}

/*
 * Returns what is there, up to the size asked for; waits only if there is nothing,
 * and ends (0) when nobody can write any more.
 */
static ssize_t pipe_read(struct kiocb *iocb, struct iov_iter *to)
{
	struct pipe_inode_info *pipe = file_pipe(iocb->ki_filp);
	bool wake = false;
	ssize_t ret;

	if (unlikely(!to->count))
		return 0;
	mutex_lock(&pipe->mutex);
	while (!pipe_used(pipe)) {
		ret = 0;
		if (!pipe->writers)
			goto out;
		ret = -EAGAIN;
		if (iocb->ki_flags & IOCB_NONBLOCK)
			goto out;
		ret = pipe_wait(pipe, &pipe->rd_wait);
		if (ret)
			goto out;
	}
	/* A writer waits for less than PIPE_BUF of room, or for poll's. */
	wake = waitqueue_active(&pipe->wr_wait);
	ret = pipe_copy_out(pipe, to);
out:
	mutex_unlock(&pipe->mutex);
	if (wake)
		wake_up_poll(&pipe->wr_wait, POLLOUT | POLLWRNORM);
	return ret;
}

/* ---- writing ---- */

/* As much as fits: bytes, -ENOMEM or -EFAULT if it was none. */
static ssize_t pipe_copy_in(struct pipe_inode_info *pipe, struct iov_iter *from)
{
	size_t done = 0, n, copied;

	while (from->count && pipe_used(pipe) < PIPE_SIZE) {
		unsigned int off = offset_in_page(pipe->head);
		unsigned int i = pipe->head / PAGE_SIZE % PIPE_PAGES;

		if (!pipe->page[i]) {
			pipe->page[i] = (char *)__get_free_pages(GFP_USER, 0);
			if (!pipe->page[i])
				return done ? (ssize_t)done : -ENOMEM;
		}
		n = min3(PAGE_SIZE - off, PIPE_SIZE - pipe_used(pipe), from->count);
		copied = copy_from_iter(pipe->page[i] + off, n, from);
		pipe->head += copied;
		done += copied;
		if (copied < n)
			break;
	}
	return done ? (ssize_t)done : -EFAULT;
}

/* For all of a small write, or for some of a large one. */
static bool pipe_has_room(const struct pipe_inode_info *pipe, size_t total, size_t left)
{
	unsigned long room = PIPE_SIZE - pipe_used(pipe);

	return total <= PIPE_BUF ? room >= left : room > 0;
}

/*
 * A large write goes in as readers make room. What was written before an error or a
 * signal is reported first.
 */
static ssize_t pipe_write(struct kiocb *iocb, struct iov_iter *from)
{
	struct pipe_inode_info *pipe = file_pipe(iocb->ki_filp);
	size_t total = from->count;
	ssize_t done = 0, ret = 0;

	mutex_lock(&pipe->mutex);
	while (from->count) {
		if (unlikely(!pipe->readers)) {
			send_sig(SIGPIPE, current);
			ret = -EPIPE;
			break;
		}
		if (likely(pipe_has_room(pipe, total, from->count))) {
			ret = pipe_copy_in(pipe, from);
			/* Readers wait only for the first byte; an epoll edge is each write. */
			if (waitqueue_active(&pipe->rd_wait))
				wake_up_poll(&pipe->rd_wait, POLLIN | POLLRDNORM);
			if (ret < 0)
				break;
			done += ret;
			continue;
		}
		ret = -EAGAIN;
		if (iocb->ki_flags & IOCB_NONBLOCK)
			break;
		ret = pipe_wait(pipe, &pipe->wr_wait);
		if (ret)
			break;
	}
	mutex_unlock(&pipe->mutex);
	return done ? done : ret;
}

/* ---- poll, ioctl, fcntl ---- */

/* Writable means: a write of PIPE_BUF bytes would not wait. */
static unsigned int pipe_poll(struct file *f, struct poll_table *pt)
{
	struct pipe_inode_info *pipe = file_pipe(f);
	unsigned int mask = 0;

	if (f->f_mode & FMODE_READ) {
		poll_wait(f, &pipe->rd_wait, pt);
		if (pipe_used(pipe))
			mask |= POLLIN | POLLRDNORM;
		if (!pipe->writers && pipe->w_opens != f->f_version)
			mask |= POLLHUP;
	}
	if (f->f_mode & FMODE_WRITE) {
		poll_wait(f, &pipe->wr_wait, pt);
		if (PIPE_SIZE - pipe_used(pipe) >= PIPE_BUF)
			mask |= POLLOUT | POLLWRNORM;
		if (!pipe->readers)
			mask |= POLLERR;
	}
	return mask;
}

/* FIONREAD. */
static long pipe_ioctl(struct file *f, unsigned int cmd, unsigned long arg)
{
	if (cmd != 0x541b)		/* FIONREAD */
		return -ENOIOCTLCMD;
	return put_user((int)pipe_used(file_pipe(f)), (int __user *)arg);
}

/* The size is fixed: asking for no more is granted. */
long pipe_fcntl(struct file *f, unsigned int cmd, unsigned long arg)
{
	if (!S_ISFIFO(f->f_inode->i_mode))
		return -EBADF;
	if (cmd == F_SETPIPE_SZ && arg > PIPE_SIZE)
		return -EPERM;
	return PIPE_SIZE;
}

/* ---- the end of an end ---- */

/* => i_rwsem-free: the inode's pointer is guarded by its pipe's files count. */
static void put_pipe(struct inode *inode, struct pipe_inode_info *pipe)
{
	bool last;

	down_write(&inode->i_rwsem);
	last = --pipe->files == 0;
	if (last)
		inode->i_pipe = NULL;
	up_write(&inode->i_rwsem);
	if (last)
		free_pipe(pipe);
}

/* Both sides are woken: readers see the end, writers EPIPE. */
static void pipe_release(struct inode *inode, struct file *f)
{
	struct pipe_inode_info *pipe = file_pipe(f);

	mutex_lock(&pipe->mutex);
	if (f->f_mode & FMODE_READ)
		pipe->readers--;
	if (f->f_mode & FMODE_WRITE)
		pipe->writers--;
	mutex_unlock(&pipe->mutex);
	wake_up_all(&pipe->rd_wait);
	wake_up_all(&pipe->wr_wait);
	put_pipe(inode, pipe);
}

/* ---- FIFOs ---- */

/* The pipe of a FIFO, made by the first who opens it; files counts us. NULL: no memory. */
static struct pipe_inode_info *get_fifo(struct inode *inode)
{
	struct pipe_inode_info *pipe;

	down_write(&inode->i_rwsem);
	pipe = inode->i_pipe;
	if (!pipe)
		pipe = inode->i_pipe = alloc_pipe();
	if (pipe)
		pipe->files++;
	up_write(&inode->i_rwsem);
	return pipe;
}

/* An opener waits for the other side to be opened once more than *opens says now. */
static int fifo_wait_partner(struct pipe_inode_info *pipe, const unsigned int *opens,
			     struct wait_queue_head *wq)
{
	unsigned int seen = *opens;
	int err = 0;

	while (seen == *opens && !err)
		err = pipe_wait(pipe, wq);
	return seen == *opens ? err : 0;
}

/* => mutex held, our end counted. */
static int fifo_open_wait(struct pipe_inode_info *pipe, struct file *f)
{
	bool nonblock = f->f_flags & O_NONBLOCK;

	switch (f->f_mode & (FMODE_READ | FMODE_WRITE)) {
	case FMODE_READ:
		if (pipe->writers)
			return 0;
		if (nonblock) {
			/* Writers of the past have not hung up on this reader. */
			f->f_version = pipe->w_opens;
			return 0;
		}
		return fifo_wait_partner(pipe, &pipe->w_opens, &pipe->rd_wait);
	case FMODE_WRITE:
		if (pipe->readers)
			return 0;
		return nonblock ? -ENXIO :
		       fifo_wait_partner(pipe, &pipe->r_opens, &pipe->wr_wait);
	default:
		return 0;
	}
}

/* A FIFO's opener waits for the other side, unless O_NONBLOCK or opened for both. */
static int fifo_open(struct inode *inode, struct file *f)
{
	struct pipe_inode_info *pipe = get_fifo(inode);
	int err;

	if (!pipe)
		return -ENOMEM;
	f->private_data = pipe;
	f->f_mode &= ~(FMODE_LSEEK | FMODE_PREAD);
	mutex_lock(&pipe->mutex);
	if (f->f_mode & FMODE_READ) {
		pipe->readers++;
		pipe->r_opens++;
		wake_up_all(&pipe->wr_wait);
	}
	if (f->f_mode & FMODE_WRITE) {
		pipe->writers++;
		pipe->w_opens++;
		wake_up_all(&pipe->rd_wait);
	}
	/* A pipe(2) opened again through /proc has had both ends from the start. */
	err = inode->i_sb == anon_mnt->mnt_sb ? 0 : fifo_open_wait(pipe, f);
	mutex_unlock(&pipe->mutex);
	if (err)
		pipe_release(inode, f);
	return err;
}

const struct file_operations fifo_fops = {
	.open = fifo_open,
	.read_iter = pipe_read,
	.write_iter = pipe_write,
	.poll = pipe_poll,
	.ioctl = pipe_ioctl,
	.release = pipe_release,
};

/* ---- pipe2(2) ---- */

static const struct file_operations pipe_fops = {
	.read_iter = pipe_read,
	.write_iter = pipe_write,
	.poll = pipe_poll,
	.ioctl = pipe_ioctl,
	.release = pipe_release,
};

/* Both ends on one new inode. 0 or -ENFILE. */
static int create_pipe_files(struct file *f[2], unsigned int flags)
{
	struct inode *inode = anon_inode_new(S_IFIFO | 0600);
	struct pipe_inode_info *pipe;
	char name[32];

	if (!inode)
		return -ENFILE;
	pipe = alloc_pipe();
	if (!pipe)
		goto err_inode;
	inode->i_pipe = pipe;
	inode->i_fop = &fifo_fops;	/* for who opens /proc/self/fd/N, as bash does for <(...) */
	snprintf(name, sizeof(name), "pipe:[%lu]", inode->i_ino);
	f[0] = alloc_file_inode(anon_mnt, inode, name, O_RDONLY | flags, &pipe_fops);
	if (!f[0])
		goto err_pipe;
	f[0]->private_data = pipe;
	pipe->files = pipe->readers = pipe->r_opens = 1;
	ihold(inode);
	f[1] = alloc_file_inode(anon_mnt, inode, name, O_WRONLY | flags, &pipe_fops);
	if (!f[1]) {
		iput(inode);
		fput(f[0]);
		return -ENFILE;
	}
	f[1]->private_data = pipe;
	pipe->files++;
	pipe->writers = pipe->w_opens = 1;
	return 0;

err_pipe:
	free_pipe(pipe);
err_inode:
	iput(inode);
	return -ENFILE;
}

/* pipe2(2): if the numbers cannot be told to the program, nothing was made. */
long sys_pipe2(int __user *user, long flags)
{
	struct file *f[2];
	int fd[2] = { -1, -1 }, err;

	if (flags & ~(O_CLOEXEC | O_NONBLOCK | O_DIRECT))
		return -EINVAL;
	err = create_pipe_files(f, (unsigned int)flags & O_NONBLOCK);
	if (err)
		return err;
	for (int i = 0; i < 2; i++) {
		fd[i] = get_unused_fd_flags((unsigned int)flags);
		if (fd[i] < 0) {
			err = fd[i];
			goto err_files;
		}
	}
	err = -EFAULT;
	if (copy_to_user(user, fd, sizeof(fd)))
		goto err_files;
	fd_install(fd[0], f[0]);
	fd_install(fd[1], f[1]);
	return 0;

err_files:
	for (int i = 0; i < 2; i++) {
		if (fd[i] >= 0)
			put_unused_fd(fd[i]);
		fput(f[i]);
	}
	return err;
}
