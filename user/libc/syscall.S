/* SPDX-License-Identifier: MIT */
/*
 * user/libc/syscall.S: the border between a program and the kernel.
 *
 * A system call is `ecall` with its number in a7 and up to six arguments in a0
 * to a5; the result comes back in a0, an error as -errno (-4095..-1). All other
 * registers survive. syscall() turns an error into errno and -1, __syscall()
 * hands it over as it is.
 *
 * Linux: man 2 syscall, man 2 vfork, man 2 clone. Differs: nothing.
 */
#include <kernel/uapi/unistd.h>

#define CLONE_VM	0x0100
#define CLONE_VFORK	0x4000
#define SIGCHLD		17

	.macro	begin name
	.section .text.\name, "ax", @progbits
	.globl	\name
	.type	\name, @function
\name:
	.cfi_startproc
	.endm

	.macro	end name
	.cfi_endproc
	.size	\name, . - \name
	.endm

/* The C calling convention brings nr in a0: everything moves down by one. */
	.macro	shift_arguments
	mv	a7, a0
	mv	a0, a1
	mv	a1, a2
	mv	a2, a3
	mv	a3, a4
	mv	a4, a5
	mv	a5, a6
	.endm

/* long syscall(long nr, ...) */
begin syscall
	shift_arguments
	ecall
	li	t0, -4096
	bgtu	a0, t0, 1f
	ret
1:	tail	__set_errno
end syscall

/* long __syscall(long nr, ...) */
begin __syscall
	shift_arguments
	ecall
	ret
end __syscall

/*
 * pid_t vfork(void)
 *
 * The child runs on the parent's stack, below this frame, while the parent
 * waits. So nothing may be kept on the stack here: the child would write over
 * it. The return address stays in ra, and each task has its own registers.
 */
begin vfork
	li	a0, CLONE_VM | CLONE_VFORK | SIGCHLD
	mv	a1, zero		/* the same stack */
	li	a7, __NR_clone
	ecall
	bltz	a0, 1f
	ret
1:	tail	__set_errno
end vfork

/*
 * long __clone(func, stack, flags, arg, ptid, tls, ctid)
 *
 * The child starts with the registers of the parent but on its own, empty
 * stack, so what it must know travels in registers: func in t1, arg in t2. It
 * exits with func's result.
 */
begin __clone
	mv	t1, a0
	mv	t2, a3
	andi	a1, a1, -16
	mv	a0, a2			/* flags */
	mv	a2, a4			/* ptid */
	mv	a3, a5			/* tls */
	mv	a4, a6			/* ctid */
	li	a7, __NR_clone
	ecall
	beqz	a0, 1f
	ret
1:	.cfi_undefined ra
	mv	s0, zero
	mv	a0, t2
	jalr	t1
	li	a7, __NR_exit
	ecall
	ebreak				/* not reached */
end __clone

/* void __unmap_exit(void *map, size_t size): after the munmap there is no stack. */
begin __unmap_exit
	li	a7, __NR_munmap
	ecall
	mv	a0, zero
	li	a7, __NR_exit
	ecall
	ebreak				/* not reached */
end __unmap_exit

	.section .note.GNU-stack, "", @progbits
