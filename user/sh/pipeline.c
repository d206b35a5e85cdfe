/* SPDX-License-Identifier: MIT */
/*
 * user/sh/pipeline.c: commands as jobs: a | b | c, and a &.
 *
 * The stages are started from left to right, each with its pipe ends; all ends
 * are close-on-exec, so a program holds just the two it was given. The shell
 * closes its copies at once: a reader sees the end of a pipe only when no
 * writer is left anywhere.
 *
 * A builtin that only prints (echo, printf, pwd ...) needs no process. Its output
 * is collected, and written into the pipe after all other stages run.
 *
 * Linux: none (POSIX sh 2.9.2, 2.9.3). Differs: -
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "sh.h"

/* Output of a builtin that still has to go into its pipe. */
struct deferred {
	struct deferred *next;
	int fd;
	const char *text;
	size_t n;
};

/* A pipeline while it is being started. */
struct pipeline {
	struct job *job;
	int background;
	struct deferred *deferred, **tail;
};

static int changes_stdout(const struct fd_change *c)
{
	while (c && c->fd != STDOUT_FILENO)
		c = c->next;
	return c != NULL;
}

static void defer(struct pipeline *pl, int out, const char *text, size_t n)
{
	struct deferred *d = tmp_alloc(sizeof(*d));

	d->fd = fcntl(out >= 0 ? out : STDOUT_FILENO, F_DUPFD_CLOEXEC, 10);
	d->text = text;
	d->n = n;
	*pl->tail = d;
	pl->tail = &d->next;
}

static void start_pure(struct pipeline *pl, struct command *cmd, int out)
{
	int status = 1;
	size_t n;
	char *text;

	if (apply_saving(cmd->redirs) == 0) {
		text = builtin_output(cmd->builtin, cmd->argc, cmd->argv, &n, &status);
		if (changes_stdout(cmd->redirs))
			write(STDOUT_FILENO, text, n);
		restore_fds(cmd->redirs);
		if (!changes_stdout(cmd->redirs))
			defer(pl, out, text, n);
	}
	job_add_done(pl->job, status);
}

static void start_external(struct pipeline *pl, struct command *cmd, struct launch *l)
{
	int status = find_program(cmd->argv[0], &l->path);

	if (status == 0) {
		l->argv = cmd->argv;
		l->envp = make_environment(cmd->assigns);
		l->redirs = cmd->redirs;
		if (launch_program(l) >= 0)
			return;
		complain("cannot start %s: %s", cmd->argv[0], strerror(errno));
		status = 126;
	} else if (apply_saving(cmd->redirs) == 0) {
		/* The message goes where the command's own would have gone. */
		tell_no_program(cmd->argv[0], l->path, status);
		restore_fds(cmd->redirs);
	}
	job_add_done(pl->job, status);
}

/*
 * In a copy of the shell: let go of the pipe ends that builtins before it left
 * open. With a writer left, even itself, it would never see the end of its input.
 */
static void enter_copy(struct pipeline *pl)
{
	for (struct deferred *d = pl->deferred; d; d = d->next)
		close(d->fd);
	pl->deferred = NULL;
}

/* A builtin or function as a stage: a copy of the shell runs it. */
static void start_internal(struct pipeline *pl, struct command *cmd, struct launch *l)
{
	pid_t pid = launch_subshell(l, cmd->argc ? cmd->argv[0] : "an assignment");

	if (pid == 0) {
		enter_copy(pl);
		shell_exit(run_internal(cmd));
	}
	if (pid < 0)
		job_add_done(pl->job, 1);
}

static const char *describe(enum node_kind kind)
{
	switch (kind) {
	case N_SUBSHELL:
		return "( ... )";
	case N_GROUP:
		return "{ ... }";
	case N_IF:
		return "`if'";
	case N_WHILE:
	case N_UNTIL:
	case N_FOR:
		return "a loop";
	case N_CASE:
		return "`case'";
	default:
		return "a list of commands";
	}
}

static void start_compound(struct pipeline *pl, struct node *n, struct launch *l)
{
	pid_t pid = launch_subshell(l, describe(n->kind));
	struct fd_change *redirs;

	if (pid < 0) {
		job_add_done(pl->job, 1);
		return;
	}
	if (pid > 0)
		return;
	enter_copy(pl);
	n->next = NULL;		/* this copy runs this stage and no other */
	/* The body of ( ... ) needs no further copy. */
	if (n->kind != N_SUBSHELL)
		shell_exit(exec_node(n));
	if (plan_redirs(n->redirs, &redirs) < 0 || apply_saving(redirs) < 0)
		shell_exit(1);
	shell_exit(exec_node(n->body));
}

static void start_simple(struct pipeline *pl, struct node *n, struct launch *l)
{
	struct command cmd;

	if (!n->words) {
		start_compound(pl, n, l);	/* x=1 | ...: must not set our x */
		return;
	}
	if (prepare_command(n, &cmd) < 0) {
		job_add_done(pl->job, 1);
		return;
	}
	if (cmd.builtin && (cmd.builtin->flags & B_PURE)) {
		/* `echo x &` must not hold up the shell: /bin/echo does as well. */
		if (pl->background && find_program(cmd.argv[0], &l->path) == 0)
			cmd.builtin = NULL;
	}
	if (!cmd.argc)
		job_add_done(pl->job, sh.status);	/* $x | ..., and x is empty */
	else if (cmd.builtin && (cmd.builtin->flags & B_PURE) && !pl->background)
		start_pure(pl, &cmd, l->out);
	else if (!cmd.function && !cmd.builtin)
		start_external(pl, &cmd, l);
	else
		start_internal(pl, &cmd, l);
	close_plan(cmd.redirs);
}

/*
 * Write what builtins printed. More than a pipe surely holds could block while
 * we are needed elsewhere, so a copy of the shell does that where there can be one.
 */
static void write_deferred(struct pipeline *pl)
{
	sighandler_t old = signal(SIGPIPE, SIG_IGN);

	for (struct deferred *d = pl->deferred; d; d = d->next) {
		pid_t pid = d->n > PIPE_BUF ? fork() : -1;
		size_t done = 0;

		while (pid <= 0 && done < d->n) {
			ssize_t n = write(d->fd, d->text + done, d->n - done);

			if (n < 0 && errno != EINTR)
				break;
			done += n > 0 ? n : 0;
		}
		if (pid == 0)
			_exit(0);
		close(d->fd);
	}
	signal(SIGPIPE, old);
}

struct job *start_pipeline(struct node *first, int out, int background)
{
	struct pipeline pl = { .background = background };
	int in = -1;

	pl.tail = &pl.deferred;
	pl.job = job_new(first->text ? first->text : "");
	for (struct node *n = first; n; n = n->next) {
		int fd[2] = { -1, -1 };
		struct launch l = { .in = in, .job = pl.job, .background = background };

		if (n->next && pipe2(fd, O_CLOEXEC) < 0) {
			complain("cannot make a pipe: %s", strerror(errno));
			job_add_done(pl.job, 1);
			break;
		}
		l.out = n->next ? fd[1] : out;
		l.other_end = fd[0];
		if (n->kind == N_SIMPLE)
			start_simple(&pl, n, &l);
		else
			start_compound(&pl, n, &l);
		if (in >= 0)
			close(in);
		if (fd[1] >= 0)
			close(fd[1]);
		in = fd[0];
	}
	write_deferred(&pl);
	return pl.job;
}

struct job *start_command(struct command *cmd, const char *text)
{
	struct pipeline pl = { .job = job_new(text) };
	struct launch l = { .in = -1, .out = -1, .other_end = -1, .job = pl.job };

	start_external(&pl, cmd, &l);
	return pl.job;
}

int run_pipeline(struct node *n)
{
	n->body->text = n->text;
	return job_foreground(start_pipeline(n->body, -1, 0), 0);
}

void run_background(struct node *n)
{
	struct node *first = n->body->kind == N_PIPE ? n->body->body : n->body;
	struct job *j;

	first->text = n->text;
	j = start_pipeline(first, -1, 1);
	sh.last_bg = j->procs[j->nr - 1].pid;
	job_keep(j);
	sh.status = 0;
	if (sh.interactive && sh.last_bg) {
		outf("[%d] %d\n", j->id, sh.last_bg);
		flush_out();
	}
}
