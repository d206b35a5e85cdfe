/* SPDX-License-Identifier: MIT */
/*
 * What the architecture keeps per task, and the pointer to the running one.
 *
 * `current` lives in tp while in the kernel; in user mode sscratch holds it
 * (and sscratch is 0 while in the kernel, which is how the trap entry knows).
 *
 * Linux: arch/riscv/include/asm/processor.h, thread_info.h.
 */
#pragma once
#include <asm/ptrace.h>

#define THREAD_SHIFT	14
#ifndef __ASSEMBLER__
#define THREAD_SIZE	(1UL << THREAD_SHIFT)	/* kernel stack */
#define STACK_TOP	TASK_SIZE
#endif

/* Offsets of thread_info fields, known to entry.S; checked in trap.c. */
#define TI_FLAGS	0
#define TI_CPU		8
#define TI_KERNEL_SP	16
#define TI_USER_SP	24

#define TASK_THREAD	616	/* offset of thread in task_struct; checked in trap.c */
#define TASK_THREAD_RA	0	/* offsets inside thread_struct */
#define TASK_THREAD_SP	8
#define TASK_THREAD_S0	16
#define TASK_THREAD_GP	112

/* thread_info.flags: bit numbers. Any of TIF_WORK_MASK means: do not return to user yet. */
#define TIF_NEED_RESCHED	0
#define TIF_SIGPENDING		1
#define TIF_NOTIFY_RESUME	2
#define TIF_MEMDIE		3	/* chosen by the OOM killer: may use the reserves */
#define TIF_WORK_MASK		0x7

#ifndef __ASSEMBLER__
struct task_struct;

struct thread_info {
	unsigned long flags;		/* TIF_*, changed by other harts: atomic bit ops */
	unsigned long cpu;		/* logical hart number 0..NR_CPUS-1 */
	unsigned long kernel_sp;	/* top of this task's kernel stack */
	unsigned long user_sp;		/* scratch of the trap entry */
};

struct fp_state {
	u64 f[32];
	u32 fcsr;
};

struct thread_struct {
	/* callee-saved registers of a task that is not running: switch_to.S */
	unsigned long ra, sp, s[12], gp;
	struct fp_state fp;		/* valid unless FS is INITIAL or DIRTY */
	long fp_cpu;			/* hart whose registers may hold fp, -1 none */
};

/* The running task. */
register struct task_struct *current asm("tp");

#define task_pt_regs(t) \
	((struct pt_regs *)(((struct thread_info *)(t))->kernel_sp - PT_SIZE))
#define smp_processor_id()	(((struct thread_info *)current)->cpu)

/*
 * __switch_to() - save prev's registers, load next's, return on next's stack.
 * => interrupts off, run-queue lock held (handed over). Returns the task that
 *    ran before, as seen by the one that now runs.
 */
struct task_struct *__switch_to(struct task_struct *prev, struct task_struct *next);

/* start_thread() - make regs enter user mode at pc with stack sp, registers clear (a0 = 0). */
void start_thread(struct pt_regs *regs, unsigned long pc, unsigned long sp);
/* copy_thread() - arch part of kernel_clone(): child's frame; fn != NULL for a kernel thread. */
struct kernel_clone_args;
void copy_thread(struct task_struct *p, const struct kernel_clone_args *args);
/*
 * Floating point. While a task runs, its registers are in the hart, and sstatus.FS in its pt_regs
 * says what they are: INITIAL all zero, CLEAN as in thread.fp, DIRTY changed since.
 *
 * fp_save() - thread.fp is right afterwards (before a switch, a fork, a signal frame); t is current
 *             or has just been. Costs nothing unless FS is DIRTY.
 * fp_restore() - the hart's registers are t's afterwards; t is about to run in user mode.
 */
void fp_save(struct task_struct *t);
void fp_restore(struct task_struct *t);

static inline void wait_for_interrupt(void)
{
	asm volatile("wfi" : : : "memory");
}
#endif
