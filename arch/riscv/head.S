/* SPDX-License-Identifier: MIT */
/*
 * The first instructions. OpenSBI enters _start in S-mode at the physical
 * address, satp = 0, interrupts off, a0 = hart id, a1 = device tree. Other
 * harts are stopped until smp_boot() starts them at secondary_start_sbi.
 *
 * Everything up to relocate_enable_mmu runs where it was loaded: only
 * PC-relative addresses (medany code) are right there.
 *
 * Invariants after this file: tp = current, sscratch = 0, stvec =
 * handle_exception, sstatus.FS = off, interrupts off.
 *
 * Linux: arch/riscv/kernel/head.S. Differs: the lottery is no choice of a boot
 * hart (HSM made it) but catches strays; an identity map for the switch, no XIP, no M-mode.
 */
#include <asm/csr.h>
#include <asm/early.h>
#include <asm/processor.h>

	.cfi_sections .debug_frame
	.section .head.text, "ax"
	.globl	_start
	.type	_start, @function
_start:
	.cfi_startproc
	.cfi_undefined 1		/* the outermost frame */
	csrw	CSR_SIE, zero
	csrw	CSR_SATP, zero
	li	t0, SR_FS | SR_SIE | SR_SUM
	csrc	CSR_SSTATUS, t0		/* the kernel itself uses no floating point */
	lla	t0, early_trap_entry
	csrw	CSR_STVEC, t0

	/*
	 * OpenSBI before 1.2 marks a hart as starting before it has written where
	 * to: one that looks in between comes here, long after the boot hart.
	 */
	lla	t0, boot_hart_came
	li	t1, 1
	amoswap.w t1, t1, (t0)
	bnez	t1, .Lstray_hart

	call	clear_bss
	call	set_boot_task
	call	nommu_stage		/* (a0, a1) */
	call	setup_vm		/* a0 = satp */
	call	relocate_enable_mmu	/* returns at the link address */

	call	set_boot_task		/* the same objects, virtual now */
	lla	t0, handle_exception
	csrw	CSR_STVEC, t0
	csrw	CSR_SSCRATCH, zero
	tail	start_kernel

.Lstray_hart:				/* a0 = hart id: find what smp.c left for it */
	fence	rw, rw
	lla	t0, cpu_hartid
	lla	a1, secondary_boot
	li	t2, CONFIG_NR_CPUS
1:
	ld	t1, 0(t0)
	beq	t1, a0, secondary_start_sbi
	addi	t0, t0, 8
	addi	a1, a1, SB_SIZE
	addi	t2, t2, -1
	bnez	t2, 1b
2:
	wfi				/* no hart of ours */
	j	2b
	.cfi_endproc
	.size	_start, . - _start

/*
 * clear_bss() - all bytes from _sbss to _ebss become zero, and no others. QEMU's loader does so
 * too, but a flat image, or a restart, leaves old bytes. Both addresses are multiples of 8.
 * => there is no stack yet; a0 and a1 are kept.
 */
	.type	clear_bss, @function
clear_bss:
	.cfi_startproc
	lla	t0, _sbss
	lla	t1, _ebss
1:
	sd	zero, 0(t0)
	addi	t0, t0, 8
	bltu	t0, t1, 1b
	ret
	.cfi_endproc
	.size	clear_bss, . - clear_bss

/*
 * set_boot_task() - this hart runs the first task: tp = init_task; sp = the top of init_stack, less
 * PT_SIZE bytes for a struct pt_regs; s0 = 0, the end of the chain of frame pointers.
 * => a0 and a1 are kept. Addresses are PC-relative: physical before the MMU is on, virtual after.
 */
	.type	set_boot_task, @function
set_boot_task:
	.cfi_startproc
	lla	tp, init_task
	lla	sp, init_stack
	li	t0, (1 << THREAD_SHIFT) - PT_SIZE
	add	sp, sp, t0
	li	s0, 0
	ret
	.cfi_endproc
	.size	set_boot_task, . - set_boot_task

/*
 * Another hart, by SBI HSM: a0 = hart id, a1 = physical address of its struct
 * secondary_boot, all else as above. It goes high through the boot hart's early
 * tables (they have the identity map), then onto the final ones.
 */
	.globl	secondary_start_sbi
	.type	secondary_start_sbi, @function
secondary_start_sbi:
	.cfi_startproc
	.cfi_undefined 1
	csrw	CSR_SIE, zero
	li	t0, SR_FS | SR_SIE | SR_SUM
	csrc	CSR_SSTATUS, t0
	lla	t0, early_trap_entry
	csrw	CSR_STVEC, t0
	ld	s1, SB_TASK(a1)
	ld	s2, SB_SATP(a1)
	lla	a0, early_satp
	ld	a0, 0(a0)
	call	relocate_enable_mmu
	beqz	s2, 1f
	csrw	CSR_SATP, s2
	sfence.vma
1:
	mv	tp, s1
	ld	sp, TI_KERNEL_SP(tp)
	addi	sp, sp, -PT_SIZE
	li	s0, 0
	lla	t0, handle_exception
	csrw	CSR_STVEC, t0
	csrw	CSR_SSCRATCH, zero
	tail	secondary_start
	.cfi_endproc
	.size	secondary_start_sbi, . - secondary_start_sbi

	.section .data
	.balign	4
boot_hart_came:
	.word	0
	.section .head.text, "ax"

	.balign	4			/* stvec needs it */
	.type	early_trap_entry, @function
early_trap_entry:
	lla	sp, init_stack		/* nobody returns: any stack will do */
	li	t0, (1 << THREAD_SHIFT) - PT_SIZE
	add	sp, sp, t0
	csrr	a0, CSR_SCAUSE
	csrr	a1, CSR_SEPC
	csrr	a2, CSR_STVAL
	call	early_trap
	.size	early_trap_entry, . - early_trap_entry
