/* SPDX-License-Identifier: MIT */
/*
 * err.h: messages on standard error with the program's name in front.
 */
#pragma once

#include <stdarg.h>
#include <sys/cdefs.h>

/* "prog: text: strerror(errno)"; the x forms leave the error text out; err and errx exit. */
void warn(const char *fmt, ...) __printf_like(1, 2);
void warnx(const char *fmt, ...) __printf_like(1, 2);
void vwarn(const char *fmt, va_list ap);
void vwarnx(const char *fmt, va_list ap);
void err(int status, const char *fmt, ...) __noreturn __printf_like(2, 3);
void errx(int status, const char *fmt, ...) __noreturn __printf_like(2, 3);

extern char *program_invocation_short_name;
