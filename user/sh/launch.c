/* SPDX-License-Identifier: MIT */
/*
 * user/sh/launch.c: how a process comes to be.
 *
 * launch_program(): vfork(), then system calls, then execve(). The child runs
 * in the shell's memory while the shell waits, so it may not allocate, not use
 * stdio buffers and not return. All signals are blocked meanwhile: otherwise a
 * handler of the shell could run in the child, in the shell's memory.
 *
 * launch_subshell(): fork(), for a copy of the shell itself.
 *
 * Linux: none (POSIX sh 2.12, 2.9.1). Differs: -
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "sh.h"

static int is_directory(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

int find_program(const char *name, const char **path)
{
	const char *dirs = var_get("PATH");
	const char *seen = NULL;	/* there, but not to be run */

	if (strchr(name, '/')) {
		*path = name;
		if (access(name, X_OK) == 0 && !is_directory(name))
			return 0;
		return access(name, F_OK) == 0 ? 126 : 127;
	}
	while (dirs && *name) {
		size_t len = strcspn(dirs, ":");

		*path = tmp_printf("%.*s%s%s", (int)len, dirs, len ? "/" : "", name);
		if (access(*path, X_OK) == 0 && !is_directory(*path))
			return 0;
		if (!seen && access(*path, F_OK) == 0)
			seen = *path;
		dirs = dirs[len] ? dirs + len + 1 : NULL;
	}
	*path = seen ? seen : name;
	return seen ? 126 : 127;
}

void tell_no_program(const char *name, const char *path, int status)
{
	if (status == 127)
		complain("%s: not found", name);
	else
		complain("%s: %s", name, is_directory(path) ? "is a directory"
							    : "permission denied");
}

/*
 * In the new process: its group, the terminal, its signals. Both the child and
 * the shell set the group, because either may run first.
 */
static void enter_group(const struct launch *l)
{
	if (sh.job_control) {
		setpgid(0, l->job->pgid);
		if (!l->background)
			tcsetpgrp(sh.tty, getpgrp());
	}
	signals_child(l->background && !sh.job_control);
}

/* In the new process: the ends of its pipes. */
static void connect_pipes(const struct launch *l)
{
	if (l->in >= 0)
		dup2(l->in, STDIN_FILENO);
	if (l->out >= 0)
		dup2(l->out, STDOUT_FILENO);
	/* A background program must not steal what is typed. */
	if (l->in < 0 && l->background && !sh.job_control) {
		int fd = open("/dev/null", O_RDONLY);

		if (fd > 0) {
			dup2(fd, STDIN_FILENO);
			close(fd);
		}
	}
}

void exec_program(struct launch *l)
{
	struct fd_change *failed = apply_changes(l->redirs);

	if (failed) {
		redir_failed(failed);
		_exit(1);
	}
	execve(l->path, l->argv, l->envp);
	if (errno == ENOEXEC) {
		/* A text file without #!: a script for this shell. */
		l->argv[0] = (char *)l->path;
		l->argv[-1] = "sh";
		execve("/bin/sh", l->argv - 1, l->envp);
	}
	complain("%s: %s", l->path, strerror(errno));
	_exit(errno == ENOENT ? 127 : 126);
}

pid_t launch_program(struct launch *l)
{
	sigset_t all, old;
	pid_t pid;
	int error;

	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, &old);
	pid = vfork();
	if (pid == 0) {
		enter_group(l);
		connect_pipes(l);
		sigprocmask(SIG_SETMASK, &old, NULL);
		exec_program(l);
	}
	error = errno;
	if (pid > 0)
		job_add(l->job, pid);
	sigprocmask(SIG_SETMASK, &old, NULL);
	errno = error;
	return pid;
}

static void fork_failed(const char *what)
{
	if (errno == EINVAL || errno == ENOSYS)
		complain("cannot run %s: it needs a copy of the shell, and without an MMU "
			 "there is no fork()", what);
	else
		complain("cannot run %s: %s", what, strerror(errno));
}

pid_t launch_subshell(struct launch *l, const char *what)
{
	pid_t pid;

	flush_out();
	pid = fork();
	if (pid < 0) {
		fork_failed(what);
		return -1;
	}
	if (pid > 0) {
		job_add(l->job, pid);
		return pid;
	}
	enter_group(l);
	connect_pipes(l);
	if (l->other_end >= 0)
		close(l->other_end);
	sh.subshell = 1;
	sh.interactive = 0;
	sh.job_control = 0;
	traps_reset();
	jobs_forget();
	return 0;
}
