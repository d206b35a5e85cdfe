/* SPDX-License-Identifier: MIT */
/*
 * kstrtox.h - numbers from text.
 *
 * Two families. kstrto*: the whole string must be one number (a trailing newline is
 * allowed, as `echo 1 > file` writes one), and the result is 0 or an errno: for what a
 * user wrote. simple_strto*: convert what is there and say where it ended; overflow wraps:
 * for parsers that check by themselves.
 *
 * @base 0 means by prefix: 0x is 16, 0 is 8, else 10. With base 16 a 0x is skipped.
 *
 * Linux: include/linux/kstrtox.h, lib/kstrtox.c. Differs: long and int forms only.
 */
#pragma once

#include "lib/compiler.h"
#include "lib/types.h"

/*
 * => 0 and the number in *res; *res is untouched on error.
 * => -EINVAL: empty or not a number. -ERANGE: does not fit in the type.
 * => unsigned forms accept a leading '+', signed ones '+' or '-'.
 */
int kstrtoul(const char *s, unsigned int base, unsigned long *res) __must_check;
int kstrtol(const char *s, unsigned int base, long *res) __must_check;
int kstrtouint(const char *s, unsigned int base, unsigned int *res) __must_check;
int kstrtoint(const char *s, unsigned int base, int *res) __must_check;
int kstrtou64(const char *s, unsigned int base, u64 *res) __must_check;

/* kstrtobool() - 1 y Y t T on / 0 n N f F off (any case), judged by the first letters. */
int kstrtobool(const char *s, bool *res) __must_check;

/* Convert as many digits as there are; *endp (if not NULL) is the first byte not used. */
unsigned long simple_strtoul(const char *s, char **endp, unsigned int base);
long simple_strtol(const char *s, char **endp, unsigned int base);

/*
 * memparse() - a size with an optional suffix K, M, G, T, P or E (powers of 1024).
 *
 * => "64M" gives 64 << 20; *retptr (if not NULL) is the first byte not used.
 */
unsigned long memparse(const char *s, char **retptr);
