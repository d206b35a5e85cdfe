/* SPDX-License-Identifier: MIT */
/*
 * struct pt_regs: what the trap entry saves, at the top of the kernel stack.
 * The first 32 words are in the order of Linux's user_regs_struct, which the
 * signal frame copies; entry.S knows the offsets through asm-offsets.
 *
 * Linux: arch/riscv/include/asm/ptrace.h. Differs: no orig_a0 tricks for ptrace.
 */
#pragma once
#ifndef __ASSEMBLER__
#include "lib/types.h"
#include <asm/csr.h>

struct pt_regs {
	unsigned long epc;
	unsigned long ra, sp, gp, tp;
	unsigned long t0, t1, t2;
	unsigned long s0, s1;
	unsigned long a0, a1, a2, a3, a4, a5, a6, a7;
	unsigned long s2, s3, s4, s5, s6, s7, s8, s9, s10, s11;
	unsigned long t3, t4, t5, t6;
	/* not visible to the program */
	unsigned long status;		/* sstatus at the trap */
	unsigned long badaddr;		/* stval */
	unsigned long cause;		/* scause */
	unsigned long orig_a0;		/* first argument, for restarting a system call */
};

/* Size on the stack, a multiple of 16. */
static inline bool user_mode(const struct pt_regs *regs)
{
	return !(regs->status & SR_SPP);
}
/* in_syscall() - the trap was a system call of the program. */
static inline bool in_syscall(const struct pt_regs *regs)
{
	return user_mode(regs) && regs->cause == EXC_SYSCALL;
}
#endif
/* Offsets for entry.S; checked against the struct by BUILD_BUG_ON in trap.c. */
#define PT_EPC		0
#define PT_X(n)		(8 * (n))		/* x1 .. x31 */
#define PT_STATUS	256
#define PT_BADADDR	264
#define PT_CAUSE	272
#define PT_ORIG_A0	280
#define PT_SIZE		288
