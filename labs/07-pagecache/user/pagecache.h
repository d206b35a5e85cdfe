/* SPDX-License-Identifier: MIT */
/*
 * What cachelab, filelab and edgelab have in common: marks at which the grader looks, the file,
 * mappings, other processes.
 *
 * The disk is /dev/vda, with ext2; the grader has made it, so it knows what is in its files. At
 * each point a line "at NAME PID:ADDRESS ..." is printed, with the mappings that matter, and a
 * line is read from the console.
 *
 * Linux: none.
 */
#pragma once
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "tools/labs/guest/lablib.h"
#include "user/tests/testlib.h"

#define PAGE	4096
#define PAGES	16		/* of the file data */
#define DATA	"/mnt/data"

/* ---- marks, files, mappings ---- */

static struct { pid_t pid; const void *address; } places[4];
static int nr_places;

/* A mapping that the grader is to look at. */
static void tell(pid_t pid, const void *address)
{
	places[nr_places].pid = pid;
	places[nr_places++].address = address;
}

static void at(const char *where)
{
	printf("at %s", where);
	for (int i = 0; i < nr_places; i++)
		printf(" %d:%p", places[i].pid, places[i].address);
	printf("\n");
	looked();
}

/* What the grader has put into each file, by offset. */
static inline unsigned char byte(unsigned long n)
{
	return n * 7 + (n >> 12) * 29 + (n >> 8);
}

static int must_open(const char *name, int flags)
{
	int fd = open(name, flags, 0644);

	if (fd < 0)
		die(name);
	return fd;
}

static inline void must(int ok, const char *what)
{
	if (!ok) {
		printf("%s: errno %d\n", what, errno);
		exit(1);
	}
}

/* `pages` pages of a file from page `from` on. */
static char *map(int fd, int from, int pages, int flags)
{
	char *p = mmap(NULL, (size_t)pages * PAGE, PROT_READ | PROT_WRITE, flags, fd,
		       (off_t)from * PAGE);

	if (p == MAP_FAILED)
		die("mmap");
	return p;
}

/* Nobody writes back behind our back: the time is never due. */
static void set_up(unsigned long flags)
{
	write_file("/proc/sys/vm/dirty_writeback_centisecs", "0\n");
	mkdir("/mnt", 0755);
	if (mount("/dev/vda", "/mnt", "ext2", flags, NULL) < 0)
		die("mount");
}

/* Read every page of a mapping, the last one first. => the sum, so that it is not left out. */
static unsigned long touch(const volatile char *p, int pages)
{
	unsigned long sum = 0;

	while (pages--)
		sum += p[pages * PAGE];
	return sum;
}

#define WRITE_ONLY	2	/* SYNC_FILE_RANGE_WRITE */

/* Starts to write one page and waits for nothing. */
static inline void start_writing(int fd, int page)
{
	must(syscall(SYS_sync_file_range, fd, (long)page * PAGE, (long)PAGE,
		     WRITE_ONLY) == 0, "sync_file_range");
}

/* ---- another process, which takes one step when told ---- */

struct peer {
	pid_t pid;
	int to, from;
};

static struct peer start(unsigned long (*step)(int n))
{
	int to[2], from[2], n;
	struct peer p;

	must(pipe(to) == 0 && pipe(from) == 0, "pipe");
	p.pid = must_fork();
	if (p.pid == 0) {
		close(to[1]);
		while (read(to[0], &n, sizeof(n)) == sizeof(n)) {
			unsigned long answer = step(n);

			if (write(from[1], &answer, sizeof(answer)) < 0)
				break;
		}
		_exit(0);
	}
	close(to[0]);
	close(from[1]);
	p.to = to[1];
	p.from = from[0];
	return p;
}

static inline void begin_ask(const struct peer *p, int n)
{
	must(write(p->to, &n, sizeof(n)) == sizeof(n), "a peer that listens");
}

static inline unsigned long end_ask(const struct peer *p)
{
	unsigned long answer;

	must(read(p->from, &answer, sizeof(answer)) == sizeof(answer), "a peer that answers");
	return answer;
}

static inline unsigned long ask(const struct peer *p, int n)
{
	begin_ask(p, n);
	return end_ask(p);
}

static char *mine;			/* a mapping of the peer */

/* ---- which one ---- */

struct file_state {
	const char *name;
	int (*run)(void);
	unsigned long mount_flags;
};

static int run_on_disk(const struct file_state *states, int nr, const char *name)
{
	for (int i = 0; i < nr; i++)
		if (name && !strcmp(name, states[i].name)) {
			set_up(states[i].mount_flags);
			return states[i].run();
		}
	fputs("one of these states is wanted:", stderr);
	for (int i = 0; i < nr; i++)
		fprintf(stderr, " %s", states[i].name);
	fputs("\n", stderr);
	return 2;
}
