/* SPDX-License-Identifier: MIT */
/*
 * head - print the first lines (-n N or -N, ten by default) or bytes (-c N) of files.
 *
 * Linux: coreutils head. Differs: no negative counts.
 */
#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "user/util.h"

static void print_head(FILE *f, long lines, long bytes)
{
	int c;

	while ((lines > 0 || bytes > 0) && (c = getc(f)) != EOF) {
		putchar(c);
		bytes -= bytes > 0;
		lines -= lines > 0 && c == '\n';
	}
}

int main(int argc, char **argv)
{
	long lines = 10, bytes = 0;
	int status = 0, opt, nr;

	prog_init(argc, argv, "head [-n LINES] [-c BYTES] [FILE]...\n"
		"Print the beginning of files.");
	if (argc > 1 && argv[1][0] == '-' && isdigit(argv[1][1])) {
		lines = parse_long(argv[1] + 1);
		optind = 2;
	}
	while ((opt = getopt(argc, argv, "n:c:")) != -1) {
		if (opt == '?')
			return 1;
		lines = opt == 'n' ? parse_long(optarg) : 0;
		bytes = opt == 'c' ? parse_size(optarg) : 0;
	}
	nr = argc - optind;
	if (!nr)
		print_head(stdin, lines, bytes);
	for (int i = optind; i < argc; i++) {
		FILE *f = strcmp(argv[i], "-") ? fopen(argv[i], "r") : stdin;

		if (!f) {
			status = complain(argv[i]);
			continue;
		}
		if (nr > 1)
			printf("%s==> %s <==\n", i > optind ? "\n" : "", argv[i]);
		print_head(f, lines, bytes);
		if (f != stdin)
			fclose(f);
	}
	return status;
}
