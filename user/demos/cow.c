/* SPDX-License-Identifier: MIT */
/*
 * cow - fork copies page tables, not pages; a page is copied when somebody writes to it.
 *
 * The parent fills N MiB and forks. Free memory hardly changes. Then the child writes k pages,
 * and exactly k pages are copied (fault_wp_copy counts them). When the child has gone, the
 * parent is the sole owner again: its next write to a page copies nothing (fault_wp_reuse).
 *
 * Linux: mm/memory.c, do_wp_page(). Differs: the two counters are Quire's own.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "user/demos/demo.h"
#include "user/util.h"

static char *memory;
static size_t bytes;
static long nr_writes;
static int to_child[2], to_parent[2];

/* What is looked at in each state. */
struct state {
	long mem_free, copies, reuses, faults;
};

static struct state fresh, forked, written, alone;

static void take(struct state *s, const char *when)
{
	s->copies = vmstat("fault_wp_copy");
	s->reuses = vmstat("fault_wp_reuse");
	s->faults = vmstat("pgfault");
	s->mem_free = meminfo("MemFree:");
	printf("%-30s %10ld %10ld %10ld %10ld\n", when, s->mem_free, s->faults, s->copies,
	       s->reuses);
	fflush(stdout);
}

static void token(const int pipe_fds[2], int sending)
{
	char c = 'x';

	if ((sending ? write(pipe_fds[1], &c, 1) : read(pipe_fds[0], &c, 1)) != 1)
		cannot("the pipe broke");
}

/* Says when it is ready, waits, writes its pages, says so, waits for the end. */
static void child(void)
{
	token(to_parent, 1);
	token(to_child, 0);
	for (long i = 0; i < nr_writes; i++)
		memory[i * page_size()] = 'c';
	token(to_parent, 1);
	token(to_child, 0);
	_exit(memory[0] != 'c');
}

static void compare_fork(const struct look *self)
{
	long used = fresh.mem_free - forked.mem_free;
	long tables = self->pte;

	claim(used < (long)(bytes / 1024) / 4 + tables + 512,
	      "fork of a process with %lu KiB used %ld KiB: its page tables are %ld KiB",
	      (unsigned long)bytes / 1024, used, tables);
	used = forked.mem_free - written.mem_free;
	claim(labs(used - nr_writes * page_size() / 1024) <= 1024,
	      "writing %ld pages in the child used %ld KiB more", nr_writes, used);
	if (!on_quire())
		return;
	claim(written.copies - forked.copies >= nr_writes &&
	      written.copies - forked.copies <= nr_writes + 16,
	      "%ld pages were copied: %ld, and a few of the child's stack",
	      written.copies - forked.copies, nr_writes);
}

static void compare_end(void)
{
	struct state reused;
	long i, reuses;

	claim(labs(alone.mem_free - fresh.mem_free) <= 1024,
	      "after the child's end free memory is back: %ld KiB difference",
	      alone.mem_free - fresh.mem_free);
	claim(memory[0] == 'p', "the parent's memory never changed");
	for (i = nr_writes; i < nr_writes + 100 && (size_t)i * page_size() < bytes; i++)
		memory[i * page_size()] = 'q';
	take(&reused, "parent wrote 100 pages");
	reuses = reused.reuses - alone.reuses;
	if (on_quire())
		claim(reuses >= 100 && reuses <= 116,
		      "the sole owner reuses its pages: %ld reused, %ld copied", reuses,
		      reused.copies - alone.copies);
}

int main(int argc, char **argv)
{
	struct look self;
	int status;
	pid_t pid;

	prog_init(argc, argv, "cow [MIB [PAGES]]\nShow what fork shares and what a write copies.");
	bytes = meminfo("MemAvailable:") * KIB / 3;
	if (bytes > 16 * MIB)
		bytes = 16 * MIB;
	if (argc > 1)
		bytes = parse_long(argv[1]) * MIB;
	nr_writes = argc > 2 ? parse_long(argv[2]) : 500;
	if (nr_writes * page_size() > (long)bytes)
		nr_writes = bytes / page_size() / 2;
	if (pipe(to_child) < 0 || pipe(to_parent) < 0)
		die("pipe");
	memory = map_pages(bytes);
	memset(memory, 'p', bytes);
	say("%-30s %10s %10s %10s %10s", "", "MemFree", "pgfault", "wp_copy", "wp_reuse");
	take(&fresh, "warming up");
	take(&fresh, "parent filled its memory");
	pid = fork();
	if (pid < 0)
		cannot("fork: %s (without an MMU there is no copy-on-write)", strerror(errno));
	if (!pid)
		child();
	token(to_parent, 0);
	/* After the fork the first writes of the parent copy too: not in the numbers. */
	take(&forked, "forked (and warming up)");
	take(&forked, "forked");
	token(to_child, 1);
	token(to_parent, 0);
	take(&written, "child wrote its pages");
	look(&self);
	compare_fork(&self);
	token(to_child, 1);
	if (waitpid(pid, &status, 0) != pid)
		die("waitpid");
	claim(WIFEXITED(status) && !WEXITSTATUS(status), "the child saw what it wrote");
	take(&alone, "the child has gone");
	compare_end();
	return demo_status();
}
