/* SPDX-License-Identifier: MIT */
/*
 * Futexes: sleep on a word of user memory.
 *
 * Linux: kernel/futex/. Differs: no priority inheritance (ENOSYS).
 */
#pragma once
#include "kernel/time.h"
#include "lib/types.h"

/* futex_init() - boot: the hash buckets; before the first user process. */
void futex_init(void);
/* futex_wake_user() - wake one waiter on uaddr (exit of a thread). */
void futex_wake_user(int *uaddr);
struct task_struct;
/* futex_exit_robust() - t, which is current, leaves its memory: tell who waits for its locks. */
void futex_exit_robust(struct task_struct *t);
long sys_futex(u32 *uaddr, long op, unsigned long val, unsigned long utime, u32 *uaddr2,
	       unsigned long val3);
