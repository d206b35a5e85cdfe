/* SPDX-License-Identifier: MIT */
/*
 * faults - cause each kind of page fault once, and see its counter move by exactly one.
 *
 * The rows are those of the decision table at the head of mm/fault.c. Counters are those of the
 * whole system, read before and after one single access; all that the reading itself touches has
 * been touched before. A round in which something else moved (another process ran) is repeated.
 *
 * Linux: mm/memory.c, handle_pte_fault(). Differs: Linux counts faults, not their kinds.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "user/demos/demo.h"
#include "user/util.h"

#define TRIES 5
#define RACE_PAGES 4000

static const char *const counters[] = {
	"fault_anon_zero", "fault_anon_write", "fault_file_read", "fault_file_cow",
	"fault_file_shared", "fault_swap", "fault_wp_reuse", "fault_wp_copy", "fault_spurious",
};
enum { ANON_ZERO, ANON_WRITE, FILE_READ, FILE_COW, FILE_SHARED, SWAP, WP_REUSE, WP_COPY, SPURIOUS };

static long old[ARRAY_LEN(counters)], new[ARRAY_LEN(counters)];
static char text[16384];
static int file;
static pid_t helper;

static void sample(long *values)
{
	read_file("/proc/vmstat", text, sizeof(text));
	for (unsigned int i = 0; i < ARRAY_LEN(counters); i++)
		values[i] = field(text, counters[i]);
}

static volatile char *map(int flags, int fd)
{
	char *p = mmap(NULL, page_size(), PROT_READ | PROT_WRITE, flags, fd, 0);

	if (p == MAP_FAILED)
		cannot("mmap: %s", strerror(errno));
	return p;
}

/* Each set-up returns the page of which the access is to fault, or NULL if it cannot be done. */

static volatile char *fresh_anon(void)
{
	return map(MAP_PRIVATE | MAP_ANONYMOUS, -1);
}

static volatile char *private_file(void)
{
	return map(MAP_PRIVATE, file);
}

static volatile char *shared_file(void)
{
	return map(MAP_SHARED, file);
}

static volatile char *swapped(void)
{
	volatile char *p = fresh_anon();

	*p = 1;
	if (meminfo("SwapFree:") < 64)
		return NULL;
	if (madvise((void *)p, page_size(), MADV_PAGEOUT) < 0)
		return NULL;
	/* Give the write a moment: a page still under I/O is taken back without a fault. */
	usleep(50000);
	return p;
}

/* A page shared with a child that lives (hold) or has ended. */
static volatile char *after_fork(int hold)
{
	volatile char *p = fresh_anon();

	*p = 1;
	helper = fork();
	if (helper < 0)
		return NULL;
	if (!helper) {
		while (hold)
			pause();
		_exit(0);
	}
	if (!hold) {
		waitpid(helper, NULL, 0);
		helper = 0;
	} else {
		/* The child must not run, and fault, between the two samples. */
		usleep(50000);
	}
	return p;
}

static volatile char *sole_owner(void)
{
	return after_fork(0);
}

static volatile char *two_owners(void)
{
	return after_fork(1);
}

static volatile char *zero_page(void)
{
	volatile char *p = fresh_anon();

	(void)*p;
	return p;
}

static const struct row {
	const char *name, *result;
	volatile char *(*set_up)(void);
	int write, counter;
} rows[] = {
	{ "anonymous, read", "the zero page, read-only", fresh_anon, 0, ANON_ZERO },
	{ "anonymous, write", "a new zeroed page", fresh_anon, 1, ANON_WRITE },
	{ "file, read", "the page-cache page", private_file, 0, FILE_READ },
	{ "private file, write", "a copy of the page-cache page", private_file, 1, FILE_COW },
	{ "shared file, write", "the page-cache page, dirty", shared_file, 1, FILE_SHARED },
	{ "swapped out, read", "the page from swap", swapped, 0, SWAP },
	{ "shared once, write", "sole owner: the same page", sole_owner, 1, WP_REUSE },
	{ "shared now, write", "a copy for the writer", two_owners, 1, WP_COPY },
	{ "zero page, write", "a copy (of zeros)", zero_page, 1, WP_COPY },
};

static int only_moved(int counter)
{
	for (int i = 0; i < (int)ARRAY_LEN(counters); i++)
		if (new[i] - old[i] != (i == counter))
			return 0;
	return 1;
}

/* One try; returns 1 if just the wanted counter moved, -1 if the row cannot be set up. */
static int try_row(const struct row *row)
{
	volatile char *p = row->set_up();

	if (!p)
		return -1;
	/* Twice: after a fork the buffers of the sampling are shared and would fault too. */
	sample(old);
	sample(new);
	sample(old);
	if (row->write)
		*p = 2;
	else
		(void)*p;
	sample(new);
	if (helper > 0) {
		kill(helper, SIGKILL);
		waitpid(helper, NULL, 0);
		helper = 0;
	}
	munmap((void *)p, page_size());
	return only_moved(row->counter);
}

static void run_row(const struct row *row)
{
	int result = 0;

	for (int i = 0; i < TRIES && !result; i++)
		result = try_row(row);
	if (result < 0) {
		say("  --: %-20s not possible here (%s)", row->name,
		    row->counter == SWAP ? "no swap" : strerror(errno));
		return;
	}
	claim(result, "%-20s %-18s %ld -> %ld  %s", row->name, counters[row->counter],
	      old[row->counter], new[row->counter], row->result);
	for (int i = 0; !result && i < (int)ARRAY_LEN(counters); i++)
		if (new[i] != old[i])
			say("      %s moved by %ld", counters[i], new[i] - old[i]);
}

static volatile char *race;
static volatile int turn;

/* Touch each page at the moment the other thread does. */
static void *racer(void *arg)
{
	long self = (long)arg;

	for (int i = 0; i < RACE_PAGES; i++) {
		__atomic_add_fetch(&turn, 1, __ATOMIC_SEQ_CST);
		while (__atomic_load_n(&turn, __ATOMIC_SEQ_CST) < 2 * (i + 1))
			;
		race[i * page_size() + self] = 1;
	}
	return NULL;
}

/*
 * Two threads fault on the same page: one maps it, the other finds it mapped when it gets there.
 * With one hart that hardly ever happens, so nothing is claimed there.
 */
static void run_spurious(void)
{
	pthread_t other;
	long moved;

	if (sysconf(_SC_NPROCESSORS_ONLN) < 2) {
		say("  --: %-20s needs two harts", "already mapped");
		return;
	}
	race = map_pages(RACE_PAGES * page_size());
	sample(old);
	if (pthread_create(&other, NULL, racer, (void *)1L))
		cannot("pthread_create failed");
	racer(NULL);
	pthread_join(other, NULL);
	sample(new);
	moved = new[SPURIOUS] - old[SPURIOUS];
	say("  %s: %-20s %-18s %ld -> %ld  of %d races, nothing was left to do",
	    moved ? "ok" : "--", "already mapped", counters[SPURIOUS], old[SPURIOUS],
	    new[SPURIOUS], RACE_PAGES);
}

int main(int argc, char **argv)
{
	static char page[4096];
	const char *path = "/tmp/faults";

	prog_init(argc, argv, "faults\n"
		"Cause each kind of page fault; see its counter move by one.");
	if (!on_quire())
		cannot("this kernel does not count kinds of faults (no MMU, or not Quire)");
	file = open(path, O_RDWR | O_CREAT | O_TRUNC, 0600);
	if (file < 0 || write_all(file, page, sizeof(page)) < 0)
		die(path);
	unlink(path);
	for (unsigned int i = 0; i < ARRAY_LEN(rows); i++)
		run_row(&rows[i]);
	run_spurious();
	return demo_status();
}
