/* SPDX-License-Identifier: MIT */
/*
 * lazy - memory is given when it is touched, not when it is asked for.
 *
 * malloc() only grows the address space (VmSize). Each first touch of a page is one minor page
 * fault and one page of resident memory (VmRSS); the high-water mark (VmHWM, "max RSS") stays
 * when the memory is given back. Ask yourself: which of the five numbers would a program that
 * only reads the memory change?
 *
 * Linux: mm/memory.c, do_anonymous_page(). Differs: nothing to be seen from here.
 */
#include <stdio.h>
#include <stdlib.h>

#include "user/demos/demo.h"
#include "user/util.h"

static struct look first, last;

static void show(const char *when, const struct look *l)
{
	printf("%-22s %9ld %9ld %9ld %9ld %7ld\n", when, l->vsize, l->rss, l->max_rss, l->minflt,
	       l->majflt);
}

/* Touch pages from..to and check what that cost. */
static void touch_pages(char *start, long from, long to, const char *when)
{
	long nr = to - from, kib = page_size() / 1024;

	look(&first);
	touch(start + from * page_size(), nr * page_size());
	look(&last);
	show(when, &last);
	claim(about(last.minflt - first.minflt, nr, on_quire() ? 0 : 8),
	      "%ld page%s touched, %ld minor faults: one fault a page", nr, nr == 1 ? "" : "s",
	      last.minflt - first.minflt);
	claim(about(last.rss - first.rss, nr * kib, 0), "RSS grew by %ld KiB, %ld pages of %ld KiB",
	      last.rss - first.rss, nr, kib);
}

int main(int argc, char **argv)
{
	size_t bytes = 64 * MIB;
	long nr, available;
	char *block, *start;

	prog_init(argc, argv, "lazy [MIB]\nShow that malloc gives no memory; touching it does.");
	available = meminfo("MemAvailable:");
	if (argc > 1)
		bytes = parse_long(argv[1]) * MIB;
	else if (available > 0 && bytes > available * KIB / 2)
		bytes = available * KIB / 2 & ~(MIB - 1);
	nr = bytes / page_size();
	say("%-22s %9s %9s %9s %9s %7s", "KiB", "VmSize", "VmRSS", "max RSS", "minflt", "majflt");
	look(&last);
	show("", &last);
	look(&first);
	show("before malloc", &first);
	block = malloc(bytes + page_size());
	if (!block)
		cannot("malloc of %lu MiB failed", (unsigned long)(bytes / MIB));
	/* malloc's own header has touched the first page: begin at the next. */
	start = (char *)(((unsigned long)block + page_size()) & ~(page_size() - 1UL));
	look(&last);
	show("after malloc", &last);
	claim(last.vsize - first.vsize >= (long)(bytes / 1024),
	      "VmSize grew by %ld KiB: addresses are reserved at once", last.vsize - first.vsize);
	claim(last.rss - first.rss <= (on_quire() ? 16 : 1024),
	      "RSS grew by %ld KiB: but no memory yet", last.rss - first.rss);
	touch_pages(start, 0, 1, "touched 1 page");
	touch_pages(start, 1, nr / 4, "touched a quarter");
	touch_pages(start, nr / 4, nr - 1, "touched all");
	touch_pages(start, 0, 0, "touched nothing new");
	first = last;
	free(block);
	look(&last);
	show("after free", &last);
	claim(first.rss - last.rss >= (long)(bytes / 1024) * 9 / 10,
	      "RSS fell by %ld KiB: a block of this size goes back to the kernel",
	      first.rss - last.rss);
	claim(last.max_rss >= first.rss - (on_quire() ? 0 : 1024),
	      "max RSS stays at %ld KiB", last.max_rss);
	return demo_status();
}
