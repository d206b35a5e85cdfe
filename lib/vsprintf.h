/* SPDX-License-Identifier: MIT */
/*
 * vsprintf.h - formatted output into a buffer.
 *
 * Conversions: d i u x X o c s p %, flags - 0 + space #, width and precision (numbers
 * or *), sizes hh h l ll z t j. %p prints 16 hexadecimal digits, with no 0x; so does %px.
 * A NULL string prints (null). No floating point, no %n.
 *
 * No state, no locks, any context.
 *
 * Linux: include/linux/sprintf.h, lib/vsprintf.c. Differs: %p is the address itself, not
 * a hash of it (nothing is hidden here); of the %p extensions only %px.
 */
#pragma once

#include "lib/compiler.h"
#include "lib/kstrtox.h"
#include "lib/types.h"

#if __STDC_HOSTED__
#include <stdio.h>
#else
/*
 * vsnprintf() - write at most @size bytes including the NUL; nothing when @size is 0.
 *
 * => the length the full text has, without the NUL: >= @size means it was cut off.
 */
int vsnprintf(char *buf, size_t size, const char *fmt, va_list args) __printf(3, 0);
int snprintf(char *buf, size_t size, const char *fmt, ...) __printf(3, 4);
#endif

/* The same, but the result is what was really written: safe to advance a pointer by. */
int vscnprintf(char *buf, size_t size, const char *fmt, va_list args) __printf(3, 0);
int scnprintf(char *buf, size_t size, const char *fmt, ...) __printf(3, 4);
