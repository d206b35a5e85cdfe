/* SPDX-License-Identifier: MIT */
/*
 * user/libc/sched.c: scheduling and processor affinity.
 *
 * Linux: man 7 sched. Differs: nothing.
 */
#include <errno.h>
#include <sched.h>
#include "internal.h"

int sched_yield(void)
{
	return syscall(__NR_sched_yield);
}

int sched_getaffinity(pid_t pid, size_t size, cpu_set_t *set)
{
	/* The kernel says how many bytes it wrote; the rest stays clear. */
	memset(set, 0, size);
	return syscall(__NR_sched_getaffinity, pid, size, set) < 0 ? -1 : 0;
}

int sched_setaffinity(pid_t pid, size_t size, const cpu_set_t *set)
{
	return syscall(__NR_sched_setaffinity, pid, size, set);
}

int sched_getcpu(void)
{
	unsigned int cpu;

	return syscall(__NR_getcpu, &cpu, NULL, NULL) < 0 ? -1 : (int)cpu;
}

int sched_getscheduler(pid_t pid)
{
	return syscall(__NR_sched_getscheduler, pid);
}

int sched_setscheduler(pid_t pid, int policy, const struct sched_param *param)
{
	return syscall(__NR_sched_setscheduler, pid, policy, param);
}

int sched_get_priority_min(int policy)
{
	return syscall(__NR_sched_get_priority_min, policy);
}

int sched_get_priority_max(int policy)
{
	return syscall(__NR_sched_get_priority_max, policy);
}

int __cpu_count(const cpu_set_t *set)
{
	int nr = 0;

	for (int cpu = 0; cpu < CPU_SETSIZE; cpu++)
		nr += CPU_ISSET(cpu, set);
	return nr;
}
