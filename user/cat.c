/* SPDX-License-Identifier: MIT */
/*
 * cat - copy files (or standard input, also as "-") to standard output.
 *
 * A read that fails is reported and the next file is tried; a failing output ends the program,
 * since nothing more could be written.
 *
 * Linux: coreutils cat. Differs: no options but -u, which is accepted and changes nothing.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "user/util.h"

/* Copy one file; returns 0, or 1 after a message. */
static int cat_file(const char *path)
{
	int fd = 0;
	int result;

	if (strcmp(path, "-")) {
		fd = open(path, O_RDONLY);
		if (fd < 0)
			return complain(path);
	}
	result = copy_fd(fd, 1);
	if (result == -2)
		die("write error");
	if (result == -1)
		complain(path);
	if (fd)
		close(fd);
	return result ? 1 : 0;
}

int main(int argc, char **argv)
{
	int status = 0;
	int i = 1;

	prog_init(argc, argv, "cat [FILE|-]...\nCopy files to standard output.");
	if (i < argc && (!strcmp(argv[i], "-u") || !strcmp(argv[i], "--")))
		i++;
	if (i == argc)
		return cat_file("-");
	for (; i < argc; i++)
		status |= cat_file(argv[i]);
	return status;
}
