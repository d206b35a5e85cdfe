/* SPDX-License-Identifier: MIT */
/*
 * The floating-point registers to and from memory. The only code of the kernel
 * that touches them; sstatus.FS must not be off.
 *
 * Linux: arch/riscv/kernel/fpu.S.
 */
#define FP_FCSR		256		/* struct fp_state */
#define ALL_FP 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31

	.cfi_sections .debug_frame
	.attribute arch, "rv64imafdc"
	.text
	.globl	__fp_store
	.type	__fp_store, @function
__fp_store:				/* a0 = struct fp_state */
	.cfi_startproc
	frcsr	a1
	.irp	n, ALL_FP
	fsd	f\n, 8 * \n(a0)
	.endr
	sw	a1, FP_FCSR(a0)
	ret
	.cfi_endproc
	.size	__fp_store, . - __fp_store

	.globl	__fp_load
	.type	__fp_load, @function
__fp_load:				/* a0 = struct fp_state */
	.cfi_startproc
	lw	a1, FP_FCSR(a0)
	.irp	n, ALL_FP
	fld	f\n, 8 * \n(a0)
	.endr
	fscsr	a1
	ret
	.cfi_endproc
	.size	__fp_load, . - __fp_load

	.globl	__fp_clear
	.type	__fp_clear, @function
__fp_clear:
	.cfi_startproc
	.irp	n, ALL_FP
	fmv.d.x	f\n, zero
	.endr
	fscsr	zero
	ret
	.cfi_endproc
	.size	__fp_clear, . - __fp_clear
