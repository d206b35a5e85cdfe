/* SPDX-License-Identifier: MIT */
/*
 * Pages whose number is known, and frames that can be compared:
 *
 *	pages touch N [FILE]	touches N pages of its own (or of FILE, shared) each time it
 *				gets SIGUSR1; says "ready", then "touched" each time
 *	pages frames		where a page of the C library and one of its own data lie, in
 *				this process and in a second one: "libc same", "data different"
 *	pages stack KIB		uses so much stack
 *	pages lock KIB		locks so much memory; the status is errno
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define PAGE 4096UL

static char data[2 * PAGE] = { 1 };

static char *area(unsigned long pages, const char *file)
{
	int fd = file ? open(file, O_RDWR) : -1;
	char *p = mmap(NULL, pages * PAGE, PROT_READ | PROT_WRITE,
		       file ? MAP_SHARED : MAP_PRIVATE | MAP_ANONYMOUS, fd, 0);

	if (p == MAP_FAILED) {
		perror("pages");
		exit(1);
	}
	return p;
}

/* For ever: what was touched is given back before it is touched again. */
static int touch(unsigned long pages, const char *file)
{
	char *p = area(pages, file);
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	sigprocmask(SIG_BLOCK, &set, NULL);
	puts("ready");
	fflush(stdout);
	while (sigwaitinfo(&set, NULL) > 0) {
		madvise(p, pages * PAGE, MADV_DONTNEED);
		for (unsigned long i = 0; i < pages; i++)
			p[i * PAGE] = 1;
		puts("touched");
		fflush(stdout);
	}
	return 0;
}

static uint64_t frame(const void *address)
{
	int fd = open("/proc/self/pagemap", O_RDONLY);
	uint64_t entry = 0;

	if (pread(fd, &entry, 8, (uintptr_t)address / PAGE * 8) != 8)
		entry = 0;
	close(fd);
	return entry >> 63 ? entry & ((1UL << 55) - 1) : 0;
}

static const char *compare(uint64_t a, uint64_t b)
{
	return !a || !b ? "unknown" : a == b ? "same" : "different";
}

static int frames(int child)
{
	uint64_t libc = frame((const void *)(uintptr_t)strtoul), own, theirs[2] = { 0, 0 };
	FILE *other;

	data[PAGE] = 2;
	own = frame(data + PAGE);
	if (child)
		return printf("%lu %lu\n", libc, own) < 0;
	other = popen("pages child", "r");
	if (!other || fscanf(other, "%lu %lu", &theirs[0], &theirs[1]) != 2)
		return 1;
	pclose(other);
	printf("libc %s\ndata %s\n", compare(libc, theirs[0]), compare(own, theirs[1]));
	return 0;
}

static int stack(unsigned long bytes)
{
	volatile char *p = __builtin_alloca(bytes);

	for (unsigned long at = bytes; at >= PAGE; at -= PAGE)
		p[at - 1] = 1;
	return 0;
}

int main(int argc, char **argv)
{
	unsigned long n = strtoul(argc > 2 ? argv[2] : "0", NULL, 10);	/* its page is there now */

	if (argc > 1 && !strcmp(argv[1], "touch"))
		return touch(n, argv[3]);
	if (argc > 1 && !strcmp(argv[1], "stack"))
		return stack(n << 10);
	if (argc > 1 && !strcmp(argv[1], "lock"))
		return mlock(area(n / 4, NULL), n << 10) ? errno : 0;
	return frames(argc > 1 && !strcmp(argv[1], "child"));
}
