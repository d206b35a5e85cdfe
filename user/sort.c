/* SPDX-License-Identifier: MIT */
/*
 * sort - sort lines bytewise: -n by the number at their begin, -r reversed, -u equal ones once,
 * -k N by the N-th field (fields are parted by blanks), to the line's end.
 *
 * All lines are held in memory: on a small machine a way to make it swap.
 *
 * Linux: coreutils sort. Differs: few options, no merging of temporary files.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "user/util.h"

static int by_number, reverse, once;
static int key = 1;

static char **lines;
static size_t nr_lines, room;

/* Where the wanted field of a line begins. */
static const char *key_of(const char *line)
{
	for (int i = 1; i < key; i++) {
		line += strspn(line, " \t");
		line += strcspn(line, " \t");
	}
	return by_number || key > 1 ? line + strspn(line, " \t") : line;
}

static int compare(const void *a, const void *b)
{
	const char *x = *(char *const *)a, *y = *(char *const *)b;
	int order = 0;

	if (by_number) {
		long long m = strtoll(key_of(x), NULL, 10), n = strtoll(key_of(y), NULL, 10);

		order = (m > n) - (m < n);
	} else {
		order = strcmp(key_of(x), key_of(y));
	}
	/* Ties are broken by the whole line, so the result does not depend on the input order. */
	if (!order && !once)
		order = strcmp(x, y);
	return reverse ? -order : order;
}

static void read_lines(FILE *f)
{
	char *line = NULL;
	size_t size = 0;
	ssize_t len;

	while ((len = getline(&line, &size, f)) >= 0) {
		if (len && line[len - 1] == '\n')
			line[len - 1] = '\0';
		if (nr_lines == room) {
			room = room ? room * 2 : 256;
			lines = realloc(lines, room * sizeof(*lines));
		}
		if (!lines || !(lines[nr_lines] = strdup(line)))
			die("lines");
		nr_lines++;
	}
	free(line);
}

int main(int argc, char **argv)
{
	int opt;

	prog_init(argc, argv, "sort [-nru] [-k FIELD] [FILE]...\nSort lines.");
	while ((opt = getopt(argc, argv, "nruk:")) != -1) {
		if (opt == '?')
			return 2;
		by_number |= opt == 'n';
		reverse |= opt == 'r';
		once |= opt == 'u';
		if (opt == 'k')
			key = atoi(optarg);
	}
	if (optind == argc)
		read_lines(stdin);
	for (; optind < argc; optind++) {
		FILE *f = strcmp(argv[optind], "-") ? fopen(argv[optind], "r") : stdin;

		if (!f) {
			complain(argv[optind]);
			return 2;
		}
		read_lines(f);
		if (f != stdin)
			fclose(f);
	}
	if (nr_lines)
		qsort(lines, nr_lines, sizeof(*lines), compare);
	for (size_t i = 0; i < nr_lines; i++)
		if (!once || !i || compare(&lines[i - 1], &lines[i]))
			puts(lines[i]);
	return 0;
}
