/* SPDX-License-Identifier: MIT */
/*
 * user/sh/param.c: $name, ${name}, and the forms ${name OPERATOR word}.
 *
 *	${x:-w} ${x:=w} ${x:?w} ${x:+w}   (without colon: only if unset)
 *	${#x}   ${x%p} ${x%%p} ${x#p} ${x##p}
 *
 * "$@" is the one expansion that yields several fields from inside quotes: a
 * M_BREAK between the parameters says so.
 *
 * Linux: none (POSIX sh 2.6.2). Differs: -
 */
#include <ctype.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "sh.h"

/* One ${...}, taken apart. */
struct param {
	const char *name;
	size_t name_len;
	int colon;
	char op;		/* 0: plain. - = ? + % # */
	int twice;		/* %% or ## */
	const char *word;
	size_t word_len;
};

static const char *option_letters(void)
{
	return tmp_printf("%s%s%s%s%s", sh.opt_e ? "e" : "", sh.opt_f ? "f" : "",
			  sh.opt_u ? "u" : "", sh.opt_x ? "x" : "",
			  sh.interactive ? "im" : "");
}

static const char *special_value(char c)
{
	switch (c) {
	case '?':
		return tmp_printf("%d", sh.status);
	case '$':
		return tmp_printf("%d", sh.pid);
	case '!':
		return sh.last_bg ? tmp_printf("%d", sh.last_bg) : NULL;
	case '#':
		return tmp_printf("%d", sh.params.nr);
	case '-':
		return option_letters();
	case '0':
		return sh.name;
	}
	return NULL;
}

/* All parameters in one string, for $* and for tests of $@. */
static const char *joined(const char *separator)
{
	const char *s = "";

	for (int i = 0; i < sh.params.nr; i++)
		s = tmp_printf("%s%s%s", s, i ? separator : "", sh.params.v[i]);
	return sh.params.nr ? s : NULL;
}

const char *param_value(const char *name, size_t len)
{
	if (isdigit(*name) && *name != '0') {
		int n = atoi(tmp_strndup(name, len));

		return n <= sh.params.nr ? sh.params.v[n - 1] : NULL;
	}
	if (len == 1 && (*name == '@' || *name == '*')) {
		const char *ifs = var_get("IFS");

		return joined(*name == '@' || !ifs ? " " : tmp_strndup(ifs, *ifs != 0));
	}
	if (len == 1 && strchr("?$!#-0", *name))
		return special_value(*name);
	return var_get(tmp_strndup(name, len));
}

/* $@ and $*: one field a parameter; "$*" is one field in all. */
static void add_all(struct marked *out, char which, int flags)
{
	int quoted = flags & (X_DQUOTE | X_HEREDOC);

	if (quoted && which == '*') {
		const char *all = param_value("*", 1);

		marked_add(out, all ? all : "", all ? strlen(all) : 0, M_QUOTED);
		return;
	}
	for (int i = 0; i < sh.params.nr; i++) {
		const char *s = sh.params.v[i];

		if (i)
			marked_add(out, " ", 1, M_BREAK);
		marked_add(out, s, strlen(s), quoted ? M_QUOTED : M_SPLIT);
		if (quoted && !*s)
			marked_add(out, "", 1, M_EMPTY);
	}
}

static size_t name_length(const char *s, size_t n)
{
	size_t len = 0;

	if (n && (isalpha(*s) || *s == '_')) {
		while (len < n && (isalnum(s[len]) || s[len] == '_'))
			len++;
		return len;
	}
	while (len < n && isdigit(s[len]))
		len++;
	if (len)
		return len;
	return n && strchr("@*#?-$!", *s) ? 1 : 0;
}

/* Take the inside of the braces apart. */
static struct param parse_param(const char *s, size_t n)
{
	struct param p = { .name = s };
	size_t i = p.name_len = name_length(s, n);

	if (i == 0)
		shell_error(2, "${%.*s}: bad substitution", (int)n, s);
	if (i == n)
		return p;
	p.colon = s[i] == ':';
	i += p.colon;
	if (i == n || !strchr("-=?+%#", s[i]) || (p.colon && strchr("%#", s[i])))
		shell_error(2, "${%.*s}: bad substitution", (int)n, s);
	p.op = s[i++];
	p.twice = strchr("%#", p.op) && i < n && s[i] == p.op;
	i += p.twice;
	p.word = s + i;
	p.word_len = n - i;
	return p;
}

static void add_value(struct marked *out, const char *value, int flags)
{
	int quoted = flags & (X_DQUOTE | X_HEREDOC);

	marked_add(out, value, strlen(value), quoted ? M_QUOTED : M_SPLIT);
}

static char *word_string(const struct param *p)
{
	return expand_string(tmp_strndup(p->word, p->word_len), 0);
}

/* ${x%p} and its relatives: cut the shortest or longest match off one end. */
static void add_trimmed(struct marked *out, const struct param *p, const char *value, int flags)
{
	const char *pattern = expand_pattern(tmp_strndup(p->word, p->word_len));
	size_t len = strlen(value);

	for (size_t i = 0; i <= len; i++) {
		size_t cut = p->twice ? len - i : i;	/* characters to take away */
		int match;

		if (p->op == '#')
			match = fnmatch(pattern, tmp_strndup(value, cut), 0) == 0;
		else
			match = fnmatch(pattern, value + len - cut, 0) == 0;
		if (!match)
			continue;
		value = p->op == '#' ? value + cut : tmp_strndup(value, len - cut);
		break;
	}
	add_value(out, value, flags);
}

static void assign_default(struct marked *out, const struct param *p, int flags)
{
	char *name = tmp_strndup(p->name, p->name_len);
	char *value = word_string(p);

	if (!is_name(name, p->name_len))
		shell_error(2, "${%s=...}: cannot assign to this", name);
	if (var_set(name, value) < 0)
		shell_fail(2);
	add_value(out, value, flags);
}

static void not_set(const struct param *p)
{
	const char *why = p->word_len ? word_string(p) : "parameter not set";

	shell_error(1, "%.*s: %s", (int)p->name_len, p->name, why);
}

static void add_plain(struct marked *out, const struct param *p, const char *value, int flags)
{
	int all = p->name_len == 1 && (*p->name == '@' || *p->name == '*');

	if (all)
		add_all(out, *p->name, flags);
	else if (value)
		add_value(out, value, flags);
	else if (sh.opt_u)
		shell_error(1, "%.*s: parameter not set", (int)p->name_len, p->name);
}

static void expand_braced(struct marked *out, const char *s, size_t n, int flags)
{
	struct param p = parse_param(s, n);
	const char *value = param_value(p.name, p.name_len);
	int have = value && !(p.colon && !*value);

	switch (p.op) {
	case '-':
		if (have)
			add_plain(out, &p, value, flags);
		else
			expand_text(out, p.word, p.word_len, flags);
		break;
	case '+':
		if (have)
			expand_text(out, p.word, p.word_len, flags);
		break;
	case '=':
		if (have)
			add_plain(out, &p, value, flags);
		else
			assign_default(out, &p, flags);
		break;
	case '?':
		if (!have)
			not_set(&p);
		add_plain(out, &p, value, flags);
		break;
	case '%':
	case '#':
		add_trimmed(out, &p, value ? value : "", flags);
		break;
	default:
		add_plain(out, &p, value, flags);
	}
}

/* ${#name}: how long the value is. */
static void add_length(struct marked *out, const char *name, size_t len, int flags)
{
	const char *value = param_value(name, len);

	if (len == 1 && (*name == '@' || *name == '*'))
		value = special_value('#');
	else
		value = tmp_printf("%zu", value ? strlen(value) : 0);
	add_value(out, value, flags);
}

/* s follows the $, n bytes long: name, or {...}. */
void expand_param(struct marked *out, const char *s, size_t n, int flags)
{
	struct param p = { .name = s, .name_len = n };

	if (*s != '{') {
		add_plain(out, &p, param_value(s, n), flags);
		return;
	}
	s++;
	n -= 2;
	if (n > 1 && *s == '#' && name_length(s + 1, n - 1) == n - 1)
		add_length(out, s + 1, n - 1, flags);
	else
		expand_braced(out, s, n, flags);
}
