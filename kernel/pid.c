/* SPDX-License-Identifier: MIT */
/*
 * Process numbers: a bitmap of the used ones, handed out in rising order so
 * that a number comes back as late as possible, and a hash from number to task.
 *
 * A number that is still the id of a process group or session must not become
 * a pid again. That can only happen after the numbers have wrapped, so only
 * then is it looked for.
 *
 * Locks: everything under tasklist_lock.
 *
 * Linux: kernel/pid.c. Differs: no struct pid, no namespaces.
 */
#include "kernel/pid.h"
#include "lib/bitmap.h"
#include "lib/errno.h"

#define PID_HASH_SIZE	256
#define RESERVED_PIDS	300	/* after a wrap, low numbers are left to early daemons */

static unsigned long pid_map[PID_MAX / 64] = { 1 };	/* 0 is the idle task */
static struct hlist_head pid_hash[PID_HASH_SIZE];
static int last_pid;
static bool wrapped;
int pid_max = PID_MAX;

static bool pid_names_group(pid_t pid)
{
	struct task_struct *p;

	for_each_process(p) {
		if (p->signal->pgrp == pid || p->signal->session == pid)
			return true;
	}
	return false;
}

int alloc_pid(void)
{
	unsigned long pid = last_pid;

	for (int laps = 0; laps < 2; ) {
		pid = find_next_zero_bit(pid_map, pid_max, pid + 1);
		if (pid >= (unsigned long)pid_max) {
			wrapped = true;
			laps++;
			pid = RESERVED_PIDS - 1;
			continue;
		}
		if (wrapped && pid_names_group(pid))
			continue;
		pid_map[pid / 64] |= 1UL << pid % 64;
		last_pid = pid;
		return pid;
	}
	return -EAGAIN;
}

void free_pid(pid_t pid)
{
	pid_map[pid / 64] &= ~(1UL << pid % 64);
}

void attach_pid(struct task_struct *t)
{
	hlist_add_head(&t->pid_node, &pid_hash[t->pid % PID_HASH_SIZE]);
}

void detach_pid(struct task_struct *t)
{
	hlist_del(&t->pid_node);
}

struct task_struct *find_task_by_pid(pid_t pid)
{
	struct task_struct *t;

	if (pid <= 0)
		return NULL;
	hlist_for_each_entry(t, &pid_hash[pid % PID_HASH_SIZE], pid_node) {
		if (t->pid == pid)
			return t;
	}
	return NULL;
}

struct task_struct *find_get_task(pid_t pid)
{
	struct task_struct *t;
	unsigned long flags;

	spin_lock_irqsave(&tasklist_lock, flags);
	t = find_task_by_pid(pid);
	if (t)
		get_task_struct(t);
	spin_unlock_irqrestore(&tasklist_lock, flags);
	return t;
}

struct task_struct *next_tgid(pid_t *pid)
{
	struct task_struct *p, *best = NULL;
	unsigned long flags;

	spin_lock_irqsave(&tasklist_lock, flags);
	for_each_process(p) {
		if (p->pid >= *pid && (!best || p->pid < best->pid))
			best = p;
	}
	if (best) {
		get_task_struct(best);
		*pid = best->pid;
	}
	spin_unlock_irqrestore(&tasklist_lock, flags);
	return best;
}

bool pgrp_in_session(pid_t pgrp, pid_t session)
{
	struct task_struct *p;

	for_each_process(p) {
		if (p->signal->pgrp == pgrp && p->signal->session == session)
			return true;
	}
	return false;
}

pid_t last_pid_value(void)
{
	return last_pid;
}
