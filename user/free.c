/* SPDX-License-Identifier: MIT */
/*
 * free - how much memory there is, in the layout everyone knows.
 *
 * used = total - available. Available is the kernel's estimate of what programs could get
 * without swapping: free memory, and what the page cache and the slabs can give back.
 *
 * Linux: procps free. Differs: no -c and -L; -s repeats for ever.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "user/util.h"

static int shift;		/* of bytes: 10 for KiB */
static int human_sizes, wide, totals;

static const char *number(long kib, char *buf)
{
	if (kib < 0)
		kib = 0;
	if (human_sizes)
		return human((uint64_t)kib * 1024, "i", buf);
	sprintf(buf, "%lu", (unsigned long)kib << 10 >> shift);
	return buf;
}

static void row(const char *name, const long *values, int nr)
{
	char buf[32];

	printf("%-9s", name);
	for (int i = 0; i < nr; i++)
		printf(i ? " %11s" : "%11s", number(values[i], buf));
	putchar('\n');
}

static void heading(void)
{
	static const char *const narrow[] = {
		"total", "used", "free", "shared", "buff/cache", "available",
	};
	static const char *const full[] = {
		"total", "used", "free", "shared", "buffers", "cache", "available",
	};

	printf("%9s", "");
	for (int i = 0; i < (wide ? 7 : 6); i++)
		printf(i ? " %11s" : "%11s", wide ? full[i] : narrow[i]);
	putchar('\n');
}

static void report(void)
{
	static char text[8192];
	long total, used, unused, available, buffers, cache, swap, swap_free;

	if (read_file("/proc/meminfo", text, sizeof(text)) < 0)
		die("/proc/meminfo");
	total = field(text, "MemTotal:");
	unused = field(text, "MemFree:");
	available = field(text, "MemAvailable:");
	if (available < 0)
		available = unused;
	used = total - available;
	buffers = field(text, "Buffers:");
	cache = field(text, "Cached:") + field(text, "SReclaimable:");
	swap = field(text, "SwapTotal:");
	swap_free = field(text, "SwapFree:");
	heading();
	if (wide)
		row("Mem:", (long[]){ total, used, unused, field(text, "Shmem:"), buffers,
				      cache, available }, 7);
	else
		row("Mem:", (long[]){ total, used, unused, field(text, "Shmem:"),
				      buffers + cache, available }, 6);
	row("Swap:", (long[]){ swap, swap - swap_free, swap_free }, 3);
	if (totals)
		row("Total:", (long[]){ total + swap, used + swap - swap_free,
					unused + swap_free }, 3);
}

int main(int argc, char **argv)
{
	long every = 0;
	int opt;

	prog_init(argc, argv, "free [-bkmgh] [-w] [-t] [-s SECONDS]\n"
		"Show free and used memory (-w: cache apart from buffers, -t: totals).");
	shift = 10;
	while ((opt = getopt(argc, argv, "bkmghwts:")) != -1) {
		switch (opt) {
		case 'b': shift = 0; break;
		case 'k': shift = 10; break;
		case 'm': shift = 20; break;
		case 'g': shift = 30; break;
		case 'h': human_sizes = 1; break;
		case 'w': wide = 1; break;
		case 't': totals = 1; break;
		case 's': every = parse_long(optarg); break;
		default: return 1;
		}
	}
	report();
	while (every > 0) {
		sleep(every);
		putchar('\n');
		report();
		fflush(stdout);
	}
	return 0;
}
