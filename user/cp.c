/* SPDX-License-Identifier: MIT */
/*
 * cp - copy files; -r (or -a, -R) directories; -f replaces what cannot be opened; -p keeps
 * times and modes.
 *
 * Linux: coreutils cp. Differs: few options; -a is -rp.
 */
#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include "user/copytree.h"
#include "user/util.h"

static int parse_options(int argc, char **argv)
{
	int flags = 0, opt;

	while ((opt = getopt(argc, argv, "rRafp")) != -1) {
		if (opt == '?')
			usage("unknown option");
		if (opt == 'f')
			flags |= COPY_FORCE;
		else if (opt == 'p')
			flags |= COPY_PRESERVE;
		else
			flags |= COPY_RECURSIVE | (opt == 'a' ? COPY_PRESERVE : 0);
	}
	return flags;
}

int main(int argc, char **argv)
{
	char buf[4096];
	struct stat st;
	const char *to;
	int flags, status = 0;

	prog_init(argc, argv, "cp [-rafp] FROM... TO\nCopy files to a file or into a directory.");
	flags = parse_options(argc, argv);
	if (argc - optind < 2)
		usage("a source and a target are needed");
	to = argv[argc - 1];
	if (argc - optind > 2 && (stat(to, &st) < 0 || !S_ISDIR(st.st_mode))) {
		errno = ENOTDIR;
		die(to);
	}
	for (; optind < argc - 1; optind++)
		status |= copy_path(argv[optind],
				    target_path(argv[optind], to, buf, sizeof(buf)), flags);
	return status;
}
