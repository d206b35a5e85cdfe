/* SPDX-License-Identifier: MIT */
/*
 * user/libc/crt0.S: the first instructions of every program.
 *
 * The kernel enters here with sp at argc, argv[], NULL, envp[], NULL, auxv[].
 * Nothing has been relocated yet, so only PC-relative code may run. Other
 * registers hold nothing of use; a0 in particular is ignored (Linux's contract
 * for static programs is that it is 0).
 *
 * Linux: none (glibc: sysdeps/riscv/start.S). Differs: relocation is done in C.
 */
	.section .text._start, "ax", @progbits
	.globl	_start
	.type	_start, @function
_start:
	.cfi_startproc
	.cfi_undefined ra		/* a backtrace ends here */
	mv	s0, zero		/* ... and a frame-pointer walk as well */
	mv	a0, sp
	andi	sp, sp, -16
	call	__libc_start
	unimp				/* it never returns */
	.cfi_endproc
	.size	_start, . - _start
	.section .note.GNU-stack, "", @progbits
