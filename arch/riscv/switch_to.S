/* SPDX-License-Identifier: MIT */
/*
 * __switch_to(): from one task's kernel stack to another's.
 *
 * Only what the C calling convention preserves has to be saved: the compiler
 * has already saved the rest around the call. The return address of prev is
 * where it will go on; that of a new task is ret_from_fork. gp is the user's, which
 * the fast way out of a trap does not reload.
 *
 * Linux: arch/riscv/kernel/entry.S, __switch_to.
 */
#include <asm/processor.h>

	.cfi_sections .debug_frame
	.text
	.globl	__switch_to
	.type	__switch_to, @function
__switch_to:				/* a0 = prev, a1 = next; returns prev */
	.cfi_startproc
	sd	ra, TASK_THREAD + TASK_THREAD_RA(a0)
	sd	sp, TASK_THREAD + TASK_THREAD_SP(a0)
	sd	gp, TASK_THREAD + TASK_THREAD_GP(a0)
	.irp	n, 0,1,2,3,4,5,6,7,8,9,10,11
	sd	s\n, TASK_THREAD + TASK_THREAD_S0 + 8 * \n(a0)
	.endr
	ld	ra, TASK_THREAD + TASK_THREAD_RA(a1)
	ld	sp, TASK_THREAD + TASK_THREAD_SP(a1)
	ld	gp, TASK_THREAD + TASK_THREAD_GP(a1)
	.irp	n, 0,1,2,3,4,5,6,7,8,9,10,11
	ld	s\n, TASK_THREAD + TASK_THREAD_S0 + 8 * \n(a1)
	.endr
	mv	tp, a1
	/* A reservation of prev's lr must not let next's sc succeed. */
	addi	t0, sp, -16		/* unused memory */
	sc.d	zero, zero, (t0)
	ret
	.cfi_endproc
	.size	__switch_to, . - __switch_to
