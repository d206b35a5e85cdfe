/* SPDX-License-Identifier: MIT */
/*
 * swapoff - stop using devices or files as swap; -a all of them.
 *
 * The kernel reads everything back first. Where memory does not suffice it answers ENOMEM and
 * the swap stays in use.
 *
 * Linux: util-linux swapoff. Differs: no labels.
 */
#include <stdio.h>
#include <string.h>
#include <sys/swap.h>
#include <unistd.h>

#include "user/util.h"

static int all_off(void)
{
	static char text[8192];
	char name[256];
	int status = 0;
	char *line;

	/* The table is read whole first: it changes while swap goes away. */
	if (read_file("/proc/swaps", text, sizeof(text)) < 0)
		return complain("/proc/swaps");
	line = strchr(text, '\n');
	while (line && sscanf(line, " %255s", name) == 1) {
		if (swapoff(name) < 0)
			status = complain(name);
		line = strchr(line + 1, '\n');
	}
	return status;
}

int main(int argc, char **argv)
{
	int status = 0;

	prog_init(argc, argv, "swapoff -a | swapoff DEVICE...\nStop using swap.");
	if (argc < 2)
		usage("a device or -a is needed");
	if (!strcmp(argv[1], "-a"))
		return all_off();
	for (int i = 1; i < argc; i++)
		if (swapoff(argv[i]) < 0)
			status = complain(argv[i]);
	return status;
}
