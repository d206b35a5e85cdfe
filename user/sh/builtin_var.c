/* SPDX-License-Identifier: MIT */
/*
 * user/sh/builtin_var.c: builtins about variables, parameters and limits: export,
 * readonly, unset, set, shift, read, umask, ulimit.
 *
 * Linux: none (POSIX sh 2.14). Differs: a subset of the options.
 */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>
#include "sh.h"

/* Replace $1 ...; the strings are copied. */
void params_set(int nr, char **v)
{
	struct params old = sh.params;
	char **copy = nr > 0 ? xmalloc(nr * sizeof(*copy)) : NULL;

	for (int i = 0; i < nr; i++)
		copy[i] = xstrdup(v[i]);
	sh.params = (struct params){ nr > 0 ? nr : 0, copy };
	for (int i = 0; i < old.nr; i++)
		free(old.v[i]);
	free(old.v);
}

/* The NAME or NAME=VALUE arguments of export and readonly. => the status. */
static int each_name(int argc, char **argv, void (*mark)(const char *name))
{
	int result = 0;

	for (int i = 1; i < argc; i++) {
		size_t n = strcspn(argv[i], "=");
		char *name = tmp_strndup(argv[i], n);

		if (!is_name(name, n)) {
			complain("%s: %s: not a name", argv[0], argv[i]);
			result = 1;
			continue;
		}
		if (argv[i][n])
			var_put(argv[i]);
		mark(name);
	}
	return result;
}

int do_export(int argc, char **argv)
{
	if (argc == 1 || strcmp(argv[1], "-p") == 0) {
		vars_print(1);
		return 0;
	}
	return each_name(argc, argv, var_export);
}

static void make_readonly(const char *name)
{
	var_readonly(name);
}

int do_readonly(int argc, char **argv)
{
	return each_name(argc, argv, make_readonly);
}

int do_unset(int argc, char **argv)
{
	int functions = argc > 1 && strcmp(argv[1], "-f") == 0;
	int first = functions || (argc > 1 && strcmp(argv[1], "-v") == 0) ? 2 : 1;
	int result = 0;

	for (int i = first; i < argc; i++) {
		if (functions)
			function_unset(argv[i]);
		else if (var_unset(argv[i]) < 0)
			result = 1;
	}
	return result;
}

static int *option(char c)
{
	switch (c) {
	case 'e': return &sh.opt_e;
	case 'f': return &sh.opt_f;
	case 'n': return &sh.opt_n;
	case 'u': return &sh.opt_u;
	case 'x': return &sh.opt_x;
	}
	return NULL;
}

/* set; set -e +x ...; set -- ARG...; set ARG... */
int do_set(int argc, char **argv)
{
	int i = 1;

	if (argc == 1)
		vars_print(0);
	for (; i < argc && (argv[i][0] == '-' || argv[i][0] == '+') && argv[i][1]; i++) {
		if (strcmp(argv[i], "--") == 0) {
			params_set(argc - i - 1, argv + i + 1);
			return 0;
		}
		for (const char *p = argv[i] + 1; *p; p++) {
			if (!option(*p)) {
				complain("set: %c%c: no such option", argv[i][0], *p);
				return 2;
			}
			*option(*p) = argv[i][0] == '-';
		}
	}
	if (i < argc)
		params_set(argc - i, argv + i);
	return 0;
}

int do_shift(int argc, char **argv)
{
	int nr = argc > 1 ? atoi(argv[1]) : 1;

	if (nr < 0 || nr > sh.params.nr) {
		complain("shift: there are only %d parameters", sh.params.nr);
		return 1;
	}
	params_set(sh.params.nr - nr, sh.params.v + nr);
	return 0;
}

/* A line from descriptor 0, byte by byte: what follows it is for others. */
static int read_line(struct marked *line, int raw)
{
	char c;
	ssize_t n;

	while ((n = read(STDIN_FILENO, &c, 1)) == 1 && c != '\n') {
		enum mark mark = M_SPLIT;

		if (c == '\\' && !raw) {
			if (read(STDIN_FILENO, &c, 1) != 1)
				break;
			if (c == '\n')
				continue;
			mark = M_QUOTED;
		}
		marked_add(line, &c, 1, mark);
	}
	return n == 1;
}

/* Give name the next field of line from *pos on, or all that is left. */
static void read_field(const struct marked *line, size_t *pos, const char *name, int last)
{
	const char *ifs = var_get("IFS") ? var_get("IFS") : " \t\n";
	size_t i = *pos, start, end;

	while (i < line->n && line->mark[i] == M_SPLIT && isspace(line->text[i]) &&
	       strchr(ifs, line->text[i]))
		i++;
	start = i;
	while (i < line->n &&
	       (last || line->mark[i] != M_SPLIT || !strchr(ifs, line->text[i])))
		i++;
	end = i;
	while (last && end > start && line->mark[end - 1] == M_SPLIT &&
	       isspace(line->text[end - 1]) && strchr(ifs, line->text[end - 1]))
		end--;
	*pos = i < line->n ? i + 1 : i;
	var_set(name, tmp_strndup(line->text ? line->text + start : "", end - start));
}

/* read [-r] [-p PROMPT] NAME... */
int do_read(int argc, char **argv)
{
	struct marked line = { 0 };
	int raw = 0, i = 1, complete;
	size_t pos = 0;

	for (; i < argc && argv[i][0] == '-'; i++) {
		if (strcmp(argv[i], "-r") == 0)
			raw = 1;
		else if (strcmp(argv[i], "-p") == 0 && i + 1 < argc)
			dprintf(STDERR_FILENO, "%s", argv[++i]);
	}
	complete = read_line(&line, raw);
	if (i == argc)
		read_field(&line, &pos, "REPLY", 1);
	for (; i < argc; i++)
		read_field(&line, &pos, argv[i], i == argc - 1);
	return complete ? 0 : 1;
}

int do_umask(int argc, char **argv)
{
	mode_t mask;
	char *end;

	if (argc == 1) {
		mask = umask(0);
		umask(mask);
		outf("%04o\n", mask);
		return 0;
	}
	mask = strtoul(argv[1], &end, 8);
	if (*end) {
		complain("umask: %s: not an octal number", argv[1]);
		return 1;
	}
	umask(mask);
	return 0;
}

static const struct {
	char letter;
	int resource;
	int unit;
	const char *name;
} limits[] = {
	{ 'c', RLIMIT_CORE, 512, "core file size (blocks)" },
	{ 'd', RLIMIT_DATA, 1024, "data (KiB)" },
	{ 'f', RLIMIT_FSIZE, 512, "file size (blocks)" },
	{ 'l', RLIMIT_MEMLOCK, 1024, "locked memory (KiB)" },
	{ 'm', RLIMIT_RSS, 1024, "resident memory (KiB)" },
	{ 'n', RLIMIT_NOFILE, 1, "open files" },
	{ 's', RLIMIT_STACK, 1024, "stack (KiB)" },
	{ 't', RLIMIT_CPU, 1, "processor time (s)" },
	{ 'u', RLIMIT_NPROC, 1, "processes" },
	{ 'v', RLIMIT_AS, 1024, "address space (KiB)" },
};

#define NR_LIMITS (int)(sizeof(limits) / sizeof(limits[0]))

static void print_limit(int i, int with_name)
{
	struct rlimit lim;

	if (getrlimit(limits[i].resource, &lim) < 0)
		return;
	if (with_name)
		outf("-%c: %-26s ", limits[i].letter, limits[i].name);
	if (lim.rlim_cur == RLIM_INFINITY)
		outf("unlimited\n");
	else
		outf("%lu\n", lim.rlim_cur / limits[i].unit);
}

static int set_limit(int i, const char *text)
{
	struct rlimit lim;
	char *end = "";

	if (strcmp(text, "unlimited") == 0)
		lim.rlim_cur = RLIM_INFINITY;
	else
		lim.rlim_cur = strtoul(text, &end, 10) * limits[i].unit;
	lim.rlim_max = lim.rlim_cur;
	if (*end || setrlimit(limits[i].resource, &lim) < 0) {
		complain("ulimit: %s: %s", text, *end ? "not a number" : strerror(errno));
		return 1;
	}
	return 0;
}

/* ulimit [-a | -LETTER] [VALUE] */
int do_ulimit(int argc, char **argv)
{
	char letter = argc > 1 && argv[1][0] == '-' ? argv[1][1] : 'f';
	const char *value = argc > 1 && argv[argc - 1][0] != '-' ? argv[argc - 1] : NULL;

	for (int i = 0; i < NR_LIMITS; i++) {
		if (letter == 'a')
			print_limit(i, 1);
		if (letter != limits[i].letter)
			continue;
		if (value)
			return set_limit(i, value);
		print_limit(i, 0);
		return 0;
	}
	if (letter == 'a')
		return 0;
	complain("ulimit: -%c: no such limit", letter);
	return 2;
}
