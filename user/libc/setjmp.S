/* SPDX-License-Identifier: MIT */
/*
 * user/libc/setjmp.S: setjmp() and longjmp().
 *
 * A jmp_buf holds what the calling convention says a function must preserve:
 * the return address, the stack pointer, s0-s11 and fs0-fs11. The signal mask
 * is not saved.
 *
 * Linux: none (C11 7.13). Differs: nothing.
 */
	.macro	each_saved ld, fld
	\ld	ra, 0(a0)
	\ld	sp, 8(a0)
	\ld	s0, 16(a0)
	\ld	s1, 24(a0)
	\ld	s2, 32(a0)
	\ld	s3, 40(a0)
	\ld	s4, 48(a0)
	\ld	s5, 56(a0)
	\ld	s6, 64(a0)
	\ld	s7, 72(a0)
	\ld	s8, 80(a0)
	\ld	s9, 88(a0)
	\ld	s10, 96(a0)
	\ld	s11, 104(a0)
	\fld	fs0, 112(a0)
	\fld	fs1, 120(a0)
	\fld	fs2, 128(a0)
	\fld	fs3, 136(a0)
	\fld	fs4, 144(a0)
	\fld	fs5, 152(a0)
	\fld	fs6, 160(a0)
	\fld	fs7, 168(a0)
	\fld	fs8, 176(a0)
	\fld	fs9, 184(a0)
	\fld	fs10, 192(a0)
	\fld	fs11, 200(a0)
	.endm

	.section .text.setjmp, "ax", @progbits
	.globl	setjmp
	.type	setjmp, @function
setjmp:
	each_saved sd, fsd
	mv	a0, zero
	ret
	.size	setjmp, . - setjmp

/* Return from the setjmp() that filled env, with value there, or 1 if value is 0. */
	.section .text.longjmp, "ax", @progbits
	.globl	longjmp
	.type	longjmp, @function
longjmp:
	each_saved ld, fld
	seqz	a0, a1
	add	a0, a0, a1
	ret
	.size	longjmp, . - longjmp
	.section .note.GNU-stack, "", @progbits
