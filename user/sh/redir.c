/* SPDX-License-Identifier: MIT */
/*
 * user/sh/redir.c: redirections.
 *
 * Two steps. plan_redirs() expands names and prepares here-documents in the
 * shell: what may allocate or fail with a message happens there. apply_changes()
 * then needs system calls only, so that the same list can be carried out in a
 * vfork() child, in a subshell, or in the shell around a builtin (with the old
 * descriptors put aside above 10 and brought back afterwards).
 *
 * Linux: none (POSIX sh 2.7). Differs: -
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "sh.h"

#define SAVE_FROM	10	/* the shell's own descriptors are above this */
#define NOT_SAVED	(-2)	/* fd_change.saved: not changed yet. -1: fd was closed */

static const int open_flags[] = {
	[R_READ] = O_RDONLY,
	[R_WRITE] = O_WRONLY | O_CREAT | O_TRUNC,
	[R_APPEND] = O_WRONLY | O_CREAT | O_APPEND,
	[R_READWRITE] = O_RDWR | O_CREAT,
};

/* A file without a name, for a here-document too long for a pipe. */
static int temporary_file(void)
{
	static int counter;
	char *path = tmp_printf("/tmp/sh-%d-%d", getpid(), counter++);
	int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

	if (fd >= 0)
		unlink(path);
	return fd;
}

/* A descriptor from which text can be read. */
static int heredoc_fd(const char *text)
{
	size_t n = strlen(text);
	int fd[2], high;

	if (n <= PIPE_BUF) {
		/* It fits the pipe, so writing cannot block. */
		if (pipe2(fd, O_CLOEXEC) < 0)
			return -1;
		write(fd[1], text, n);
		close(fd[1]);
	} else {
		fd[0] = temporary_file();
		if (fd[0] < 0)
			return -1;
		write(fd[0], text, n);
		lseek(fd[0], 0, SEEK_SET);
	}
	high = fcntl(fd[0], F_DUPFD_CLOEXEC, SAVE_FROM);
	close(fd[0]);
	return high;
}

static int plan_heredoc(const struct redir *r, struct fd_change *c)
{
	c->what = FD_DUP;
	c->path = "here-document";
	c->from = heredoc_fd(r->literal ? r->body : expand_string(r->body, X_HEREDOC));
	c->from_is_ours = 1;
	if (c->from >= 0)
		return 0;
	redir_failed(c);
	return -1;
}

/* n>&m, and n>&- */
static int plan_dup(const struct redir *r, struct fd_change *c)
{
	char *target = expand_string(r->target, 0), *end;

	c->path = target;
	if (strcmp(target, "-") == 0) {
		c->what = FD_CLOSE;
		return 0;
	}
	c->what = FD_DUP;
	c->from = strtol(target, &end, 10);
	if (*end || end == target) {
		complain("%s: not a descriptor number", target);
		return -1;
	}
	return 0;
}

static int plan_one(const struct redir *r, struct fd_change *c)
{
	c->fd = r->fd;
	c->saved = NOT_SAVED;
	switch (r->kind) {
	case R_DUP_IN:
	case R_DUP_OUT:
		return plan_dup(r, c);
	case R_HEREDOC:
	case R_HEREDOC_DASH:
		return plan_heredoc(r, c);
	default:
		c->what = FD_OPEN;
		c->path = expand_string(r->target, 0);
		c->flags = open_flags[r->kind];
		return 0;
	}
}

int plan_redirs(struct redir *redirs, struct fd_change **out)
{
	struct fd_change **tail = out;

	*out = NULL;
	for (; redirs; redirs = redirs->next) {
		*tail = tmp_alloc(sizeof(**tail));
		if (plan_one(redirs, *tail) < 0) {
			*tail = NULL;
			close_plan(*out);
			return -1;
		}
		tail = &(*tail)->next;
	}
	return 0;
}

void close_plan(struct fd_change *list)
{
	for (; list; list = list->next) {
		if (list->from_is_ours)
			close(list->from);
	}
}

static int apply_one(const struct fd_change *c)
{
	int fd;

	switch (c->what) {
	case FD_CLOSE:
		close(c->fd);
		return 0;
	case FD_DUP:
		if (c->from == c->fd)
			return fcntl(c->fd, F_SETFD, 0);
		return dup2(c->from, c->fd);
	default:
		fd = open(c->path, c->flags, 0666);
		if (fd < 0 || fd == c->fd)
			return fd;
		if (dup2(fd, c->fd) < 0)
			return -1;
		return close(fd);
	}
}

struct fd_change *apply_changes(struct fd_change *list)
{
	for (; list; list = list->next) {
		if (apply_one(list) < 0)
			return list;
	}
	return NULL;
}

void redir_failed(const struct fd_change *c)
{
	complain("%s: %s", c->path, strerror(errno));
}

int apply_saving(struct fd_change *list)
{
	for (struct fd_change *c = list; c; c = c->next) {
		c->saved = fcntl(c->fd, F_DUPFD_CLOEXEC, SAVE_FROM);
		if (apply_one(c) < 0) {
			redir_failed(c);
			restore_fds(list);
			return -1;
		}
	}
	return 0;
}

void forget_saved(struct fd_change *list)
{
	for (; list; list = list->next) {
		if (list->saved >= 0)
			close(list->saved);
		list->saved = NOT_SAVED;
	}
}

/* Undo in reverse order: the last first, by recursion. */
void restore_fds(struct fd_change *list)
{
	if (!list || list->saved == NOT_SAVED)
		return;
	restore_fds(list->next);
	if (list->saved < 0) {
		close(list->fd);
	} else {
		dup2(list->saved, list->fd);
		close(list->saved);
	}
	list->saved = NOT_SAVED;
}
