/* SPDX-License-Identifier: MIT */
/*
 * cowtest - fork shares pages and copies the ones that are written, exactly those.
 *
 * Counting uses free pages of the whole system, so each count is bracketed: as many as must be
 * used, and no more than page tables, kernel stack and the child's own stack can explain.
 *
 * Linux: tools/testing/selftests/mm/cow.c. Differs: counts pages instead of timing leaks.
 */
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "user/tests/testlib.h"

/* What a fork may cost beside what is counted: stacks, tables, slabs, pages of libc. */
#define FORK_COST 64

static int go[2], done[2];

static void make_pipes(void)
{
	OK(pipe(go));
	OK(pipe(done));
}

static void send(int *fds)
{
	EXPECT(1, write(fds[1], "x", 1));
}

static void receive(int *fds)
{
	char c;

	EXPECT(1, read(fds[0], &c, 1));
}

static void fill(char *p, long nr, int value)
{
	for (long i = 0; i < nr; i++)
		memset(p + i * page_size, value + i, page_size);
}

/* Every byte of every page still as fill() left it. */
static int intact(const char *p, long nr, int value)
{
	for (long i = 0; i < nr; i++)
		for (long j = 0; j < page_size; j += 64)
			if (p[i * page_size + j] != (char)(value + i))
				return 0;
	return 1;
}

/* 70 % of RAM in one process: it can only fork if nothing is copied. */
static void fork_big(void)
{
	long nr = mem_kib("MemTotal:") * 7 / 10 * 1024 / page_size, room = free_pages() - 512;
	char *p;
	pid_t pid;

	if (nr > room)
		nr = room;
	p = pages(nr);
	fill(p, nr, 1);
	for (int i = 0; i < 3; i++) {
		pid = fork();
		if (!pid)
			_exit(!intact(p, nr, 1));
		EXPECT_EXIT(0, pid);
	}
	CHECK(intact(p, nr, 1));
}

/* Pages of anonymous memory: exact. Free pages are so but for the slabs that harts keep. */
struct use {
	long anon, free;
};

static struct use use_now(void)
{
	struct use now = { .free = free_pages() };

	now.anon = mem_kib("AnonPages:") * 1024 / page_size;
	return now;
}

/* k pages were copied, but for our own stack nothing else, and no page was used beside them. */
static void check_copied(const struct use *before, const struct use *after, long k)
{
	long anon = after->anon - before->anon, used = before->free - after->free;

	if (anon < k || anon > k + 8)
		FAIL("pages copied: expected %ld got %ld", k, anon);
	/* A hart that was new to us may take a slab of several pages for each kind of object. */
	if (labs(used - anon) > 64)
		FAIL("free pages used for %ld copies: %ld", anon, used);
}

/* The child writes k of n pages; k pages are used up, and given back. */
static void exact_copies(void)
{
	static const int counts[] = { 0, 1, 10, 300, 1000 };
	struct use forked, written;
	long nr = 1000, before;
	char *p = pages(nr);

	fill(p, nr, 7);
	make_pipes();
	for (unsigned int i = 0; i < ARRAY_LEN(counts); i++) {
		long k = counts[i];
		pid_t pid;

		/* The child before may yet give back a page or two: it ends on another hart. */
		before = free_pages_settled();
		pid = fork();
		if (!pid) {
			send(done);
			receive(go);
			for (long n = 0; n < k; n++)
				p[n * page_size] = 99;
			send(done);
			receive(go);
			_exit(0);
		}
		receive(done);
		forked = use_now();
		CHECK(before - forked.free <= FORK_COST);
		send(go);
		receive(done);
		written = use_now();
		check_copied(&forked, &written, k);
		send(go);
		EXPECT_EXIT(0, pid);
		CHECK(intact(p, nr, 7));
	}
}

/* Three generations, each writes its part; everyone sees what it must. */
static void chain(int depth, char *p, long nr)
{
	pid_t pid;

	if (!depth)
		return;
	pid = fork();
	if (!pid) {
		memset(p + depth * page_size, depth, page_size);
		chain(depth - 1, p, nr);
		for (int i = 1; i < depth; i++)
			if (p[i * page_size] != (char)(1 + i))
				_exit(10 + i);
		_exit(p[depth * page_size] != depth);
	}
	EXPECT_EXIT(0, pid);
}

static void chains(void)
{
	char *p = pages(64);

	fill(p, 64, 1);
	for (int i = 0; i < 3; i++) {
		chain(3, p, 64);
		CHECK(intact(p, 64, 1));
	}
}

/* The kernel's own write, by read(2), into a shared page must copy it too. */
static void from_pipe(void)
{
	char *p = pages(2);
	int fds[2];
	pid_t pid;

	fill(p, 2, 5);
	OK(pipe(fds));
	pid = fork();
	if (!pid) {
		EXPECT(4, write(fds[1], "abcd", 4));
		/* Across the border of two shared pages. */
		EXPECT(4, read(fds[0], p + page_size - 2, 4));
		_exit(memcmp(p + page_size - 2, "abcd", 4) != 0);
	}
	EXPECT_EXIT(0, pid);
	CHECK(intact(p, 2, 5));
	EXPECT(5, p[page_size - 1]);
	EXPECT(6, p[page_size]);
}

/* When the child has gone the parent owns its pages alone: writing uses no new page. */
static void sole_owner(void)
{
	long nr = 500, before, copies, reuses;
	char *p = pages(nr);
	pid_t pid;

	fill(p, nr, 3);
	pid = fork();
	if (!pid)
		_exit(0);
	EXPECT_EXIT(0, pid);
	nap(50);
	before = free_pages();
	copies = vm_counter("fault_wp_copy");
	reuses = vm_counter("fault_wp_reuse");
	for (long i = 0; i < nr; i++)
		p[i * page_size] = 1;
	reuses = vm_counter("fault_wp_reuse") - reuses;
	copies = vm_counter("fault_wp_copy") - copies;
	CHECK(before - free_pages() <= 8);
	CHECK(reuses >= nr);
	CHECK(copies <= 8);
}

/* A child that outlives its parent's write keeps the old page; the parent has a new one. */
static void parent_writes(void)
{
	char *p = pages(16);
	pid_t pid;

	fill(p, 16, 20);
	make_pipes();
	pid = fork();
	if (!pid) {
		receive(go);
		_exit(!intact(p, 16, 20));
	}
	memset(p, 0, 16 * page_size);
	send(go);
	EXPECT_EXIT(0, pid);
	EXPECT(0, p[15 * page_size]);
}

static void readonly_stays(void)
{
	char *p = pages(1);
	pid_t pid;

	p[0] = 4;
	OK(mprotect(p, page_size, PROT_READ));
	pid = fork();
	if (!pid) {
		/* No COW for what may not be written at all. */
		if (fault_write(p).sig != SIGSEGV || fault_write((void *)fill).sig != SIGSEGV)
			_exit(1);
		if (mprotect(p, page_size, PROT_READ | PROT_WRITE) < 0)
			_exit(2);
		p[0] = 5;
		_exit(p[0] != 5);
	}
	EXPECT_EXIT(0, pid);
	EXPECT(4, p[0]);
}

static void zero_page_fork(void)
{
	char *p = pages(4);
	pid_t pid;

	CHECK(!p[0] && !p[page_size]);
	pid = fork();
	if (!pid) {
		p[0] = 1;
		_exit(p[0] != 1 || p[1] != 0 || p[page_size] != 0);
	}
	EXPECT_EXIT(0, pid);
	EXPECT(0, p[0]);
	p[page_size] = 2;
	EXPECT(2, p[page_size]);
}

/* Private file pages: the copy belongs to the process and is itself shared by fork. */
static void file_pages(void)
{
	int fd = temp_file();
	char c, *p;
	pid_t pid;

	OK(ftruncate(fd, 2 * page_size));
	p = mmap(NULL, 2 * page_size, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
	p[0] = 1;
	pid = fork();
	if (!pid) {
		if (p[0] != 1)
			_exit(1);
		p[0] = 2;
		p[page_size] = 3;
		_exit(0);
	}
	EXPECT_EXIT(0, pid);
	EXPECT(1, p[0]);
	EXPECT(0, p[page_size]);
	EXPECT(1, pread(fd, &c, 1, 0));
	EXPECT(0, c);
}

/* One branch of a storm: forks on, writes its pages and looks whether anyone else wrote them. */
static int storm_child(char *p, long nr, int depth, int id)
{
	pid_t left = -1, right = -1;

	if (depth) {
		left = fork();
		if (!left)
			_exit(storm_child(p, nr, depth - 1, 2 * id));
		right = fork();
		if (!right)
			_exit(storm_child(p, nr, depth - 1, 2 * id + 1));
	}
	for (long i = 0; i < nr; i++)
		p[i * page_size] = id + i;
	sched_yield();
	for (long i = 0; i < nr; i++)
		if (p[i * page_size] != (char)(id + i))
			return 1;
	if (depth && (child_status(left) || child_status(right)))
		return 2;
	return 0;
}

/* Many processes fork and write the same pages at once, on all harts. */
static void storm(void)
{
	char *p = pages(32);
	pid_t pid;

	fill(p, 32, 0);
	for (int i = 0; i < 4; i++) {
		pid = fork();
		if (!pid)
			_exit(storm_child(p, 32, 4, 1));
		EXPECT_EXIT(0, pid);
		CHECK(intact(p, 32, 0));
	}
}

/* The parent writes while its children are born: no write may reach a child that was earlier. */
static void fork_while_writing(void)
{
	char *p = pages(8);

	for (int i = 0; i < 100; i++) {
		pid_t pid;

		memset(p, i, 8 * page_size);
		pid = fork();
		if (!pid) {
			for (long j = 0; j < 8; j++)
				if (p[j * page_size] != (char)i)
					_exit(1);
			_exit(0);
		}
		memset(p, ~i, 8 * page_size);
		EXPECT_EXIT(0, pid);
	}
}

static const struct subtest tests[] = {
	{ "fork_big", fork_big, T_QUIRE },
	{ "exact_copies", exact_copies, T_QUIRE },
	{ "chains", chains, 0 },
	{ "pipe", from_pipe, 0 },
	{ "sole_owner", sole_owner, T_QUIRE },
	{ "parent_writes", parent_writes, 0 },
	{ "readonly_stays", readonly_stays, 0 },
	{ "zero_page_fork", zero_page_fork, 0 },
	{ "file_pages", file_pages, 0 },
	{ "storm", storm, 0 },
	{ "fork_while_writing", fork_while_writing, 0 },
};

SUITE(cowtest_suite, "cowtest", tests);
