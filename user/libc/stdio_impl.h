/* SPDX-License-Identifier: MIT */
/*
 * user/libc/stdio_impl.h: what a FILE is, for the stdio files.
 *
 * One buffer serves reading and writing, never both at once. While reading,
 * buf[pos..end) is what the program has not taken yet; while writing,
 * buf[0..pos) is what the kernel has not got yet and end is 0. The functions
 * with two underscores expect the stream to be locked.
 *
 * Linux: none (C11 7.21). Differs: nothing a program sees.
 */
#pragma once

#include <stdio.h>

#define F_READ		1	/* may be read */
#define F_WRITE		2	/* may be written */
#define F_APPEND	4
#define F_EOF		8
#define F_ERROR		16
#define F_WRITING	32	/* the buffer holds output */
#define F_OWN_BUF	64	/* buf came from malloc() */
#define F_STATIC	128	/* the FILE itself did not */

struct __file {
	int fd;
	int flags;
	int mode;		/* _IOFBF, _IOLBF, _IONBF; -1: ask isatty() at first use */
	int lock;
	char *buf;		/* NULL until first use */
	size_t size;
	size_t pos, end;
	int child;		/* of popen(); 0 otherwise */
	struct __file *next;	/* on the list of open streams */
	char tiny[2];	/* the buffer of an unbuffered input stream */
};

/* Put on, take off the list of streams that exit() flushes. */
void __file_link(FILE *f);
void __file_unlink(FILE *f);

int __fill(FILE *f);
int __flush(FILE *f);
int __getc(FILE *f);
int __putc(int c, FILE *f);
size_t __write_bytes(FILE *f, const char *s, size_t n);

/* Where formatted text goes: put() is called with piece after piece. */
struct __sink {
	void (*put)(struct __sink *sink, const char *s, size_t n);
	size_t total;		/* bytes so far; kept by __format() */
};

/* Format into sink. Returns the number of bytes, or -1 if it is above INT_MAX. */
int __format(struct __sink *sink, const char *fmt, va_list ap);
