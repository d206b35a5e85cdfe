/* SPDX-License-Identifier: MIT */
/*
 * tail - print the last lines (-n N, ten by default) or bytes (-c N) of files; -n +N begins at
 * line N; -f then waits for more to be written and prints it.
 *
 * The last lines are kept in a ring while the input is read once, so pipes work too.
 *
 * Linux: coreutils tail. Differs: -f polls once a second and follows the descriptor.
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "user/util.h"

/* Print the last nr units that `delim` ends; bytes are units without a delimiter. */
static void tail_lines(FILE *f, long nr)
{
	char **ring = calloc(nr ? nr : 1, sizeof(*ring));
	size_t *room = calloc(nr ? nr : 1, sizeof(*room));
	long seen = 0;

	if (!ring || !room)
		die("lines");
	while (nr && getline(&ring[seen % nr], &room[seen % nr], f) >= 0)
		seen++;
	for (long i = seen > nr ? seen - nr : 0; i < seen; i++)
		fputs(ring[i % nr], stdout);
	for (long i = 0; i < nr; i++)
		free(ring[i]);
	free(ring);
	free(room);
}

static void tail_bytes(FILE *f, long nr)
{
	char *ring = malloc(nr ? nr : 1);
	long seen = 0;
	int c;

	if (!ring)
		die("bytes");
	while (nr && (c = getc(f)) != EOF)
		ring[seen++ % nr] = c;
	for (long i = seen > nr ? seen - nr : 0; i < seen; i++)
		putchar(ring[i % nr]);
	free(ring);
}

static void from_line(FILE *f, long first)
{
	long line = 1;
	int c;

	while ((c = getc(f)) != EOF) {
		if (line >= first)
			putchar(c);
		line += c == '\n';
	}
}

static void follow(FILE *f)
{
	char buf[4096];
	size_t got;

	for (;;) {
		while ((got = fread(buf, 1, sizeof(buf), f)) > 0)
			fwrite(buf, 1, got, stdout);
		fflush(stdout);
		clearerr(f);
		sleep(1);
	}
}

static void print_tail(FILE *f, const char *count, int bytes)
{
	if (bytes)
		tail_bytes(f, parse_size(count));
	else if (*count == '+')
		from_line(f, parse_long(count + 1));
	else
		tail_lines(f, parse_long(*count == '-' ? count + 1 : count));
}

int main(int argc, char **argv)
{
	const char *count = "10";
	int bytes = 0, following = 0, status = 0, opt, nr;
	FILE *f = stdin;

	prog_init(argc, argv, "tail [-f] [-n [+]LINES] [-c BYTES] [FILE]...\n"
		"Print the end of files.");
	if (argc > 1 && argv[1][0] == '-' && isdigit(argv[1][1])) {
		count = argv[1] + 1;
		optind = 2;
	}
	while ((opt = getopt(argc, argv, "fn:c:")) != -1) {
		if (opt == '?')
			return 1;
		if (opt == 'f') {
			following = 1;
			continue;
		}
		count = optarg;
		bytes = opt == 'c';
	}
	nr = argc - optind;
	if (!nr)
		print_tail(stdin, count, bytes);
	for (int i = optind; i < argc; i++) {
		f = strcmp(argv[i], "-") ? fopen(argv[i], "r") : stdin;
		if (!f) {
			status = complain(argv[i]);
			continue;
		}
		if (nr > 1)
			printf("%s==> %s <==\n", i > optind ? "\n" : "", argv[i]);
		print_tail(f, count, bytes);
		if (f != stdin && !following)
			fclose(f);
	}
	if (following && f)
		follow(f);
	return status;
}
