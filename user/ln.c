/* SPDX-License-Identifier: MIT */
/*
 * ln - make links: hard ones, or with -s symbolic ones; -f replaces an existing name.
 *
 * Linux: coreutils ln. Differs: few options.
 */
#include <errno.h>
#include <unistd.h>

#include "user/copytree.h"
#include "user/util.h"

int main(int argc, char **argv)
{
	char buf[4096];
	int soft = 0, force = 0, status = 0, opt;
	const char *to;

	prog_init(argc, argv, "ln [-sf] TARGET... NAME\nMake links to files (-s: symbolic).");
	while ((opt = getopt(argc, argv, "sf")) != -1) {
		if (opt == '?')
			return 1;
		soft |= opt == 's';
		force |= opt == 'f';
	}
	if (optind == argc)
		usage("a target is needed");
	/* One argument alone: the link gets the same name here. */
	to = argc - optind > 1 ? argv[--argc] : ".";
	for (; optind < argc; optind++) {
		const char *name = target_path(argv[optind], to, buf, sizeof(buf));

		if (force && unlink(name) < 0 && errno != ENOENT)
			complain(name);
		if ((soft ? symlink(argv[optind], name) : link(argv[optind], name)) < 0)
			status = complain(name);
	}
	return status;
}
