/* SPDX-License-Identifier: MIT */
/*
 * user/sh/builtin_text.c: echo and printf.
 *
 * Linux: none (POSIX echo, printf). Differs: echo takes -n and -e.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "sh.h"

/* A number of up to max digits in this base; *s is moved behind it. */
static int escape_number(const char **s, int base, int max)
{
	char digits[4] = "";
	char *end;
	int value;

	for (int i = 0; i < max && (*s)[i]; i++)
		digits[i] = (*s)[i];
	value = strtol(digits, &end, base);
	*s += end - digits;
	return value;
}

/*
 * Print s with its backslash escapes. \0ooo is echo's and %b's form, \ooo that
 * of a printf format. => 0 after \c, which ends all output.
 */
static int put_escaped(const char *s, size_t n, int zero_form)
{
	const char *end = s + n;

	while (s < end) {
		static const char names[] = "abefnrtv\\", values[] = "\a\b\033\f\n\r\t\v\\";
		const char *known;
		char c = *s++;

		if (c != '\\' || s == end) {
			out_bytes(&c, 1);
			continue;
		}
		known = strchr(names, *s);
		if (*s == 'c') {
			return 0;
		} else if (*s == 'x') {
			s++;
			c = escape_number(&s, 16, 2);
		} else if (*s >= '0' && *s <= '7') {
			s += zero_form && *s == '0';
			c = escape_number(&s, 8, 3);
		} else if (known) {
			c = values[known - names];
			s++;
		} else {
			out_bytes("\\", 1);
			c = *s++;
		}
		out_bytes(&c, 1);
	}
	return 1;
}

int do_echo(int argc, char **argv)
{
	int newline = 1, escapes = 0, i = 1;

	for (; i < argc && argv[i][0] == '-' && argv[i][1] &&
	       strspn(argv[i] + 1, "neE") == strlen(argv[i] + 1); i++) {
		newline &= !strchr(argv[i], 'n');
		escapes |= !!strchr(argv[i], 'e');
	}
	for (int first = i; i < argc; i++) {
		if (i > first)
			out_bytes(" ", 1);
		if (!escapes)
			out_bytes(argv[i], strlen(argv[i]));
		else if (!put_escaped(argv[i], strlen(argv[i]), 1))
			return 0;
	}
	if (newline)
		out_bytes("\n", 1);
	return 0;
}

/* The arguments of printf, taken one after the other. */
struct printf_args {
	int argc;
	char **argv;
	int next;
	int failed;
};

static const char *next_arg(struct printf_args *a)
{
	return a->next < a->argc ? a->argv[a->next++] : "";
}

/* A number: C's notation, or a quote and the character whose code is meant. */
static long next_number(struct printf_args *a)
{
	const char *s = next_arg(a);
	char *end;
	long value;

	if (*s == '\'' || *s == '"')
		return (unsigned char)s[1];
	value = strtol(s, &end, 0);
	if (*end) {
		complain("printf: %s: not a number", s);
		a->failed = 1;
	}
	return value;
}

/* One conversion; fmt is at the %. => where the format goes on, NULL to stop. */
static const char *convert(struct printf_args *a, const char *fmt)
{
	size_t n = 1 + strspn(fmt + 1, "-+ 0#");
	char spec[40] = "%";
	int width = -1, precision = -1;
	char letter;

	memcpy(spec, fmt, n < 8 ? n : 8);
	fmt += n;
	if (*fmt == '*') {
		width = next_number(a);
		fmt++;
	} else {
		width = strtol(fmt, (char **)&fmt, 10);
	}
	if (*fmt == '.')
		precision = strtol(fmt + 1, (char **)&fmt, 10);
	letter = *fmt;
	if (!letter)
		return fmt;
	if (strchr("diouxX", letter)) {
		sprintf(spec + strlen(spec), "*.*l%c", letter);
		outf(spec, width, precision, next_number(a));
	} else if (letter == 's') {
		strcat(spec, "*.*s");
		outf(spec, width, precision, next_arg(a));
	} else if (letter == 'c') {
		outf("%*.1s", width, next_arg(a));
	} else if (letter == 'b') {
		const char *s = next_arg(a);

		if (!put_escaped(s, strlen(s), 1))
			return NULL;
	} else if (letter == '%') {
		out_bytes("%", 1);
	} else {
		complain("printf: %%%c: no such conversion", letter);
		a->failed = 1;
		return NULL;
	}
	return fmt + 1;
}

/* The format once through. => 0 to stop. */
static int print_once(struct printf_args *a, const char *fmt)
{
	while (*fmt) {
		size_t n = strcspn(fmt, "%");

		if (!put_escaped(fmt, n, 0))
			return 0;
		fmt += n;
		if (*fmt)
			fmt = convert(a, fmt);
		if (!fmt)
			return 0;
	}
	return 1;
}

int do_printf(int argc, char **argv)
{
	struct printf_args a = { .argc = argc, .argv = argv, .next = 2 };
	int before;

	if (argc < 2) {
		complain("printf: a format is missing");
		return 2;
	}
	/* The format is used again as long as it takes arguments that are left. */
	do {
		before = a.next;
		if (!print_once(&a, argv[1]))
			break;
	} while (a.next < argc && a.next > before);
	return a.failed;
}
