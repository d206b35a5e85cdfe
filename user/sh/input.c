/* SPDX-License-Identifier: MIT */
/*
 * user/sh/input.c: where the shell's text comes from.
 *
 * A source is a string, a file or a terminal, and hands out characters. It keeps
 * the text of the current command in one piece, so that the lexer can cut words
 * out of it; more is read a line at a time, when the lexer asks.
 *
 * A script given as standard input is read byte by byte: the commands in it read
 * from the same descriptor, and must find there what follows their line.
 *
 * Linux: none (POSIX sh, "INPUT FILES"). Differs: -
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "sh.h"

void source_string(struct source *src, const char *name, const char *text, size_t len)
{
	*src = (struct source){ .name = name, .line = 1, .fd = -1, .len = len };
	src->buf = memcpy(xmalloc(len + 1), text, len);
}

void source_fd(struct source *src, const char *name, int fd)
{
	*src = (struct source){ .name = name, .line = 1, .fd = fd };
	src->interactive = fd == STDIN_FILENO && sh.interactive;
	src->whole_lines = fd != STDIN_FILENO;
}

void source_done(struct source *src)
{
	free(src->buf);
	if (src->fd > STDERR_FILENO)
		close(src->fd);
}

void source_begin_command(struct source *src)
{
	if (src->pos)
		memmove(src->buf, src->buf + src->pos, src->len - src->pos);
	src->len -= src->pos;
	src->pos = 0;
	src->continued = 0;
	src->ended = 0;
}

static void append(struct source *src, const char *s, size_t n)
{
	if (src->len + n + 1 > src->size) {
		src->size = (src->len + n + 1) * 2 + 128;
		src->buf = xrealloc(src->buf, src->size);
	}
	memcpy(src->buf + src->len, s, n);
	src->len += n;
}

/* One byte of a file, read ahead if that is allowed. => 0 at the end. */
static int next_byte(struct source *src, char *c)
{
	ssize_t n;

	if (src->ahead_pos == src->ahead_len) {
		size_t want = src->whole_lines ? sizeof(src->ahead) : 1;

		do {
			n = read(src->fd, src->ahead, want);
		} while (n < 0 && errno == EINTR);
		if (n <= 0)
			return 0;
		src->ahead_pos = 0;
		src->ahead_len = n;
	}
	*c = src->ahead[src->ahead_pos++];
	return 1;
}

static const char *prompt(const struct source *src)
{
	const char *ps = var_get(src->continued ? "PS2" : "PS1");
	char *cwd;

	if (ps)
		return expand_string(ps, X_DQUOTE | X_HEREDOC);
	if (src->continued)
		return "> ";
	cwd = getcwd(NULL, 0);
	ps = tmp_printf("quire:%s%c ", cwd ? cwd : "?", geteuid() == 0 ? '#' : '$');
	free(cwd);
	return ps;
}

/* A line from the terminal. Ctrl-C gives up the whole command. */
static int refill_terminal(struct source *src)
{
	struct tmp_mark mark = tmp_mark();
	struct strbuf line = { 0 };
	ssize_t n;

	if (!src->continued)
		jobs_notify();
	n = edit_line(prompt(src), &line);
	tmp_release(mark);
	if (n > 0)
		append(src, line.s, n);
	if (n > 1)
		history_add(line.s);
	free(line.s);
	src->continued = 1;
	if (n < 0) {
		src->pos = src->len;
		sh.status = 130;
		longjmp(*sh.on_error, 1);
	}
	return n > 0;
}

static int refill(struct source *src)
{
	size_t before = src->len;
	char c = 0;

	if (src->fd < 0)
		return 0;
	if (src->interactive)
		return refill_terminal(src);
	while (c != '\n' && next_byte(src, &c)) {
		if (c)		/* a NUL byte means nothing to a shell */
			append(src, &c, 1);
	}
	return src->len > before;
}

int peekc(struct source *src)
{
	if (src->pos >= src->len) {
		/* A terminal is asked once: after Ctrl-D it would wait for more. */
		src->ended = src->ended || !refill(src);
		if (src->ended)
			return -1;
	}
	return (unsigned char)src->buf[src->pos];
}

int nextc(struct source *src)
{
	int c = peekc(src);

	if (c >= 0) {
		src->pos++;
		src->line += c == '\n';
	}
	return c;
}
