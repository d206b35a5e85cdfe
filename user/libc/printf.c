/* SPDX-License-Identifier: MIT */
/*
 * user/libc/printf.c: printf() to streams, descriptors, arrays and new strings.
 *
 * Each kind of destination is a sink: a struct __sink with a put() function and
 * what that function needs.
 *
 * Linux: none (C11 7.21.6, POSIX). Differs: nothing.
 */
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include "internal.h"
#include "stdio_impl.h"

/* A stream, with a buffer of its own so that stderr gets one write a message. */
struct stream_sink {
	struct __sink sink;
	FILE *f;
	size_t held;
	int failed;
	char buf[256];
};

static void stream_send(struct stream_sink *s)
{
	if (s->held && __write_bytes(s->f, s->buf, s->held) != s->held)
		s->failed = 1;
	s->held = 0;
}

static void stream_put(struct __sink *sink, const char *text, size_t n)
{
	struct stream_sink *s = (struct stream_sink *)sink;

	if (n > sizeof(s->buf) - s->held)
		stream_send(s);
	if (n > sizeof(s->buf)) {
		if (__write_bytes(s->f, text, n) != n)
			s->failed = 1;
		return;
	}
	memcpy(s->buf + s->held, text, n);
	s->held += n;
}

int vfprintf(FILE *restrict f, const char *restrict fmt, va_list ap)
{
	struct stream_sink s = { .sink.put = stream_put, .f = f };
	int n;

	__lock(&f->lock);
	n = __format(&s.sink, fmt, ap);
	stream_send(&s);
	__unlock(&f->lock);
	return s.failed ? -1 : n;
}

/* An array of limited size; what does not fit is counted only. */
struct array_sink {
	struct __sink sink;
	char *at;
	size_t room;		/* without the final NUL */
};

static void array_put(struct __sink *sink, const char *text, size_t n)
{
	struct array_sink *a = (struct array_sink *)sink;

	if (n > a->room)
		n = a->room;
	memcpy(a->at, text, n);
	a->at += n;
	a->room -= n;
}

int vsnprintf(char *restrict s, size_t size, const char *restrict fmt, va_list ap)
{
	struct array_sink a = { { .put = array_put }, s, size ? size - 1 : 0 };
	int n = __format(&a.sink, fmt, ap);

	if (size)
		*a.at = 0;
	return n;
}

/* A descriptor: collected in pieces, written without a stream. */
struct fd_sink {
	struct __sink sink;
	int fd;
	size_t held;
	int failed;
	char buf[256];
};

static void fd_send(struct fd_sink *d)
{
	if (d->held && write(d->fd, d->buf, d->held) != (ssize_t)d->held)
		d->failed = 1;
	d->held = 0;
}

static void fd_put(struct __sink *sink, const char *text, size_t n)
{
	struct fd_sink *d = (struct fd_sink *)sink;

	while (n) {
		size_t piece = sizeof(d->buf) - d->held;

		if (piece > n)
			piece = n;
		memcpy(d->buf + d->held, text, piece);
		d->held += piece;
		text += piece;
		n -= piece;
		if (d->held == sizeof(d->buf))
			fd_send(d);
	}
}

int vdprintf(int fd, const char *restrict fmt, va_list ap)
{
	struct fd_sink d = { .sink.put = fd_put, .fd = fd };
	int n = __format(&d.sink, fmt, ap);

	fd_send(&d);
	return d.failed ? -1 : n;
}

int vasprintf(char **restrict out, const char *restrict fmt, va_list ap)
{
	int n = vsnprintf(NULL, 0, fmt, ap);

	*out = n < 0 ? NULL : malloc(n + 1);
	return *out ? vsnprintf(*out, n + 1, fmt, ap) : -1;
}

int vsprintf(char *restrict s, const char *restrict fmt, va_list ap)
{
	return vsnprintf(s, INT_MAX, fmt, ap);
}

int vprintf(const char *restrict fmt, va_list ap)
{
	return vfprintf(stdout, fmt, ap);
}

int printf(const char *restrict fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vfprintf(stdout, fmt, ap);
	va_end(ap);
	return n;
}

int fprintf(FILE *restrict f, const char *restrict fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vfprintf(f, fmt, ap);
	va_end(ap);
	return n;
}

int dprintf(int fd, const char *restrict fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vdprintf(fd, fmt, ap);
	va_end(ap);
	return n;
}

int sprintf(char *restrict s, const char *restrict fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsprintf(s, fmt, ap);
	va_end(ap);
	return n;
}

int snprintf(char *restrict s, size_t size, const char *restrict fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(s, size, fmt, ap);
	va_end(ap);
	return n;
}

int asprintf(char **restrict out, const char *restrict fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vasprintf(out, fmt, ap);
	va_end(ap);
	return n;
}
