/* SPDX-License-Identifier: MIT */
/*
 * taskset - run a program on certain harts, or move one that runs.
 *
 *	taskset MASK PROGRAM...		taskset -c 0,2-3 PROGRAM...
 *	taskset -p PID			taskset [-c] -p MASK|LIST PID
 *
 * Linux: util-linux taskset. Differs: no -a (all threads).
 */
#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "user/util.h"

#define MAX_CPUS 64

/* "0,2-3" or, without -c, a hexadecimal mask. */
static unsigned long parse_cpus(const char *text, int is_list)
{
	unsigned long mask = 0;
	char *end;

	if (!is_list) {
		mask = strtoul(text, &end, 16);
		if (*end || !mask)
			usage("not a mask");
		return mask;
	}
	do {
		unsigned long first = strtoul(text, &end, 10), last = first;

		if (end != text && *end == '-') {
			text = end + 1;
			last = strtoul(text, &end, 10);
		}
		if (end == text || (*end && *end != ',') || last >= MAX_CPUS || last < first)
			usage("not a list of harts");
		for (unsigned long cpu = first; cpu <= last; cpu++)
			mask |= 1UL << cpu;
		text = end + 1;
	} while (*end);
	return mask;
}

static void print_mask(pid_t pid, int is_list, const char *when)
{
	const char *comma = "";
	unsigned long mask;
	cpu_set_t set;

	CPU_ZERO(&set);
	if (sched_getaffinity(pid, sizeof(set), &set) < 0)
		die("sched_getaffinity");
	memcpy(&mask, &set, sizeof(mask));
	printf("pid %d's %s affinity %s: ", pid, when, is_list ? "list" : "mask");
	if (!is_list)
		printf("%lx", mask);
	for (int cpu = 0; is_list && cpu < MAX_CPUS; cpu++)
		if (mask & (1UL << cpu)) {
			int last = cpu;

			while (last + 1 < MAX_CPUS && mask & (1UL << (last + 1)))
				last++;
			printf(last > cpu ? "%s%d-%d" : "%s%d", comma, cpu, last);
			comma = ",";
			cpu = last;
		}
	putchar('\n');
}

static void set_mask(pid_t pid, unsigned long mask)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	memcpy(&set, &mask, sizeof(mask));
	if (sched_setaffinity(pid, sizeof(set), &set) < 0)
		die("sched_setaffinity");
}

int main(int argc, char **argv)
{
	int is_list = 0, by_pid = 0, opt;

	prog_init(argc, argv, "taskset [-c] MASK|LIST PROGRAM [ARG]... | "
		"taskset [-c] -p [MASK|LIST] PID\nBind a program to harts.");
	while ((opt = getopt(argc, argv, "+cp")) != -1) {
		if (opt == '?')
			return 1;
		is_list |= opt == 'c';
		by_pid |= opt == 'p';
	}
	if (argc - optind < (by_pid ? 1 : 2))
		usage("too few arguments");
	if (by_pid) {
		pid_t pid = parse_long(argv[argc - 1]);

		print_mask(pid, is_list, "current");
		if (argc - optind > 1) {
			set_mask(pid, parse_cpus(argv[optind], is_list));
			print_mask(pid, is_list, "new");
		}
		return 0;
	}
	set_mask(0, parse_cpus(argv[optind], is_list));
	execvp(argv[optind + 1], argv + optind + 1);
	complain(argv[optind + 1]);
	return errno == ENOENT ? 127 : 126;
}
