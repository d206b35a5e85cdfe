/* SPDX-License-Identifier: MIT */
/*
 * user/sh/expand.c: from a word as written to what it stands for.
 *
 * expand_text() goes over the word once and appends to a marked string: each
 * character is remembered as literal, quoted, or the result of an unquoted
 * expansion. That is all field.c needs to split and to match file names, and
 * quotes are gone by not being copied.
 *
 * The order is POSIX's: ~ $name $(...) $((...)) here, fields and globs after.
 *
 * Linux: none (POSIX sh 2.6). Differs: ~ is HOME only.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "sh.h"

/* The text that is being expanded, in the form that word.c understands. */
struct cursor {
	struct parser p;
	struct source src;
};

void marked_add(struct marked *m, const char *s, size_t n, enum mark mark)
{
	if (m->n + n + 1 > m->size) {
		size_t size = (m->n + n + 1) * 2 + 32;
		char *text = tmp_alloc(size);
		unsigned char *marks = tmp_alloc(size);

		if (m->n) {
			memcpy(text, m->text, m->n);
			memcpy(marks, m->mark, m->n);
		}
		m->text = text;
		m->mark = marks;
		m->size = size;
	}
	memcpy(m->text + m->n, s, n);
	memset(m->mark + m->n, mark, n);
	m->n += n;
}

char *marked_string(const struct marked *m)
{
	char *s = tmp_alloc(m->n + 1);
	size_t n = 0;

	for (size_t i = 0; i < m->n; i++) {
		if (m->mark[i] == M_BREAK)
			s[n++] = ' ';
		else if (m->mark[i] != M_EMPTY)
			s[n++] = m->text[i];
	}
	return s;
}

/* As a pattern: what was quoted must not act, so it gets a backslash. */
char *marked_pattern(const struct marked *m)
{
	char *s = tmp_alloc(2 * m->n + 1);
	size_t n = 0;

	for (size_t i = 0; i < m->n; i++) {
		if (m->mark[i] == M_EMPTY)
			continue;
		if (m->mark[i] == M_QUOTED && strchr("*?[]\\!-", m->text[i]))
			s[n++] = '\\';
		s[n++] = m->text[i];
	}
	return s;
}

static void cursor_init(struct cursor *c, const char *s, size_t n)
{
	c->src = (struct source){ .name = sh.name, .line = 1, .fd = -1, .len = n };
	c->src.buf = (char *)s;		/* only read: nothing is ever added to it */
	c->p = (struct parser){ .src = &c->src };
	c->p.arena = arena_new();
}

static void cursor_done(struct cursor *c)
{
	arena_put(c->p.arena);
	if (c->p.failed)
		shell_error(2, "bad substitution");
}

static enum mark mark_for(int flags)
{
	return flags & (X_DQUOTE | X_HEREDOC) ? M_QUOTED : M_SPLIT;
}

/* Arithmetic: expand the inside like a double-quoted string, then compute. */
static void expand_arith(struct marked *out, const char *s, size_t n, int flags)
{
	struct marked inner = { 0 };
	char number[24];

	expand_text(&inner, s, n, X_DQUOTE | X_HEREDOC);
	snprintf(number, sizeof(number), "%ld", arith(marked_string(&inner)));
	marked_add(out, number, strlen(number), mark_for(flags));
}

static void add_output(struct marked *out, const char *text, int flags)
{
	marked_add(out, text, strlen(text), mark_for(flags));
}

/* One $-expression, which word.c has measured: s[0] is the $. */
static void expand_dollar(struct marked *out, const char *s, size_t n, int flags)
{
	if (n == 1)
		marked_add(out, s, 1, flags ? M_QUOTED : M_LITERAL);
	else if (n >= 5 && s[1] == '(' && s[2] == '(' && s[n - 2] == ')')
		expand_arith(out, s + 3, n - 5, flags);
	else if (s[1] == '(')
		add_output(out, capture(s + 2, n - 3), flags);
	else
		expand_param(out, s + 1, n - 1, flags);
}

/* `...`: a backslash before $ ` \ is taken away before the text is a command. */
static void expand_backquote(struct marked *out, const char *s, size_t n, int flags)
{
	char *text = tmp_alloc(n + 1);
	size_t len = 0;

	for (size_t i = 0; i < n; i++) {
		if (s[i] == '\\' && i + 1 < n && strchr("$`\\", s[i + 1]))
			i++;
		text[len++] = s[i];
	}
	add_output(out, capture(text, len), flags);
}

static void expand_backslash(struct marked *out, struct cursor *c, int flags)
{
	int in_quotes = flags & (X_DQUOTE | X_HEREDOC);
	const char *special = flags & X_HEREDOC ? "$`\\" : "$`\"\\";
	int next;
	char ch;

	nextc(&c->src);
	next = nextc(&c->src);
	if (next == '\n')
		return;
	if (next < 0 || (in_quotes && !strchr(special, next)))
		marked_add(out, "\\", 1, in_quotes ? M_QUOTED : M_LITERAL);
	if (next < 0)
		return;
	ch = next;
	marked_add(out, &ch, 1, M_QUOTED);
}

/*
 * "...": there is a field even if nothing is in it, so a M_EMPTY stands for it;
 * except that "$@" without parameters makes no field at all.
 */
static void expand_double(struct marked *out, const char *s, size_t n, int flags)
{
	size_t before = out->n;

	expand_text(out, s, n, (flags & X_QUOTES) | X_DQUOTE);
	if (out->n == before && !(n >= 2 && strncmp(s, "$@", 2) == 0))
		marked_add(out, "", 1, M_EMPTY);
}

/* ~ and ~/... at the start of a word, or of a part behind : in an assignment. */
static int expand_tilde(struct marked *out, struct cursor *c, int flags)
{
	const char *s = c->src.buf;
	size_t pos = c->src.pos;
	int start = pos == 0 || ((flags & X_ASSIGN) && strchr(":=", s[pos - 1]));
	int end = pos + 1 == c->src.len || s[pos + 1] == '/' || s[pos + 1] == ':';
	const char *home = var_get("HOME");

	if (!start || !end || !home || (flags & (X_DQUOTE | X_HEREDOC | X_QUOTES)))
		return 0;
	nextc(&c->src);
	marked_add(out, home, strlen(home), M_QUOTED);
	return 1;
}

/* Quotes, when they are special here. Returns whether something was consumed. */
static int expand_quote(struct marked *out, struct cursor *c, int flags)
{
	const char *s = c->src.buf;
	size_t start = c->src.pos;

	if (flags & (X_DQUOTE | X_HEREDOC))
		return 0;
	if (s[start] == '\'') {
		skip_single(&c->p);
		marked_add(out, s + start + 1, c->src.pos - start - 2, M_QUOTED);
		if (c->src.pos - start == 2)
			marked_add(out, "", 1, M_EMPTY);
		return 1;
	}
	if (s[start] == '"') {
		if (skip_double(&c->p) == 0)
			expand_double(out, s + start + 1, c->src.pos - start - 2, flags);
		return 1;
	}
	return 0;
}

/* One character, or the construct that begins with it. */
static void expand_one(struct marked *out, struct cursor *c, int flags)
{
	const char *s = c->src.buf;
	size_t start = c->src.pos;
	int in_double = flags & (X_DQUOTE | X_HEREDOC);

	if (s[start] == '\\') {
		expand_backslash(out, c, flags);
	} else if (s[start] == '$' && !(flags & X_QUOTES)) {
		if (skip_dollar(&c->p, in_double) == 0)
			expand_dollar(out, s + start, c->src.pos - start, flags);
	} else if (s[start] == '`' && !(flags & X_QUOTES)) {
		if (skip_backquote(&c->p) == 0)
			expand_backquote(out, s + start + 1, c->src.pos - start - 2, flags);
	} else if (!expand_quote(out, c, flags) &&
		   !(s[start] == '~' && expand_tilde(out, c, flags))) {
		nextc(&c->src);
		marked_add(out, s + start, 1, in_double ? M_QUOTED : M_LITERAL);
	}
}

void expand_text(struct marked *out, const char *s, size_t n, int flags)
{
	struct cursor c;

	cursor_init(&c, s, n);
	while (c.src.pos < c.src.len && !c.p.failed)
		expand_one(out, &c, flags);
	cursor_done(&c);
}

char *expand_string(const char *text, int flags)
{
	struct marked m = { 0 };

	expand_text(&m, text, strlen(text), flags);
	return marked_string(&m);
}

char *expand_pattern(const char *text)
{
	struct marked m = { 0 };

	expand_text(&m, text, strlen(text), 0);
	return marked_pattern(&m);
}

void args_add(struct args *a, char *arg)
{
	if (a->nr + 1 >= a->room) {
		int room = 2 * a->room + 8;
		/* One slot before the first (see struct launch), one for the NULL. */
		char **v = (char **)tmp_alloc((room + 1) * sizeof(*v)) + 1;

		if (a->nr)
			memcpy(v, a->v, a->nr * sizeof(*v));
		a->v = v;
		a->room = room;
	}
	a->v[a->nr++] = arg;
	a->v[a->nr] = NULL;
}

char **expand_words(struct word *list, int *argc)
{
	struct args args = { 0 };

	for (; list; list = list->next) {
		struct marked m = { 0 };

		expand_text(&m, list->text, strlen(list->text), 0);
		split_fields(&m, &args);
	}
	*argc = args.nr;
	return args.v ? args.v : (char **)tmp_alloc(2 * sizeof(*args.v)) + 1;
}
