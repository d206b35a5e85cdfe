/* SPDX-License-Identifier: MIT */
/*
 * An address space for a selftest: what a program would have, without the program.
 * The test's own copy_to_user() and copy_from_user() then fault like a program's loads
 * and stores.
 *
 * Linux: kthread_use_mm().
 */
#pragma once
#include <asm/irqflags.h>
#include "kernel/sched.h"
#include "kernel/uapi/mman.h"
#include "mm/mm.h"

/* user_mm_enter() - a new, empty address space is current's. NULL: no memory. */
struct mm_struct *user_mm_enter(void);
/*
 * user_mm_switch() - run in mm from now on; its reference is current's. The one before is not
 * dropped.
 */
void user_mm_switch(struct mm_struct *mm);
/* user_mm_leave() - back to none; mm is dropped. */
void user_mm_leave(struct mm_struct *mm);
/* user_map() - private anonymous memory, readable and writable; 0: failed. */
unsigned long user_map(unsigned long npages);
/* user_write(), user_read() - one word; false: it faulted. */
bool user_write(unsigned long addr, unsigned long value);
bool user_read(unsigned long addr, unsigned long *value);
