/* SPDX-License-Identifier: MIT */
/*
 * mkdir - make directories; -p also those above, and none of them need be new; -m MODE.
 *
 * Linux: coreutils mkdir. Differs: the mode is octal only.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "user/util.h"

/* Make each directory on the way to `path`; returns 0 or -1 with errno. */
static int make_parents(char *path)
{
	for (char *s = path + 1; *s; s++) {
		int failed;

		if (*s != '/')
			continue;
		*s = '\0';
		failed = mkdir(path, 0777) < 0 && errno != EEXIST;
		*s = '/';
		if (failed)
			return -1;
	}
	return 0;
}

static int make(char *path, mode_t mode, int parents)
{
	struct stat st;

	if (parents && make_parents(path) < 0)
		return complain(path);
	if (!mkdir(path, mode))
		return 0;
	/* What is there must be a directory, or -p would hide a failure. */
	if (parents && errno == EEXIST && !stat(path, &st) && S_ISDIR(st.st_mode))
		return 0;
	errno = errno ? errno : EEXIST;
	return complain(path);
}

int main(int argc, char **argv)
{
	mode_t mode = 0777;
	int parents = 0, status = 0, opt;

	prog_init(argc, argv, "mkdir [-p] [-m MODE] DIR...\nMake directories.");
	while ((opt = getopt(argc, argv, "pm:")) != -1) {
		if (opt == 'p')
			parents = 1;
		else if (opt == 'm')
			mode = strtol(optarg, NULL, 8);
		else
			return 1;
	}
	if (optind == argc)
		usage("a directory is needed");
	for (; optind < argc; optind++)
		status |= make(argv[optind], mode, parents);
	return status;
}
