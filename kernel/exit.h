/* SPDX-License-Identifier: MIT */
/*
 * The end of a task: what exit.c, wait4.c, exec.c and sched.c share.
 *
 * Linux: include/linux/sched/task.h.
 */
#pragma once
#include "lib/compiler.h"
struct task_struct;
/* release_task() - a dead task leaves all tables; drops the parent's reference. => no locks. */
void release_task(struct task_struct *t);
/* schedule_dead() - the last call of a task; the next one drops the scheduler's reference. */
void schedule_dead(void) __noreturn;
