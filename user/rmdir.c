/* SPDX-License-Identifier: MIT */
/*
 * rmdir - remove empty directories. A directory with something in it gives ENOTEMPTY.
 *
 * Linux: coreutils rmdir. Differs: no -p.
 */
#include <unistd.h>

#include "user/util.h"

int main(int argc, char **argv)
{
	int status = 0;

	prog_init(argc, argv, "rmdir DIR...\nRemove empty directories.");
	if (argc < 2)
		usage("a directory is needed");
	for (int i = 1; i < argc; i++)
		if (rmdir(argv[i]) < 0)
			status = complain(argv[i]);
	return status;
}
