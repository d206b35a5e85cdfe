/* SPDX-License-Identifier: MIT */
/*
 * user/sh/lexer.c: characters to tokens.
 *
 * The parser looks one token ahead. Words keep their quotes: what a quote means
 * is decided when the word is expanded. The bodies of here-documents are read
 * when the newline after their command is reached, as the language has it.
 *
 * Linux: none (POSIX sh 2.3, Token Recognition). Differs: no aliases.
 */
#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include "sh.h"

void syntax_error(struct parser *p, const char *fmt, ...)
{
	char text[256];
	va_list ap;

	if (p->failed)
		return;
	p->failed = 1;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	fprintf(stderr, "%s: line %d: syntax error: %s\n", p->src->name, p->src->line, text);
}

/* Skip blanks, comments and escaped newlines in front of a token. */
static void skip_blanks(struct source *src)
{
	for (;;) {
		int c = peekc(src);

		if (c == ' ' || c == '\t') {
			nextc(src);
		} else if (c == '#') {
			while (peekc(src) >= 0 && peekc(src) != '\n')
				nextc(src);
		} else if (c == '\\' && src->pos + 1 < src->len &&
			   src->buf[src->pos + 1] == '\n') {
			nextc(src);
			nextc(src);
		} else {
			return;
		}
	}
}

/* Does the line at [s, s + n) say that the here-document ends? */
static int is_end_line(const char *s, size_t n, const char *end)
{
	return strlen(end) == n && memcmp(s, end, n) == 0;
}

/* Read the lines of one here-document from the source. */
static void read_heredoc(struct parser *p, struct redir *r)
{
	struct source *src = p->src;
	char *end = expand_string(r->target, X_QUOTES);
	struct strbuf body = { 0 };

	r->literal = strpbrk(r->target, "'\"\\") != NULL;
	for (;;) {
		size_t start = src->pos;
		char *line;
		size_t n;

		while (peekc(src) >= 0 && nextc(src) != '\n')
			;
		line = src->buf + start;
		n = src->pos - start;
		if (n == 0)
			break;
		while (r->kind == R_HEREDOC_DASH && n && *line == '\t') {
			line++;
			n--;
		}
		if (is_end_line(line, n - (n && line[n - 1] == '\n'), end))
			break;
		strbuf_add(&body, line, n);
	}
	r->body = arena_strndup(p->arena, body.s ? body.s : "", body.n);
	xrealloc(body.s, 0);
}

static enum token_kind newline(struct parser *p)
{
	struct redir *r = p->pending;

	p->pending = NULL;
	p->pending_tail = &p->pending;
	for (; r; r = r->next_pending)
		read_heredoc(p, r);
	return T_NEWLINE;
}

/* Take the next character if it is c. */
static int follows(struct source *src, int c)
{
	if (peekc(src) != c)
		return 0;
	nextc(src);
	return 1;
}

static enum token_kind less(struct source *src)
{
	if (follows(src, '&'))
		return T_LESSAND;
	if (follows(src, '>'))
		return T_LESSGREAT;
	if (follows(src, '<'))
		return follows(src, '-') ? T_DLESSDASH : T_DLESS;
	return T_LESS;
}

static enum token_kind great(struct source *src)
{
	if (follows(src, '&'))
		return T_GREATAND;
	if (follows(src, '>'))
		return T_DGREAT;
	return follows(src, '|') ? T_CLOBBER : T_GREAT;
}

/* An operator whose first character, c, has been taken; T_WORD if it is none. */
static enum token_kind operator(struct parser *p, int c)
{
	switch (c) {
	case '\n':
		return newline(p);
	case ';':
		return follows(p->src, ';') ? T_DSEMI : T_SEMI;
	case '&':
		return follows(p->src, '&') ? T_AND : T_AMP;
	case '|':
		return follows(p->src, '|') ? T_OR : T_PIPE;
	case '(':
		return T_LPAREN;
	case ')':
		return T_RPAREN;
	case '<':
		return less(p->src);
	default:
		return great(p->src);
	}
}

static int all_digits(const char *s)
{
	return *s && strspn(s, "0123456789") == strlen(s);
}

enum token_kind peek_token(struct parser *p)
{
	struct source *src = p->src;
	int c;

	if (p->have)
		return p->kind;
	p->prev_end = p->end;
	skip_blanks(src);
	c = peekc(src);
	p->start = src->pos;
	p->text = NULL;
	if (p->failed) {
		p->kind = T_ERROR;
	} else if (c < 0) {
		p->kind = T_EOF;
	} else if (strchr("\n;&|()<>", c)) {
		nextc(src);
		p->kind = operator(p, c);
	} else {
		p->kind = skip_word(p) < 0 ? T_ERROR : T_WORD;
		p->text = arena_strndup(p->arena, src->buf + p->start, src->pos - p->start);
		c = p->kind == T_WORD && all_digits(p->text) ? peekc(src) : 0;
		if (c == '<' || c == '>')
			p->kind = T_IO_NUMBER;
	}
	p->end = src->pos;
	p->have = 1;
	return p->kind;
}

void take_token(struct parser *p)
{
	peek_token(p);
	p->prev_end = p->end;
	p->have = 0;
}
