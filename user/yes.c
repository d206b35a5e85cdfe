/* SPDX-License-Identifier: MIT */
/*
 * yes - print a line again and again until the output fails (as a pipe does when its reader
 * has gone: SIGPIPE or EPIPE).
 *
 * Linux: coreutils yes. Differs: nothing that matters.
 */
#include <stdio.h>

#include "user/util.h"

int main(int argc, char **argv)
{
	prog_init(argc, argv, "yes [TEXT]...\nPrint TEXT (or y) for ever.");
	for (;;) {
		if (argc == 1)
			fputs("y", stdout);
		for (int i = 1; i < argc; i++) {
			fputs(argv[i], stdout);
			if (i + 1 < argc)
				putchar(' ');
		}
		if (putchar('\n') == EOF)
			die("standard output");
	}
}
