/* SPDX-License-Identifier: MIT */
/*
 * Kernel threads.
 *
 * Linux: include/linux/kthread.h.
 */
#pragma once
#include "lib/types.h"
struct task_struct;
/* kthread_run() - create and start; NULL: no memory. The function's return ends the thread. */
struct task_struct *kthread_run(int (*fn)(void *data), void *data, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
bool kthread_should_stop(void);
int kthread_stop(struct task_struct *t);	/* asks, waits, returns the function's value */
