/* SPDX-License-Identifier: MIT */
/*
 * stressswap - the part of stresstest that fills memory: swap under pressure with processes
 * that die, swapoff in use, and an OOM killer whose victims are asleep, stopped or threaded.
 *
 * Every page holds a number that tells its place and round, so that a page that comes back from
 * the wrong slot, or too old, is found out.
 *
 * Linux: tools/testing/selftests/mm has no such test; LTP's swapping01 and oom01 are alike.
 * Differs: one short program for all of it.
 */
#include <fcntl.h>
#include <linux/futex.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/swap.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "user/tests/stress.h"

/* ---- Swap ---- */

static long half_of_ram(void)
{
	return mem_kib("MemTotal:") * 1024 / page_size / 2;
}

static unsigned long page_value(long index, int round)
{
	return (index + 1) * 0x9e3779b97f4a7c15UL + round;
}

/* Write, and verify while others push the pages out; some calls that move or pin pages. */
static void swap_worker(int who)
{
	long nr = half_of_ram() / 2;
	char *p = pages(nr), *q;
	unsigned long seed = who;

	for (int round = 0; more_time(); round++) {
		for (long i = 0; i < nr; i++)
			*(unsigned long *)(p + i * page_size) = page_value(i, round);
		q = mremap(p, nr * page_size, nr * page_size, MREMAP_MAYMOVE | MREMAP_FIXED,
			   pages(nr));
		CHECK(q != MAP_FAILED);
		p = q;
		mlock(p + next_random(&seed) % nr * page_size, page_size);
		for (long i = 0; i < nr; i++)
			EXPECT(page_value(i, round), *(unsigned long *)(p + i * page_size));
		munlock(p, nr * page_size);
	}
	_exit(0);
}

static void read_all(const char *path)
{
	char buf[512];
	int fd = open(path, O_RDONLY);

	while (fd >= 0 && read(fd, buf, sizeof(buf)) > 0)
		;
	close(fd);
}

static void write_text(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY);

	CHECK(fd >= 0 && write(fd, text, strlen(text)) > 0);
	close(fd);
}

/* Looks at everything while it changes. */
static void look_around(const pid_t *pids, int nr)
{
	char path[64];

	for (int i = 0; i < nr; i++) {
		snprintf(path, sizeof(path), "/proc/%d/smaps", pids[i]);
		read_all(path);
		snprintf(path, sizeof(path), "/proc/%d/status", pids[i]);
		read_all(path);
	}
	read_all("/proc/slabinfo");
	read_all("/proc/zoneinfo");
	write_text("/proc/sys/vm/drop_caches", "3");
}

static int swap_device(char *name, int size)
{
	char text[512], *line;

	if (read_file("/proc/swaps", text, sizeof(text)) < 0)
		return 0;
	line = strchr(text, '\n');
	if (!line || line[1] != '/')
		return 0;
	snprintf(name, size, "%.*s", (int)strcspn(line + 1, " \t"), line + 1);
	return 1;
}

static void swap_and_kill(void)
{
	char device[64];
	pid_t pids[5];

	if (!swap_device(device, sizeof(device)) || mem_kib("SwapFree:") < mem_kib("MemTotal:"))
		test_skip("needs a swap disk as large as RAM");
	start_clock();
	for (int i = 0; i < 5; i++) {
		pids[i] = OK(fork());
		if (!pids[i])
			swap_worker(i);
	}
	while (more_time()) {
		look_around(pids, 5);
		/* The last one dies again and again, wherever it is: perhaps in a swap-in. */
		kill(pids[4], SIGKILL);
		waitpid(pids[4], NULL, 0);
		pids[4] = OK(fork());
		if (!pids[4])
			swap_worker(4);
	}
	for (int i = 0; i < 5; i++)
		EXPECT_EXIT(0, pids[i]);
}

/* With half as much memory in use as there is, swapoff succeeds, if the OOM killer lets it. */
static void swapoff_in_use(void)
{
	char device[64];
	long nr = half_of_ram() / 2;
	char *p = pages(nr);
	pid_t pid;

	if (!swap_device(device, sizeof(device)))
		test_skip("needs a swap disk");
	start_clock();
	for (int round = 0; more_time(); round++) {
		for (long i = 0; i < nr; i++)
			*(unsigned long *)(p + i * page_size) = page_value(i, round);
		madvise(p, nr * page_size, MADV_PAGEOUT);
		pid = OK(fork());
		if (!pid) {
			for (long i = 0; i < nr; i++)
				EXPECT(page_value(i, round), *(unsigned long *)(p + i * page_size));
			_exit(0);
		}
		OK(swapoff(device));
		for (long i = nr - 1; i >= 0; i--)
			EXPECT(page_value(i, round), *(unsigned long *)(p + i * page_size));
		EXPECT_EXIT(0, pid);
		OK(swapon(device, 0));
	}
}

/* ---- Victims of the OOM killer that cannot look up from what they do ---- */

static void set_score_adj(const char *value)
{
	write_text("/proc/self/oom_score_adj", value);
}

/* arg: how many pages. It is not asked for here: /proc is not to be read any more. */
static __attribute__((noreturn)) void *fault_for_ever(void *arg)
{
	long nr = (long)arg;

	for (char *p = pages(nr); ; madvise(p, nr * page_size, MADV_DONTNEED))
		for (long i = 0; i < nr; i++)
			p[i * page_size] = 1;
}

enum { IN_PIPE, IN_FUTEX, IN_VFORK, STOPPED, IN_THREADS, NR_VICTIMS };

/* Fills its share of memory, says so, and gets stuck in its own way. */
static void victim(int kind, int ready)
{
	long nr = half_of_ram() / 8;
	int word = 0, fds[2];
	char *p = pages(nr), c;

	set_score_adj("1000");		/* before the hog, whatever it holds */
	memset(p, 1, nr * page_size);
	EXPECT(0, pipe(fds));
	for (int i = 0; kind == IN_THREADS && i < 3; i++)
		start_thread(fault_for_ever, (void *)(nr / 2));
	EXPECT(1, write(ready, "x", 1));
	if (kind == IN_VFORK && !vfork())
		read(fds[0], &c, 1);
	if (kind == IN_FUTEX)
		syscall(SYS_futex, &word, FUTEX_WAIT, 0, NULL, NULL, 0);
	if (kind == STOPPED)
		raise(SIGSTOP);
	if (kind == IN_THREADS)
		fault_for_ever((void *)(nr / 2));
	read(fds[0], &c, 1);
	_exit(1);
}

/* A file system in memory takes its share first, and is still there afterwards. */
static int fill_tmpfs(void)
{
	int fd = temp_file();
	long nr = half_of_ram() / 2;
	char *buf = pages(1);

	memset(buf, 7, page_size);
	while (nr-- && write(fd, buf, page_size) == page_size)
		;
	return fd;
}

static void oom_with_sleepers(void)
{
	int ready[2], fd = fill_tmpfs();
	pid_t pids[NR_VICTIMS], hog;
	char c;

	OK(pipe(ready));
	set_score_adj("-1000");
	for (int i = 0; i < NR_VICTIMS; i++) {
		pids[i] = OK(fork());
		if (!pids[i])
			victim(i, ready[1]);
		EXPECT(1, read(ready[0], &c, 1));
	}
	hog = OK(fork());
	if (!hog) {
		set_score_adj("0");
		for (;;)
			memset(pages(64), 1, 64 * page_size);
	}
	EXPECT_KILLED(SIGKILL, hog);
	for (int i = 0; i < NR_VICTIMS; i++)
		EXPECT_KILLED(SIGKILL, pids[i]);
	EXPECT(1, pread(fd, &c, 1, 0));
	EXPECT(7, c);
}

/* Without swap, or else filling that is what takes the time. */
static void oom_finds_sleepers(void)
{
	char device[64];
	int had_swap = swap_device(device, sizeof(device));
	pid_t pid;

	if (had_swap)
		OK(swapoff(device));
	pid = OK(fork());
	if (!pid) {
		oom_with_sleepers();
		_exit(0);
	}
	pid = child_status(pid);
	if (had_swap)
		OK(swapon(device, 0));
	EXPECT(0, pid);
}

static const struct subtest tests[] = {
	{ "swap_and_kill", swap_and_kill, T_QUIRE },
	/* swapoff brings everybody's pages back, not only ours. */
	{ "swapoff_in_use", swapoff_in_use, T_QUIRE | T_NO_LEAK },
	{ "oom_finds_sleepers", oom_finds_sleepers, T_QUIRE },
};

SUITE(stressswap_suite, "stressswap", tests);
