/* SPDX-License-Identifier: MIT */
/*
 * Process numbers: for each namespace a bitmap of the used ones, handed out in
 * rising order so that a number comes back as late as possible; and for each
 * level of namespaces a hash from number to task.
 *
 * A number that is still the id of a process group or session must not become
 * a pid again. That can only happen after the numbers have wrapped, so only
 * then is it looked for.
 *
 * Locks: everything under tasklist_lock.
 *
 * Linux: kernel/pid.c. Differs: no struct pid: see pid_types.h.
 */
#include "kernel/pid.h"
#include "kernel/pid_namespace.h"
#include "lib/bitmap.h"
#include "lib/errno.h"
#include "lib/string.h"

#define PID_HASH_SIZE	256
#define RESERVED_PIDS	300	/* after a wrap, low numbers are left to early daemons */

static struct hlist_head pid_hash[PID_HASH_SIZE];	/* of the first namespace */
static struct hlist_head ns_hash[PID_NS_LEVELS - 1][PID_HASH_SIZE / 4];
int pid_max = PID_MAX;

static bool pid_names_group(pid_t pid, const struct pid_namespace *ns)
{
	struct task_struct *p;

	for_each_process(p) {
		if (pid_nr_ns(&p->signal->pgrp_numbers, ns) == pid ||
		    pid_nr_ns(&p->signal->session_numbers, ns) == pid)
			return true;
	}
	return false;
}

/* An unused number of one namespace, or -EAGAIN. */
static int alloc_number(struct pid_namespace *ns)
{
	unsigned long pid = ns->last_pid;

	for (int laps = 0; laps < 2; ) {
		pid = find_next_zero_bit(ns->pid_map, pid_max, pid + 1);
		if (pid >= (unsigned long)pid_max) {
			ns->wrapped = true;
			laps++;
			pid = RESERVED_PIDS - 1;
			continue;
		}
		if (ns->wrapped && pid_names_group(pid, ns))
			continue;
		ns->pid_map[pid / 64] |= 1UL << pid % 64;
		ns->last_pid = pid;
		ns->nr_pids++;
		return pid;
	}
	return -EAGAIN;
}

static void free_number(pid_t nr, struct pid_namespace *ns)
{
	ns->pid_map[nr / 64] &= ~(1UL << nr % 64);
	ns->nr_pids--;
	if (ns->zapper)
		wake_up_process(ns->zapper);
}

/* From the innermost level up, and back again where one has no number left. */
int alloc_pid(struct task_struct *t)
{
	struct pid_namespace *ns, *n;
	int nr;

	for (ns = t->pid_ns; ns; ns = ns->parent) {
		nr = ns->dying ? -ENOMEM : alloc_number(ns);
		if (nr < 0)
			goto err_free;
		t->pids.at[ns->level] = (struct upid){ nr, ns->ns.inum };
	}
	t->pid = t->pids.at[0].nr;
	t->vpid = t->pids.at[t->pid_ns->level].nr;
	return 0;

err_free:
	for (n = t->pid_ns; n != ns; n = n->parent)
		free_number(t->pids.at[n->level].nr, n);
	return nr;
}

void free_pid(struct task_struct *t)
{
	for (struct pid_namespace *ns = t->pid_ns; ns; ns = ns->parent)
		free_number(t->pids.at[ns->level].nr, ns);
}

/* Equal numbers of namespaces beside each other should not all meet in one chain. */
static struct hlist_head *ns_chain(int level, pid_t nr, unsigned int inum)
{
	return &ns_hash[level - 1][(nr + inum) % (PID_HASH_SIZE / 4)];
}

void attach_pid(struct task_struct *t)
{
	hlist_add_head(&t->pid_node, &pid_hash[t->pid % PID_HASH_SIZE]);
	for (int level = t->pid_ns->level; unlikely(level > 0); level--)
		hlist_add_head(&t->ns_nodes[level - 1],
			       ns_chain(level, t->pids.at[level].nr, t->pids.at[level].ns));
}

void detach_pid(struct task_struct *t)
{
	hlist_del(&t->pid_node);
	for (int level = t->pid_ns->level; unlikely(level > 0); level--)
		hlist_del(&t->ns_nodes[level - 1]);
}

void exchange_pids(struct task_struct *a, struct task_struct *b)
{
	struct pid_numbers numbers = a->pids;

	detach_pid(a);
	detach_pid(b);
	a->pids = b->pids;
	b->pids = numbers;
	swap(a->pid, b->pid);
	swap(a->vpid, b->vpid);
	attach_pid(a);
	attach_pid(b);
}

static struct task_struct *find_in_first(pid_t pid)
{
	struct task_struct *t;

	hlist_for_each_entry(t, &pid_hash[pid % PID_HASH_SIZE], pid_node) {
		if (t->pid == pid)
			return t;
	}
	return NULL;
}

struct task_struct *find_task_in(pid_t nr, const struct pid_namespace *ns)
{
	unsigned int level = ns->level;
	struct hlist_node *n;

	if (nr <= 0)
		return NULL;
	if (!level)
		return find_in_first(nr);
	for (n = ns_chain(level, nr, ns->ns.inum)->first; n; n = n->next) {
		struct hlist_node *first = n - (level - 1);
		struct task_struct *t = container_of(first, struct task_struct, ns_nodes[0]);

		if (task_pid_nr_ns(t, ns) == nr)
			return t;
	}
	return NULL;
}

struct task_struct *find_task_by_pid(pid_t pid)
{
	return find_task_in(pid, current->pid_ns);
}

struct task_struct *find_get_task_in(pid_t nr, const struct pid_namespace *ns)
{
	struct task_struct *t;
	unsigned long flags;

	spin_lock_irqsave(&tasklist_lock, flags);
	t = find_task_in(nr, ns);
	if (t)
		get_task_struct(t);
	spin_unlock_irqrestore(&tasklist_lock, flags);
	return t;
}

struct task_struct *find_get_task(pid_t pid)
{
	return find_get_task_in(pid, current->pid_ns);
}

struct task_struct *next_tgid(pid_t *pid, const struct pid_namespace *ns)
{
	struct task_struct *p, *best = NULL;
	unsigned long flags;
	pid_t nr;

	spin_lock_irqsave(&tasklist_lock, flags);
	for_each_process(p) {
		nr = task_pid_nr_ns(p, ns);
		if (nr && nr >= *pid && (!best || nr < task_pid_nr_ns(best, ns)))
			best = p;
	}
	if (best) {
		get_task_struct(best);
		*pid = task_pid_nr_ns(best, ns);
	}
	spin_unlock_irqrestore(&tasklist_lock, flags);
	return best;
}

pid_t last_pid_value(void)
{
	return current->pid_ns->last_pid;
}
