/* SPDX-License-Identifier: MIT */
/*
 * time - run a program and say what it cost: elapsed, user and system time, the largest
 * resident size and the page faults, minor (no I/O) and major (with I/O).
 *
 * The figures are wait4's rusage of that child, so those of its waited-for children are in it.
 * vfork and exec, so that it works without an MMU.
 *
 * Linux: GNU time. Differs: the layout; two lines more than the shell's keyword.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "user/util.h"

static void print_time(const char *name, long sec, long usec)
{
	fprintf(stderr, "%s\t%ldm%ld.%03lds\n", name, sec / 60, sec % 60, usec / 1000);
}

static void report(const struct timespec *begin, const struct timespec *end,
		   const struct rusage *use)
{
	long ns = end->tv_nsec - begin->tv_nsec;
	long sec = end->tv_sec - begin->tv_sec - (ns < 0);

	if (ns < 0)
		ns += 1000000000;
	print_time("real", sec, ns / 1000);
	print_time("user", use->ru_utime.tv_sec, use->ru_utime.tv_usec);
	print_time("sys", use->ru_stime.tv_sec, use->ru_stime.tv_usec);
	fprintf(stderr, "maxrss\t%ld KiB\n", use->ru_maxrss);
	fprintf(stderr, "faults\t%ld minor, %ld major\n", use->ru_minflt, use->ru_majflt);
}

int main(int argc, char **argv)
{
	struct timespec begin, end;
	struct rusage use;
	int status;
	pid_t pid;

	prog_init(argc, argv, "time PROGRAM [ARG]...\n"
		"Run a program; report its time, largest memory and page faults.");
	if (argc < 2)
		usage("a program is needed");
	clock_gettime(CLOCK_MONOTONIC, &begin);
	pid = vfork();
	if (pid < 0)
		die("vfork");
	if (!pid) {
		execvp(argv[1], argv + 1);
		complain(argv[1]);
		_exit(errno == ENOENT ? 127 : 126);
	}
	while (wait4(pid, &status, 0, &use) < 0)
		if (errno != EINTR)
			die("wait4");
	clock_gettime(CLOCK_MONOTONIC, &end);
	if (WIFSIGNALED(status))
		fprintf(stderr, "killed by signal %d\n", WTERMSIG(status));
	report(&begin, &end, &use);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
