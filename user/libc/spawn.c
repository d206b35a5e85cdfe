/* SPDX-License-Identifier: MIT */
/*
 * user/libc/spawn.c: posix_spawn() and system().
 *
 * The pattern for starting a program where fork() is dear or, without an MMU,
 * impossible: vfork(), and between it and execve() only system calls. The child
 * borrows this process's memory, so whatever it stores stays stored: that is
 * how a failed execve() gets its error back to the parent, and why the child
 * must not touch anything else. Signals are blocked meanwhile, so that no
 * handler of the parent runs in the child.
 *
 * Linux: man 3 posix_spawn, man 3 system. Differs: vfork() in place of clone3().
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include "internal.h"

struct __spawn_action {
	enum { DO_CLOSE, DO_DUP2, DO_OPEN } what;
	int fd;
	int new;
	int flags;
	mode_t mode;
	const char *path;
};

/* Everything the child needs, gathered before vfork(). */
struct plan {
	const char *path;
	const posix_spawn_file_actions_t *actions;
	const posix_spawnattr_t *attr;
	char *const *argv;
	char *const *envp;
	sigset_t mask;		/* the caller's signal mask */
	volatile int error;	/* written by the child */
};

int posix_spawn_file_actions_init(posix_spawn_file_actions_t *fa)
{
	*fa = (posix_spawn_file_actions_t){ 0 };
	return 0;
}

int posix_spawn_file_actions_destroy(posix_spawn_file_actions_t *fa)
{
	for (int i = 0; i < fa->__nr; i++)
		free((char *)fa->__list[i].path);
	free(fa->__list);
	return posix_spawn_file_actions_init(fa);
}

static int add(posix_spawn_file_actions_t *fa, struct __spawn_action a)
{
	struct __spawn_action *list = reallocarray(fa->__list, fa->__nr + 1, sizeof(*list));

	if (!list)
		return ENOMEM;
	fa->__list = list;
	list[fa->__nr++] = a;
	return 0;
}

int posix_spawn_file_actions_addclose(posix_spawn_file_actions_t *fa, int fd)
{
	return add(fa, (struct __spawn_action){ .what = DO_CLOSE, .fd = fd });
}

int posix_spawn_file_actions_adddup2(posix_spawn_file_actions_t *fa, int fd, int new)
{
	return add(fa, (struct __spawn_action){ .what = DO_DUP2, .fd = fd, .new = new });
}

int posix_spawn_file_actions_addopen(posix_spawn_file_actions_t *restrict fa, int fd,
				     const char *restrict path, int flags, mode_t mode)
{
	char *copy = strdup(path);

	if (!copy)
		return ENOMEM;
	return add(fa, (struct __spawn_action){ .what = DO_OPEN, .fd = fd, .path = copy,
						.flags = flags, .mode = mode });
}

int posix_spawnattr_init(posix_spawnattr_t *attr)
{
	*attr = (posix_spawnattr_t){ 0 };
	return 0;
}

int posix_spawnattr_destroy(posix_spawnattr_t *attr)
{
	(void)attr;
	return 0;
}

int posix_spawnattr_setflags(posix_spawnattr_t *attr, short flags)
{
	attr->__flags = flags;
	return 0;
}

int posix_spawnattr_setpgroup(posix_spawnattr_t *attr, pid_t pgrp)
{
	attr->__pgrp = pgrp;
	return 0;
}

int posix_spawnattr_setsigdefault(posix_spawnattr_t *restrict attr,
				  const sigset_t *restrict set)
{
	attr->__default = *set;
	return 0;
}

int posix_spawnattr_setsigmask(posix_spawnattr_t *restrict attr,
			       const sigset_t *restrict set)
{
	attr->__mask = *set;
	return 0;
}

/* In the child. dup3() refuses old == new; then only close-on-exec must go. */
static int child_dup2(int old, int new)
{
	return old == new ? fcntl(old, F_SETFD, 0) : dup3(old, new, 0);
}

static int child_open(const struct __spawn_action *a)
{
	int fd = openat(AT_FDCWD, a->path, a->flags, a->mode);

	if (fd < 0 || fd == a->fd)
		return fd;
	if (dup3(fd, a->fd, 0) < 0)
		return -1;
	return close(fd);
}

/* In the child: descriptors as the actions say. 0 or -1. */
static int child_files(const posix_spawn_file_actions_t *actions)
{
	for (int i = 0; actions && i < actions->__nr; i++) {
		const struct __spawn_action *a = &actions->__list[i];
		int result;

		if (a->what == DO_CLOSE)
			result = close(a->fd);
		else if (a->what == DO_DUP2)
			result = child_dup2(a->fd, a->new);
		else
			result = child_open(a);
		if (result < 0)
			return -1;
	}
	return 0;
}

/* In the child: session, group and signals. 0 or -1. */
static int child_attributes(struct plan *plan)
{
	const posix_spawnattr_t *attr = plan->attr;
	struct sigaction dfl = { .sa_handler = SIG_DFL };

	if (!attr)
		return 0;
	if ((attr->__flags & POSIX_SPAWN_SETSID) && setsid() < 0)
		return -1;
	if ((attr->__flags & POSIX_SPAWN_SETPGROUP) && setpgid(0, attr->__pgrp) < 0)
		return -1;
	for (int sig = 1; (attr->__flags & POSIX_SPAWN_SETSIGDEF) && sig < NSIG; sig++) {
		if (sigismember(&attr->__default, sig))
			sigaction(sig, &dfl, NULL);
	}
	if (attr->__flags & POSIX_SPAWN_SETSIGMASK)
		plan->mask = attr->__mask;
	return 0;
}

static void __noreturn child(struct plan *plan)
{
	if (child_attributes(plan) == 0 && child_files(plan->actions) == 0) {
		sigprocmask(SIG_SETMASK, &plan->mask, NULL);
		execve(plan->path, plan->argv, plan->envp);
	}
	plan->error = errno;
	_exit(127);
}

int posix_spawn(pid_t *restrict pid, const char *restrict path,
		const posix_spawn_file_actions_t *actions,
		const posix_spawnattr_t *restrict attr, char *const argv[restrict],
		char *const envp[restrict])
{
	struct plan plan = { .path = path, .actions = actions, .attr = attr,
			     .argv = argv, .envp = envp };
	int saved = errno;
	sigset_t all, mask;
	pid_t new;

	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, &mask);
	plan.mask = mask;
	new = vfork();
	if (new == 0)
		child(&plan);
	if (new < 0)
		plan.error = errno;
	else if (plan.error)
		waitpid(new, NULL, 0);
	sigprocmask(SIG_SETMASK, &mask, NULL);
	errno = saved;
	if (!plan.error && pid)
		*pid = new;
	return plan.error;
}

int posix_spawnp(pid_t *restrict pid, const char *restrict file,
		 const posix_spawn_file_actions_t *actions,
		 const posix_spawnattr_t *restrict attr, char *const argv[restrict],
		 char *const envp[restrict])
{
	char path[PATH_MAX];
	int error = __find_program(file, path);

	return error ? error : posix_spawn(pid, path, actions, attr, argv, envp);
}

int system(const char *line)
{
	char *argv[] = { "sh", "-c", (char *)line, NULL };
	struct sigaction ignore = { .sa_handler = SIG_IGN }, old_int, old_quit;
	posix_spawnattr_t attr = { .__flags = POSIX_SPAWN_SETSIGDEF };
	int status = -1, error;
	pid_t pid;

	if (!line)
		return access("/bin/sh", X_OK) == 0;
	/* Ctrl-C is for the command: the shell that runs it lives on to see it die. */
	sigaction(SIGINT, &ignore, &old_int);
	sigaction(SIGQUIT, &ignore, &old_quit);
	if (old_int.sa_handler != SIG_IGN)
		sigaddset(&attr.__default, SIGINT);
	if (old_quit.sa_handler != SIG_IGN)
		sigaddset(&attr.__default, SIGQUIT);
	error = posix_spawn(&pid, "/bin/sh", NULL, &attr, argv, environ);
	if (error) {
		errno = error;
	} else {
		while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
			;
	}
	sigaction(SIGINT, &old_int, NULL);
	sigaction(SIGQUIT, &old_quit, NULL);
	return status;
}
