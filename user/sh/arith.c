/* SPDX-License-Identifier: MIT */
/*
 * user/sh/arith.c: $(( ... )): C's integer expressions on 64 bits.
 *
 * One table of binary operators with their precedence, and a loop that climbs
 * it. What is not to be computed (the other side of && || ?:) is parsed with
 * skip set, so that it assigns nothing and may divide by zero.
 *
 * Linux: none (POSIX sh 2.6.4). Differs: no ++ and --.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include "sh.h"

struct arith {
	const char *s;		/* what is left */
	const char *all;	/* for messages */
	int skip;		/* >0: parse only */
};

static const struct {
	const char *text;
	int level;		/* higher binds tighter */
} operators[] = {
	/* longer ones first, where one begins another */
	{ "||", 1 }, { "&&", 2 }, { "==", 6 }, { "!=", 6 }, { "<=", 7 }, { ">=", 7 },
	{ "<<", 8 }, { ">>", 8 }, { "|", 3 }, { "^", 4 }, { "&", 5 }, { "<", 7 },
	{ ">", 7 }, { "+", 9 }, { "-", 9 }, { "*", 10 }, { "/", 10 }, { "%", 10 },
};

#define NR_OPERATORS (int)(sizeof(operators) / sizeof(operators[0]))

static long expression(struct arith *a);

static void fail(struct arith *a, const char *why)
{
	shell_error(2, "$((%s)): %s", a->all, why);
}

static void blanks(struct arith *a)
{
	a->s += strspn(a->s, " \t\n");
}

static int take(struct arith *a, const char *text)
{
	blanks(a);
	if (strncmp(a->s, text, strlen(text)) != 0)
		return 0;
	a->s += strlen(text);
	return 1;
}

static long apply(struct arith *a, const char *op, long x, long y)
{
	if ((*op == '/' || *op == '%') && y == 0) {
		if (!a->skip)
			fail(a, "division by zero");
		return 0;
	}
	if ((*op == '/' || *op == '%') && y == -1)
		return *op == '/' ? (long)-(unsigned long)x : 0;
	switch (*op) {
	case '+': return (unsigned long)x + y;
	case '-': return (unsigned long)x - y;
	case '*': return (unsigned long)x * y;
	case '/': return x / y;
	case '%': return x % y;
	case '^': return x ^ y;
	case '=': return x == y;
	case '!': return x != y;
	case '&': return x & y;
	case '|': return x | y;
	}
	if (strcmp(op, "<<") == 0)
		return (unsigned long)x << (y & 63);
	if (strcmp(op, ">>") == 0)
		return x >> (y & 63);
	if (*op == '<')
		return op[1] ? x <= y : x < y;
	return op[1] ? x >= y : x > y;
}

static long variable_value(struct arith *a, const char *name)
{
	const char *value = var_get(name);
	char *end;
	long n;

	if (!value || !*value)
		return 0;
	n = strtol(value, &end, 0);
	if (*end && !a->skip)
		fail(a, "a variable is not a number");
	return n;
}

/* Is the text an assignment operator? Returns its length, without the = in *op. */
static size_t assignment(const char *s, char *op)
{
	static const char *const forms[] = { "<<=", ">>=", "+=", "-=", "*=", "/=", "%=",
					     "&=", "|=", "^=" };

	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		size_t n = strlen(forms[i]);

		if (strncmp(s, forms[i], n) == 0) {
			memcpy(op, forms[i], n - 1);
			op[n - 1] = 0;
			return n;
		}
	}
	*op = 0;
	return *s == '=' && s[1] != '=' ? 1 : 0;
}

static long variable(struct arith *a)
{
	size_t n = 0;
	char *name, op[4];
	long value;

	while (isalnum(a->s[n]) || a->s[n] == '_')
		n++;
	name = tmp_strndup(a->s, n);
	a->s += n;
	blanks(a);
	n = assignment(a->s, op);
	if (!n)
		return variable_value(a, name);
	a->s += n;
	value = expression(a);
	if (*op)
		value = apply(a, op, variable_value(a, name), value);
	if (!a->skip)
		var_set(name, tmp_printf("%ld", value));
	return value;
}

static long primary(struct arith *a)
{
	char *end;
	long value;

	blanks(a);
	if (take(a, "(")) {
		value = expression(a);
		if (!take(a, ")"))
			fail(a, "`)' expected");
		return value;
	}
	if (take(a, "!"))
		return !primary(a);
	if (take(a, "~"))
		return ~primary(a);
	if (take(a, "-"))
		return -(unsigned long)primary(a);
	if (take(a, "+"))
		return primary(a);
	if (isalpha(*a->s) || *a->s == '_')
		return variable(a);
	value = strtol(a->s, &end, 0);
	if (end == a->s)
		fail(a, "a number is missing");
	a->s = end;
	return value;
}

/* The operator that comes next, if it binds at least as tight as level; or -1. */
static int next_operator(struct arith *a, int level)
{
	blanks(a);
	for (int i = 0; i < NR_OPERATORS; i++) {
		size_t n = strlen(operators[i].text);

		if (strncmp(a->s, operators[i].text, n) == 0)
			return operators[i].level >= level ? i : -1;
	}
	return -1;
}

static long binary(struct arith *a, int level)
{
	long left = primary(a), right;
	int i;

	while ((i = next_operator(a, level)) >= 0) {
		const char *op = operators[i].text;
		int is_and = strcmp(op, "&&") == 0, is_or = strcmp(op, "||") == 0;
		int skip = (is_and && !left) || (is_or && left);

		a->s += strlen(op);
		a->skip += skip;
		right = binary(a, operators[i].level + 1);
		a->skip -= skip;
		if (is_and)
			left = left && right;
		else if (is_or)
			left = left || right;
		else
			left = apply(a, op, left, right);
	}
	return left;
}

/* condition ? a : b, and everything that binds tighter. */
static long expression(struct arith *a)
{
	long cond = binary(a, 1), yes, no;

	if (!take(a, "?"))
		return cond;
	a->skip += !cond;
	yes = expression(a);
	a->skip -= !cond;
	if (!take(a, ":"))
		fail(a, "`:' expected");
	a->skip += !!cond;
	no = expression(a);
	a->skip -= !!cond;
	return cond ? yes : no;
}

long arith(const char *text)
{
	struct arith a = { .s = text, .all = text };
	long value;

	blanks(&a);
	if (!*a.s)
		return 0;
	value = expression(&a);
	blanks(&a);
	if (*a.s)
		fail(&a, "this is no expression");
	return value;
}
