/* SPDX-License-Identifier: MIT */
/*
 * user/sh/main.c: the shell's start, its main loop, and its end.
 *
 *	sh			interactive, if on a terminal; else a script on stdin
 *	sh FILE [ARG]...	run a script
 *	sh -c LINE [NAME [ARG]...]	run a line
 *	options: -e -x -u -f -n, -i interactive, -s read stdin
 *
 * The loop is: parse one command, run it, throw both away. An error inside an
 * expansion ends a script; at a terminal it ends the command only, by a longjmp()
 * to run_interactive().
 *
 * Linux: none (POSIX sh). Differs: a subset, see sh.h.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "sh.h"

struct shell sh = { .name = "sh", .tty = -1 };

/* One write for the whole line, from memory that is ours alone: see vfork(). */
void complain(const char *fmt, ...)
{
	char line[512];
	va_list ap;
	size_t n;

	n = snprintf(line, sizeof(line), "%s: ", sh.interactive ? "sh" : sh.name);
	if (n < sizeof(line)) {
		va_start(ap, fmt);
		n += vsnprintf(line + n, sizeof(line) - n, fmt, ap);
		va_end(ap);
	}
	if (n > sizeof(line) - 2)
		n = sizeof(line) - 2;
	line[n++] = '\n';
	write(STDERR_FILENO, line, n);
}

void shell_fail(int status)
{
	sh.status = status;
	if (!sh.interactive || !sh.on_error)
		shell_exit(status);
	longjmp(*sh.on_error, 1);
}

void shell_error(int status, const char *fmt, ...)
{
	char text[400];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	complain("%s", text);
	shell_fail(status);
}

void shell_exit(int status)
{
	sh.status = status;
	sh.flow = FLOW_NONE;
	sh.interrupted = 0;
	trap_exit_run();
	flush_out();
	_exit(status);
}

/* Parse and run one command. => whether to go on. */
static int run_one(struct source *src)
{
	struct arena *outer = sh.arena;
	struct tmp_mark mark = tmp_mark();
	struct node *n;
	int result;

	sh.arena = arena_new();
	result = parse_command(src, sh.arena, &n);
	if (result < 0)
		sh.status = 2;
	else if (n && !sh.opt_n)
		sh.status = exec_node(n);
	arena_put(sh.arena);
	sh.arena = outer;
	tmp_release(mark);
	if (result < 0 && src->interactive) {
		src->pos = src->len;	/* forget the rest of the line */
		return 1;
	}
	src->at_end = result <= 0;
	return result > 0 && !sh.flow;
}

int run_source(struct source *src)
{
	while (run_one(src))
		;
	return sh.status;
}

int run_string(const char *name, const char *text)
{
	struct source src;
	int status;

	source_string(&src, name, text, strlen(text));
	status = run_source(&src);
	source_done(&src);
	return status;
}

/* Everything an abandoned command may have left half done. */
static void reset_state(void)
{
	sh.flow = FLOW_NONE;
	sh.flow_count = 0;
	sh.loop_depth = 0;
	sh.call_depth = 0;
	sh.errexit_off = 0;
	sh.interrupted = 0;
	sh.arena = NULL;
	tmp_release((struct tmp_mark){ 0 });
	flush_out();
}

static void run_interactive(void)
{
	static struct source src;
	jmp_buf on_error;

	source_fd(&src, "sh", STDIN_FILENO);
	sh.on_error = &on_error;
	setjmp(on_error);
	while (!src.at_end) {
		reset_state();
		terminal_take_back();
		run_source(&src);
	}
	dprintf(STDERR_FILENO, "exit\n");
	shell_exit(sh.status);
}

static void run_file(const char *path)
{
	struct source src;
	int fd = open(path, O_RDONLY | O_CLOEXEC), high;

	if (fd < 0) {
		complain("cannot open %s: %s", path, strerror(errno));
		shell_exit(127);
	}
	/* Out of the way of the descriptors that the script itself may use. */
	high = fcntl(fd, F_DUPFD_CLOEXEC, 10);
	close(fd);
	source_fd(&src, path, high);
	shell_exit(run_source(&src));
}

struct options {
	const char *line;	/* -c */
	int read_stdin;
	int interactive;
};

/* One letter. => 0 if it is none of ours. */
static int option_letter(struct options *o, char c)
{
	switch (c) {
	case 'e': sh.opt_e = 1; break;
	case 'x': sh.opt_x = 1; break;
	case 'u': sh.opt_u = 1; break;
	case 'f': sh.opt_f = 1; break;
	case 'n': sh.opt_n = 1; break;
	case 'c': o->line = ""; break;
	case 's': o->read_stdin = 1; break;
	case 'i': o->interactive = 1; break;
	case 'l': break;
	default:
		return 0;
	}
	return 1;
}

/* => the index of the first argument that is no option. */
static int parse_options(struct options *o, int argc, char **argv)
{
	int i = 1;

	for (; i < argc && argv[i][0] == '-' && argv[i][1]; i++) {
		if (strcmp(argv[i], "--") == 0) {
			i++;
			break;
		}
		for (const char *p = argv[i] + 1; *p; p++) {
			if (!option_letter(o, *p)) {
				complain("-%c: no such option", *p);
				_exit(2);
			}
		}
	}
	if (o->line) {
		if (i == argc) {
			complain("-c needs a line");
			_exit(2);
		}
		o->line = argv[i++];
	}
	return i;
}

int main(int argc, char **argv, char **envp)
{
	struct options o = { 0 };
	int i = parse_options(&o, argc, argv);
	const char *script;
	struct source src;

	sh.pid = getpid();
	vars_init(envp);
	script = !o.line && !o.read_stdin && i < argc ? argv[i] : NULL;
	if (i < argc && (o.line || script))
		sh.name = argv[i++];
	params_set(argc - i, argv + i);
	if (o.line)
		shell_exit(run_string(sh.name, o.line));
	if (script)
		run_file(script);
	if (o.interactive || (isatty(STDIN_FILENO) && isatty(STDERR_FILENO))) {
		sh.interactive = 1;
		signals_init();
		jobs_init();
		run_interactive();
	}
	source_fd(&src, "sh", STDIN_FILENO);
	shell_exit(run_source(&src));
}
