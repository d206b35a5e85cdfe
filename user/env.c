/* SPDX-License-Identifier: MIT */
/*
 * env - print the environment, or run a program in a changed one: NAME=VALUE arguments are
 * added, -u NAME takes one away, -i starts from nothing.
 *
 * It replaces itself by the program (execvp), so no fork is needed and it works on NOMMU.
 *
 * Linux: coreutils env. Differs: no -S, -C, -0.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "user/util.h"

extern char **environ;

int main(int argc, char **argv)
{
	static char *empty[] = { NULL };
	int opt;

	prog_init(argc, argv, "env [-i] [-u NAME] [NAME=VALUE]... [PROGRAM [ARG]...]\n"
		"Run a program in a changed environment, or print the environment.");
	while ((opt = getopt(argc, argv, "+iu:")) != -1) {
		if (opt == 'i')
			environ = empty;
		else if (opt == 'u')
			unsetenv(optarg);
		else
			return 125;
	}
	for (; optind < argc && strchr(argv[optind], '='); optind++) {
		char *equals = strchr(argv[optind], '=');

		*equals = '\0';
		if (setenv(argv[optind], equals + 1, 1) < 0)
			die(argv[optind]);
	}
	if (optind == argc) {
		for (char **e = environ; e && *e; e++)
			puts(*e);
		return 0;
	}
	execvp(argv[optind], argv + optind);
	complain(argv[optind]);
	return errno == ENOENT ? 127 : 126;
}
