/* SPDX-License-Identifier: MIT */
/*
 * Scheduling, as programs ask for it.
 *
 * A task keeps the policy and nice value it was given, tells them when asked and
 * passes them on to its children, as Linux does; the scheduler looks at neither.
 * So programs that set themselves up (make -j under nice, stress-ng) work, and
 * what they see is consistent.
 *
 * Locks: a task found by number is kept by a reference; tasklist_lock while the
 * processes of a group are gone through.
 *
 * Linux: kernel/sched/syscalls.c. Differs: policies and priorities are kept
 * and told, but every task gets the same share; affinity is obeyed.
 */
#include <asm/uaccess.h>
#include "kernel/pid.h"
#include "kernel/pid_namespace.h"
#include "kernel/proc_syscalls.h"
#include "kernel/sched.h"
#include "lib/errno.h"

#define SCHED_OTHER	0
#define SCHED_FIFO	1
#define SCHED_RR	2
#define SCHED_BATCH	3
#define SCHED_IDLE	5
#define PRIO_PROCESS	0
#define PRIO_PGRP	1
#define PRIO_USER	2

/* Alone on its hart the caller just goes on. */
long sys_sched_yield(void)
{
	yield();
	return 0;
}

/* The task called pid (0: ourselves) with a reference, or NULL. */
static struct task_struct *get_task(long pid)
{
	if ((pid_t)pid)
		return find_get_task((pid_t)pid);
	get_task_struct(current);
	return current;
}

/* A shorter mask than ours is filled up with zeros, a longer one is cut: Linux does both. */
long sys_sched_setaffinity(long pid, unsigned long len, const unsigned long __user *umask)
{
	unsigned long mask = 0;
	struct task_struct *t;
	int err;

	if (copy_from_user(&mask, umask, min((u32)len, (u32)sizeof(mask))))
		return -EFAULT;
	t = get_task(pid);
	if (!t)
		return -ESRCH;
	err = set_cpus_allowed(t, mask);
	put_task_struct(t);
	return err;
}

/* Returns how many bytes were written, not 0: libc relies on it to size cpu_set_t. */
long sys_sched_getaffinity(long pid, unsigned long len, unsigned long __user *umask)
{
	struct task_struct *t;
	unsigned long mask;

	if ((u32)len < sizeof(mask) || (u32)len % sizeof(mask))
		return -EINVAL;
	t = get_task(pid);
	if (!t)
		return -ESRCH;
	mask = t->cpus_mask & cpu_online_mask;
	put_task_struct(t);
	if (put_user(mask, umask))
		return -EFAULT;
	return sizeof(mask);
}

/* -EINVAL for a negative pid, -ESRCH for one that nobody has. */
long sys_sched_getscheduler(long pid)
{
	struct task_struct *t = (pid_t)pid < 0 ? NULL : get_task(pid);
	long policy;

	if (!t)
		return (pid_t)pid < 0 ? -EINVAL : -ESRCH;
	policy = t->policy;
	put_task_struct(t);
	return policy;
}

/* Deadline and extensible classes (6, 7) are not offered. */
static bool valid_policy(unsigned int policy)
{
	return policy == SCHED_OTHER || policy == SCHED_FIFO || policy == SCHED_RR ||
	       policy == SCHED_BATCH || policy == SCHED_IDLE;
}

/* Only these have priorities, 1 to 99; all others must say 0. */
static bool is_realtime(int policy)
{
	return policy == SCHED_FIFO || policy == SCHED_RR;
}

/* Takes effect in what is told, see above. nice NULL: as it was. 0 or -errno. */
static long set_scheduler(long pid, u32 policy, u32 prio, const int *nice)
{
	struct task_struct *t;

	if ((pid_t)pid < 0 || !valid_policy(policy))
		return -EINVAL;
	if (is_realtime(policy) ? prio < 1 || prio > 99 : prio != 0)
		return -EINVAL;
	t = get_task(pid);
	if (!t)
		return -ESRCH;
	t->policy = policy;
	t->rt_priority = prio;
	if (nice && !is_realtime(policy))
		t->nice = clamp_t(int, *nice, -20, 19);
	put_task_struct(t);
	return 0;
}

long sys_sched_setscheduler(long pid, long policy, const int __user *uparam)
{
	int prio;

	if (!uparam || (int)policy < 0 || (pid_t)pid < 0)
		return -EINVAL;
	if (get_user(prio, uparam))
		return -EFAULT;
	return set_scheduler(pid, policy, prio, NULL);
}

long sys_sched_getparam(long pid, int __user *uparam)
{
	struct task_struct *t = !uparam || (pid_t)pid < 0 ? NULL : get_task(pid);
	int prio;

	if (!t)
		return !uparam || (pid_t)pid < 0 ? -EINVAL : -ESRCH;
	prio = t->rt_priority;
	put_task_struct(t);
	return put_user(prio, uparam);
}

long sys_sched_setparam(long pid, const int __user *uparam)
{
	long policy = sys_sched_getscheduler(pid);

	return policy < 0 ? policy : sys_sched_setscheduler(pid, policy, uparam);
}

long sys_sched_get_priority_max(long policy)
{
	if (!valid_policy((int)policy))
		return -EINVAL;
	return is_realtime((int)policy) ? 99 : 0;
}

long sys_sched_get_priority_min(long policy)
{
	if (!valid_policy((int)policy))
		return -EINVAL;
	return is_realtime((int)policy) ? 1 : 0;
}

/* The slice after which the next one's turn comes: the same for all policies. */
long sys_sched_rr_get_interval(long pid, void __user *uts)
{
	struct __kernel_timespec ts = ns_to_timespec(TIME_SLICE * TICK_NSEC);
	long policy = sys_sched_getscheduler(pid);

	if (policy < 0)
		return policy;
	return copy_to_user(uts, &ts, sizeof(ts)) ? -EFAULT : 0;
}

/* ---- nice values: of threads, as in Linux ---- */

/* Is t one of those that (which, who) means? who 0: ourselves, our group, our user. */
static bool prio_match(const struct task_struct *t, int which, pid_t who)
{
	if (which == PRIO_PROCESS)
		return task_pid_nr_ns(t, current->pid_ns) == (who ? who : current->vpid);
	if (which == PRIO_PGRP)
		return who ? pid_nr_ns(&t->signal->pgrp_numbers, current->pid_ns) == who :
			     t->signal->pgrp == current->signal->pgrp;
	return who == 0;		/* PRIO_USER: everything is root's */
}

/*
 * Give them that nice value, and 0; or without one: the highest of theirs as 20 - nice, 1 to 40: a
 * negative result would look like an error. -ESRCH: there are none.
 */
static long priority(int which, pid_t who, const int *nice)
{
	struct task_struct *p, *t;
	long best = -ESRCH;

	if (which < PRIO_PROCESS || which > PRIO_USER)
		return -EINVAL;
	spin_lock_irq(&tasklist_lock);
	for_each_process(p) {
		for_each_thread(p, t) {
			if (!prio_match(t, which, who))
				continue;
			if (nice)
				t->nice = *nice;
			best = max(best, nice ? 0L : 20L - t->nice);
		}
	}
	spin_unlock_irq(&tasklist_lock);
	return best;
}

long sys_getpriority(long which, long who)
{
	return priority((int)which, (pid_t)who, NULL);
}

long sys_setpriority(long which, long who, long uprio)
{
	int nice = clamp_t(int, (int)uprio, -20, 19);	/* out of range is no error */

	return priority((int)which, (pid_t)who, &nice);
}

/* Right when it was asked; unless pinned, the caller may have moved since. */
long sys_getcpu(u32 __user *ucpu, u32 __user *unode, void __user *unused)
{
	if (ucpu && put_user((u32)smp_processor_id(), ucpu))
		return -EFAULT;
	return unode ? put_user(0u, unode) : 0;
}

/* ---- scheduling attributes, I/O priorities ---- */

struct sched_attr {
	u32 size, sched_policy;
	u64 sched_flags;
	s32 sched_nice;
	u32 sched_priority;
	u64 sched_runtime, sched_deadline, sched_period;
	u32 sched_util_min, sched_util_max;	/* not in the first published size */
};
#define SCHED_ATTR_SIZE_VER0	48

/* chrt(1) asks so. Policies are kept and told; all tasks run by turns, whatever theirs is. */
long sys_sched_getattr(long pid, void __user *uattr, unsigned long usize, unsigned long flags)
{
	struct sched_attr attr = { .size = min((u32)usize, (u32)sizeof(attr)) };
	struct task_struct *t;

	if ((u32)flags || (pid_t)pid < 0 || (u32)usize < SCHED_ATTR_SIZE_VER0 ||
	    (u32)usize > PAGE_SIZE)
		return -EINVAL;
	t = get_task(pid);
	if (!t)
		return -ESRCH;
	attr.sched_policy = t->policy;
	attr.sched_priority = t->rt_priority;
	attr.sched_nice = is_realtime(t->policy) ? 0 : t->nice;
	put_task_struct(t);
	return copy_to_user(uattr, &attr, attr.size) ? -EFAULT : 0;
}

/* No flags (EINVAL). Of a longer structure only what we know is looked at. */
long sys_sched_setattr(long pid, void __user *uattr, unsigned long flags)
{
	struct sched_attr attr;

	if ((u32)flags || (pid_t)pid < 0 || !uattr)
		return -EINVAL;
	if (copy_from_user(&attr, uattr, SCHED_ATTR_SIZE_VER0))
		return -EFAULT;
	if (attr.size && (attr.size < SCHED_ATTR_SIZE_VER0 || attr.size > PAGE_SIZE))
		return -E2BIG;
	if (attr.sched_flags)
		return -EINVAL;
	return set_scheduler(pid, attr.sched_policy, attr.sched_priority, &attr.sched_nice);
}

#define IOPRIO_CLASS_BE		2
#define IOPRIO_NORM		4
#define IOPRIO_WHO_USER		3

/* Every request is served in turn: all have the middle of the best-effort class. */
long sys_ioprio_get(long which, long who)
{
	if ((int)which < 1 || (int)which > IOPRIO_WHO_USER)
		return -EINVAL;
	return IOPRIO_CLASS_BE << 13 | IOPRIO_NORM;
}

/*
 * Accepted as long as it makes sense, without effect: ioprio_get() goes on to tell the truth.
 * Classes are none, real-time, best effort and idle.
 */
long sys_ioprio_set(long which, long who, long ioprio)
{
	if ((int)which < 1 || (int)which > IOPRIO_WHO_USER)
		return -EINVAL;
	return ((unsigned int)ioprio >> 13) > 3 ? -EINVAL : 0;
}
