/* SPDX-License-Identifier: MIT */
/*
 * stdlib.h: memory, numbers, sorting, the environment, and leaving.
 */
#pragma once

#include <stddef.h>
#include <sys/cdefs.h>

#define EXIT_SUCCESS	0
#define EXIT_FAILURE	1
#define RAND_MAX	2147483647

typedef struct { int quot, rem; } div_t;
typedef struct { long quot, rem; } ldiv_t;

void *malloc(size_t size);
void *calloc(size_t nr, size_t size);
void *realloc(void *ptr, size_t size);
void *reallocarray(void *ptr, size_t nr, size_t size);
void free(void *ptr);
void *aligned_alloc(size_t align, size_t size);
int posix_memalign(void **out, size_t align, size_t size);

int atoi(const char *s);
long atol(const char *s);
long long atoll(const char *s);
double atof(const char *s);
long strtol(const char *restrict s, char **restrict end, int base);
unsigned long strtoul(const char *restrict s, char **restrict end, int base);
long long strtoll(const char *restrict s, char **restrict end, int base);
unsigned long long strtoull(const char *restrict s, char **restrict end, int base);
double strtod(const char *restrict s, char **restrict end);

int abs(int i);
long labs(long i);
long long llabs(long long i);
div_t div(int num, int den);
ldiv_t ldiv(long num, long den);

void qsort(void *base, size_t nr, size_t size, int (*cmp)(const void *, const void *));
void *bsearch(const void *key, const void *base, size_t nr, size_t size,
	      int (*cmp)(const void *, const void *));

int rand(void);
void srand(unsigned int seed);
int rand_r(unsigned int *seed);
long random(void);
void srandom(unsigned int seed);

char *getenv(const char *name);
int setenv(const char *name, const char *value, int overwrite);
int unsetenv(const char *name);
int putenv(char *string);
int clearenv(void);

/* Run a line in /bin/sh and wait: its wait status, or -1. Works without fork(). */
int system(const char *line);
int mkstemp(char *template);
char *mkdtemp(char *template);
char *realpath(const char *restrict path, char *restrict resolved);

int atexit(void (*func)(void));
void exit(int status) __noreturn;
void _Exit(int status) __noreturn;
void abort(void) __noreturn;
