/* SPDX-License-Identifier: MIT */
/*
 * user/sh/word.c: where a word, a quote or a $-expression ends.
 *
 * The same code serves twice: the lexer runs it over the input to find the end
 * of a word, and the expansion runs it over the word to find the end of each
 * part. $( ... ) may hold any commands, with quotes, comments and `case` patterns
 * full of parentheses; so its end is found by parsing them.
 *
 * Linux: none (POSIX sh 2.2 Quoting, 2.6 Word Expansions). Differs: -
 */
#include <ctype.h>
#include <string.h>
#include "sh.h"

static int unterminated(struct parser *p, const char *what)
{
	syntax_error(p, "unterminated %s", what);
	return -1;
}

int skip_single(struct parser *p)
{
	int c;

	nextc(p->src);
	do {
		c = nextc(p->src);
		if (c < 0)
			return unterminated(p, "' quote");
	} while (c != '\'');
	return 0;
}

/* The character after a backslash, whatever it is. */
static void skip_escape(struct parser *p)
{
	nextc(p->src);
	nextc(p->src);
}

int skip_backquote(struct parser *p)
{
	nextc(p->src);
	for (;;) {
		int c = peekc(p->src);

		if (c < 0)
			return unterminated(p, "` substitution");
		if (c == '\\') {
			skip_escape(p);
			continue;
		}
		nextc(p->src);
		if (c == '`')
			return 0;
	}
}

/* One character, or the construct it begins; quotes only outside of "...". */
static int skip_one(struct parser *p, int in_double)
{
	switch (peekc(p->src)) {
	case '\\':
		skip_escape(p);
		return 0;
	case '$':
		return skip_dollar(p, in_double);
	case '`':
		return skip_backquote(p);
	case '\'':
		if (!in_double)
			return skip_single(p);
		break;
	case '"':
		return skip_double(p);
	}
	nextc(p->src);
	return 0;
}

int skip_double(struct parser *p)
{
	nextc(p->src);
	while (peekc(p->src) != '"') {
		if (peekc(p->src) < 0)
			return unterminated(p, "\" quote");
		if (skip_one(p, 1) < 0)
			return -1;
	}
	nextc(p->src);
	return 0;
}

/* $(( ... )): to the parenthesis that closes both. */
static int skip_arithmetic(struct parser *p)
{
	int depth = 2;

	while (depth > 0) {
		int c = peekc(p->src);

		if (c < 0)
			return unterminated(p, "$(( expression");
		depth += (c == '(') - (c == ')');
		if (skip_one(p, 1) < 0)
			return -1;
	}
	return 0;
}

/* $( ... ): parse the commands and throw them away. */
static int skip_commands(struct parser *p)
{
	struct parser sub = { .src = p->src, .arena = p->arena };

	parse_list(&sub);
	if (!sub.failed && peek_token(&sub) != T_RPAREN)
		unterminated(&sub, "$( substitution");
	p->failed |= sub.failed;
	return p->failed ? -1 : 0;
}

static int skip_braces(struct parser *p, int in_double)
{
	while (peekc(p->src) != '}') {
		if (peekc(p->src) < 0)
			return unterminated(p, "${ expansion");
		if (skip_one(p, in_double) < 0)
			return -1;
	}
	nextc(p->src);
	return 0;
}

int skip_dollar(struct parser *p, int in_double)
{
	struct source *src = p->src;

	nextc(src);
	if (peekc(src) == '{') {
		nextc(src);
		return skip_braces(p, in_double);
	}
	if (peekc(src) == '(') {
		nextc(src);
		if (peekc(src) != '(')
			return skip_commands(p);
		nextc(src);
		return skip_arithmetic(p);
	}
	if (isalpha(peekc(src)) || peekc(src) == '_') {
		while (isalnum(peekc(src)) || peekc(src) == '_')
			nextc(src);
	} else if (peekc(src) > 0 && strchr("0123456789@*#?-$!", peekc(src))) {
		nextc(src);
	}
	return 0;
}

int skip_word(struct parser *p)
{
	for (;;) {
		int c = peekc(p->src);

		if (c < 0 || strchr(" \t\n;&|<>()", c))
			return 0;
		if (skip_one(p, 0) < 0)
			return -1;
	}
}
