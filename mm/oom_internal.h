/* SPDX-License-Identifier: MIT */
/*
 * What the three files of the OOM killer share: oom_kill.c (whom), oom_report.c (what
 * is printed), oom_reaper.c (getting the memory back).
 *
 * Linux: struct oom_control in include/linux/oom.h.
 */
#pragma once
#include "kernel/sched.h"
#include "mm/oom.h"

/* oom_control - one shortage. Set by out_of_memory(), read-only but for the choice. */
struct oom_control {
	gfp_t gfp;
	unsigned int order;
	unsigned long totalpages;	/* RAM and swap */
	struct task_struct *chosen;	/* counted; NULL: nobody */
	long chosen_points;
};

/* oom_unkillable() - never a victim: process 1 and kernel threads. */
bool oom_unkillable(const struct task_struct *p);
/* oom_find_mm() - address space of whichever thread of p still has one. => tasklist_lock held. */
struct mm_struct *oom_find_mm(struct task_struct *p);

/* oom_dump_header() - "invoked oom-killer", memory state, task table. */
void oom_dump_header(const struct oom_control *oc);
/* oom_report_kill() - the "Killed process" line. => tasklist_lock held. */
void oom_report_kill(const struct task_struct *p, const struct mm_struct *mm, const char *why);

/*
 * oom_queue_reap() - the reaper is to take back p's memory. => tasklist_lock held; references to
 * p and mm are taken. Does nothing if mm is queued already.
 */
void oom_queue_reap(struct task_struct *p, struct mm_struct *mm);
/* oom_victims_pending() - is a victim still on its way, its memory not back yet? */
bool oom_victims_pending(void);
