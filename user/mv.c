/* SPDX-License-Identifier: MIT */
/*
 * mv - rename files. Between two file systems (EXDEV) a file is copied and then removed; a
 * directory is not moved across.
 *
 * Linux: coreutils mv. Differs: never asks; -f is accepted; no directories across file systems.
 */
#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "user/copytree.h"
#include "user/util.h"

static int move(const char *from, const char *to)
{
	if (!rename(from, to))
		return 0;
	if (errno != EXDEV)
		return complain(from);
	if (copy_path(from, to, COPY_PRESERVE | COPY_FORCE))
		return 1;
	return unlink(from) < 0 ? complain(from) : 0;
}

int main(int argc, char **argv)
{
	char buf[4096];
	struct stat st;
	const char *to;
	int status = 0, opt;

	prog_init(argc, argv, "mv [-f] FROM... TO\nRename files, or move them into a directory.");
	while ((opt = getopt(argc, argv, "f")) != -1)
		if (opt == '?')
			return 1;
	if (argc - optind < 2)
		usage("a source and a target are needed");
	to = argv[argc - 1];
	if (argc - optind > 2 && (stat(to, &st) < 0 || !S_ISDIR(st.st_mode))) {
		errno = ENOTDIR;
		die(to);
	}
	for (; optind < argc - 1; optind++)
		status |= move(argv[optind], target_path(argv[optind], to, buf, sizeof(buf)));
	return status;
}
