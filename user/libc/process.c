/* SPDX-License-Identifier: MIT */
/*
 * user/libc/process.c: creating processes and programs, waiting, who is who.
 *
 * fork() is clone(SIGCHLD): a copy of everything. vfork() is in syscall.S. Each
 * exec replaces the program and keeps the process; what differs between its six
 * forms is how arguments are written down and whether PATH is searched.
 *
 * Linux: man 2 fork, execve, wait4, waitid. Differs: nothing.
 */
#include <errno.h>
#include <limits.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include "internal.h"

pid_t fork(void)
{
	struct __tcb *self = __self();

	/* The child's only thread is a copy of this one with a new tid. */
	return syscall(__NR_clone, CLONE_CHILD_SETTID | CLONE_CHILD_CLEARTID | SIGCHLD, 0, 0, 0,
		       &self->tid);
}

int clone(int (*func)(void *), void *stack_top, int flags, void *arg, ...)
{
	va_list ap;
	int *ptid, *ctid;
	void *tls;
	long result;

	va_start(ap, arg);
	ptid = va_arg(ap, int *);
	tls = va_arg(ap, void *);
	ctid = va_arg(ap, int *);
	va_end(ap);
	result = __clone(func, stack_top, (unsigned int)flags, arg, ptid, tls, ctid);
	if (result < 0) {
		errno = -result;
		return -1;
	}
	return result;
}

int unshare(int flags)
{
	return syscall(__NR_unshare, flags);
}

int execve(const char *path, char *const argv[], char *const envp[])
{
	return syscall(__NR_execve, path, argv, envp);
}

int execv(const char *path, char *const argv[])
{
	return execve(path, argv, environ);
}

/* Join dir (len bytes) and file. Returns whether the path fits. */
static int join(char *buf, const char *dir, size_t len, const char *file)
{
	if (len + strlen(file) + 2 > PATH_MAX)
		return 0;
	memcpy(buf, dir, len);
	if (len)
		buf[len++] = '/';
	strcpy(buf + len, file);
	return 1;
}

int __find_program(const char *file, char *buf)
{
	const char *path = getenv("PATH");
	int error = ENOENT;

	if (strchr(file, '/'))
		return join(buf, "", 0, file) ? 0 : ENAMETOOLONG;
	if (!path)
		path = "/bin:/sbin";
	for (;;) {
		size_t len = strcspn(path, ":");

		if (join(buf, path, len, file)) {
			if (__syscall(__NR_faccessat, -100, buf, X_OK) == 0)
				return 0;
			if (__syscall(__NR_faccessat, -100, buf, F_OK) == 0)
				error = EACCES;
		}
		if (!path[len])
			return error;
		path += len + 1;
	}
}

int execvpe(const char *file, char *const argv[], char *const envp[])
{
	char path[PATH_MAX];
	int error = __find_program(file, path);

	if (error) {
		errno = error;
		return -1;
	}
	return execve(path, argv, envp);
}

int execvp(const char *file, char *const argv[])
{
	return execvpe(file, argv, environ);
}

#define MAX_LIST_ARGS 64

/* Collect the arguments of execl() into an array. Returns 0 if there are too many. */
static int collect(char **argv, const char *arg, va_list ap)
{
	int n = 0;

	argv[n++] = (char *)arg;
	while (n <= MAX_LIST_ARGS && argv[n - 1])
		argv[n++] = va_arg(ap, char *);
	return argv[n - 1] == NULL;
}

int execl(const char *path, const char *arg, ...)
{
	char *argv[MAX_LIST_ARGS + 1];
	va_list ap;
	int fits;

	va_start(ap, arg);
	fits = collect(argv, arg, ap);
	va_end(ap);
	if (!fits) {
		errno = E2BIG;
		return -1;
	}
	return execv(path, argv);
}

int execlp(const char *file, const char *arg, ...)
{
	char *argv[MAX_LIST_ARGS + 1];
	va_list ap;
	int fits;

	va_start(ap, arg);
	fits = collect(argv, arg, ap);
	va_end(ap);
	if (!fits) {
		errno = E2BIG;
		return -1;
	}
	return execvp(file, argv);
}

pid_t wait4(pid_t pid, int *status, int options, struct rusage *usage)
{
	return syscall(__NR_wait4, pid, status, options, usage);
}

pid_t wait3(int *status, int options, struct rusage *usage)
{
	return wait4(-1, status, options, usage);
}

pid_t waitpid(pid_t pid, int *status, int options)
{
	return wait4(pid, status, options, NULL);
}

pid_t wait(int *status)
{
	return waitpid(-1, status, 0);
}

int waitid(idtype_t type, id_t id, siginfo_t *info, int options)
{
	return syscall(__NR_waitid, type, id, info, options, NULL);
}

pid_t getpid(void)
{
	return syscall(__NR_getpid);
}

pid_t getppid(void)
{
	return syscall(__NR_getppid);
}

pid_t gettid(void)
{
	return syscall(__NR_gettid);
}

pid_t getpgid(pid_t pid)
{
	return syscall(__NR_getpgid, pid);
}

pid_t getpgrp(void)
{
	return getpgid(0);
}

int setpgid(pid_t pid, pid_t pgid)
{
	return syscall(__NR_setpgid, pid, pgid);
}

pid_t getsid(pid_t pid)
{
	return syscall(__NR_getsid, pid);
}

pid_t setsid(void)
{
	return syscall(__NR_setsid);
}

uid_t getuid(void)
{
	return syscall(__NR_getuid);
}

uid_t geteuid(void)
{
	return syscall(__NR_geteuid);
}

gid_t getgid(void)
{
	return syscall(__NR_getgid);
}

gid_t getegid(void)
{
	return syscall(__NR_getegid);
}

int setuid(uid_t uid)
{
	return syscall(__NR_setuid, uid);
}

int setgid(gid_t gid)
{
	return syscall(__NR_setgid, gid);
}

int getgroups(int size, gid_t list[])
{
	return syscall(__NR_getgroups, size, list);
}
