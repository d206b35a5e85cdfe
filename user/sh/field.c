/* SPDX-License-Identifier: MIT */
/*
 * user/sh/field.c: field splitting and file names.
 *
 * Only what came out of an unquoted expansion is split, at the characters of
 * IFS; blanks in IFS also count as one separator when there are several. A field
 * with an unquoted * ? or [ is then replaced by the names that match, sorted, or
 * left as it is if none does.
 *
 * Linux: none (POSIX sh 2.6.5, 2.6.6). Differs: -
 */
#include <dirent.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "sh.h"

static int compare(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static int has_wildcard(const char *pattern, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (pattern[i] == '\\')
			i++;
		else if (pattern[i] == '*' || pattern[i] == '?')
			return 1;
		else if (pattern[i] == '[' && memchr(pattern + i, ']', n - i))
			return 1;	/* a lone [ is the name of a command */
	}
	return 0;
}

/* The pattern without its backslashes. */
static char *unescape(const char *s, size_t n)
{
	char *out = tmp_alloc(n + 1);
	size_t len = 0;

	for (size_t i = 0; i < n; i++) {
		if (s[i] == '\\' && i + 1 < n)
			i++;
		out[len++] = s[i];
	}
	return out;
}

static void glob(const char *prefix, const char *pattern, struct args *out);

/* Match one component (len bytes) of pattern against the names in a directory. */
static void glob_component(const char *prefix, const char *pattern, size_t len,
			   struct args *out)
{
	char *component = tmp_strndup(pattern, len);
	const char *rest = pattern + len;
	DIR *dir = opendir(*prefix ? prefix : ".");
	struct dirent *d;

	if (!dir)
		return;
	while ((d = readdir(dir)) != NULL) {
		char *path;

		if (fnmatch(component, d->d_name, FNM_PERIOD) != 0)
			continue;
		path = tmp_printf("%s%s", prefix, d->d_name);
		if (*rest)
			glob(path, rest, out);
		else
			args_add(out, path);
	}
	closedir(dir);
}

/* prefix is a path that exists so far; pattern is what must still be matched. */
static void glob(const char *prefix, const char *pattern, struct args *out)
{
	size_t slashes = strspn(pattern, "/");
	size_t len;
	char *path;

	if (slashes)
		prefix = tmp_printf("%s%.*s", prefix, (int)slashes, pattern);
	pattern += slashes;
	len = strcspn(pattern, "/");
	if (has_wildcard(pattern, len)) {
		glob_component(prefix, pattern, len, out);
		return;
	}
	path = tmp_printf("%s%s", prefix, unescape(pattern, len));
	if (access(path, F_OK) != 0)
		return;
	if (pattern[len])
		glob(path, pattern + len, out);
	else
		args_add(out, path);
}

/* One finished field: as file names if it is a pattern that matches some. */
static void add_field(const struct marked *field, struct args *args)
{
	char *pattern = marked_pattern(field);
	int first = args->nr;

	if (!sh.opt_f && has_wildcard(pattern, strlen(pattern)))
		glob("", pattern, args);
	if (args->nr == first)
		args_add(args, marked_string(field));
	else
		qsort(args->v + first, args->nr - first, sizeof(*args->v), compare);
}

/* Where the split has got to. */
struct splitter {
	struct marked field;
	int open;		/* there is a field, even if it is empty */
	int blank;		/* a blank has just ended one: "a :b" has two fields */
	struct args *args;
};

static void end_field(struct splitter *sp)
{
	if (sp->open)
		add_field(&sp->field, sp->args);
	sp->field = (struct marked){ 0 };
	sp->open = 0;
	sp->blank = 0;
}

/* A character of IFS. Blanks around another separator belong to it. */
static void separator(struct splitter *sp, char c)
{
	if (strchr(" \t\n", c)) {
		int blank = sp->open || sp->blank;

		end_field(sp);
		sp->blank = blank;
		return;
	}
	sp->open |= !sp->blank;		/* a:b::c has an empty field */
	end_field(sp);
}

void split_fields(const struct marked *m, struct args *args)
{
	struct splitter sp = { .args = args };
	const char *ifs = var_get("IFS");

	if (!ifs)
		ifs = " \t\n";
	for (size_t i = 0; i < m->n; i++) {
		char c = m->text[i];

		if (m->mark[i] == M_BREAK) {
			end_field(&sp);
		} else if (m->mark[i] == M_SPLIT && c && strchr(ifs, c)) {
			separator(&sp, c);
		} else {
			sp.open = 1;
			marked_add(&sp.field, &c, 1, m->mark[i]);
		}
	}
	end_field(&sp);
}
