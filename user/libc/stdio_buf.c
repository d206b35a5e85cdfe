/* SPDX-License-Identifier: MIT */
/*
 * user/libc/stdio_buf.c: buffers between a program and read()/write().
 *
 * A system call costs hundreds of instructions, a byte in a buffer a few: that
 * is why stdio exists. stdout is written line by line on a terminal and in whole
 * buffers otherwise, stderr at once. fork() copies an unflushed buffer and both
 * processes then write it: flush before forking.
 *
 * Linux: none (C11 7.21). Differs: nothing.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "internal.h"
#include "stdio_impl.h"

static char stdin_buf[BUFSIZ], stdout_buf[BUFSIZ];

static struct __file files[3] = {
	{ .fd = 0, .flags = F_READ | F_STATIC, .mode = _IOFBF,
	  .buf = stdin_buf, .size = BUFSIZ, .next = &files[1] },
	{ .fd = 1, .flags = F_WRITE | F_STATIC, .mode = -1,
	  .buf = stdout_buf, .size = BUFSIZ, .next = &files[2] },
	{ .fd = 2, .flags = F_WRITE | F_STATIC, .mode = _IONBF },
};

FILE *const stdin = &files[0];
FILE *const stdout = &files[1];
FILE *const stderr = &files[2];

static FILE *open_files = &files[0];
static int list_lock;

void __file_link(FILE *f)
{
	__lock(&list_lock);
	f->next = open_files;
	open_files = f;
	__unlock(&list_lock);
}

void __file_unlink(FILE *f)
{
	__lock(&list_lock);
	for (FILE **p = &open_files; *p; p = &(*p)->next) {
		if (*p == f) {
			*p = f->next;
			break;
		}
	}
	__unlock(&list_lock);
}

/* Give the stream its buffer and its mode; both are put off until first use. */
static void prepare(FILE *f)
{
	if (f->mode < 0) {
		int saved = errno;

		f->mode = isatty(f->fd) ? _IOLBF : _IOFBF;
		errno = saved;
	}
	if (!f->buf && f->mode != _IONBF) {
		char *mem = malloc(BUFSIZ);

		if (mem) {
			f->buf = mem;
			f->size = BUFSIZ;
			f->flags |= F_OWN_BUF;
		} else {
			f->mode = _IONBF;
		}
	}
}

/* Write all n bytes, however many calls it takes. 0 or EOF. */
static int write_all(FILE *f, const char *s, size_t n)
{
	while (n) {
		ssize_t done = write(f->fd, s, n);

		if (done < 0 && errno == EINTR)
			continue;
		if (done < 0) {
			f->flags |= F_ERROR;
			return EOF;
		}
		s += done;
		n -= done;
	}
	return 0;
}

/* Output: hand it to the kernel. Input: forget it, and tell the file offset so. */
int __flush(FILE *f)
{
	int result = 0;

	if (f->flags & F_WRITING) {
		result = write_all(f, f->buf, f->pos);
	} else if (f->pos < f->end) {
		int saved = errno;

		lseek(f->fd, (off_t)f->pos - (off_t)f->end, SEEK_CUR);
		errno = saved;	/* a pipe cannot seek, and that is no error here */
	}
	f->flags &= ~F_WRITING;
	f->pos = f->end = 0;
	return result;
}

/* Get more input. 0 if there is some, EOF at the end or on an error. */
int __fill(FILE *f)
{
	ssize_t n;

	prepare(f);
	if (!(f->flags & F_READ)) {
		errno = EBADF;
		f->flags |= F_ERROR;
		return EOF;
	}
	if (f->flags & F_WRITING)
		__flush(f);
	/* A question on the screen must be seen before its answer is read. */
	if (f == stdin && stdout->mode == _IOLBF && (stdout->flags & F_WRITING))
		fflush(stdout);
	if (!f->buf) {
		f->buf = f->tiny;
		f->size = sizeof(f->tiny);
	}
	do {
		n = read(f->fd, f->buf, f->mode == _IONBF ? 1 : f->size);
	} while (n < 0 && errno == EINTR);
	f->pos = 0;
	f->end = n > 0 ? n : 0;
	if (n <= 0)
		f->flags |= n ? F_ERROR : F_EOF;
	return n > 0 ? 0 : EOF;
}

size_t __write_bytes(FILE *f, const char *s, size_t n)
{
	const char *newline;

	prepare(f);
	if (!(f->flags & F_WRITE)) {
		errno = EBADF;
		f->flags |= F_ERROR;
		return 0;
	}
	if (!(f->flags & F_WRITING))
		__flush(f);
	if (f->mode == _IONBF)
		return write_all(f, s, n) == 0 ? n : 0;
	f->flags |= F_WRITING;
	if (n > f->size - f->pos && __flush(f) != 0)
		return 0;
	if (n >= f->size)
		return write_all(f, s, n) == 0 ? n : 0;
	f->flags |= F_WRITING;
	memcpy(f->buf + f->pos, s, n);
	f->pos += n;
	newline = f->mode == _IOLBF ? memrchr(s, '\n', n) : NULL;
	if (newline && __flush(f) != 0)
		return 0;
	return n;
}

int __getc(FILE *f)
{
	if ((f->flags & F_WRITING) || f->pos >= f->end) {
		if (__fill(f) != 0)
			return EOF;
	}
	return (unsigned char)f->buf[f->pos++];
}

int __putc(int c, FILE *f)
{
	char byte = c;

	return __write_bytes(f, &byte, 1) == 1 ? (unsigned char)c : EOF;
}

int fflush(FILE *f)
{
	int result = 0;

	if (f) {
		__lock(&f->lock);
		result = __flush(f);
		__unlock(&f->lock);
		return result;
	}
	for (f = open_files; f; f = f->next) {
		if ((f->flags & F_WRITING) && fflush(f) != 0)
			result = EOF;
	}
	return result;
}

void __stdio_exit(void)
{
	for (FILE *f = open_files; f; f = f->next)
		__flush(f);
}

int setvbuf(FILE *restrict f, char *restrict buf, int mode, size_t size)
{
	if (mode < _IOFBF || mode > _IONBF)
		return -1;
	__lock(&f->lock);
	__flush(f);
	f->mode = mode;
	if (buf && size && mode != _IONBF) {
		if (f->flags & F_OWN_BUF)
			free(f->buf);
		f->flags &= ~F_OWN_BUF;
		f->buf = buf;
		f->size = size;
	}
	__unlock(&f->lock);
	return 0;
}

void setbuf(FILE *restrict f, char *restrict buf)
{
	setvbuf(f, buf, buf ? _IOFBF : _IONBF, BUFSIZ);
}

void setlinebuf(FILE *f)
{
	setvbuf(f, NULL, _IOLBF, 0);
}
