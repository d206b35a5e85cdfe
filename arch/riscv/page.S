/* SPDX-License-Identifier: MIT */
/*
 * clear_page() and copy_page(): the work that dominates page faults.
 *
 * A turn of the loop does as much as immediate offsets and registers allow, so
 * that little of the time goes into counting: 512 stores need 16 turns of 32,
 * and a copy moves 16 words with eight temporaries twice.
 *
 * Both need page-aligned addresses and ordinary memory.
 *
 * Linux: arch/riscv/lib/clear_page.S, memcpy.S. Differs: no Zicboz.
 */
	.cfi_sections .debug_frame
	.text
	.globl	clear_page
	.type	clear_page, @function
clear_page:				/* a0 = page */
	.cfi_startproc
	li	a1, 4096
	add	a1, a0, a1
1:
	.irp	n, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15
	sd	zero, 16 * \n(a0)
	sd	zero, 16 * \n + 8(a0)
	.endr
	addi	a0, a0, 256
	bne	a0, a1, 1b
	ret
	.cfi_endproc
	.size	clear_page, . - clear_page

/* Eight words from at(a1) to at(a0). */
	.macro	COPY8 at
	ld	a3, \at(a1)
	ld	a4, \at + 8(a1)
	ld	a5, \at + 16(a1)
	ld	a6, \at + 24(a1)
	ld	a7, \at + 32(a1)
	ld	t0, \at + 40(a1)
	ld	t1, \at + 48(a1)
	ld	t2, \at + 56(a1)
	sd	a3, \at(a0)
	sd	a4, \at + 8(a0)
	sd	a5, \at + 16(a0)
	sd	a6, \at + 24(a0)
	sd	a7, \at + 32(a0)
	sd	t0, \at + 40(a0)
	sd	t1, \at + 48(a0)
	sd	t2, \at + 56(a0)
	.endm

	.globl	copy_page
	.type	copy_page, @function
copy_page:				/* a0 = to, a1 = from */
	.cfi_startproc
	li	a2, 4096
	add	a2, a0, a2
1:
	COPY8	0
	COPY8	64
	COPY8	128
	COPY8	192
	addi	a0, a0, 256
	addi	a1, a1, 256
	bne	a0, a2, 1b
	ret
	.cfi_endproc
	.size	copy_page, . - copy_page
