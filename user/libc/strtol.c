/* SPDX-License-Identifier: MIT */
/*
 * user/libc/strtol.c: text to numbers.
 *
 * parse() does the work once for all widths (long and long long are both 64
 * bits); the callers differ in their limits only.
 *
 * Linux: none (C11 7.22.1). Differs: strtod() adds digits one by one, so the last
 * bit may be off; no hexadecimal floating point, no inf or nan.
 */
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>

struct number {
	unsigned long value;
	int negative;
	int overflow;
};

static int digit(int c)
{
	if (isdigit(c))
		return c - '0';
	if (isalpha(c))
		return tolower(c) - 'a' + 10;
	return 99;
}

/* Skip a 0x or 0 prefix as base asks for, and settle the base. */
static const char *parse_prefix(const char *s, int *base)
{
	int hex = s[0] == '0' && (s[1] == 'x' || s[1] == 'X') && isxdigit(s[2]);

	if (hex && (*base == 0 || *base == 16)) {
		*base = 16;
		return s + 2;
	}
	if (*base == 0)
		*base = s[0] == '0' ? 8 : 10;
	return s;
}

static struct number parse(const char *s, char **end, int base)
{
	struct number n = { 0 };
	const char *start = s, *first;

	while (isspace(*s))
		s++;
	if (*s == '-' || *s == '+')
		n.negative = *s++ == '-';
	s = parse_prefix(s, &base);
	first = s;
	for (; digit(*s) < base; s++) {
		if (__builtin_mul_overflow(n.value, base, &n.value) ||
		    __builtin_add_overflow(n.value, digit(*s), &n.value))
			n.overflow = 1;
	}
	if (end)
		*end = (char *)(s == first ? start : s);
	return n;
}

long strtol(const char *restrict s, char **restrict end, int base)
{
	struct number n = parse(s, end, base);

	if (n.overflow || n.value > (unsigned long)LONG_MAX + n.negative) {
		errno = ERANGE;
		return n.negative ? LONG_MIN : LONG_MAX;
	}
	return n.negative ? -n.value : n.value;
}

unsigned long strtoul(const char *restrict s, char **restrict end, int base)
{
	struct number n = parse(s, end, base);

	if (n.overflow) {
		errno = ERANGE;
		return ULONG_MAX;
	}
	return n.negative ? -n.value : n.value;
}

long long strtoll(const char *restrict s, char **restrict end, int base)
{
	return strtol(s, end, base);
}

unsigned long long strtoull(const char *restrict s, char **restrict end, int base)
{
	return strtoul(s, end, base);
}

intmax_t strtoimax(const char *s, char **end, int base)
{
	return strtol(s, end, base);
}

uintmax_t strtoumax(const char *s, char **end, int base)
{
	return strtoul(s, end, base);
}

int atoi(const char *s)
{
	return strtol(s, NULL, 10);
}

long atol(const char *s)
{
	return strtol(s, NULL, 10);
}

long long atoll(const char *s)
{
	return strtol(s, NULL, 10);
}

static double scale(double value, long exponent)
{
	for (; exponent > 0; exponent--)
		value *= 10;
	for (; exponent < 0; exponent++)
		value /= 10;
	return value;
}

double strtod(const char *restrict s, char **restrict end)
{
	const char *start = s;
	double value = 0;
	int negative = 0, digits = 0;
	long exponent = 0;
	char *after;

	while (isspace(*s))
		s++;
	if (*s == '-' || *s == '+')
		negative = *s++ == '-';
	for (; isdigit(*s); s++, digits++)
		value = value * 10 + (*s - '0');
	if (*s == '.') {
		for (s++; isdigit(*s); s++, digits++, exponent--)
			value = value * 10 + (*s - '0');
	}
	if (!digits)
		s = start;
	else if (*s == 'e' || *s == 'E') {
		long e = strtol(s + 1, &after, 10);

		if (after != s + 1) {
			s = after;
			exponent += e > 400 ? 400 : e < -400 ? -400 : e;
		}
	}
	if (end)
		*end = (char *)s;
	value = scale(value, exponent);
	return negative ? -value : value;
}

double atof(const char *s)
{
	return strtod(s, NULL);
}
