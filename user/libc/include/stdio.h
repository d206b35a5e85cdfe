/* SPDX-License-Identifier: MIT */
/*
 * stdio.h: buffered streams and formatted text.
 */
#pragma once

#include <stdarg.h>
#include <stddef.h>
#include <sys/cdefs.h>
#include <sys/types.h>

#define EOF		(-1)
#define BUFSIZ		4096
#define _IOFBF		0	/* written when the buffer is full */
#define _IOLBF		1	/* ... or when a line ends */
#define _IONBF		2	/* ... or at once */
#ifndef SEEK_SET
#define SEEK_SET	0
#define SEEK_CUR	1
#define SEEK_END	2
#endif

typedef struct __file FILE;

extern FILE *const stdin;
extern FILE *const stdout;
extern FILE *const stderr;
#define stdin stdin
#define stdout stdout
#define stderr stderr

FILE *fopen(const char *restrict path, const char *restrict mode);
FILE *fdopen(int fd, const char *mode);
FILE *freopen(const char *restrict path, const char *restrict mode, FILE *restrict f);
int fclose(FILE *f);
int fflush(FILE *f);
int setvbuf(FILE *restrict f, char *restrict buf, int mode, size_t size);
void setbuf(FILE *restrict f, char *restrict buf);
void setlinebuf(FILE *f);
int fileno(FILE *f);
int feof(FILE *f);
int ferror(FILE *f);
void clearerr(FILE *f);

int fgetc(FILE *f);
int getc(FILE *f);
int getchar(void);
int ungetc(int c, FILE *f);
char *fgets(char *restrict s, int size, FILE *restrict f);
ssize_t getline(char **restrict line, size_t *restrict size, FILE *restrict f);
ssize_t getdelim(char **restrict line, size_t *restrict size, int delim, FILE *restrict f);
size_t fread(void *restrict buf, size_t size, size_t nr, FILE *restrict f);

int fputc(int c, FILE *f);
int putc(int c, FILE *f);
int putchar(int c);
int fputs(const char *restrict s, FILE *restrict f);
int puts(const char *s);
size_t fwrite(const void *restrict buf, size_t size, size_t nr, FILE *restrict f);

int fseek(FILE *f, long offset, int whence);
int fseeko(FILE *f, off_t offset, int whence);
long ftell(FILE *f);
off_t ftello(FILE *f);
void rewind(FILE *f);

/*
 * Conversions: d i u o x X c s p f F n %; flags - + space 0 #; width and
 * precision, also as *; lengths hh h l ll z j t. e and g print as f does.
 */
int printf(const char *restrict fmt, ...) __printf_like(1, 2);
int fprintf(FILE *restrict f, const char *restrict fmt, ...) __printf_like(2, 3);
int dprintf(int fd, const char *restrict fmt, ...) __printf_like(2, 3);
int sprintf(char *restrict s, const char *restrict fmt, ...) __printf_like(2, 3);
int snprintf(char *restrict s, size_t size, const char *restrict fmt, ...) __printf_like(3, 4);
int asprintf(char **restrict out, const char *restrict fmt, ...) __printf_like(2, 3);
int vprintf(const char *restrict fmt, va_list ap);
int vfprintf(FILE *restrict f, const char *restrict fmt, va_list ap);
int vdprintf(int fd, const char *restrict fmt, va_list ap);
int vsprintf(char *restrict s, const char *restrict fmt, va_list ap);
int vsnprintf(char *restrict s, size_t size, const char *restrict fmt, va_list ap);
int vasprintf(char **restrict out, const char *restrict fmt, va_list ap);

/* Conversions: d i u x o s c [set] n %, with *, a width, and hh h l ll z j. */
int sscanf(const char *restrict s, const char *restrict fmt, ...) __scanf_like(2, 3);
int vsscanf(const char *restrict s, const char *restrict fmt, va_list ap);

void perror(const char *s);
int remove(const char *path);
int rename(const char *from, const char *to);
FILE *popen(const char *line, const char *mode);
int pclose(FILE *f);
