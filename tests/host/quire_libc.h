/* SPDX-License-Identifier: MIT */
/*
 * quire_libc.h - the functions of lib/string.c and lib/vsprintf.c under the names they have
 * on the host (include/host_rename.h), for the tests that compare them with libc's.
 */
#pragma once

#include "lib/types.h"

void *quire_memcpy(void *dst, const void *src, size_t n);
void *quire_memmove(void *dst, const void *src, size_t n);
void *quire_memset(void *dst, int c, size_t n);
int quire_memcmp(const void *a, const void *b, size_t n);
void *quire_memchr(const void *s, int c, size_t n);
size_t quire_strlen(const char *s);
size_t quire_strnlen(const char *s, size_t max);
int quire_strcmp(const char *a, const char *b);
int quire_strncmp(const char *a, const char *b, size_t n);
char *quire_strchr(const char *s, int c);
char *quire_strrchr(const char *s, int c);
char *quire_strstr(const char *s, const char *what);
size_t quire_strspn(const char *s, const char *accept);
size_t quire_strcspn(const char *s, const char *reject);
char *quire_strpbrk(const char *s, const char *accept);
char *quire_strsep(char **sp, const char *delims);
int quire_snprintf(char *buf, size_t size, const char *fmt, ...);
int quire_vsnprintf(char *buf, size_t size, const char *fmt, va_list args);
