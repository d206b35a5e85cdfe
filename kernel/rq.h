/* SPDX-License-Identifier: MIT */
/*
 * The run queue of a hart: shared by sched.c, sched_stats.c and time.c.
 *
 * Linux: kernel/sched/sched.h.
 */
#pragma once
#include "kernel/sched.h"

struct rq {
	spinlock_t lock;		/* RANK_RQ, irq-safe */
	unsigned int cpu;
	struct list_head queue;		/* waiting tasks, next first; without curr */
	unsigned int nr_queued;
	struct task_struct *curr, *idle;
	struct mm_struct *drop_mm;	/* reference to drop after the switch */
	atomic_t nr_iowait;
	u64 nr_switches;
	u64 user_ns, system_ns, iowait_ns, idle_ns;	/* by ticks; idle exactly */
} __aligned(64);

extern struct rq runqueues[CONFIG_NR_CPUS];
/* lock_task_rq() - the queue p is on or was on last, locked. => irqs off. */
struct rq *lock_task_rq(const struct task_struct *p);
extern cpumask_t idle_mask;
