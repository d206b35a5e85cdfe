/* SPDX-License-Identifier: MIT */
/*
 * Sockets, of which there are none: what a kernel without any protocol answers.
 *
 * The C library asks for a local socket whenever a program wants a user's name or
 * the log, and shells ask what their input is. They expect "no such family" and
 * "not a socket" and go on; ENOSYS would do, but is for calls nobody knows.
 *
 * Locks: none.
 *
 * Linux: net/socket.c. Differs: no family is registered, so no socket exists.
 */
#include "kernel/fs/fs_syscalls.h"
#include "lib/errno.h"

long sys_socket(long family, long type, long protocol)
{
	return -EAFNOSUPPORT;
}

long sys_on_socket(long fd)
{
	struct fd f = fdget(fd);

	if (!f.file)
		return -EBADF;
	fdput(f);
	return -ENOTSOCK;
}
