/* SPDX-License-Identifier: MIT */
/*
 * user/libc/errno.c: the error of the last failed call, and the names of errors.
 *
 * errno lives in the thread's control block, so that two threads never see each
 * other's errors.
 *
 * Linux: man 3 errno, man 3 strerror. Differs: one language, no unknown-number
 * allocation (the text is in a static buffer).
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include "internal.h"

long __set_errno(long result);

int *__errno_location(void)
{
	return &__self()->err;
}

/* Called from assembly with -errno. Returns the -1 that the program sees. */
long __set_errno(long result)
{
	errno = -result;
	return -1;
}

struct error {
	int nr;
	const char *name;
	const char *text;
};

#define E(name, text) { name, #name, text }

static const struct error errors[] = {
	{ 0, "0", "Success" },
	E(EPERM, "Operation not permitted"),
	E(ENOENT, "No such file or directory"),
	E(ESRCH, "No such process"),
	E(EINTR, "Interrupted system call"),
	E(EIO, "Input/output error"),
	E(ENXIO, "No such device or address"),
	E(E2BIG, "Argument list too long"),
	E(ENOEXEC, "Exec format error"),
	E(EBADF, "Bad file descriptor"),
	E(ECHILD, "No child processes"),
	E(EAGAIN, "Resource temporarily unavailable"),
	E(ENOMEM, "Cannot allocate memory"),
	E(EACCES, "Permission denied"),
	E(EFAULT, "Bad address"),
	E(ENOTBLK, "Block device required"),
	E(EBUSY, "Device or resource busy"),
	E(EEXIST, "File exists"),
	E(EXDEV, "Invalid cross-device link"),
	E(ENODEV, "No such device"),
	E(ENOTDIR, "Not a directory"),
	E(EISDIR, "Is a directory"),
	E(EINVAL, "Invalid argument"),
	E(ENFILE, "Too many open files in system"),
	E(EMFILE, "Too many open files"),
	E(ENOTTY, "Inappropriate ioctl for device"),
	E(ETXTBSY, "Text file busy"),
	E(EFBIG, "File too large"),
	E(ENOSPC, "No space left on device"),
	E(ESPIPE, "Illegal seek"),
	E(EROFS, "Read-only file system"),
	E(EMLINK, "Too many links"),
	E(EPIPE, "Broken pipe"),
	E(EDOM, "Numerical argument out of domain"),
	E(ERANGE, "Numerical result out of range"),
	E(EDEADLK, "Resource deadlock avoided"),
	E(ENAMETOOLONG, "File name too long"),
	E(ENOLCK, "No locks available"),
	E(ENOSYS, "Function not implemented"),
	E(ENOTEMPTY, "Directory not empty"),
	E(ELOOP, "Too many levels of symbolic links"),
	E(ENODATA, "No data available"),
	E(ETIME, "Timer expired"),
	E(EPROTO, "Protocol error"),
	E(EBADMSG, "Bad message"),
	E(EOVERFLOW, "Value too large for defined data type"),
	E(EILSEQ, "Invalid or incomplete multibyte or wide character"),
	E(ENOTSOCK, "Socket operation on non-socket"),
	E(EMSGSIZE, "Message too long"),
	E(EOPNOTSUPP, "Operation not supported"),
	E(EAFNOSUPPORT, "Address family not supported by protocol"),
	E(ENOBUFS, "No buffer space available"),
	E(ETIMEDOUT, "Connection timed out"),
	E(ECONNREFUSED, "Connection refused"),
	E(EALREADY, "Operation already in progress"),
	E(EINPROGRESS, "Operation now in progress"),
	E(EDQUOT, "Disk quota exceeded"),
	E(ECANCELED, "Operation canceled"),
	E(EOWNERDEAD, "Owner died"),
	E(ENOTRECOVERABLE, "State not recoverable"),
	E(EHWPOISON, "Memory page has hardware error"),
};

static const struct error *find(int err)
{
	for (size_t i = 0; i < sizeof(errors) / sizeof(errors[0]); i++) {
		if (errors[i].nr == err)
			return &errors[i];
	}
	return NULL;
}

char *strerror(int err)
{
	static char unknown[32];
	const struct error *e = find(err);

	if (e)
		return (char *)e->text;
	snprintf(unknown, sizeof(unknown), "Unknown error %d", err);
	return unknown;
}

const char *strerrorname_np(int err)
{
	const struct error *e = find(err);

	return e ? e->name : NULL;
}

void perror(const char *s)
{
	int err = errno;

	if (s && *s)
		fprintf(stderr, "%s: %s\n", s, strerror(err));
	else
		fprintf(stderr, "%s\n", strerror(err));
}
