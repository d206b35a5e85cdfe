/* SPDX-License-Identifier: MIT */
/*
 * user/sh/arena.c: memory that is freed by the pile.
 *
 * A parsed command is a hundred small objects with one lifetime, and so are the
 * words it expands to. Each such group lives in an arena: allocation is adding
 * to a pointer, freeing is dropping the blocks. One arena, tmp, is a stack: a
 * command notes its height and cuts it back to there when it is done.
 *
 * Linux: none. Differs: -
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "sh.h"

#define BLOCK 4000

struct block {
	struct block *next;
	size_t used, size;
	char data[] __attribute__((aligned(16)));
};

struct arena {
	struct block *top;
	int users;
};

static struct arena tmp = { .users = 1 };

void *xrealloc(void *ptr, size_t size)
{
	void *new = realloc(ptr, size ? size : 1);

	if (!new) {
		dprintf(STDERR_FILENO, "sh: out of memory\n");
		_exit(2);
	}
	return new;
}

void *xmalloc(size_t size)
{
	return xrealloc(NULL, size);
}

char *xstrdup(const char *s)
{
	return strcpy(xmalloc(strlen(s) + 1), s);
}

struct arena *arena_new(void)
{
	struct arena *a = xmalloc(sizeof(*a));

	a->top = NULL;
	a->users = 1;
	return a;
}

static void drop_until(struct arena *a, struct block *keep)
{
	while (a->top != keep) {
		struct block *b = a->top;

		a->top = b->next;
		free(b);
	}
}

void arena_get(struct arena *a)
{
	a->users++;
}

void arena_put(struct arena *a)
{
	if (--a->users == 0) {
		drop_until(a, NULL);
		free(a);
	}
}

void *arena_alloc(struct arena *a, size_t size)
{
	struct block *b = a->top;
	void *p;

	size = (size + 15) & ~(size_t)15;
	if (!b || b->size - b->used < size) {
		size_t room = size > BLOCK ? size : BLOCK;

		b = xmalloc(sizeof(*b) + room);
		b->next = a->top;
		b->used = 0;
		b->size = room;
		a->top = b;
	}
	p = b->data + b->used;
	b->used += size;
	return memset(p, 0, size);
}

char *arena_strndup(struct arena *a, const char *s, size_t n)
{
	return memcpy(arena_alloc(a, n + 1), s, n);
}

void *tmp_alloc(size_t size)
{
	return arena_alloc(&tmp, size);
}

char *tmp_strndup(const char *s, size_t n)
{
	return arena_strndup(&tmp, s, n);
}

char *tmp_strdup(const char *s)
{
	return tmp_strndup(s, strlen(s));
}

char *tmp_printf(const char *fmt, ...)
{
	va_list ap;
	char *s;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	s = tmp_alloc(n + 1);
	va_start(ap, fmt);
	vsnprintf(s, n + 1, fmt, ap);
	va_end(ap);
	return s;
}

struct tmp_mark tmp_mark(void)
{
	return (struct tmp_mark){ tmp.top, tmp.top ? tmp.top->used : 0 };
}

void tmp_release(struct tmp_mark mark)
{
	drop_until(&tmp, mark.block);
	if (tmp.top)
		tmp.top->used = mark.used;
}

void strbuf_add(struct strbuf *b, const char *s, size_t n)
{
	if (b->n + n + 1 > b->size) {
		b->size = (b->n + n + 1) * 2 + 32;
		b->s = xrealloc(b->s, b->size);
	}
	memcpy(b->s + b->n, s, n);
	b->n += n;
	b->s[b->n] = 0;
}

void strbuf_addc(struct strbuf *b, char c)
{
	strbuf_add(b, &c, 1);
}
