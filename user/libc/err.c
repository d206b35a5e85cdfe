/* SPDX-License-Identifier: MIT */
/*
 * user/libc/err.c: messages in the form "program: what: why" on standard error.
 *
 * Linux: man 3 err. Differs: nothing.
 */
#include <err.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* One write a message, so that lines of two processes do not mix. */
static void message(const char *fmt, va_list ap, const char *why)
{
	char line[512];
	size_t n;

	n = snprintf(line, sizeof(line), "%s: ", program_invocation_short_name);
	if (fmt && n < sizeof(line))
		n += vsnprintf(line + n, sizeof(line) - n, fmt, ap);
	if (why && n < sizeof(line))
		n += snprintf(line + n, sizeof(line) - n, "%s%s", fmt ? ": " : "", why);
	fprintf(stderr, "%s\n", line);
}

void vwarn(const char *fmt, va_list ap)
{
	message(fmt, ap, strerror(errno));
}

void vwarnx(const char *fmt, va_list ap)
{
	message(fmt, ap, NULL);
}

void warn(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vwarn(fmt, ap);
	va_end(ap);
}

void warnx(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vwarnx(fmt, ap);
	va_end(ap);
}

void err(int status, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vwarn(fmt, ap);
	va_end(ap);
	exit(status);
}

void errx(int status, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vwarnx(fmt, ap);
	va_end(ap);
	exit(status);
}
