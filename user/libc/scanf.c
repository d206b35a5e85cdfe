/* SPDX-License-Identifier: MIT */
/*
 * user/libc/scanf.c: sscanf(), for lines of /proc and the like.
 *
 * To parse a stream, read a line and scan that: a half-matched stream is in a
 * state nobody can reason about.
 *
 * Linux: none (C11 7.21.6.2). Differs: strings only, no floating point.
 */
#include <ctype.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct scan {
	const char *s;		/* input not yet consumed */
	int skip;		/* %*: match, but store nothing */
	int width;		/* most characters to take */
	int size;		/* bytes of an integer target */
};

static void store(void *target, unsigned long value, int size)
{
	switch (size) {
	case 1:
		*(unsigned char *)target = value;
		break;
	case 2:
		*(unsigned short *)target = value;
		break;
	case 4:
		*(unsigned int *)target = value;
		break;
	default:
		*(unsigned long *)target = value;
	}
}

/* Convert one integer. Returns whether there was one. */
static int scan_integer(struct scan *sc, char letter, va_list *ap)
{
	int base = letter == 'i' ? 0 : letter == 'o' ? 8 : strchr("xXp", letter) ? 16 : 10;
	char digits[72], *end;
	unsigned long value;
	size_t n;

	sc->s += strspn(sc->s, " \t\n\v\f\r");
	n = sc->width < 71 ? sc->width : 71;
	n = strnlen(sc->s, n);
	memcpy(digits, sc->s, n);
	digits[n] = 0;
	value = letter == 'd' ? (unsigned long)strtol(digits, &end, base)
			      : strtoul(digits, &end, base);
	if (end == digits)
		return 0;
	sc->s += end - digits;
	if (!sc->skip)
		store(va_arg(*ap, void *), value, letter == 'p' ? 8 : sc->size);
	return 1;
}

/* Take n characters as text; with_nul adds the terminator. */
static int take(struct scan *sc, size_t n, int with_nul, va_list *ap)
{
	if (n == 0)
		return 0;
	if (!sc->skip) {
		char *out = va_arg(*ap, char *);

		memcpy(out, sc->s, n);
		if (with_nul)
			out[n] = 0;
	}
	sc->s += n;
	return 1;
}

static size_t word_length(const struct scan *sc)
{
	size_t n = 0;

	while (n < (size_t)sc->width && sc->s[n] && !isspace(sc->s[n]))
		n++;
	return n;
}

/* Is c in the set that begins after '['? *fmt moves behind the ']'. */
static size_t set_length(const struct scan *sc, const char **fmt)
{
	const char *set = *fmt, *end;
	int invert = *set == '^';
	size_t n;

	set += invert;
	end = strchrnul(set + (*set == ']'), ']');
	*fmt = *end ? end + 1 : end;
	for (n = 0; n < (size_t)sc->width && sc->s[n]; n++) {
		int in = 0;

		for (const char *p = set; p < end && !in; p++) {
			if (p[1] == '-' && p + 2 < end) {
				in = sc->s[n] >= p[0] && sc->s[n] <= p[2];
				p += 2;
			} else {
				in = sc->s[n] == *p;
			}
		}
		if (in == invert)
			break;
	}
	return n;
}

static const char *parse_options(const char *fmt, struct scan *sc)
{
	sc->skip = *fmt == '*';
	fmt += sc->skip;
	sc->width = 0;
	for (; isdigit(*fmt); fmt++)
		sc->width = sc->width * 10 + (*fmt - '0');
	if (!sc->width)
		sc->width = INT_MAX;
	sc->size = sizeof(int);
	for (; *fmt && strchr("hlzjt", *fmt); fmt++)
		sc->size = *fmt == 'h' ? sc->size / 2 : (int)sizeof(long);
	return fmt;
}

/* One conversion. Returns 1 if it matched and stored, 2 if it only matched, else 0. */
static int scan_one(struct scan *sc, const char **fmt, va_list *ap)
{
	char letter = *(*fmt)++;
	int matched;
	size_t n;

	switch (letter) {
	case 'd': case 'u': case 'i': case 'o': case 'x': case 'X': case 'p':
		matched = scan_integer(sc, letter, ap);
		break;
	case 's':
		sc->s += strspn(sc->s, " \t\n\v\f\r");
		matched = take(sc, word_length(sc), 1, ap);
		break;
	case 'c':
		n = sc->width == INT_MAX ? 1 : sc->width;
		matched = strnlen(sc->s, n) == n && take(sc, n, 0, ap);
		break;
	case '[':
		n = set_length(sc, fmt);
		matched = take(sc, n, 1, ap);
		break;
	default:
		matched = *sc->s == letter;
		sc->s += matched;
		return matched ? 2 : 0;
	}
	return !matched ? 0 : sc->skip ? 2 : 1;
}

int vsscanf(const char *restrict s, const char *fmt, va_list ap)
{
	struct scan sc = { .s = s };
	int stored = 0, result = 1;
	va_list args;

	va_copy(args, ap);
	while (*fmt && result) {
		if (isspace(*fmt)) {
			sc.s += strspn(sc.s, " \t\n\v\f\r");
			fmt++;
		} else if (*fmt != '%') {
			result = *sc.s == *fmt++;
			sc.s += result;
		} else {
			fmt = parse_options(fmt + 1, &sc);
			if (*fmt == 'n') {
				store(va_arg(args, void *), sc.s - s, sc.size);
				fmt++;
				continue;
			}
			if (!*sc.s && !stored)
				stored = EOF;	/* the input ended before anything matched */
			result = *sc.s ? scan_one(&sc, &fmt, &args) : 0;
			stored += result == 1;
		}
	}
	va_end(args);
	return stored;
}

int sscanf(const char *restrict s, const char *restrict fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsscanf(s, fmt, ap);
	va_end(ap);
	return n;
}
