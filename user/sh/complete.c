/* SPDX-License-Identifier: MIT */
/*
 * user/sh/complete.c: what Tab offers.
 *
 * The first word of a command is completed to builtins, functions and programs
 * in PATH; every other word, and one with a slash in it, to file names. A
 * directory gets its slash, so that Tab can go on below it.
 *
 * Linux: none (readline). Differs: quotes are not looked at.
 */
#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "sh.h"

static struct args matches;

static int compare(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void add(const char *name)
{
	args_add(&matches, tmp_strdup(name));
}

/* Names in dir that begin with prefix; each is offered as shown + name. */
static void add_files(const char *dir, const char *prefix, const char *shown, int programs)
{
	DIR *d = opendir(dir);
	struct dirent *e;

	while (d && (e = readdir(d)) != NULL) {
		char *path = tmp_printf("%s/%s", dir, e->d_name);
		struct stat st;

		if (strncmp(e->d_name, prefix, strlen(prefix)) != 0 ||
		    (e->d_name[0] == '.' && prefix[0] != '.') || stat(path, &st) < 0)
			continue;
		if (programs && (!S_ISREG(st.st_mode) || access(path, X_OK) != 0))
			continue;
		add(tmp_printf("%s%s%s", shown, e->d_name, S_ISDIR(st.st_mode) ? "/" : ""));
	}
	if (d)
		closedir(d);
}

static void complete_file(const char *word)
{
	const char *slash = strrchr(word, '/');
	char *shown;

	if (!slash) {
		add_files(".", word, "", 0);
		return;
	}
	shown = tmp_strndup(word, slash + 1 - word);
	add_files(shown, slash + 1, shown, 0);
}

static void complete_command(const char *word)
{
	const char *dirs = var_get("PATH");

	each_builtin(word, add);
	each_function(word, add);
	while (dirs) {
		size_t len = strcspn(dirs, ":");

		add_files(tmp_strndup(dirs, len), word, "", 1);
		dirs = dirs[len] ? dirs + len + 1 : NULL;
	}
}

/* Does a command begin at line[start]? Only blanks and an operator may be before. */
static int at_command(const char *line, size_t start)
{
	while (start && strchr(" \t", line[start - 1]))
		start--;
	return start == 0 || strchr(";&|({", line[start - 1]) != NULL;
}

/* The same name from two places is one match. */
static int drop_doubles(char **v, int nr)
{
	int kept = 0;

	for (int i = 0; i < nr; i++) {
		if (kept == 0 || strcmp(v[kept - 1], v[i]) != 0)
			v[kept++] = v[i];
	}
	return kept;
}

char **complete(const char *line, size_t n, size_t *start, int *nr)
{
	size_t begin = n;
	char *word;

	while (begin && !strchr(" \t;&|<>()=", line[begin - 1]))
		begin--;
	word = tmp_strndup(line + begin, n - begin);
	matches = (struct args){ 0 };
	if (at_command(line, begin) && !strchr(word, '/'))
		complete_command(word);
	else
		complete_file(word);
	if (matches.nr)
		qsort(matches.v, matches.nr, sizeof(*matches.v), compare);
	*start = begin;
	*nr = drop_doubles(matches.v, matches.nr);
	return matches.v;
}
