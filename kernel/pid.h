/* SPDX-License-Identifier: MIT */
/*
 * Process numbers and the table from number to task.
 *
 * Linux: include/linux/pid.h. Differs: plain numbers, no struct pid.
 */
#pragma once
#include "kernel/sched.h"

#define PID_MAX	32768
extern int pid_max;

/* alloc_pid() - an unused number, or -EAGAIN. => tasklist_lock held. */
int __must_check alloc_pid(void);
/* free_pid() - the number may be used again. => tasklist_lock held. */
void free_pid(pid_t pid);
/* attach_pid(), detach_pid() - enter a task under its pid. => tasklist_lock held. */
void attach_pid(struct task_struct *t);
void detach_pid(struct task_struct *t);
/* next_tgid() - the process with the smallest pid >= *pid, counted; NULL at the end. For /proc. */
struct task_struct *next_tgid(pid_t *pid);
/* pgrp_in_session(), for setpgid(): does process group exist in the session? => tasklist_lock. */
bool pgrp_in_session(pid_t pgrp, pid_t session);
pid_t last_pid_value(void);	/* the last one given out, for /proc/loadavg */
unsigned long nr_threads_total(void), nr_processes_forked(void);
