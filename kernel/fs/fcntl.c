/* SPDX-License-Identifier: MIT */
/*
 * Calls on descriptors as such: dup, fcntl (record locks: locks.c), ioctl's common
 * part.
 *
 * A descriptor has one property of its own, close-on-exec; everything else
 * (position, O_APPEND, O_NONBLOCK) belongs to the open file behind it, which
 * dup(2) and fork(2) share. That is why F_SETFD and F_SETFL are two commands: a
 * shell that sets O_NONBLOCK on its terminal sets it for every program that
 * inherited it.
 *
 * Locks: files->lock.
 *
 * Linux: fs/fcntl.c, fs/file.c ksys_dup3(), fs/ioctl.c. Differs: no owner
 * signals (SIGIO).
 */
#include "kernel/fs/fs_syscalls.h"
#include "kernel/fs/internal.h"

/* What F_SETFL may change. */
#define SETFL_MASK	(O_APPEND | O_NONBLOCK | O_DIRECT | O_NOATIME)

/*
 * F_DUPFD: the first free number from `from` on. Shells move their own files to 10
 * and above with it.
 */
static long f_dupfd(unsigned int from, struct file *f, unsigned int flags)
{
	int fd;

	if (from >= current->signal->rlim[RLIMIT_NOFILE].rlim_cur)
		return -EINVAL;
	fd = alloc_fd(from, flags);
	if (fd >= 0)
		fd_install(fd, get_file(f));
	return fd;
}

/* dup(2): works on O_PATH files too, so fget_raw(). */
long sys_dup(long oldfd)
{
	struct file *f = fget_raw((unsigned int)oldfd);
	int fd;

	if (!f)
		return -EBADF;
	fd = get_unused_fd_flags(0);
	if (fd >= 0)
		fd_install(fd, f);
	else
		fput(f);
	return fd;
}

/* dup3(2): dup2(2) of libc as well, which treats equal numbers itself. */
long sys_dup3(long oldfd, long newfd, long flags)
{
	struct file *f;
	int err;

	if ((flags & ~O_CLOEXEC) || (int)oldfd == (int)newfd)
		return -EINVAL;
	if ((unsigned int)newfd >= current->signal->rlim[RLIMIT_NOFILE].rlim_cur)
		return -EBADF;
	f = fget_raw((unsigned int)oldfd);
	if (!f)
		return -EBADF;
	err = replace_fd((unsigned int)newfd, f, (unsigned int)flags);
	if (err)
		fput(f);
	return err ? err : (int)newfd;
}

/* F_SETFL: access mode and creation flags are ignored, as POSIX says. */
static long setfl(struct file *f, unsigned long arg)
{
	WRITE_ONCE(f->f_flags, (f->f_flags & ~SETFL_MASK) | (arg & SETFL_MASK));
	return 0;
}

/* Commands on the descriptor come first: they are all an O_PATH file allows. */
static long do_fcntl(unsigned int fd, struct file *f, unsigned int cmd, unsigned long arg)
{
	switch (cmd) {
	case F_DUPFD:
		return f_dupfd((unsigned int)arg, f, 0);
	case F_DUPFD_CLOEXEC:
		return f_dupfd((unsigned int)arg, f, O_CLOEXEC);
	case F_GETFD:
		return get_close_on_exec(fd) ? FD_CLOEXEC : 0;
	case F_SETFD:
		set_close_on_exec(fd, arg & FD_CLOEXEC);
		return 0;
	case F_GETFL:
		return f->f_flags;
	}
	if (f->f_mode & FMODE_PATH)
		return -EBADF;
	switch (cmd) {
	case F_SETFL:
		return setfl(f, arg);
	case F_GETLK:
	case F_OFD_GETLK:
		return fcntl_getlk(f, cmd == F_OFD_GETLK, arg);
	case F_SETLK:
	case F_SETLKW:
	case F_OFD_SETLK:
	case F_OFD_SETLKW:
		return fcntl_setlk(fd, f, cmd == F_OFD_SETLK || cmd == F_OFD_SETLKW,
				   cmd == F_SETLKW || cmd == F_OFD_SETLKW, arg);
	case F_GETOWN:
	case F_SETOWN:
		return 0;
	case F_GETPIPE_SZ:
	case F_SETPIPE_SZ:
		return pipe_fcntl(f, cmd, arg);
	default:
		return -EINVAL;
	}
}

/* fcntl(2): an unknown command is EINVAL. */
long sys_fcntl(long fd, long cmd, unsigned long arg)
{
	struct file *f = fget_raw((unsigned int)fd);
	long ret;

	if (!f)
		return -EBADF;
	ret = do_fcntl((unsigned int)fd, f, (unsigned int)cmd, arg);
	fput(f);
	return ret;
}

/* ---- ioctl(2) ---- */

#define FIOCLEX		0x5451
#define FIONCLEX	0x5450
#define FIONBIO		0x5421
#define FIONREAD	0x541b

/* FIONREAD of a regular file: what is left behind the position. */
static long ioctl_fionread(struct file *f, unsigned long arg)
{
	loff_t left = f->f_inode->i_size - f->f_pos;

	return put_user((int)max_t(loff_t, left, 0), (int __user *)arg);
}

/* ioctl(2): a few that every file has, then the driver's. ENOTTY means: not for this file. */
long sys_ioctl(long fd, long cmd, unsigned long arg)
{
	struct fd f = fdget((unsigned int)fd);
	long ret = -ENOIOCTLCMD;
	int on;

	if (!f.file)
		return -EBADF;
	switch ((unsigned int)cmd) {
	case FIOCLEX:
	case FIONCLEX:
		set_close_on_exec((unsigned int)fd, cmd == FIOCLEX);
		ret = 0;
		break;
	case FIONBIO:
		ret = get_user(on, (int __user *)arg);
		if (!ret)
			setfl(f.file, (f.file->f_flags & ~O_NONBLOCK) | (on ? O_NONBLOCK : 0));
		break;
	case FIONREAD:
		if (S_ISREG(f.file->f_inode->i_mode)) {
			ret = ioctl_fionread(f.file, arg);
			break;
		}
		fallthrough;
	default:
		if (f.file->f_op->ioctl)
			ret = f.file->f_op->ioctl(f.file, (unsigned int)cmd, arg);
	}
	fdput(f);
	return ret == -ENOIOCTLCMD ? -ENOTTY : ret;
}
