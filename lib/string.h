/* SPDX-License-Identifier: MIT */
/*
 * string.h - memory blocks and NUL-terminated strings.
 *
 * The names of the C library mean what they mean there. In the kernel the common ones go
 * through the compiler's builtins, so that a copy of a known small size becomes a few
 * loads and stores instead of a call. Hosted, libc provides them, and only the names libc
 * lacks are ours.
 *
 * No state, no locks, any context. copy_page() and clear_page() are in asm/page.h.
 *
 * Linux: include/linux/string.h. Differs: no strcpy, strcat, strncpy: use strscpy.
 */
#pragma once

#include "lib/compiler.h"
#include "lib/kstrtox.h"
#include "lib/types.h"

#if __STDC_HOSTED__
#include <string.h>
#else
/* The blocks of memcpy must not overlap; those of memmove may. Both return @dst. */
void *memcpy(void *dst, const void *src, size_t n);
void *memmove(void *dst, const void *src, size_t n);
void *memset(void *dst, int c, size_t n);
int memcmp(const void *a, const void *b, size_t n);
void *memchr(const void *s, int c, size_t n);

/*
 * Strings end with a NUL. strnlen and strncmp look at no more than @max (@n) bytes.
 * The searches return a pointer into @s, or NULL; strspn and strcspn a count of bytes.
 */
size_t strlen(const char *s);
size_t strnlen(const char *s, size_t max);
int strcmp(const char *a, const char *b);
int strncmp(const char *a, const char *b, size_t n);
char *strchr(const char *s, int c);
char *strrchr(const char *s, int c);
char *strstr(const char *s, const char *what);
size_t strspn(const char *s, const char *accept);
size_t strcspn(const char *s, const char *reject);
char *strpbrk(const char *s, const char *accept);

/*
 * strsep() - cut the next token off *sp, at any byte of @delims.
 *
 * => returns the token (empty between two delimiters) and moves *sp behind the delimiter,
 *    or to NULL at the end of the string; NULL when *sp is NULL.
 * => writes a NUL over the delimiter.
 */
char *strsep(char **sp, const char *delims);

#define memcpy(dst, src, n)	__builtin_memcpy(dst, src, n)
#define memmove(dst, src, n)	__builtin_memmove(dst, src, n)
#define memset(dst, c, n)	__builtin_memset(dst, c, n)
#define strlen(s)		__builtin_strlen(s)
#define strcmp(a, b)		__builtin_strcmp(a, b)
#endif

/* memchr_inv() - the first of @n bytes that is NOT @c, or NULL if all are. */
void *memchr_inv(const void *s, int c, size_t n);

/*
 * strscpy() - copy a string into a buffer of @size bytes, always NUL-terminated.
 *
 * => the length copied without the NUL, or -E2BIG if it was cut off (or @size is 0).
 */
ssize_t strscpy(char *dst, const char *src, size_t size);

/* strscpy_pad() - strscpy, and zero the rest: for structures that go out to a program. */
ssize_t strscpy_pad(char *dst, const char *src, size_t size);

/* strim() - cut white space off both ends, in place; returns the new start. */
char *strim(char *s);
/* skip_spaces() - the first byte that is not white space. */
char *skip_spaces(const char *s);

/* sysfs_streq() - equal, where each may have one newline at its end. */
bool sysfs_streq(const char *a, const char *b);

/* str_has_prefix() - the length of @prefix if @s starts with it, else 0. */
size_t str_has_prefix(const char *s, const char *prefix);

/* match_string() - index of @s among @n strings (NULL ends them early), or -EINVAL. */
int match_string(const char *const *array, size_t n, const char *s);
