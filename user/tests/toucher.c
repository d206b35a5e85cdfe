/* SPDX-License-Identifier: MIT */
/*
 * user/tests/toucher.c: a process whose memory is known to the page, for tests of
 * the tools that show memory.
 *
 *	toucher PAGES		each SIGUSR1 touches PAGES pages more, and says so
 *	toucher -l PAGES	touches PAGES fresh pages over and over
 *
 * It prints "ready" once it can take a signal. Without signals it sleeps.
 *
 * Linux: none.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define PAGE	4096UL
#define MAX	16384UL			/* pages in all: 64 MiB */

static void touch(char *from, unsigned long pages)
{
	for (unsigned long i = 0; i < pages; i++)
		from[i * PAGE] = 1;
}

/* The signal is only let in while we wait for it: so none is lost, and none interrupts. */
static void touch_when_told(char *area, unsigned long pages)
{
	unsigned long done = 0;
	sigset_t usr1;

	sigemptyset(&usr1);
	sigaddset(&usr1, SIGUSR1);
	sigprocmask(SIG_BLOCK, &usr1, NULL);
	printf("ready\n");
	fflush(stdout);
	while (done + pages <= MAX && sigwaitinfo(&usr1, NULL) > 0) {
		touch(area + done * PAGE, pages);
		done += pages;
		printf("touched %lu\n", done);
		fflush(stdout);
	}
}

static void touch_for_ever(char *area, unsigned long pages)
{
	printf("ready\n");
	fflush(stdout);
	for (;;) {
		touch(area, pages);
		madvise(area, pages * PAGE, MADV_DONTNEED);
	}
}

int main(int argc, char **argv)
{
	int loop = argc > 1 && strcmp(argv[1], "-l") == 0;
	unsigned long pages = argc > 1 + loop ? strtoul(argv[1 + loop], NULL, 0) : 0;
	char *area;

	if (!pages || pages > MAX) {
		fprintf(stderr, "usage: toucher [-l] PAGES\n");
		return 2;
	}
	area = mmap(NULL, MAX * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (area == MAP_FAILED) {
		fprintf(stderr, "toucher: %s\n", strerror(errno));
		return 1;
	}
	if (loop)
		touch_for_ever(area, pages);
	touch_when_told(area, pages);
	return 0;
}
