/* SPDX-License-Identifier: MIT */
/*
 * user/sh/exec.c: walking the tree.
 *
 * exec_node() returns the status of what it ran. break, continue, return and an
 * interrupt do not return through the C stack in one jump: they set sh.flow, and
 * every loop and list stops when it sees that. So each construct can put back
 * what it changed.
 *
 * Linux: none (POSIX sh 2.9). Differs: -
 */
#include <fcntl.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "sh.h"

/* A variable as it was before a command with NAME=VALUE in front. */
struct saved_var {
	struct saved_var *next;
	char *name;
	char *value;
};

/* NAME=word, expanded: one string, no splitting. */
static char *expand_assignment(const char *text)
{
	size_t n = assignment_name(text);
	char *value = expand_string(text + n + 1, X_ASSIGN);

	return tmp_printf("%.*s=%s", (int)n, text, value);
}

static void trace_command(const struct command *cmd)
{
	fprintf(stderr, "+");
	for (char **a = cmd->assigns; *a; a++)
		fprintf(stderr, " %s", *a);
	for (int i = 0; i < cmd->argc; i++)
		fprintf(stderr, " %s", cmd->argv[i]);
	fprintf(stderr, "\n");
}

int prepare_command(struct node *n, struct command *cmd)
{
	int nr = 0;

	*cmd = (struct command){ 0 };
	cmd->argv = expand_words(n->words, &cmd->argc);
	for (struct word *w = n->assigns; w; w = w->next)
		nr++;
	cmd->assigns = tmp_alloc((nr + 1) * sizeof(*cmd->assigns));
	nr = 0;
	for (struct word *w = n->assigns; w; w = w->next) {
		cmd->assigns[nr++] = expand_assignment(w->text);
		/* a=1 b=$a: without a command each takes effect before the next. */
		if (!cmd->argc)
			var_put(cmd->assigns[nr - 1]);
	}
	if (sh.opt_x)
		trace_command(cmd);
	if (plan_redirs(n->redirs, &cmd->redirs) < 0)
		return -1;
	if (cmd->argc) {
		cmd->function = function_get(cmd->argv[0]);
		if (!cmd->function)
			cmd->builtin = builtin_get(cmd->argv[0]);
	}
	return 0;
}

/* Set the variables for the time of a builtin or function. */
static struct saved_var *set_for_now(char **assigns)
{
	struct saved_var *list = NULL;

	for (; *assigns; assigns++) {
		struct saved_var *s = tmp_alloc(sizeof(*s));
		const char *old;

		s->name = tmp_strndup(*assigns, assignment_name(*assigns));
		old = var_get(s->name);
		s->value = old ? tmp_strdup(old) : NULL;
		s->next = list;
		list = s;
		var_put(*assigns);
	}
	return list;
}

static void set_back(struct saved_var *list)
{
	for (; list; list = list->next) {
		if (list->value)
			var_set(list->name, list->value);
		else
			var_unset(list->name);
	}
}

int call_function(struct function *f, int argc, char **argv)
{
	struct params saved = sh.params;
	struct arena *arena = f->arena, *outer = sh.arena;
	struct node *body = f->body;
	int loops = sh.loop_depth, status;

	if (sh.call_depth > 200)
		shell_error(2, "%s: functions nested too deeply", argv[0]);
	arena_get(arena);	/* the function may redefine itself */
	sh.arena = arena;
	sh.params = (struct params){ 0 };
	params_set(argc - 1, argv + 1);
	sh.call_depth++;
	sh.loop_depth = 0;
	status = exec_node(body);
	sh.loop_depth = loops;
	sh.call_depth--;
	params_set(0, NULL);
	sh.params = saved;
	if (sh.flow == FLOW_RETURN) {
		sh.flow = FLOW_NONE;
		status = sh.status;
	}
	sh.arena = outer;
	arena_put(arena);
	return status;
}

int run_internal(struct command *cmd)
{
	const struct builtin *b = cmd->builtin;
	struct saved_var *saved = NULL;
	int keep_redirs = b && b->func == do_exec && cmd->argc == 1;
	int status;

	if (apply_saving(cmd->redirs) < 0) {
		if (b && (b->flags & B_SPECIAL) && !sh.interactive)
			shell_exit(1);
		return 1;
	}
	if (!cmd->argc) {
		status = sh.status;	/* of the last $(...) in an assignment, or 0 */
	} else if (cmd->function) {
		saved = set_for_now(cmd->assigns);
		status = call_function(cmd->function, cmd->argc, cmd->argv);
	} else {
		saved = set_for_now(cmd->assigns);
		status = b->func(cmd->argc, cmd->argv);
		if (flush_out() < 0)
			status = 1;
	}
	if (!b || !(b->flags & B_SPECIAL))
		set_back(saved);
	if (keep_redirs)
		forget_saved(cmd->redirs);
	else
		restore_fds(cmd->redirs);
	return status;
}

/* A simple command that is not part of a pipeline. */
static int exec_simple(struct node *pipe)
{
	struct node *n = pipe->body;
	struct command cmd;
	struct job *job;
	int status;

	sh.status = n->words ? sh.status : 0;
	if (prepare_command(n, &cmd) < 0)
		return 1;
	if (!cmd.argc || cmd.function || cmd.builtin) {
		status = run_internal(&cmd);
	} else {
		job = start_command(&cmd, pipe->text);
		status = job_foreground(job, 0);
	}
	close_plan(cmd.redirs);
	return status;
}

static int exec_pipe(struct node *n)
{
	int single = n->body->kind == N_SIMPLE && !n->body->next;
	int status = single ? exec_simple(n) : run_pipeline(n);

	sh.status = status;
	if (status && sh.opt_e && !sh.errexit_off && !sh.flow)
		shell_exit(status);
	return status;
}

static int define_function(struct node *n)
{
	function_set(n->name, n->body, sh.arena);
	return 0;
}

/* A condition: its failure is an answer, not an error for `set -e`. */
static int exec_condition(struct node *n)
{
	int status;

	sh.errexit_off++;
	status = exec_node(n);
	sh.errexit_off--;
	return status;
}

static int exec_and_or(struct node *n)
{
	int status = exec_condition(n->left);

	if (sh.flow || (n->kind == N_AND) != (status == 0))
		return status;
	return exec_node(n->right);
}

static int exec_not(struct node *n)
{
	int status = exec_condition(n->body);

	return sh.flow ? status : !status;
}

static int exec_if(struct node *n)
{
	if (exec_condition(n->cond) == 0 && !sh.flow)
		return exec_node(n->body);
	if (n->other && !sh.flow)
		return exec_node(n->other);
	return sh.flow ? sh.status : 0;
}

/*
 * After a pass through a loop's body: must the loop end? `break 2` ends this
 * one and leaves one more for the loop around it.
 */
static int loop_ends(void)
{
	if (sh.interrupted)
		sh.flow = FLOW_INTERRUPT;
	if (sh.flow != FLOW_BREAK && sh.flow != FLOW_CONTINUE)
		return sh.flow != FLOW_NONE;
	if (--sh.flow_count > 0)
		return 1;
	if (sh.flow == FLOW_BREAK) {
		sh.flow = FLOW_NONE;
		return 1;
	}
	sh.flow = FLOW_NONE;
	return 0;
}

static int exec_while(struct node *n)
{
	struct tmp_mark mark = tmp_mark();
	int status = 0;

	sh.loop_depth++;
	for (;;) {
		int cond = exec_condition(n->cond);

		if (sh.flow) {
			if (loop_ends())
				break;
			continue;
		}
		if ((cond == 0) != (n->kind == N_WHILE))
			break;
		status = exec_node(n->body);
		tmp_release(mark);
		if (loop_ends())
			break;
	}
	sh.loop_depth--;
	return status;
}

static int exec_for(struct node *n)
{
	struct params list = sh.params;
	int status = 0;

	if (n->has_words)
		list.v = expand_words(n->words, &list.nr);
	sh.loop_depth++;
	for (int i = 0; i < list.nr; i++) {
		struct tmp_mark mark = tmp_mark();

		if (var_set(n->name, list.v[i]) < 0)
			shell_fail(2);
		status = exec_node(n->body);
		tmp_release(mark);
		if (loop_ends())
			break;
	}
	sh.loop_depth--;
	return status;
}

static int exec_case(struct node *n)
{
	const char *value = expand_string(n->name, 0);

	for (struct case_item *item = n->items; item; item = item->next) {
		for (struct word *w = item->patterns; w; w = w->next) {
			if (fnmatch(expand_pattern(w->text), value, 0) == 0)
				return item->body ? exec_node(item->body) : 0;
		}
	}
	return 0;
}

static int exec_list(struct node *n)
{
	int status = 0;

	for (; n && !sh.flow; n = n->right) {
		struct node *first = n->kind == N_SEQ ? n->left : n;

		status = exec_node(first);
		if (n->kind != N_SEQ)
			break;
	}
	return status;
}

static int exec_kind(struct node *n)
{
	switch (n->kind) {
	case N_SIMPLE:
		return exec_pipe(&(struct node){ .body = n, .text = n->text });
	case N_PIPE:
		return exec_pipe(n);
	case N_AND:
	case N_OR:
		return exec_and_or(n);
	case N_SEQ:
		return exec_list(n);
	case N_NOT:
		return exec_not(n);
	case N_BG:
		run_background(n);
		return 0;
	case N_SUBSHELL:
		return run_pipeline(&(struct node){ .body = n, .text = n->text });
	case N_GROUP:
		return exec_node(n->body);
	case N_IF:
		return exec_if(n);
	case N_WHILE:
	case N_UNTIL:
		return exec_while(n);
	case N_FOR:
		return exec_for(n);
	case N_CASE:
		return exec_case(n);
	case N_FUNCTION:
		return define_function(n);
	}
	return 0;
}

int exec_node(struct node *n)
{
	int has_redirs = n->redirs && n->kind != N_SIMPLE && n->kind != N_SUBSHELL;
	struct fd_change *redirs = NULL;
	struct tmp_mark mark = tmp_mark();

	traps_run();
	if (sh.interrupted)
		sh.flow = FLOW_INTERRUPT;
	if (sh.flow)
		return sh.status;
	/* Redirections of a compound command: around all of it. */
	if (has_redirs && (plan_redirs(n->redirs, &redirs) < 0 || apply_saving(redirs) < 0)) {
		close_plan(redirs);
		return sh.status = 1;
	}
	sh.status = exec_kind(n);
	if (has_redirs) {
		restore_fds(redirs);
		close_plan(redirs);
	}
	tmp_release(mark);
	return sh.status;
}
