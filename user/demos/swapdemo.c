/* SPDX-License-Identifier: MIT */
/*
 * swapdemo - use more memory than there is.
 *
 * It writes a pattern into 1.5 times the RAM (less if the swap is too small). On the way pages
 * go to the swap disk (pswpout) and VmSwap grows. Reading everything back brings them in again
 * (pswpin, major faults) while others must leave. Every word is verified.
 *
 * Linux: mm/vmscan.c, mm/page_io.c. Differs: nothing to be seen from here.
 */
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

#include "user/demos/demo.h"
#include "user/util.h"

static long swapped_out(void)
{
	return vmstat("pswpout");
}

static long swapped_in(void)
{
	return vmstat("pswpin");
}

static void show(const char *when)
{
	struct look l;

	look(&l);
	printf("%-20s VmRSS %7ld  VmSwap %7ld  pswpout %7ld  pswpin %7ld  majflt %6ld\n", when,
	       l.rss, l.swap, swapped_out(), swapped_in(), l.majflt);
	fflush(stdout);
}

/* A word that depends on its place, so that mixed-up pages show. */
static uint64_t pattern(uint64_t index)
{
	return index * 0x9e3779b97f4a7c15UL ^ index >> 7;
}

static uint64_t verify(const uint64_t *words, size_t nr)
{
	uint64_t bad = 0;

	for (size_t i = 0; i < nr; i++)
		bad += words[i] != pattern(i);
	return bad;
}

static size_t choose_size(int argc, char **argv)
{
	long total = meminfo("MemTotal:"), available = meminfo("MemAvailable:");
	long swap = meminfo("SwapFree:");
	long kib = total + total / 2;

	if (swap < 4096)
		cannot("only %ld KiB of swap are free: swapon a disk first", swap < 0 ? 0 : swap);
	/* An eighth of the swap stays free: the system around needs some too. */
	if (kib > available + swap / 8 * 7)
		kib = available + swap / 8 * 7;
	if (argc > 1)
		kib = parse_long(argv[1]) * 1024;
	say("RAM %ld KiB, %ld available, swap %ld KiB free: using %ld KiB", total, available, swap,
	    kib);
	return kib * KIB;
}

int main(int argc, char **argv)
{
	long out, in, kept, total;
	struct look full, end;
	uint64_t *words, bad;
	size_t bytes, nr;

	prog_init(argc, argv, "swapdemo [MIB]\nUse more memory than there is; verify all of it.");
	total = meminfo("MemTotal:");
	bytes = choose_size(argc, argv);
	nr = bytes / sizeof(*words);
	words = (uint64_t *)map_pages(bytes);
	show("before");
	out = swapped_out();
	for (size_t i = 0; i < nr; i++)
		words[i] = pattern(i);
	show("written");
	look(&full);
	out = swapped_out() - out;
	kept = full.rss + full.swap;
	if ((long)(bytes / 1024) > total)
		claim(out > 0, "%ld pages went out to the swap disk", out);
	claim(about(kept, bytes / 1024, bytes / 1024 / 20 + 2048),
	      "VmRSS + VmSwap = %ld KiB: every page is in one of the two places", kept);
	in = swapped_in();
	bad = verify(words, nr);
	show("read back");
	look(&end);
	in = swapped_in() - in;
	if ((long)(bytes / 1024) > total)
		claim(in > 0 && end.majflt > full.majflt,
		      "%ld pages came back in with %ld major faults: read-ahead brings several",
		      in, end.majflt - full.majflt);
	claim(!bad, "%lu of %lu words are wrong", (unsigned long)bad, (unsigned long)nr);
	return demo_status();
}
