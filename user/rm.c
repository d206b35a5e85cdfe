/* SPDX-License-Identifier: MIT */
/*
 * rm - remove files; -r directories with all that is in them; -f no complaint about what does
 * not exist.
 *
 * A directory is read again from its start after each removal round, since removing entries
 * while reading may make the rest move under the reader.
 *
 * Linux: coreutils rm. Differs: never asks (-i is not there); refuses "/", "." and "..".
 */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "user/util.h"

static int force, recursive;

static int remove_path(const char *path);

/* Remove what is in a directory; returns 0, or 1 if something had to stay. */
static int empty_dir(const char *path)
{
	char sub[4096];
	struct dirent *de;
	int status = 0, removed;

	do {
		DIR *dir = opendir(path);

		removed = 0;
		if (!dir)
			return complain(path);
		while (!status && (de = readdir(dir))) {
			if (!strcmp(de->d_name, ".") || !strcmp(de->d_name, ".."))
				continue;
			join_path(sub, sizeof(sub), path, de->d_name);
			status |= remove_path(sub);
			removed = 1;
		}
		closedir(dir);
	} while (removed && !status);
	return status;
}

static int remove_path(const char *path)
{
	struct stat st;

	if (lstat(path, &st) < 0)
		return force && errno == ENOENT ? 0 : complain(path);
	if (!S_ISDIR(st.st_mode))
		return unlink(path) < 0 ? complain(path) : 0;
	if (!recursive) {
		errno = EISDIR;
		return complain(path);
	}
	if (empty_dir(path))
		return 1;
	return rmdir(path) < 0 ? complain(path) : 0;
}

int main(int argc, char **argv)
{
	int status = 0, opt;

	prog_init(argc, argv, "rm [-rf] PATH...\nRemove files (-r: and directories).");
	while ((opt = getopt(argc, argv, "rRf")) != -1) {
		if (opt == '?')
			return 1;
		if (opt == 'f')
			force = 1;
		else
			recursive = 1;
	}
	if (optind == argc && !force)
		usage("a path is needed");
	for (; optind < argc; optind++) {
		const char *last = basename_of(argv[optind]);

		if (!strcmp(last, "/") || !strcmp(last, ".") || !strcmp(last, "..")) {
			fprintf(stderr, "rm: refusing to remove '%s'\n", argv[optind]);
			status = 1;
			continue;
		}
		status |= remove_path(argv[optind]);
	}
	return status;
}
