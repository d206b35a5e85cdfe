/* SPDX-License-Identifier: MIT */
/*
 * committest - promised memory: what vm.overcommit_memory refuses, to the page, and what
 * Committed_AS counts, also after a storm in which the mode changes.
 *
 * Linux: none. Differs: written from Documentation/mm/overcommit-accounting.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "user/tests/testlib.h"

#define VM "/proc/sys/vm/"
#define RW (PROT_READ | PROT_WRITE)
#define ANON (MAP_PRIVATE | MAP_ANONYMOUS)

static void set_vm(const char *name, long value)
{
	char path[64], text[24];
	int fd, n = snprintf(text, sizeof(text), "%ld", value);

	snprintf(path, sizeof(path), VM "%s", name);
	fd = OK(open(path, O_WRONLY));
	EXPECT(n, write(fd, text, n));
	close(fd);
}

static long get_vm(const char *name)
{
	char path[64], text[24];

	snprintf(path, sizeof(path), VM "%s", name);
	CHECK(read_file(path, text, sizeof(text)) > 0);
	return strtol(text, NULL, 10);
}

/* ---- mode 2 ---- */

/* How many pages can still be promised in mode 2, from the rule in the documentation. */
static long room(void)
{
	long reserve = get_vm("user_reserve_kbytes"), part = status_kib("VmSize:") / 32;
	long unit = page_size / 1024;

	part = part / unit < reserve / unit ? part / unit : reserve / unit;
	/* "Less than", and the page that makes it less. */
	return (mem_kib("CommitLimit:") - mem_kib("Committed_AS:")) / unit - part - 1;
}

static int can_map(long nr, int prot, int flags)
{
	char *p = mmap(NULL, nr * page_size, prot, flags, -1, 0);

	if (p == MAP_FAILED)
		EXPECT(ENOMEM, errno);
	else
		OK(munmap(p, nr * page_size));
	return p != MAP_FAILED;
}

/* In mode 2: use up what there is to the last page; then nothing that needs a page goes. */
static void use_up(void)
{
	char *none = mmap(NULL, 4 * page_size, PROT_NONE, ANON, -1, 0), *last = NULL, *p;
	int fd = temp_file();

	EXPECT(1, write(fd, "x", 1));		/* a page, which is counted */
	EXPECT(0, can_map(room() + 1, RW, ANON));
	EXPECT(1, can_map(room(), RW, ANON));
	/* Each mapping makes VmSize greater, and so the reserve. */
	while (room() > 0) {
		last = mmap(NULL, (room() + 1) / 2 * page_size, RW, ANON, -1, 0);
		CHECK(last != MAP_FAILED);
	}
	CHECK(last != NULL);
	EXPECT(0, can_map(1, RW, ANON));
	EXPECT(0, can_map(1, RW, ANON | MAP_NORESERVE));
	EXPECT(0, can_map(1, RW, MAP_SHARED | MAP_ANONYMOUS));
	EXPECT(1, can_map(9, PROT_READ, ANON));
	EXPECT_ERRNO(ENOMEM, mprotect(none, page_size, RW));
	EXPECT_ERRNO(ENOMEM, sbrk(page_size));
	EXPECT_ERRNO(ENOMEM, fork());
	CHECK(mmap(NULL, page_size, RW, MAP_PRIVATE, fd, 0) == MAP_FAILED);
	p = mmap(NULL, page_size, RW, MAP_SHARED, fd, 0);	/* the file has paid */
	CHECK(p != MAP_FAILED);
	*p = 1;
	OK(munmap(last, page_size));
	OK(mprotect(none, page_size, RW));
	EXPECT_ERRNO(ENOMEM, mprotect(none, 2 * page_size, RW));
	OK(mprotect(none, page_size, PROT_READ));	/* never used: given back */
	EXPECT(1, can_map(1, RW, ANON));
	_exit(0);
}

/* Run it in a child; the settings of the machine come back whatever happens. */
static void with_settings(void (*run)(void), int mode, long kbytes)
{
	long old_mode = get_vm("overcommit_memory"), ratio = get_vm("overcommit_ratio");
	long committed = mem_kib("Committed_AS:");
	int status, ready[2];
	char c;
	pid_t pid;

	OK(pipe(ready));
	pid = OK(fork());		/* in mode 2 there might be no memory for it */
	if (!pid) {
		close(ready[1]);
		EXPECT(0, read(ready[0], &c, 1));
		run();
		_exit(0);
	}
	close(ready[0]);
	set_vm("overcommit_kbytes", kbytes);
	set_vm("overcommit_memory", mode);
	close(ready[1]);
	waitpid(pid, &status, 0);
	set_vm("overcommit_memory", old_mode);
	set_vm("overcommit_ratio", ratio);
	if (WIFEXITED(status) && WEXITSTATUS(status))
		_exit(WEXITSTATUS(status));	/* it has said why */
	CHECK(WIFEXITED(status));
	EXPECT(committed, mem_kib("Committed_AS:"));
}

static void never(void)
{
	long kib = mem_kib("Committed_AS:") + 8192 - mem_kib("SwapTotal:");

	EXPECT(mem_kib("MemTotal:") / 4 * get_vm("overcommit_ratio") / 100 * 4 +
	       mem_kib("SwapTotal:"), mem_kib("CommitLimit:"));
	with_settings(use_up, 2, kib > 4 ? kib : 4);
}

/* ---- modes 0 and 1 ---- */

/* What Committed_AS counts: kib more after each line. */
static void counts(void)
{
	static const struct { int prot, flags; long kib; } rows[] = {
		{ RW, ANON, 4096 }, { PROT_READ, ANON, 0 }, { PROT_NONE, ANON, 0 },
		{ RW, ANON | MAP_NORESERVE, 0 }, { RW, MAP_SHARED | MAP_ANONYMOUS, 4096 },
		{ PROT_READ, MAP_SHARED | MAP_ANONYMOUS, 4096 },
	};
	long before = mem_kib("Committed_AS:"), len = 1024 * page_size;
	int fd = temp_file();
	char *p;

	for (unsigned int i = 0; i < ARRAY_LEN(rows); i++) {
		p = mmap(NULL, len, rows[i].prot, rows[i].flags, -1, 0);
		CHECK(p != MAP_FAILED);
		EXPECT(before + rows[i].kib, mem_kib("Committed_AS:"));
		OK(munmap(p, len));
		EXPECT(before, mem_kib("Committed_AS:"));
	}
	p = pages(1024);
	OK(mprotect(p, len / 2, PROT_READ));
	EXPECT(before + 2048, mem_kib("Committed_AS:"));
	p[len - 1] = 1;
	OK(mprotect(p + len / 2, len / 2, PROT_READ));		/* has pages: stays */
	EXPECT(before + 2048, mem_kib("Committed_AS:"));
	OK(munmap(p, len));
	EXPECT(16, pwrite(fd, "in memory only.", 16, 0));
	EXPECT(before + 4, mem_kib("Committed_AS:"));
	close(fd);
	EXPECT(before, mem_kib("Committed_AS:"));
}

static void counting(void)
{
	with_settings(counts, 0, 0);
	with_settings(counts, 1, 0);
}

/* Mode 0 refuses only what could never be there, mode 1 nothing. */
static void guess(void)
{
	long all = (mem_kib("MemTotal:") + mem_kib("SwapTotal:")) * 1024 / page_size;

	EXPECT(1, can_map(all, RW, ANON));
	EXPECT(0, can_map(all + 1, RW, ANON));
	EXPECT(1, can_map(all + 1, RW, ANON | MAP_NORESERVE));
}

static void always(void)
{
	EXPECT(1, can_map(1L << 24, RW, ANON));
}

static void always_all(void)
{
	with_settings(always, 1, 0);
}

/* ---- all modes ---- */

/* One step of a storm on 64 pages at p; each may be refused. */
static void step(char *p, unsigned int random, int fd)
{
	long at = random % 60 * page_size, len = (random >> 8) % 4 * page_size + page_size;
	pid_t pid;

	switch ((random >> 16) % 8) {
	case 0: mmap(p + at, len, RW, ANON | MAP_FIXED, -1, 0); break;
	case 1: mmap(p + at, len, RW, ANON | MAP_FIXED | MAP_NORESERVE, -1, 0); break;
	case 2: mmap(p + at, len, PROT_READ, MAP_PRIVATE | MAP_FIXED, fd, 0); break;
	case 3: mprotect(p + at, len, random >> 30 ? RW : PROT_READ); break;
	case 4: munmap(p + at, len); break;
	case 5: mremap(p + at, page_size, len, MREMAP_MAYMOVE | MREMAP_FIXED, p); break;
	case 6: ftruncate(fd, (random >> 20) % 64 * page_size); break;
	case 7:
		pid = (random >> 24) % 8 ? -1 : fork();
		if (!pid)
			_exit(0);
		if (pid > 0)
			waitpid(pid, NULL, 0);
	}
}

/* Three processes, while the mode changes under them. */
static void storm(void)
{
	pid_t pids[3];

	for (unsigned int i = 0; i < ARRAY_LEN(pids); i++) {
		unsigned int random = i + 1;
		int fd;
		char *p;

		pids[i] = OK(fork());
		if (pids[i])
			continue;
		fd = temp_file();
		p = mmap(NULL, 64 * page_size, PROT_NONE, ANON, -1, 0);
		CHECK(p != MAP_FAILED);
		for (int n = 0; n < 2000; n++) {
			random = random * 1664525 + 1013904223;
			step(p, random, fd);
		}
		_exit(0);
	}
	for (unsigned int i = 0; i < ARRAY_LEN(pids); i++)
		for (int mode = 0; waitpid(pids[i], NULL, WNOHANG) == 0; mode = (mode + 1) % 3)
			set_vm("overcommit_memory", mode);
}

static void storms(void)
{
	with_settings(storm, 0, 4096);
}

static const struct subtest tests[] = {
	{ "never", never, T_QUIRE },
	{ "counting", counting, T_QUIRE },
	{ "guess", guess, T_QUIRE },
	{ "always", always_all, T_QUIRE },
	{ "storms", storms, T_QUIRE },
};
SUITE(committest_suite, "committest", tests);
