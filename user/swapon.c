/* SPDX-License-Identifier: MIT */
/*
 * swapon - use devices or files as swap, or show those in use.
 *
 * --show prints a table with sizes a human reads, -s the text of /proc/swaps. -p sets a priority:
 * swap of the highest one is filled first, equal ones in turn. The kernel refuses what mkswap
 * has not formatted.
 *
 * Linux: util-linux swapon. Differs: no fstab (-a), no labels; the kernel alone checks the header.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/swap.h>
#include <unistd.h>

#include "user/util.h"

#define MAX_SWAPS 32

struct swap {
	char name[256], type[32];
	unsigned long size, used;	/* KiB */
	long priority;
};

/* A size as util-linux prints it: 64M, 240K, 95.7M, 0B. */
static char *size_text(unsigned long kib, char *buf)
{
	unsigned long tenths = kib * 10;
	int unit = 0;

	if (!kib)
		return strcpy(buf, "0B");
	while (tenths >= 10235) {
		tenths = (tenths + 512) / 1024;
		unit++;
	}
	if (tenths % 10)
		sprintf(buf, "%lu.%lu%c", tenths / 10, tenths % 10, "KMGT"[unit]);
	else
		sprintf(buf, "%lu%c", tenths / 10, "KMGT"[unit]);
	return buf;
}

static int read_swaps(struct swap *swaps)
{
	char line[512];
	FILE *f = fopen("/proc/swaps", "r");
	int nr = 0;

	if (!f)
		die("/proc/swaps");
	while (nr < MAX_SWAPS && fgets(line, sizeof(line), f)) {
		struct swap *s = &swaps[nr];

		/* The heading has no numbers. */
		nr += sscanf(line, "%255s %31s %lu %lu %ld", s->name, s->type, &s->size,
			     &s->used, &s->priority) == 5;
	}
	fclose(f);
	return nr;
}

static int show(void)
{
	static struct swap swaps[MAX_SWAPS];
	int nr = read_swaps(swaps), width = 4;
	char size[32], used[32];

	for (int i = 0; i < nr; i++)
		if ((int)strlen(swaps[i].name) > width)
			width = strlen(swaps[i].name);
	if (nr)
		printf("%-*s %-9s %5s %5s %4s\n", width, "NAME", "TYPE", "SIZE", "USED", "PRIO");
	for (int i = 0; i < nr; i++)
		printf("%-*s %-9s %5s %5s %4ld\n", width, swaps[i].name, swaps[i].type,
		       size_text(swaps[i].size, size), size_text(swaps[i].used, used),
		       swaps[i].priority);
	return 0;
}

static int summary(void)
{
	static char text[8192];

	if (read_file("/proc/swaps", text, sizeof(text)) < 0)
		return complain("/proc/swaps");
	/* Nothing in use: print nothing, not even the heading. */
	if (strchr(text, '\n') && strchr(text, '\n')[1])
		fputs(text, stdout);
	return 0;
}

int main(int argc, char **argv)
{
	int flags = 0, status = 0, opt;

	prog_init(argc, argv, "swapon [-p PRIORITY] DEVICE... | swapon [--show | -s]\n"
		"Use a device or file as swap, or show the swap in use.");
	if (argc == 1 || !strcmp(argv[1], "--show"))
		return show();
	while ((opt = getopt(argc, argv, "sp:")) != -1) {
		if (opt == 's')
			return summary();
		if (opt == '?')
			return 1;
		flags = SWAP_FLAG_PREFER | (parse_long(optarg) & SWAP_FLAG_PRIO_MASK);
	}
	if (optind == argc)
		usage("a device is needed");
	for (; optind < argc; optind++)
		if (swapon(argv[optind], flags) < 0)
			status = complain(argv[optind]);
	return status;
}
