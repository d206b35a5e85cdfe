/* SPDX-License-Identifier: MIT */
/*
 * umount - take mounted file systems out of the tree; -l even while they are in use (they go
 * when the last user does), -f by force.
 *
 * Linux: util-linux umount. Differs: directories only, no device names.
 */
#include <sys/mount.h>
#include <unistd.h>

#include "user/util.h"

int main(int argc, char **argv)
{
	int flags = 0, status = 0, opt;

	prog_init(argc, argv, "umount [-lf] DIR...\nUnmount file systems.");
	while ((opt = getopt(argc, argv, "lf")) != -1) {
		if (opt == '?')
			return 1;
		flags |= opt == 'l' ? MNT_DETACH : MNT_FORCE;
	}
	if (optind == argc)
		usage("a directory is needed");
	for (; optind < argc; optind++)
		if (umount2(argv[optind], flags) < 0)
			status = complain(argv[optind]);
	return status;
}
