/* SPDX-License-Identifier: MIT */
/*
 * user/sh/capture.c: $( ... ): what a command prints, as text.
 *
 * Three ways, from the cheapest: a builtin that only prints is called and its
 * output taken from memory; one pipeline is started with its output in a pipe;
 * anything more runs in a copy of the shell. The first two need no fork().
 *
 * Linux: none (POSIX sh 2.6.3). Differs: -
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <stdlib.h>
#include <unistd.h>
#include "sh.h"

/* The single pipeline that src consists of, or NULL. */
static struct node *only_pipeline(struct source *src, struct arena *arena, int *failed)
{
	struct node *found = NULL, *n;
	int result, nr = 0;

	while ((result = parse_command(src, arena, &n)) > 0) {
		if (!n)
			continue;
		found = n;
		nr++;
	}
	*failed = result < 0;
	return nr == 1 && found->kind == N_PIPE ? found : NULL;
}

static int is_pure(const struct node *n)
{
	const struct builtin *b;

	if (n->next || n->kind != N_SIMPLE || n->assigns || n->redirs || !n->words)
		return 0;
	b = builtin_get(n->words->text);
	return b && (b->flags & B_PURE) && !function_get(b->name);
}

static char *trim_newlines(char *s)
{
	size_t n = strlen(s);

	while (n && s[n - 1] == '\n')
		s[--n] = 0;
	return s;
}

static char *capture_pure(struct node *n)
{
	struct command cmd;
	size_t len;
	char *text;

	if (prepare_command(n, &cmd) < 0)
		return "";
	text = builtin_output(cmd.builtin, cmd.argc, cmd.argv, &len, &sh.status);
	return text;
}

/* Read until the last writer is gone. NUL bytes are dropped. */
static char *read_all(int fd)
{
	struct strbuf b = { 0 };
	char buf[512], *text;
	ssize_t n;

	while ((n = read(fd, buf, sizeof(buf))) > 0 || (n < 0 && errno == EINTR)) {
		for (ssize_t i = 0; i < n; i++) {
			if (buf[i])
				strbuf_addc(&b, buf[i]);
		}
	}
	text = tmp_strndup(b.s ? b.s : "", b.n);
	free(b.s);
	return text;
}

/* Start the commands with their output going to out. NULL: not possible. */
static struct job *start(struct node *pipeline, const char *text, size_t n, int fd[2])
{
	struct launch l = { .in = -1, .out = fd[1], .other_end = fd[0] };
	struct source src;
	pid_t pid;

	if (pipeline)
		return start_pipeline(pipeline->body, fd[1], 0);
	l.job = job_new("$(...)");
	pid = launch_subshell(&l, "$(...) with more than one command");
	if (pid == 0) {
		close(fd[1]);
		source_string(&src, sh.name, text, n);
		shell_exit(run_source(&src));
	}
	if (pid < 0) {
		job_free(l.job);
		return NULL;
	}
	return l.job;
}

static char *capture_pipe(struct node *pipeline, const char *text, size_t n)
{
	int control = sh.job_control;
	char *output = "";
	struct job *job;
	int fd[2];

	if (pipe2(fd, O_CLOEXEC) < 0)
		shell_error(1, "cannot make a pipe: %s", strerror(errno));
	/* These processes belong to the command line, not to a job of their own. */
	sh.job_control = 0;
	job = start(pipeline, text, n, fd);
	close(fd[1]);
	if (job)
		output = read_all(fd[0]);
	close(fd[0]);
	sh.status = job ? job_foreground(job, 0) : 1;
	sh.job_control = control;
	return output;
}

char *capture(const char *text, size_t n)
{
	struct arena *arena = arena_new();
	struct node *pipeline;
	struct source src;
	char *output = "";
	int failed;

	source_string(&src, sh.name, text, n);
	pipeline = only_pipeline(&src, arena, &failed);
	source_done(&src);
	if (failed)
		sh.status = 2;
	else if (pipeline && is_pure(pipeline->body))
		output = capture_pure(pipeline->body);
	else
		output = capture_pipe(pipeline, text, n);
	arena_put(arena);
	return trim_newlines(output);
}
