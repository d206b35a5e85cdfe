/* SPDX-License-Identifier: MIT */
/*
 * user/libc/file.c: open files: reading, writing, duplicating, waiting.
 *
 * riscv64 has only the newer calls: open() is openat() from the working
 * directory, dup2() is dup3(), poll() is ppoll(), and so on.
 *
 * Linux: section 2 of the manual. Differs: nothing.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdarg.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/select.h>
#include <sys/sendfile.h>
#include <sys/uio.h>
#include "internal.h"

int openat(int dirfd, const char *path, int flags, ...)
{
	va_list ap;
	mode_t mode;

	va_start(ap, flags);
	mode = va_arg(ap, mode_t);	/* read only with O_CREAT and O_TMPFILE */
	va_end(ap);
	return syscall(__NR_openat, dirfd, path, flags, mode);
}

int open(const char *path, int flags, ...)
{
	va_list ap;
	mode_t mode;

	va_start(ap, flags);
	mode = va_arg(ap, mode_t);
	va_end(ap);
	return openat(AT_FDCWD, path, flags, mode);
}

int creat(const char *path, mode_t mode)
{
	return open(path, O_WRONLY | O_CREAT | O_TRUNC, mode);
}

int close(int fd)
{
	return syscall(__NR_close, fd);
}

ssize_t read(int fd, void *buf, size_t n)
{
	return syscall(__NR_read, fd, buf, n);
}

ssize_t write(int fd, const void *buf, size_t n)
{
	return syscall(__NR_write, fd, buf, n);
}

ssize_t pread(int fd, void *buf, size_t n, off_t offset)
{
	return syscall(__NR_pread64, fd, buf, n, offset);
}

ssize_t pwrite(int fd, const void *buf, size_t n, off_t offset)
{
	return syscall(__NR_pwrite64, fd, buf, n, offset);
}

ssize_t readv(int fd, const struct iovec *iov, int nr)
{
	return syscall(__NR_readv, fd, iov, nr);
}

ssize_t writev(int fd, const struct iovec *iov, int nr)
{
	return syscall(__NR_writev, fd, iov, nr);
}

off_t lseek(int fd, off_t offset, int whence)
{
	return syscall(__NR_lseek, fd, offset, whence);
}

int dup(int fd)
{
	return syscall(__NR_dup, fd);
}

int dup3(int old, int new, int flags)
{
	return syscall(__NR_dup3, old, new, flags);
}

int dup2(int old, int new)
{
	/* dup3() calls equal descriptors an error; dup2() only asks for a valid one. */
	if (old == new)
		return fcntl(old, F_GETFD) < 0 ? -1 : new;
	return dup3(old, new, 0);
}

int pipe2(int fd[2], int flags)
{
	return syscall(__NR_pipe2, fd, flags);
}

int pipe(int fd[2])
{
	return pipe2(fd, 0);
}

int fcntl(int fd, int cmd, ...)
{
	va_list ap;
	long arg;

	va_start(ap, cmd);
	arg = va_arg(ap, long);
	va_end(ap);
	return syscall(__NR_fcntl, fd, cmd, arg);
}

int ioctl(int fd, unsigned long request, ...)
{
	va_list ap;
	long arg;

	va_start(ap, request);
	arg = va_arg(ap, long);
	va_end(ap);
	return syscall(__NR_ioctl, fd, request, arg);
}

int flock(int fd, int op)
{
	return syscall(__NR_flock, fd, op);
}

int fsync(int fd)
{
	return syscall(__NR_fsync, fd);
}

int fdatasync(int fd)
{
	return syscall(__NR_fdatasync, fd);
}

int ftruncate(int fd, off_t length)
{
	return syscall(__NR_ftruncate, fd, length);
}

int fallocate(int fd, int mode, off_t offset, off_t length)
{
	return syscall(__NR_fallocate, fd, mode, offset, length);
}

int posix_fadvise(int fd, off_t offset, off_t length, int advice)
{
	return -__syscall(__NR_fadvise64, fd, offset, length, advice);
}

ssize_t readahead(int fd, off_t offset, size_t count)
{
	return syscall(__NR_readahead, fd, offset, count);
}

ssize_t sendfile(int out, int in, off_t *offset, size_t n)
{
	return syscall(__NR_sendfile, out, in, offset, n);
}

ssize_t splice(int in, off_t *in_off, int out, off_t *out_off, size_t n, unsigned int flags)
{
	return syscall(__NR_splice, in, in_off, out, out_off, n, flags);
}

ssize_t copy_file_range(int in, off_t *in_off, int out, off_t *out_off, size_t n,
			unsigned int flags)
{
	return syscall(__NR_copy_file_range, in, in_off, out, out_off, n, flags);
}

int ppoll(struct pollfd *fds, nfds_t nr, const struct timespec *timeout, const sigset_t *mask)
{
	/* The kernel writes the time that is left; the caller's is const. */
	struct timespec left;

	if (timeout)
		left = *timeout;
	return syscall(__NR_ppoll, fds, nr, timeout ? &left : NULL, mask, sizeof(*mask));
}

int poll(struct pollfd *fds, nfds_t nr, int timeout_ms)
{
	struct timespec ts = { timeout_ms / 1000, timeout_ms % 1000 * 1000000L };

	return ppoll(fds, nr, timeout_ms < 0 ? NULL : &ts, NULL);
}

int select(int nr, fd_set *rd, fd_set *wr, fd_set *ex, struct timeval *timeout)
{
	struct timespec ts;

	if (timeout) {
		ts.tv_sec = timeout->tv_sec;
		ts.tv_nsec = timeout->tv_usec * 1000;
	}
	return syscall(__NR_pselect6, nr, rd, wr, ex, timeout ? &ts : NULL, NULL);
}
