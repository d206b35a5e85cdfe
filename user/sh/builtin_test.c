/* SPDX-License-Identifier: MIT */
/*
 * user/sh/builtin_test.c: test and [.
 *
 * Recursive descent: or, and, not, primary. With up to four arguments POSIX says
 * what each must mean; descending gives the same answers if an operator between
 * two words is looked for before anything else.
 *
 * Linux: none (POSIX test). Differs: -
 */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "sh.h"

struct test {
	char **arg;		/* what is left */
	int nr;
	int failed;
};

static int parse_or(struct test *t);

static int is(const struct test *t, int i, const char *text)
{
	return i < t->nr && strcmp(t->arg[i], text) == 0;
}

static void take(struct test *t, int nr)
{
	t->arg += nr;
	t->nr -= nr;
}

static long number(struct test *t, const char *s)
{
	char *end;
	long n = strtol(s, &end, 10);

	if (*end || end == s) {
		complain("test: %s: not a number", s);
		t->failed = 1;
	}
	return n;
}

static int newer(const char *a, const char *b)
{
	struct stat x, y;

	if (stat(a, &x) < 0)
		return 0;
	if (stat(b, &y) < 0)
		return 1;
	if (x.st_mtim.tv_sec != y.st_mtim.tv_sec)
		return x.st_mtim.tv_sec > y.st_mtim.tv_sec;
	return x.st_mtim.tv_nsec > y.st_mtim.tv_nsec;
}

static int same_file(const char *a, const char *b)
{
	struct stat x, y;

	return stat(a, &x) == 0 && stat(b, &y) == 0 && x.st_dev == y.st_dev &&
	       x.st_ino == y.st_ino;
}

static int is_binary(const char *op)
{
	static const char *const ops[] = { "=", "==", "!=", "<", ">", "-eq", "-ne", "-lt",
					   "-le", "-gt", "-ge", "-nt", "-ot", "-ef" };

	for (size_t i = 0; i < sizeof(ops) / sizeof(ops[0]); i++) {
		if (strcmp(op, ops[i]) == 0)
			return 1;
	}
	return 0;
}

static int compare_numbers(struct test *t, const char *a, const char *op, const char *b)
{
	long x = number(t, a), y = number(t, b);

	if (strcmp(op, "-eq") == 0)
		return x == y;
	if (strcmp(op, "-ne") == 0)
		return x != y;
	if (strcmp(op, "-lt") == 0)
		return x < y;
	if (strcmp(op, "-le") == 0)
		return x <= y;
	return strcmp(op, "-gt") == 0 ? x > y : x >= y;
}

static int binary(struct test *t, const char *a, const char *op, const char *b)
{
	if (*op == '=')
		return strcmp(a, b) == 0;
	if (*op == '!')
		return strcmp(a, b) != 0;
	if (*op == '<' || *op == '>')
		return *op == '<' ? strcmp(a, b) < 0 : strcmp(a, b) > 0;
	if (strcmp(op, "-nt") == 0)
		return newer(a, b);
	if (strcmp(op, "-ot") == 0)
		return newer(b, a);
	if (strcmp(op, "-ef") == 0)
		return same_file(a, b);
	return compare_numbers(t, a, op, b);
}

static int file_kind(char op, const char *path)
{
	struct stat st;

	if ((op == 'h' || op == 'L' ? lstat : stat)(path, &st) < 0)
		return 0;
	switch (op) {
	case 'b': return S_ISBLK(st.st_mode);
	case 'c': return S_ISCHR(st.st_mode);
	case 'd': return S_ISDIR(st.st_mode);
	case 'f': return S_ISREG(st.st_mode);
	case 'h': case 'L': return S_ISLNK(st.st_mode);
	case 'p': return S_ISFIFO(st.st_mode);
	case 'S': return S_ISSOCK(st.st_mode);
	case 's': return st.st_size > 0;
	case 'u': return !!(st.st_mode & S_ISUID);
	case 'g': return !!(st.st_mode & S_ISGID);
	}
	return 1;	/* -e */
}

static int unary(struct test *t, char op, const char *arg)
{
	switch (op) {
	case 'n':
		return *arg != 0;
	case 'z':
		return *arg == 0;
	case 't':
		return isatty(number(t, arg));
	case 'r':
		return access(arg, R_OK) == 0;
	case 'w':
		return access(arg, W_OK) == 0;
	case 'x':
		return access(arg, X_OK) == 0;
	default:
		return file_kind(op, arg);
	}
}

static int primary(struct test *t)
{
	char **a = t->arg;
	int result;

	if (t->nr >= 3 && is_binary(a[1])) {
		take(t, 3);
		return binary(t, a[0], a[1], a[2]);
	}
	if (is(t, 0, "!") && t->nr > 1) {
		take(t, 1);
		return !primary(t);
	}
	if (is(t, 0, "(") && t->nr > 2) {
		take(t, 1);
		result = parse_or(t);
		if (is(t, 0, ")"))
			take(t, 1);
		else
			t->failed = 1;
		return result;
	}
	if (t->nr >= 2 && a[0][0] == '-' && a[0][1] && !a[0][2] &&
	    strchr("bcdefghLnprSstuwxz", a[0][1])) {
		take(t, 2);
		return unary(t, a[0][1], a[1]);
	}
	if (t->nr < 1) {
		t->failed = 1;
		return 0;
	}
	take(t, 1);
	return a[0][0] != 0;
}

static int parse_and(struct test *t)
{
	int result = primary(t);

	while (is(t, 0, "-a")) {
		take(t, 1);
		result &= primary(t);
	}
	return result;
}

static int parse_or(struct test *t)
{
	int result = parse_and(t);

	while (is(t, 0, "-o")) {
		take(t, 1);
		result |= parse_and(t);
	}
	return result;
}

int do_test(int argc, char **argv)
{
	struct test t = { .arg = argv + 1, .nr = argc - 1 };
	int result;

	if (strcmp(argv[0], "[") == 0) {
		if (!is(&t, t.nr - 1, "]")) {
			complain("[: `]' is missing");
			return 2;
		}
		t.nr--;
	}
	if (t.nr == 0)
		return 1;
	result = parse_or(&t);
	if (t.nr > 0 && !t.failed)
		complain("%s: %s: unexpected", argv[0], t.arg[0]);
	return t.failed || t.nr > 0 ? 2 : !result;
}
