/* SPDX-License-Identifier: MIT */
/*
 * user/libc/stdio.c: characters, lines and blocks on streams.
 *
 * Every function here locks the stream once and works on the buffer through
 * stdio_buf.c.
 *
 * Linux: none (C11 7.21). Differs: nothing.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "internal.h"
#include "stdio_impl.h"

int fgetc(FILE *f)
{
	int c;

	__lock(&f->lock);
	c = __getc(f);
	__unlock(&f->lock);
	return c;
}

int getc(FILE *f)
{
	return fgetc(f);
}

int getchar(void)
{
	return fgetc(stdin);
}

int ungetc(int c, FILE *f)
{
	int result = EOF;

	__lock(&f->lock);
	/* Put it where it came from, or shift the buffer to make room. */
	if (c != EOF && f->buf && !(f->flags & F_WRITING)) {
		if (f->pos == 0 && f->end < f->size) {
			memmove(f->buf + 1, f->buf, f->end);
			f->end++;
			f->pos = 1;
		}
		if (f->pos > 0) {
			f->buf[--f->pos] = c;
			f->flags &= ~F_EOF;
			result = (unsigned char)c;
		}
	}
	__unlock(&f->lock);
	return result;
}

char *fgets(char *restrict s, int size, FILE *restrict f)
{
	int n = 0, c = 0;

	__lock(&f->lock);
	while (n < size - 1 && c != '\n') {
		c = __getc(f);
		if (c == EOF)
			break;
		s[n++] = c;
	}
	__unlock(&f->lock);
	if (n == 0 && size > 1)
		return NULL;
	s[n] = 0;
	return s;
}

/* Make *line hold at least need bytes. 0 or -1. */
static int reserve(char **line, size_t *size, size_t need)
{
	size_t bigger = *size ? *size : 120;
	char *new;

	if (*line && *size >= need)
		return 0;
	while (bigger < need)
		bigger *= 2;
	new = realloc(*line, bigger);
	if (!new)
		return -1;
	*line = new;
	*size = bigger;
	return 0;
}

ssize_t getdelim(char **restrict line, size_t *restrict size, int delim, FILE *restrict f)
{
	size_t n = 0;
	int c = -1;

	if (!*line)
		*size = 0;
	__lock(&f->lock);
	while (c != delim) {
		c = __getc(f);
		if (c == EOF || reserve(line, size, n + 2) < 0)
			break;
		(*line)[n++] = c;
	}
	__unlock(&f->lock);
	if (n == 0)
		return -1;
	(*line)[n] = 0;
	return n;
}

ssize_t getline(char **restrict line, size_t *restrict size, FILE *restrict f)
{
	return getdelim(line, size, '\n', f);
}

size_t fread(void *restrict buf, size_t size, size_t nr, FILE *restrict f)
{
	size_t want = size * nr, got = 0;

	__lock(&f->lock);
	while (got < want) {
		size_t have;

		if (((f->flags & F_WRITING) || f->pos >= f->end) && __fill(f) != 0)
			break;
		have = f->end - f->pos;
		if (have > want - got)
			have = want - got;
		memcpy((char *)buf + got, f->buf + f->pos, have);
		f->pos += have;
		got += have;
	}
	__unlock(&f->lock);
	return size ? got / size : 0;
}

int fputc(int c, FILE *f)
{
	__lock(&f->lock);
	c = __putc(c, f);
	__unlock(&f->lock);
	return c;
}

int putc(int c, FILE *f)
{
	return fputc(c, f);
}

int putchar(int c)
{
	return fputc(c, stdout);
}

size_t fwrite(const void *restrict buf, size_t size, size_t nr, FILE *restrict f)
{
	size_t want = size * nr, done = 0;

	if (!want)
		return 0;
	__lock(&f->lock);
	done = __write_bytes(f, buf, want);
	__unlock(&f->lock);
	return done / size;
}

int fputs(const char *restrict s, FILE *restrict f)
{
	size_t n = strlen(s);

	return fwrite(s, 1, n, f) == n ? 0 : EOF;
}

int puts(const char *s)
{
	int result;

	__lock(&stdout->lock);
	result = __write_bytes(stdout, s, strlen(s)) == strlen(s) ? __putc('\n', stdout) : EOF;
	__unlock(&stdout->lock);
	return result == EOF ? EOF : 0;
}
