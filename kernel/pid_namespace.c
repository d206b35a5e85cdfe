/* SPDX-License-Identifier: MIT */
/*
 * PID namespaces: making and ending them, and translating numbers of process groups.
 *
 * A group's or session's numbers are kept in each member's signal_struct: the leader whose
 * numbers they are may be long gone.
 *
 * The end of a namespace: its init, before it becomes a zombie itself, forbids new tasks, kills
 * all others and waits until their numbers are free again. A task whose parent is outside of the
 * namespace stays a zombie until that parent waits, and init with it, as on Linux.
 *
 * Locks: tasklist_lock.
 *
 * Linux: kernel/pid_namespace.c. Differs: see pid_types.h.
 */
#include "kernel/exit.h"
#include "kernel/pid.h"
#include "kernel/pid_namespace.h"
#include "kernel/signal.h"
#include "lib/errno.h"
#include "mm/slab.h"

static unsigned long init_pid_map[PID_MAX / 64] = { 1 };	/* 0 is the idle task */

struct pid_namespace init_pid_ns = {
	.ns = { .count = ATOMIC_INIT(1), .inum = 0xeffffffc, .ops = &pid_ns_ops },
	.pid_map = init_pid_map,
};

int create_pid_ns(struct pid_namespace *parent, struct pid_namespace **result)
{
	struct pid_namespace *ns;

	if (parent->level + 1 >= PID_NS_LEVELS)
		return -ENOSPC;
	ns = kzalloc(sizeof(*ns), GFP_KERNEL);
	if (!ns)
		return -ENOMEM;
	ns->pid_map = kzalloc(PID_MAX / 8, GFP_KERNEL);
	if (!ns->pid_map) {
		kfree(ns);
		return -ENOMEM;
	}
	ns->pid_map[0] = 1;
	ns_init(&ns->ns, &pid_ns_ops);
	ns->level = parent->level + 1;
	ns->parent = parent;
	get_pid_ns(parent);
	*result = ns;
	return 0;
}

/* Its parent may have had no other user: that is at most three rounds. */
static void free_pid_ns(struct ns_common *common)
{
	struct pid_namespace *ns = container_of(common, struct pid_namespace, ns);
	struct pid_namespace *parent = ns->parent;

	kfree(ns->pid_map);
	kfree(ns);
	put_pid_ns(parent);
}

const struct ns_operations pid_ns_ops = {
	.name = "pid", .type = CLONE_NEWPID, .free = free_pid_ns,
};

bool pid_ns_contains(const struct pid_namespace *outer, const struct pid_namespace *inner)
{
	while (inner && inner->level > outer->level)
		inner = inner->parent;
	return inner == outer;
}

/* ---- process groups ---- */

pid_t pgrp_of_nr(pid_t nr, const struct pid_namespace *ns)
{
	struct task_struct *p;

	if (!ns->level)
		return nr;
	for_each_process(p) {
		if (nr && pid_nr_ns(&p->signal->pgrp_numbers, ns) == nr)
			return p->signal->pgrp;
	}
	return -1;
}

pid_t pgrp_nr_ns(pid_t pgrp, const struct pid_namespace *ns)
{
	struct task_struct *p;

	if (!ns->level)
		return pgrp;
	for_each_process(p) {
		if (p->signal->pgrp == pgrp)
			return pid_nr_ns(&p->signal->pgrp_numbers, ns);
		if (p->signal->session == pgrp)
			return pid_nr_ns(&p->signal->session_numbers, ns);
	}
	return 0;
}

/* ---- the end ---- */

/* => tasklist_lock held. */
static void kill_all_in(struct pid_namespace *ns)
{
	struct task_struct *p;

	for_each_process(p) {
		if (p != current->group_leader && task_pid_nr_ns(p, ns))
			(void)send_sig_info(SIGKILL, NULL, p, true);
	}
}

/* Who dies from now on vanishes by itself (do_notify_parent); zombies of before are released. */
static void reap_children(void)
{
	struct task_struct *p, *dead;

	do {
		dead = NULL;
		spin_lock_irq(&tasklist_lock);
		list_for_each_entry(p, &current->group_leader->children, sibling) {
			if (p->exit_state != EXIT_ZOMBIE || !process_dead(p))
				continue;
			p->exit_state = EXIT_DEAD;
			dead = p;
			break;
		}
		spin_unlock_irq(&tasklist_lock);
		if (dead)
			release_task(dead);
	} while (dead);
}

void zap_pid_ns(struct pid_namespace *ns)
{
	bool done = false;

	spin_lock_irq(&tasklist_lock);
	ns->dying = true;
	ns->zapper = current;
	kill_all_in(ns);
	spin_unlock_irq(&tasklist_lock);
	reap_children();
	while (!done) {
		set_current_state(TASK_UNINTERRUPTIBLE);
		spin_lock_irq(&tasklist_lock);
		done = ns->nr_pids <= current->signal->nr_threads;
		spin_unlock_irq(&tasklist_lock);
		if (!done)
			schedule();
	}
	__set_current_state(TASK_RUNNING);
	spin_lock_irq(&tasklist_lock);
	ns->zapper = ns->child_reaper = NULL;
	spin_unlock_irq(&tasklist_lock);
}
