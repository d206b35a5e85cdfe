/* SPDX-License-Identifier: MIT */
/*
 * touch - set the times of files to now, and make those that do not exist; -c does not make.
 *
 * Linux: coreutils touch. Differs: no -d, -t, -r.
 */
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "user/util.h"

int main(int argc, char **argv)
{
	int create = 1, status = 0, opt;

	prog_init(argc, argv, "touch [-c] FILE...\nMake files, or set their times to now.");
	while ((opt = getopt(argc, argv, "c")) != -1) {
		if (opt == '?')
			return 1;
		create = 0;
	}
	if (optind == argc)
		usage("a file is needed");
	for (; optind < argc; optind++) {
		const char *path = argv[optind];

		if (create) {
			int fd = open(path, O_WRONLY | O_CREAT | O_NONBLOCK, 0666);

			/* A directory cannot be opened for writing, but it can be touched. */
			if (fd < 0 && errno != EISDIR) {
				status = complain(path);
				continue;
			}
			if (fd >= 0)
				close(fd);
		}
		if (utimensat(AT_FDCWD, path, NULL, 0) < 0 && (create || !access(path, F_OK)))
			status = complain(path);
	}
	return status;
}
