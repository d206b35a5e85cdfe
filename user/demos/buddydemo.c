/* SPDX-License-Identifier: MIT */
/*
 * buddydemo - watch the buddy allocator split and merge.
 *
 * /proc/buddyinfo has the number of free blocks of 2^order pages. Taking single pages splits
 * large blocks in halves. Giving back every second page leaves single free pages whose buddies
 * are still in use: they cannot merge, memory is fragmented. Giving back the rest merges them up
 * to large blocks again.
 *
 * Linux: mm/page_alloc.c, __free_one_page(). Differs: nothing to be seen from here.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "user/demos/demo.h"
#include "user/util.h"

#define NR_ORDERS 11

struct buddies {
	long blocks[NR_ORDERS];		/* over all nodes and zones */
};

static struct buddies start, taken, holes, merged, file_there, file_gone;
static char text[8192];

static void take(struct buddies *b)
{
	memset(b, 0, sizeof(*b));
	if (read_file("/proc/buddyinfo", text, sizeof(text)) < 0)
		cannot("/proc/buddyinfo: %s", strerror(errno));
	for (char *line = text; line; line = strchr(line, '\n')) {
		char *at = strstr(line, "zone");

		line++;
		if (!at)
			break;
		/* "zone    DMA32      2      2 ..." */
		at += 4 + strspn(at + 4, " ");
		at += strcspn(at, " ");
		for (int i = 0; i < NR_ORDERS; i++)
			b->blocks[i] += strtol(at, &at, 10);
	}
}

static long pages_in(const struct buddies *b, int first, int last)
{
	long pages = 0;

	for (int i = first; i <= last; i++)
		pages += b->blocks[i] << i;
	return pages;
}

static void show(const char *when, const struct buddies *b)
{
	printf("%-26s", when);
	for (int i = 0; i < NR_ORDERS; i++)
		printf(" %5ld", b->blocks[i]);
	printf("  %7ld pages\n", pages_in(b, 0, NR_ORDERS - 1));
	fflush(stdout);
}

/* Give back every second page, beginning with the first (0) or the second (1). */
static void give_back(char *memory, long nr, int which)
{
	for (long i = which; i < nr; i += 2)
		madvise(memory + i * page_size(), page_size(), MADV_DONTNEED);
}

static void demo_pages(long nr)
{
	char *memory = map_pages(nr * page_size());
	long small;

	touch(memory, nr * page_size());
	take(&taken);
	show("touched the pages", &taken);
	claim(pages_in(&start, 0, 10) - pages_in(&taken, 0, 10) >= nr * 9 / 10,
	      "%ld pages were taken, by splitting larger blocks", nr);
	give_back(memory, nr, 0);
	take(&holes);
	show("freed every second page", &holes);
	small = pages_in(&holes, 0, 1) - pages_in(&taken, 0, 1);
	claim(small >= nr / 4, "%ld pages more in blocks of 1 or 2: their buddies are in use, "
	      "they cannot merge", small);
	give_back(memory, nr, 1);
	munmap(memory, nr * page_size());
	take(&merged);
	show("freed the others", &merged);
	claim(pages_in(&merged, 0, 1) - pages_in(&holes, 0, 1) <= -(nr / 8),
	      "%ld pages less in small blocks: buddies met and merged",
	      pages_in(&holes, 0, 1) - pages_in(&merged, 0, 1));
	claim(pages_in(&merged, 6, 10) >= pages_in(&holes, 6, 10),
	      "blocks of 64 pages and more: %ld pages with holes, %ld now",
	      pages_in(&holes, 6, 10), pages_in(&merged, 6, 10));
}

static void demo_file(long nr)
{
	static char page[4096];
	const char *path = "/tmp/buddydemo";
	int fd = open(path, O_RDWR | O_CREAT | O_TRUNC, 0600);
	long unused, merged_back;

	if (fd < 0)
		die(path);
	for (long i = 0; i < nr; i++)
		if (write_all(fd, page, sizeof(page)) < 0)
			die(path);
	take(&file_there);
	show("a file in the page cache", &file_there);
	unused = meminfo("MemFree:");
	close(fd);
	unlink(path);
	take(&file_gone);
	show("the file is removed", &file_gone);
	unused = (meminfo("MemFree:") - unused) * KIB / page_size();
	merged_back = pages_in(&file_gone, 0, 10) - pages_in(&file_there, 0, 10);
	/* MemFree counts the harts' own lists of single pages too, the table above does not. */
	claim(unused >= nr * 9 / 10, "removing a file of %ld pages freed %ld pages", nr, unused);
	say("  %ld of them are in the buddy again, the others wait on the list of a hart",
	    merged_back);
}

int main(int argc, char **argv)
{
	long nr = 2048, available;

	prog_init(argc, argv, "buddydemo [PAGES]\n"
		"Watch the buddy allocator split and merge blocks.");
	available = meminfo("MemAvailable:") * KIB / page_size();
	if (argc > 1)
		nr = parse_long(argv[1]);
	if (nr > available / 2)
		nr = available / 2;
	printf("%-26s", "free blocks of order");
	for (int i = 0; i < NR_ORDERS; i++)
		printf(" %5d", i);
	putchar('\n');
	take(&start);
	take(&start);
	show("at the start", &start);
	demo_pages(nr);
	demo_file(nr / 4);
	return demo_status();
}
