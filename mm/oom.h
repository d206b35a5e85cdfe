/* SPDX-License-Identifier: MIT */
/*
 * The OOM killer.
 *
 * Linux: include/linux/oom.h, mm/oom_kill.c.
 */
#pragma once
#include "mm/mm.h"

struct task_struct;
#define OOM_SCORE_ADJ_MIN	(-1000)
#define OOM_SCORE_ADJ_MAX	1000

/* out_of_memory() - kill one process, unless a victim is on its way already; true: try again. */
bool out_of_memory(gfp_t gfp, unsigned int order);
/* oom_badness() - points in pages; LONG_MIN: must not be killed. */
long oom_badness(struct task_struct *p, unsigned long totalpages);
/* pagefault_out_of_memory() - a fault ended with VM_FAULT_OOM. */
void pagefault_out_of_memory(void);
void oom_init(void);		/* starts the reaper thread */
extern int sysctl_panic_on_oom, sysctl_oom_kill_allocating_task, sysctl_oom_dump_tasks;
