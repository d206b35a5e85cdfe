/* SPDX-License-Identifier: MIT */
/*
 * The trap entry: every interrupt, exception and system call arrives at
 * handle_exception and leaves by an sret at the end of this file.
 *
 * How it knows where it came from: in user mode sscratch holds current, in the
 * kernel it is 0 (and tp holds current). One swap of the two tells.
 *
 * All registers are saved, so that a debugger, a signal or fork see the whole
 * context. What differs from a plain entry is the way back: C code preserves
 * s0..s11, gp is never touched, so they are still the interrupted program's and
 * are only reloaded when somebody has changed pt_regs on purpose. Whoever does
 * that (signal delivery, sigreturn, execve, a new task) has TIF work pending,
 * and the path with work reloads everything. Therefore this file itself must
 * not write s0..s11 or gp before that point.
 *
 * CFI: the frame is described as a signal frame whose return column 32 (the
 * slot of ft0, which the kernel does not use) is sepc. DWARF numbers CSRs from
 * 4096 on: 4417 is sepc, 4416 sscratch. So a debugger goes from a kernel
 * function through the trap into the user's C function at any instruction here.
 *
 * Invariants: interrupts are off in this file except inside the C handlers; tp
 * is current from the second instruction on.
 *
 * Linux: arch/riscv/kernel/entry.S, handle_exception. Differs: system calls are
 * dispatched here; callee-saved registers are not reloaded on the fast way.
 */
#include <asm/csr.h>
#include <asm/processor.h>

#define CFI_SEPC	4417
#define CFI_SSCRATCH	4416
#define NR_SYSCALLS	463		/* NR_syscalls; checked in trap.c */

#define ALL_REGS \
	1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31

/* Register n lies at its place in the frame: offset from CFA = frame top. */
	.macro	SAVE n
	sd	x\n, PT_X(\n)(sp)
	.cfi_offset \n, PT_X(\n) - PT_SIZE
	.endm
	.macro	LOAD n
	ld	x\n, PT_X(\n)(sp)
	.cfi_same_value \n
	.endm

/* CFI of a complete frame at sp. */
	.macro	CFI_FULL_FRAME
	.cfi_signal_frame
	.cfi_return_column 32
	.cfi_def_cfa sp, PT_SIZE
	.cfi_offset 32, PT_EPC - PT_SIZE
	.irp	n, ALL_REGS
	.cfi_offset \n, PT_X(\n) - PT_SIZE
	.endr
	.endm

/*
 * Save everything but stval below sp, which points to the frame's end. The
 * interrupted sp is in TI_USER_SP(tp), the interrupted tp in sscratch. Leaves
 * a0..a7 and s0..s11 alone; t0 = scause, t1 = sepc.
 */
	.macro	SAVE_FRAME
	addi	sp, sp, -PT_SIZE
	.cfi_def_cfa sp, PT_SIZE
	SAVE	1
	.irp	n, 3,5,6,7,8,9,10,11,12,13,14,15,16,17
	SAVE	\n
	.endr
	.irp	n, 18,19,20,21,22,23,24,25,26,27,28,29,30,31
	SAVE	\n
	.endr
	ld	t0, TI_USER_SP(tp)
	csrrw	t1, CSR_SSCRATCH, zero
	sd	t0, PT_X(2)(sp)
	sd	t1, PT_X(4)(sp)
	.cfi_offset 2, PT_X(2) - PT_SIZE
	.cfi_offset 4, PT_X(4) - PT_SIZE
	li	t0, SR_SUM		/* set in a user copy; the handler must not inherit it */
	csrrc	t2, CSR_SSTATUS, t0
	csrr	t1, CSR_SEPC
	csrr	t0, CSR_SCAUSE
	sd	t2, PT_STATUS(sp)
	sd	t1, PT_EPC(sp)
	.cfi_offset 32, PT_EPC - PT_SIZE
	sd	t0, PT_CAUSE(sp)
	.endm

	.cfi_sections .debug_frame
	.text
	.balign	64
	.globl	handle_exception
	.type	handle_exception, @function
handle_exception:
	.cfi_startproc
	.cfi_signal_frame
	.cfi_return_column 32
	.cfi_def_cfa sp, 0
	.cfi_register 32, CFI_SEPC
	csrrw	tp, CSR_SSCRATCH, tp
	.cfi_register 4, CFI_SSCRATCH
	beqz	tp, .Lfrom_kernel
	sd	sp, TI_USER_SP(tp)
	ld	sp, TI_KERNEL_SP(tp)
	/* sp's old value: at address tp + TI_USER_SP (DW_CFA_expression, DW_OP_breg4). */
	.cfi_escape 0x10, 2, 2, 0x74, TI_USER_SP
.Lsave:
	SAVE_FRAME
	li	t2, EXC_SYSCALL
	bne	t0, t2, .Lnot_syscall

	/* ---- system call: number in a7, arguments in a0..a5 ---- */
	addi	t1, t1, 4		/* return behind the ecall */
	li	t2, NR_SYSCALLS
	sd	t1, PT_EPC(sp)
	sd	a0, PT_ORIG_A0(sp)
	csrsi	CSR_SSTATUS, SR_SIE
	bgeu	a7, t2, .Lunknown_syscall
	slli	t0, a7, 3
	ld	t1, sys_call_dispatch	/* sys_call_table, unless calls are traced */
	add	t1, t1, t0
	ld	t1, 0(t1)
	jalr	t1
.Lsyscall_done:
	sd	a0, PT_X(10)(sp)

	/* ---- back to user mode ---- */
.Lret_to_user:
	csrci	CSR_SSTATUS, SR_SIE	/* no work may come up after the look at the flags */
	ld	t0, TI_FLAGS(tp)
	andi	t0, t0, TIF_WORK_MASK
	bnez	t0, .Lwork_pending
.Lrestore_user:
	csrw	CSR_SSCRATCH, tp
.Lrestore_common:
	ld	t1, PT_STATUS(sp)
	ld	t0, PT_EPC(sp)
	csrw	CSR_SSTATUS, t1
	csrw	CSR_SEPC, t0
	.cfi_remember_state
	.cfi_register 32, CFI_SEPC
	.irp	n, 1,4,5,6,7,10,11,12,13,14,15,16,17,28,29,30,31
	LOAD	\n
	.endr
	ld	sp, PT_X(2)(sp)
	.cfi_def_cfa sp, 0
	.irp	n, 2,3,8,9,18,19,20,21,22,23,24,25,26,27
	.cfi_same_value \n
	.endr
	sret
	.cfi_restore_state

.Lwork_pending:
	mv	a0, sp
	call	do_work_pending		/* until there is no work; interrupts off again */
	/* Registers may have been replaced: reload those the fast way leaves alone. */
.Lrestore_all:
	ld	gp, PT_X(3)(sp)
	.irp	n, 8,9,18,19,20,21,22,23,24,25,26,27
	ld	x\n, PT_X(\n)(sp)
	.endr
	j	.Lrestore_user

.Lunknown_syscall:
	call	sys_ni_syscall
	j	.Lsyscall_done

	/* ---- interrupts and exceptions ---- */
.Lnot_syscall:
	csrr	t2, CSR_STVAL
	mv	a0, sp
	sd	t2, PT_BADADDR(sp)
	bltz	t0, .Lirq		/* CAUSE_IRQ_FLAG is the sign bit */
	/* 1, 5, 7 (access faults) and 12, 13, 15 (page faults) */
	li	t1, 1 << EXC_INST_ACCESS | 1 << EXC_LOAD_ACCESS | 1 << EXC_STORE_ACCESS | \
		1 << EXC_INST_PAGE_FAULT | 1 << EXC_LOAD_PAGE_FAULT | 1 << EXC_STORE_PAGE_FAULT
	srl	t1, t1, t0
	andi	t1, t1, 1
	beqz	t1, .Lother
	call	do_page_fault
	j	.Lret_from_exception
.Lother:
	call	do_trap
	j	.Lret_from_exception
.Lirq:
	call	do_irq
.Lret_from_exception:
	ld	t0, PT_STATUS(sp)
	andi	t0, t0, SR_SPP
	beqz	t0, .Lret_to_user
	csrci	CSR_SSTATUS, SR_SIE
	j	.Lrestore_common	/* to the kernel: sscratch stays 0 */

	/* ---- trapped in the kernel: sscratch holds current, tp is 0 ---- */
.Lfrom_kernel:
	.cfi_endproc
	.cfi_startproc
	.cfi_signal_frame
	.cfi_return_column 32
	.cfi_def_cfa sp, 0
	.cfi_register 32, CFI_SEPC
	.cfi_register 4, CFI_SSCRATCH
	csrr	tp, CSR_SSCRATCH
	sd	sp, TI_USER_SP(tp)
	.cfi_escape 0x10, 2, 2, 0x74, TI_USER_SP
	/*
	 * A stack is THREAD_SIZE bytes at a multiple of twice that, so this bit of
	 * sp is set exactly when the frame would lie below the stack.
	 */
	addi	sp, sp, -PT_SIZE
	srli	sp, sp, THREAD_SHIFT
	andi	sp, sp, 1
	bnez	sp, .Lstack_overflow
	ld	sp, TI_USER_SP(tp)
	j	.Lsave

.Lstack_overflow:
	/* One emergency stack: the first hart reports, others wait. sscratch keeps t0. */
	csrw	CSR_SSCRATCH, t0
	lla	t0, overflow_taken
	li	sp, 1
	amoswap.w sp, sp, (t0)
	bnez	sp, .Lwait_for_end
	csrr	t0, CSR_SSCRATCH
	csrw	CSR_SSCRATCH, tp
	lla	sp, overflow_stack_end
	SAVE_FRAME
	csrr	t0, CSR_STVAL
	sd	t0, PT_BADADDR(sp)
	mv	a0, sp
	call	handle_stack_overflow
.Lwait_for_end:
	wfi
	j	.Lwait_for_end
	.cfi_endproc
	.size	handle_exception, . - handle_exception

/*
 * Where a new task begins: __switch_to() returns here with a0 = the task that
 * ran before. A kernel thread has its function in s1, the argument in s2; when
 * the function returns, execve has filled the frame and the task goes on in
 * user mode. A user task has s1 = 0.
 */
	.globl	ret_from_fork
	.type	ret_from_fork, @function
ret_from_fork:
	.cfi_startproc
	CFI_FULL_FRAME
	call	schedule_tail
	beqz	s1, 1f
	mv	a0, s2
	.cfi_remember_state
	.cfi_undefined 32		/* nobody called a kernel thread: a backtrace ends */
	jalr	s1
	nop				/* what gdb looks at to unwind from the call */
	.cfi_restore_state
1:
	csrci	CSR_SSTATUS, SR_SIE
	ld	t0, TI_FLAGS(tp)
	andi	t0, t0, TIF_WORK_MASK
	beqz	t0, .Lrestore_all
	j	.Lwork_pending
	.cfi_endproc
	.size	ret_from_fork, . - ret_from_fork
	.globl	entry_text_end
entry_text_end:

	.bss
	.balign	16
overflow_stack:
	.skip	4096
overflow_stack_end:
overflow_taken:
	.skip	8
