/* SPDX-License-Identifier: MIT */
/*
 * For the selftests: may the kernel write to an address, or execute data?
 *
 * Linux: drivers/misc/lkdtm/perms.c. Differs: the fault is caught, not fatal.
 */
	.macro	MAY_FAULT insn:req, to:req
	.pushsection __ex_table, "a"
	.balign	8
	.dword	\insn, \to
	.popsection
	.endm

	.text
	.globl	probe_write
	.type	probe_write, @function
probe_write:				/* a0 = address; 0 or -EFAULT. The byte keeps its value. */
	MAY_FAULT 1f, 3f
	MAY_FAULT 2f, 3f
1:	lbu	t0, 0(a0)
2:	sb	t0, 0(a0)
	li	a0, 0
	ret
3:	li	a0, -14
	ret
	.size	probe_write, . - probe_write

	.globl	probe_exec_data
	.type	probe_exec_data, @function
probe_exec_data:			/* call a function in .data; 0 or -EFAULT */
	MAY_FAULT code_in_data, 1f
	mv	t2, ra
	lla	t1, code_in_data
	jalr	t1
	li	a0, 0
	jr	t2
1:	li	a0, -14
	jr	t2
	.size	probe_exec_data, . - probe_exec_data

	.data
	.balign	4
code_in_data:
	.word	0x00008067		/* ret */
