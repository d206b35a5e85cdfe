/* SPDX-License-Identifier: MIT */
/*
 * Copies between kernel and user memory. Every access to user memory has an
 * entry in the exception table; a fault that cannot be resolved lands at the
 * fixup named there. sstatus.SUM is set only inside these functions.
 *
 * The bulk goes in blocks of 256, then 64 bytes, whose addresses are only
 * advanced when a block is complete. So after a fault in the middle of a block, the rest is
 * simply tried again byte by byte from its start: that copies every byte that
 * can be, faults again at the first that cannot, and then the count of what is
 * left is exact. (The kernel side never faults, which is why the same code
 * serves both directions.)
 *
 * Linux: arch/riscv/lib/uaccess.S.
 */
#include <asm/csr.h>

	.cfi_sections .debug_frame

/* The instruction may fault; go on at \to then. */
	.macro	FIXUP to, insn:vararg
100:	\insn
	.pushsection __ex_table, "a"
	.balign	8
	.dword	100b, \to
	.popsection
	.endm

	.text
	.globl	__asm_copy_to_user
	.type	__asm_copy_to_user, @function
	.globl	__asm_copy_from_user
	.type	__asm_copy_from_user, @function
__asm_copy_to_user:			/* a0 = to, a1 = from, a2 = n; returns bytes not copied */
__asm_copy_from_user:
	.cfi_startproc
	li	t6, SR_SUM
	csrs	CSR_SSTATUS, t6
	add	t5, a0, a2		/* end of the destination */
	li	t4, 16
	bltu	a2, t4, .Lcopy_bytes
.Lcopy_head:				/* up to 7 bytes to the next multiple of 8 */
	andi	t0, a0, 7
	beqz	t0, .Lcopy_aligned
	FIXUP	.Lcopy_end, lbu t0, 0(a1)
	FIXUP	.Lcopy_end, sb t0, 0(a0)
	addi	a0, a0, 1
	addi	a1, a1, 1
	j	.Lcopy_head

.Lcopy_aligned:
	andi	t0, a1, 7
	bnez	t0, .Lcopy_shift
	addi	t4, t5, -256		/* the last place where a whole block fits */
	bltu	t4, a0, .Lcopy_64
1:
	.irp	base, 0, 64, 128, 192
	FIXUP	.Lcopy_bytes, ld a3, \base + 0(a1)
	FIXUP	.Lcopy_bytes, ld a4, \base + 8(a1)
	FIXUP	.Lcopy_bytes, ld a5, \base + 16(a1)
	FIXUP	.Lcopy_bytes, ld a6, \base + 24(a1)
	FIXUP	.Lcopy_bytes, ld a7, \base + 32(a1)
	FIXUP	.Lcopy_bytes, ld t0, \base + 40(a1)
	FIXUP	.Lcopy_bytes, ld t1, \base + 48(a1)
	FIXUP	.Lcopy_bytes, ld t2, \base + 56(a1)
	FIXUP	.Lcopy_bytes, sd a3, \base + 0(a0)
	FIXUP	.Lcopy_bytes, sd a4, \base + 8(a0)
	FIXUP	.Lcopy_bytes, sd a5, \base + 16(a0)
	FIXUP	.Lcopy_bytes, sd a6, \base + 24(a0)
	FIXUP	.Lcopy_bytes, sd a7, \base + 32(a0)
	FIXUP	.Lcopy_bytes, sd t0, \base + 40(a0)
	FIXUP	.Lcopy_bytes, sd t1, \base + 48(a0)
	FIXUP	.Lcopy_bytes, sd t2, \base + 56(a0)
	.endr
	addi	a0, a0, 256
	addi	a1, a1, 256
	bgeu	t4, a0, 1b
.Lcopy_64:
	addi	t4, t5, -64
	bltu	t4, a0, .Lcopy_words
1:
	FIXUP	.Lcopy_bytes, ld a3, 0(a1)
	FIXUP	.Lcopy_bytes, ld a4, 8(a1)
	FIXUP	.Lcopy_bytes, ld a5, 16(a1)
	FIXUP	.Lcopy_bytes, ld a6, 24(a1)
	FIXUP	.Lcopy_bytes, sd a3, 0(a0)
	FIXUP	.Lcopy_bytes, sd a4, 8(a0)
	FIXUP	.Lcopy_bytes, sd a5, 16(a0)
	FIXUP	.Lcopy_bytes, sd a6, 24(a0)
	FIXUP	.Lcopy_bytes, ld a3, 32(a1)
	FIXUP	.Lcopy_bytes, ld a4, 40(a1)
	FIXUP	.Lcopy_bytes, ld a5, 48(a1)
	FIXUP	.Lcopy_bytes, ld a6, 56(a1)
	FIXUP	.Lcopy_bytes, sd a3, 32(a0)
	FIXUP	.Lcopy_bytes, sd a4, 40(a0)
	FIXUP	.Lcopy_bytes, sd a5, 48(a0)
	FIXUP	.Lcopy_bytes, sd a6, 56(a0)
	addi	a0, a0, 64
	addi	a1, a1, 64
	bgeu	t4, a0, 1b
.Lcopy_words:
	addi	t4, t5, -8
	bltu	t4, a0, .Lcopy_bytes
1:
	FIXUP	.Lcopy_bytes, ld a3, 0(a1)
	FIXUP	.Lcopy_bytes, sd a3, 0(a0)
	addi	a0, a0, 8
	addi	a1, a1, 8
	bgeu	t4, a0, 1b

	j	.Lcopy_bytes

	/*
	 * Only the destination is aligned: each of its words is made of two of the
	 * source. An aligned word that holds a byte we need is all in one page, so
	 * nothing is read that could not be.
	 */
.Lcopy_shift:				/* t0 = bytes the source is off, 1 to 7 */
	sub	a6, a1, t0
	slli	t1, t0, 3
	li	t2, 64
	sub	t2, t2, t1
	addi	t4, t5, -8
	FIXUP	.Lcopy_bytes, ld a3, 0(a6)
1:
	FIXUP	.Lcopy_bytes, ld a4, 8(a6)
	srl	a3, a3, t1
	sll	a5, a4, t2
	or	a3, a3, a5
	FIXUP	.Lcopy_bytes, sd a3, 0(a0)
	addi	a6, a6, 8
	addi	a1, a1, 8
	addi	a0, a0, 8
	mv	a3, a4
	bgeu	t4, a0, 1b

.Lcopy_bytes:
	beq	a0, t5, .Lcopy_end
1:
	FIXUP	.Lcopy_end, lbu t0, 0(a1)
	FIXUP	.Lcopy_end, sb t0, 0(a0)
	addi	a0, a0, 1
	addi	a1, a1, 1
	bne	a0, t5, 1b
.Lcopy_end:
	csrc	CSR_SSTATUS, t6
	sub	a0, t5, a0
	ret
	.cfi_endproc
	.size	__asm_copy_to_user, . - __asm_copy_to_user
	.size	__asm_copy_from_user, . - __asm_copy_from_user

	.globl	__asm_clear_user
	.type	__asm_clear_user, @function
__asm_clear_user:			/* a0 = to, a1 = n; returns bytes not cleared */
	.cfi_startproc
	li	t6, SR_SUM
	csrs	CSR_SSTATUS, t6
	add	t5, a0, a1
.Lclear_head:
	andi	t0, a0, 7
	beqz	t0, .Lclear_blocks
	beq	a0, t5, .Lclear_end
	FIXUP	.Lclear_end, sb zero, 0(a0)
	addi	a0, a0, 1
	j	.Lclear_head
.Lclear_blocks:
	sub	t0, t5, a0
	andi	t0, t0, -64
	add	t4, a0, t0		/* end of the whole blocks */
	beq	a0, t4, .Lclear_words
1:
	.irp	n, 0,1,2,3,4,5,6,7
	FIXUP	.Lclear_bytes, sd zero, 8 * \n(a0)
	.endr
	addi	a0, a0, 64
	bne	a0, t4, 1b
.Lclear_words:
	addi	t4, t5, -8
	bltu	t4, a0, .Lclear_bytes
1:
	FIXUP	.Lclear_bytes, sd zero, 0(a0)
	addi	a0, a0, 8
	bgeu	t4, a0, 1b
.Lclear_bytes:
	beq	a0, t5, .Lclear_end
	FIXUP	.Lclear_end, sb zero, 0(a0)
	addi	a0, a0, 1
	j	.Lclear_bytes
.Lclear_end:
	csrc	CSR_SSTATUS, t6
	sub	a0, t5, a0
	ret
	.cfi_endproc
	.size	__asm_clear_user, . - __asm_clear_user

	.globl	__asm_strncpy_from_user
	.type	__asm_strncpy_from_user, @function
__asm_strncpy_from_user:		/* a0 = to, a1 = from, a2 = n; length, n, or -1: fault */
	.cfi_startproc
	li	t6, SR_SUM
	csrs	CSR_SSTATUS, t6
	mv	t4, a0
	add	t5, a0, a2
	addi	t3, t5, -4
	bltu	t3, a0, 1f
4:					/* while there is room for four */
	FIXUP	3f, lbu t0, 0(a1)
	sb	t0, 0(a0)
	beqz	t0, 2f
	FIXUP	3f, lbu t0, 1(a1)	/* only now: the string may end where the memory does */
	sb	t0, 1(a0)
	beqz	t0, 5f
	FIXUP	3f, lbu t0, 2(a1)
	sb	t0, 2(a0)
	beqz	t0, 6f
	FIXUP	3f, lbu t0, 3(a1)
	sb	t0, 3(a0)
	beqz	t0, 7f
	addi	a0, a0, 4
	addi	a1, a1, 4
	bgeu	t3, a0, 4b
1:
	beq	a0, t5, 2f
	FIXUP	3f, lbu t0, 0(a1)
	sb	t0, 0(a0)
	beqz	t0, 2f
	addi	a0, a0, 1
	addi	a1, a1, 1
	j	1b
7:
	addi	a0, a0, 1
6:
	addi	a0, a0, 1
5:
	addi	a0, a0, 1
2:
	csrc	CSR_SSTATUS, t6
	sub	a0, a0, t4
	ret
3:
	csrc	CSR_SSTATUS, t6
	li	a0, -1
	ret
	.cfi_endproc
	.size	__asm_strncpy_from_user, . - __asm_strncpy_from_user

	.globl	__asm_futex_cmpxchg
	.type	__asm_futex_cmpxchg, @function
__asm_futex_cmpxchg:			/* a0 = old (kernel), a1 = uaddr, a2 = expect, a3 = new */
	.cfi_startproc
	li	t6, SR_SUM
	csrs	CSR_SSTATUS, t6
	sext.w	a2, a2			/* lr.w extends the sign as well */
1:
	FIXUP	3f, lr.w.aqrl t0, (a1)
	bne	t0, a2, 2f
	FIXUP	3f, sc.w.aqrl t1, a3, (a1)
	bnez	t1, 1b
2:
	csrc	CSR_SSTATUS, t6
	sw	t0, 0(a0)
	li	a0, 0
	ret
3:
	csrc	CSR_SSTATUS, t6
	li	a0, -1
	ret
	.cfi_endproc
	.size	__asm_futex_cmpxchg, . - __asm_futex_cmpxchg
