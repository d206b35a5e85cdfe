/* SPDX-License-Identifier: MIT */
/*
 * Floating-point state, for signal.c; the rest is in processor.h.
 *
 * Linux: arch/riscv/include/asm/switch_to.h.
 */
#pragma once
#include "lib/types.h"

struct fp_state;
struct task_struct;

/* fpu.S: the registers of this hart. => sstatus.FS is not off. */
void __fp_store(struct fp_state *fp);
void __fp_load(const struct fp_state *fp);
void __fp_clear(void);

/* fp_set_current() - current goes on with this state in user mode (sigreturn). */
void fp_set_current(const struct fp_state *fp);
/* fp_is_initial() - all of t's FP registers are zero, and it has not touched them. */
bool fp_is_initial(const struct task_struct *t);
