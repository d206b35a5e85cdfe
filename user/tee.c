/* SPDX-License-Identifier: MIT */
/*
 * tee - copy standard input to standard output and to files; -a appends to the files.
 *
 * Linux: coreutils tee. Differs: no -i, -p.
 */
#include <fcntl.h>
#include <unistd.h>

#include "user/util.h"

#define MAX_FILES 32

int main(int argc, char **argv)
{
	static char buf[16384];
	int fds[MAX_FILES] = { 1 };
	int nr = 1, status = 0, mode = O_TRUNC, opt;
	ssize_t got;

	prog_init(argc, argv, "tee [-a] [FILE]...\nCopy the input to the output and to files.");
	while ((opt = getopt(argc, argv, "a")) != -1) {
		if (opt == '?')
			return 1;
		mode = O_APPEND;
	}
	for (; optind < argc && nr < MAX_FILES; optind++) {
		fds[nr] = open(argv[optind], O_WRONLY | O_CREAT | mode, 0666);
		if (fds[nr] < 0)
			status = complain(argv[optind]);
		else
			nr++;
	}
	while ((got = read(0, buf, sizeof(buf))) > 0)
		for (int i = 0; i < nr; i++)
			if (fds[i] >= 0 && write_all(fds[i], buf, got) < 0) {
				status = complain("write error");
				/* The other files still want the rest. */
				fds[i] = -1;
			}
	return got < 0 ? complain("read error") : status;
}
