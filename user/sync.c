/* SPDX-License-Identifier: MIT */
/*
 * sync - write dirty pages of the page cache to their disks and wait for it.
 * With files as arguments, only theirs: fsync(2), which can report an error; sync(2) cannot.
 *
 * Linux: coreutils sync. Differs: no -d and -f.
 */
#include <fcntl.h>
#include <unistd.h>

#include "user/util.h"

int main(int argc, char **argv)
{
	int status = 0;

	prog_init(argc, argv, "sync [FILE]...\nWrite dirty pages to disk (of the files, or all).");
	if (argc == 1)
		sync();
	for (int i = 1; i < argc; i++) {
		int fd = open(argv[i], O_RDONLY | O_NONBLOCK);

		if (fd < 0 || fsync(fd) < 0)
			status = complain(argv[i]);
		if (fd >= 0)
			close(fd);
	}
	return status;
}
