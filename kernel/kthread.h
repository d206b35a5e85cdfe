/* SPDX-License-Identifier: MIT */
/*
 * Kernel threads.
 *
 * Linux: include/linux/kthread.h.
 */
#pragma once
#include "lib/types.h"
struct task_struct;
/*
 * kthread_run() - create and start; NULL: no memory.
 *
 * => the function's return ends the thread. One that may end by itself must not be stopped: the
 *    pointer returned here holds no reference. One that is to be stopped waits for that.
 */
struct task_struct *kthread_run(int (*fn)(void *data), void *data, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
/* kthread_should_stop() - asked by the thread itself: has kthread_stop() been called? */
bool kthread_should_stop(void);
/* kthread_stop() - asks t to end, waits, returns its function's value. => may sleep. */
int kthread_stop(struct task_struct *t);
/* free_kthread_struct() - with the task_struct, by its last user. */
void free_kthread_struct(struct task_struct *t);
