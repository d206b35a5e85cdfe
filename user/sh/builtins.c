/* SPDX-License-Identifier: MIT */
/*
 * user/sh/builtins.c: the table of builtins, their output, and those that steer
 * the shell itself: cd, exec, eval, exit, break, return, type ...
 *
 * A command must be a builtin if it changes the shell (cd in a child process
 * would change the child's directory), and may be one to save a process.
 *
 * Builtins print through outf() into one buffer. That makes $(pwd) a function
 * call, and tells in one place whether writing failed.
 *
 * Linux: none (POSIX sh 2.14 and the utilities). Differs: a subset.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "sh.h"

static struct strbuf out;

static const struct builtin builtins[] = {
	{ ".", do_dot, B_SPECIAL },
	{ ":", do_colon, B_SPECIAL | B_PURE },
	{ "[", do_test, B_PURE },
	{ "bg", do_bg, 0 },
	{ "break", do_break, B_SPECIAL },
	{ "cd", do_cd, 0 },
	{ "continue", do_break, B_SPECIAL },
	{ "echo", do_echo, B_PURE },
	{ "eval", do_eval, B_SPECIAL },
	{ "exec", do_exec, B_SPECIAL },
	{ "exit", do_exit, B_SPECIAL },
	{ "export", do_export, B_SPECIAL },
	{ "false", do_false, B_PURE },
	{ "fg", do_fg, 0 },
	{ "help", do_help, B_PURE },
	{ "history", do_history, B_PURE },
	{ "jobs", do_jobs, B_PURE },
	{ "kill", do_kill, 0 },
	{ "printf", do_printf, B_PURE },
	{ "pwd", do_pwd, B_PURE },
	{ "read", do_read, 0 },
	{ "readonly", do_readonly, B_SPECIAL },
	{ "return", do_return, B_SPECIAL },
	{ "set", do_set, B_SPECIAL },
	{ "shift", do_shift, B_SPECIAL },
	{ "source", do_dot, B_SPECIAL },
	{ "test", do_test, B_PURE },
	{ "trap", do_trap, B_SPECIAL },
	{ "true", do_colon, B_PURE },
	{ "type", do_type, B_PURE },
	{ "ulimit", do_ulimit, 0 },
	{ "umask", do_umask, 0 },
	{ "unset", do_unset, B_SPECIAL },
	{ "wait", do_wait, 0 },
};

#define NR_BUILTINS (sizeof(builtins) / sizeof(builtins[0]))

const struct builtin *builtin_get(const char *name)
{
	for (size_t i = 0; i < NR_BUILTINS; i++) {
		if (strcmp(builtins[i].name, name) == 0)
			return &builtins[i];
	}
	return NULL;
}

void each_builtin(const char *prefix, void (*f)(const char *name))
{
	for (size_t i = 0; i < NR_BUILTINS; i++) {
		if (strncmp(builtins[i].name, prefix, strlen(prefix)) == 0)
			f(builtins[i].name);
	}
}

void out_bytes(const char *s, size_t n)
{
	strbuf_add(&out, s, n);
}

void outf(const char *fmt, ...)
{
	char small[256], *s = small;
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(small, sizeof(small), fmt, ap);
	va_end(ap);
	if (n >= (int)sizeof(small)) {
		s = xmalloc(n + 1);
		va_start(ap, fmt);
		vsnprintf(s, n + 1, fmt, ap);
		va_end(ap);
	}
	out_bytes(s, n);
	if (s != small)
		free(s);
}

int flush_out(void)
{
	size_t done = 0;
	int result = 0;

	while (done < out.n) {
		ssize_t n = write(STDOUT_FILENO, out.s + done, out.n - done);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			complain("cannot write: %s", strerror(errno));
			result = -1;
			break;
		}
		done += n;
	}
	out.n = 0;
	return result;
}

char *builtin_output(const struct builtin *b, int argc, char **argv, size_t *n, int *status)
{
	size_t before = out.n;
	char *text;

	*status = b->func(argc, argv);
	*n = out.n - before;
	text = tmp_strndup(out.s ? out.s + before : "", *n);
	out.n = before;
	return text;
}

int do_colon(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	return 0;
}

int do_false(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	return 1;
}

int do_cd(int argc, char **argv)
{
	const char *dir = argc > 1 ? argv[1] : var_get("HOME");
	char *cwd;

	if (!dir)
		dir = "/";
	if (strcmp(dir, "-") == 0) {
		dir = var_get("OLDPWD");
		if (!dir) {
			complain("cd: there is no previous directory");
			return 1;
		}
		outf("%s\n", dir);
		dir = tmp_strdup(dir);
	}
	if (chdir(dir) < 0) {
		complain("cd: %s: %s", dir, strerror(errno));
		return 1;
	}
	if (var_get("PWD"))
		var_set("OLDPWD", tmp_strdup(var_get("PWD")));
	cwd = getcwd(NULL, 0);
	if (cwd)
		var_set("PWD", cwd);
	free(cwd);
	return 0;
}

int do_pwd(int argc, char **argv)
{
	char *cwd = getcwd(NULL, 0);

	(void)argc;
	(void)argv;
	if (!cwd) {
		complain("pwd: %s", strerror(errno));
		return 1;
	}
	outf("%s\n", cwd);
	free(cwd);
	return 0;
}

int do_eval(int argc, char **argv)
{
	char *line = "";

	for (int i = 1; i < argc; i++)
		line = tmp_printf("%s%s%s", line, i > 1 ? " " : "", argv[i]);
	return line[strspn(line, " \t\n")] ? run_string("eval", line) : 0;
}

/* . FILE: run it in this shell. A name without / is searched in PATH. */
int do_dot(int argc, char **argv)
{
	const char *dirs = var_get("PATH");
	struct source src;
	int fd, status, high;

	if (argc < 2) {
		complain("%s: a file name is missing", argv[0]);
		return 2;
	}
	fd = open(argv[1], O_RDONLY | O_CLOEXEC);
	while (fd < 0 && dirs && !strchr(argv[1], '/')) {
		size_t len = strcspn(dirs, ":");

		fd = open(tmp_printf("%.*s/%s", (int)len, dirs, argv[1]),
			  O_RDONLY | O_CLOEXEC);
		dirs = dirs[len] ? dirs + len + 1 : NULL;
	}
	if (fd < 0)
		shell_error(1, "%s: %s: %s", argv[0], argv[1], strerror(errno));
	high = fcntl(fd, F_DUPFD_CLOEXEC, 10);
	close(fd);
	source_fd(&src, argv[1], high);
	sh.call_depth++;
	sh.status = 0;
	status = run_source(&src);
	sh.call_depth--;
	source_done(&src);
	if (sh.flow == FLOW_RETURN)
		sh.flow = FLOW_NONE;
	return status;
}

/* exec PROG: become it. exec alone: its redirections stay (see run_internal()). */
int do_exec(int argc, char **argv)
{
	struct launch l = { .in = -1, .out = -1, .other_end = -1, .argv = argv + 1 };
	int status;

	if (argc == 1)
		return 0;
	status = find_program(argv[1], &l.path);
	if (status) {
		tell_no_program(argv[1], l.path, status);
		shell_fail(status);
	}
	l.envp = make_environment(NULL);
	signals_child(0);
	exec_program(&l);
}

int do_exit(int argc, char **argv)
{
	shell_exit(argc > 1 ? atoi(argv[1]) & 255 : sh.status);
}

/* break and continue, with a number of loops. */
int do_break(int argc, char **argv)
{
	int nr = argc > 1 ? atoi(argv[1]) : 1;

	if (nr < 1) {
		complain("%s: %s: not a number of loops", argv[0], argv[1]);
		return 1;
	}
	if (!sh.loop_depth)
		return 0;
	sh.flow = argv[0][0] == 'b' ? FLOW_BREAK : FLOW_CONTINUE;
	sh.flow_count = nr < sh.loop_depth ? nr : sh.loop_depth;
	return 0;
}

int do_return(int argc, char **argv)
{
	int status = argc > 1 ? atoi(argv[1]) & 255 : sh.status;

	if (!sh.call_depth) {
		complain("return: not in a function");
		return 1;
	}
	sh.flow = FLOW_RETURN;
	return status;
}

int do_type(int argc, char **argv)
{
	int result = 0;

	for (int i = 1; i < argc; i++) {
		const char *path;

		if (function_get(argv[i])) {
			outf("%s is a function\n", argv[i]);
		} else if (builtin_get(argv[i])) {
			outf("%s is a shell builtin\n", argv[i]);
		} else if (find_program(argv[i], &path) == 0) {
			outf("%s is %s\n", argv[i], path);
		} else {
			complain("type: %s: not found", argv[i]);
			result = 1;
		}
	}
	return result;
}

int do_help(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	outf("Builtins:");
	for (size_t i = 0; i < NR_BUILTINS; i++)
		outf(" %s", builtins[i].name);
	outf("\nPrograms are in /bin: ls /bin. Tab completes names, the arrow keys recall\n"
	     "lines, Ctrl-C ends a program, Ctrl-Z stops it (then: jobs, fg, bg).\n");
	return 0;
}

int do_history(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	for (int i = 0; i < history_count(); i++)
		outf("%5d  %s\n", i + 1, history_get(i));
	return 0;
}
