/* SPDX-License-Identifier: MIT */
/*
 * Process numbers and the table from number to task.
 *
 * Linux: include/linux/pid.h. Differs: no struct pid: see pid_types.h.
 */
#pragma once
#include "kernel/sched.h"

#define PID_MAX	32768
extern int pid_max;

/* alloc_pid() - numbers for t in its namespaces: 0, -EAGAIN, -ENOMEM. => tasklist_lock held. */
int __must_check alloc_pid(struct task_struct *t);
/* free_pid() - its numbers may be used again. => tasklist_lock held. */
void free_pid(struct task_struct *t);
/* attach_pid(), detach_pid() - enter a task under its pid. => tasklist_lock held. */
void attach_pid(struct task_struct *t);
void detach_pid(struct task_struct *t);
/* exchange_pids() - each gets the other's numbers. => tasklist_lock held; one namespace. */
void exchange_pids(struct task_struct *a, struct task_struct *b);
/* next_tgid() - the process with the smallest number >= *pid in ns, counted; NULL at the end. */
struct task_struct *next_tgid(pid_t *pid, const struct pid_namespace *ns);
pid_t last_pid_value(void);	/* the last one given out, for /proc/loadavg */
unsigned long nr_threads_total(void), nr_processes_forked(void);
