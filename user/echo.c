/* SPDX-License-Identifier: MIT */
/*
 * echo - print the arguments with spaces between them and a newline behind.
 *
 * -n leaves the newline out, -e understands \n \t \r \\ \e \0NNN \xNN. The line goes out in one
 * write(2), so that a number echoed into a /proc/sys file arrives whole.
 *
 * Linux: coreutils echo. Differs: fewer escapes.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "user/util.h"

/* Up to `max` digits of a base; moves *at behind them. */
static int number(const char **at, int base, int max)
{
	static const char digits[] = "0123456789abcdef";
	int value = 0;

	for (; max && **at; max--, (*at)++) {
		int c = **at >= 'A' && **at <= 'F' ? **at + 32 : **at;
		const char *digit = strchr(digits, c);

		if (!digit || digit - digits >= base)
			break;
		value = value * base + (digit - digits);
	}
	return value;
}

static void print_escaped(const char *s)
{
	static const char names[] = "abefnrtv\\";
	static const char values[] = "\a\b\033\f\n\r\t\v\\";

	while (*s) {
		const char *name;
		int c = *s++;

		if (c == '\\' && *s) {
			name = strchr(names, *s);
			if (name) {
				c = values[name - names];
				s++;
			} else if (*s == '0') {
				s++;
				c = number(&s, 8, 3);
			} else if (*s == 'x') {
				s++;
				c = number(&s, 16, 2);
			}
		}
		putchar(c);
	}
}

int main(int argc, char **argv)
{
	int newline = 1;
	int escapes = 0;
	int i = 1;

	if (argc == 2)
		prog_init(argc, argv, "echo [-n] [-e] [TEXT]...\nPrint the arguments.");
	for (; i < argc && argv[i][0] == '-' && argv[i][1]; i++) {
		if (strspn(argv[i] + 1, "neE") != strlen(argv[i] + 1))
			break;
		newline &= !strchr(argv[i], 'n');
		escapes |= !!strchr(argv[i], 'e');
	}
	for (int first = i; i < argc; i++) {
		if (i > first)
			putchar(' ');
		if (escapes)
			print_escaped(argv[i]);
		else
			fputs(argv[i], stdout);
	}
	if (newline)
		putchar('\n');
	return fflush(stdout) ? 1 : 0;
}
