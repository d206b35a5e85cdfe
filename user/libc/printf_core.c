/* SPDX-License-Identifier: MIT */
/*
 * user/libc/printf_core.c: the formatter behind every printf.
 *
 * __format() walks the format string, turns each conversion into text in a
 * small buffer and hands pieces to a sink. It allocates nothing and knows
 * nothing of streams.
 *
 * Linux: none (C11 7.21.6.1). Differs: e and g print as f; no long double, no %n$.
 */
#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stdint.h>
#include <string.h>
#include "stdio_impl.h"

/* One conversion, as written between % and its letter. */
struct spec {
	int left, plus, space, zero, alt;
	int width;
	int precision;		/* -1: not given */
	int size;		/* of an integer argument in bytes */
	char letter;
};

#define NUMBER_MAX 400		/* %f of 1e308 has 309 digits */

static void put(struct __sink *sink, const char *s, size_t n)
{
	if (n)
		sink->put(sink, s, n);
	sink->total += n;
}

static void pad(struct __sink *sink, char c, int n)
{
	static const char zeros[] = "0000000000000000", blanks[] = "                ";

	for (; n > 0; n -= 16)
		put(sink, c == '0' ? zeros : blanks, n < 16 ? n : 16);
}

/*
 * Print prefix ("-", "0x", ...) and body in a field: blanks before or behind, or
 * zeros between the two. extra zeros come from an integer's precision.
 */
static void put_field(struct __sink *sink, const struct spec *sp, const char *prefix,
		      const char *body, int n)
{
	int prefix_len = strlen(prefix);
	int zeros = 0, blanks;

	if (sp->precision > n && strchr("diuoxXp", sp->letter))
		zeros = sp->precision - n;
	blanks = sp->width - prefix_len - zeros - n;
	if (sp->zero && !sp->left && blanks > 0) {
		zeros += blanks;
		blanks = 0;
	}
	if (!sp->left)
		pad(sink, ' ', blanks);
	put(sink, prefix, prefix_len);
	pad(sink, '0', zeros);
	put(sink, body, n);
	if (sp->left)
		pad(sink, ' ', blanks);
}

/* Write value's digits so that they end at end. Returns where they begin. */
static char *digits(char *end, uint64_t value, unsigned int base, int upper)
{
	const char *set = upper ? "0123456789ABCDEF" : "0123456789abcdef";

	do {
		*--end = set[value % base];
		value /= base;
	} while (value);
	return end;
}

static const char *sign_of(const struct spec *sp, int negative)
{
	return negative ? "-" : sp->plus ? "+" : sp->space ? " " : "";
}

static void put_integer(struct __sink *sink, struct spec *sp, uint64_t value)
{
	char buf[24], *end = buf + sizeof(buf), *start;
	const char *prefix = "";
	unsigned int base = 10;

	if (sp->letter == 'd' || sp->letter == 'i') {
		int negative = (int64_t)value < 0;

		prefix = sign_of(sp, negative);
		value = negative ? -value : value;
	} else if (sp->letter == 'o') {
		base = 8;
		prefix = sp->alt && value ? "0" : "";
	} else if (sp->letter != 'u') {
		base = 16;
		if (sp->letter == 'p' || (sp->alt && value))
			prefix = sp->letter == 'X' ? "0X" : "0x";
	}
	start = digits(end, value, base, sp->letter == 'X');
	if (sp->precision == 0 && value == 0)
		start = end;
	if (sp->precision >= 0)
		sp->zero = 0;
	put_field(sink, sp, prefix, start, end - start);
}

/* The digits of a non-negative number, rounded to precision places. */
static int format_fixed(char *buf, double value, int precision)
{
	char *p = buf, *first;
	double power = 1, half = 0.5;
	int places = 1;

	for (int i = 0; i < precision; i++)
		half /= 10;
	value += half;
	for (; value / power >= 10; places++)
		power *= 10;
	if (value < 1e18) {
		first = digits(buf + 24, (uint64_t)value, 10, 0);
		places = buf + 24 - first;
		memmove(buf, first, places);
		p += places;
		value -= (double)(uint64_t)value;
	} else {
		for (; places > 0; places--, power /= 10) {
			int d = (int)(value / power);

			d = d > 9 ? 9 : d;
			value -= d * power;
			*p++ = '0' + d;
		}
		value = 0;
	}
	if (precision)
		*p++ = '.';
	while (precision-- > 0) {
		int d = (int)(value *= 10);

		d = d > 9 ? 9 : d;
		value -= d;
		*p++ = '0' + d;
	}
	return p - buf;
}

static void put_double(struct __sink *sink, struct spec *sp, double value)
{
	char buf[NUMBER_MAX];
	int negative = __builtin_signbit(value);
	int n;

	if (__builtin_isnan(value) || __builtin_isinf(value)) {
		sp->zero = 0;
		put_field(sink, sp, sign_of(sp, negative),
			  __builtin_isnan(value) ? "nan" : "inf", 3);
		return;
	}
	if (sp->precision < 0)
		sp->precision = 6;
	if (sp->precision > 60)
		sp->precision = 60;
	n = format_fixed(buf, negative ? -value : value, sp->precision);
	put_field(sink, sp, sign_of(sp, negative), buf, n);
}

static void put_string(struct __sink *sink, struct spec *sp, const char *s)
{
	if (!s)
		s = "(null)";
	sp->zero = 0;
	put_field(sink, sp, "", s, sp->precision < 0 ? strlen(s) : strnlen(s, sp->precision));
}

static const char *parse_flags(const char *fmt, struct spec *sp)
{
	for (;; fmt++) {
		if (*fmt == '-')
			sp->left = 1;
		else if (*fmt == '+')
			sp->plus = 1;
		else if (*fmt == ' ')
			sp->space = 1;
		else if (*fmt == '0')
			sp->zero = 1;
		else if (*fmt == '#')
			sp->alt = 1;
		else
			return fmt;
	}
}

static const char *parse_length(const char *fmt, struct spec *sp)
{
	sp->size = sizeof(int);
	for (;; fmt++) {
		if (*fmt == 'h')
			sp->size /= 2;
		else if (*fmt && strchr("lzjtL", *fmt))
			sp->size = sizeof(long);
		else
			return fmt;
	}
}

/* A number in the format, or an argument for '*'. */
static const char *parse_count(const char *fmt, int *count, va_list *ap)
{
	if (*fmt == '*') {
		*count = va_arg(*ap, int);
		return fmt + 1;
	}
	for (*count = 0; isdigit(*fmt); fmt++)
		*count = *count * 10 + (*fmt - '0');
	return fmt;
}

static const char *parse_spec(const char *fmt, struct spec *sp, va_list *ap)
{
	*sp = (struct spec){ .precision = -1 };
	fmt = parse_flags(fmt, sp);
	fmt = parse_count(fmt, &sp->width, ap);
	if (sp->width < 0) {
		sp->left = 1;
		sp->width = -sp->width;
	}
	if (*fmt == '.')
		fmt = parse_count(fmt + 1, &sp->precision, ap);
	fmt = parse_length(fmt, sp);
	sp->letter = *fmt;
	return *fmt ? fmt + 1 : fmt;
}

/* Fetch an integer argument of the given width, extended as its type says. */
static uint64_t integer_argument(const struct spec *sp, va_list *ap)
{
	int is_signed = sp->letter == 'd' || sp->letter == 'i';
	uint64_t value;
	int shift = 64 - 8 * sp->size;

	if (sp->size == sizeof(long))
		return va_arg(*ap, unsigned long);
	value = (uint64_t)va_arg(*ap, int) << shift;
	return is_signed ? (uint64_t)((int64_t)value >> shift) : value >> shift;
}

static void convert(struct __sink *sink, struct spec *sp, va_list *ap)
{
	char c;

	switch (sp->letter) {
	case 'd': case 'i': case 'u': case 'o': case 'x': case 'X':
		put_integer(sink, sp, integer_argument(sp, ap));
		break;
	case 'p':
		put_integer(sink, sp, (uintptr_t)va_arg(*ap, void *));
		break;
	case 's':
		put_string(sink, sp, va_arg(*ap, const char *));
		break;
	case 'm':
		put_string(sink, sp, strerror(errno));
		break;
	case 'c':
		c = va_arg(*ap, int);
		sp->zero = 0;
		put_field(sink, sp, "", &c, 1);
		break;
	case 'f': case 'F': case 'e': case 'E': case 'g': case 'G':
		put_double(sink, sp, va_arg(*ap, double));
		break;
	case 'n':
		*va_arg(*ap, int *) = sink->total;
		break;
	default:		/* "%%", and anything unknown as it stands */
		put(sink, &sp->letter, sp->letter != 0);
	}
}

int __format(struct __sink *sink, const char *fmt, va_list ap)
{
	struct spec sp;
	va_list args;

	va_copy(args, ap);
	sink->total = 0;
	while (*fmt) {
		const char *percent = strchrnul(fmt, '%');

		put(sink, fmt, percent - fmt);
		fmt = percent;
		if (*fmt) {
			fmt = parse_spec(fmt + 1, &sp, &args);
			convert(sink, &sp, &args);
		}
	}
	va_end(args);
	if (sink->total > INT_MAX) {
		errno = EOVERFLOW;
		return -1;
	}
	return sink->total;
}
