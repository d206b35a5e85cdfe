/* SPDX-License-Identifier: MIT */
/*
 * The moment the MMU comes on.
 *
 * Linux: arch/riscv/kernel/head.S, relocate_enable_mmu. Differs: the early
 * tables hold a one-entry identity map, so the instruction after the write to
 * satp is fetched where it was all along, and a debugger can step over it;
 * Linux instead lets it fault and continues at stvec.
 */
#include <asm/csr.h>
#include <asm/page.h>

	.cfi_sections .debug_frame
	.section .head.text, "ax"
/* relocate_enable_mmu(satp): return to the caller at its link address. */
	.globl	relocate_enable_mmu
	.type	relocate_enable_mmu, @function
relocate_enable_mmu:
	.cfi_startproc
	li	t0, KERNEL_LINK_ADDR
	lla	t1, _start		/* physical, for we still run there */
	sub	t0, t0, t1		/* link address - physical address */
	sfence.vma
	.globl	mmu_on
mmu_on:
	csrw	CSR_SATP, a0		/* <- from here on every address is translated */
	sfence.vma
	csrr	t1, CSR_SATP		/* a hart without Sv39 keeps satp = 0 */
	beqz	t1, 1f
	add	ra, ra, t0
	ret
1:
	tail	no_mmu_found
	.cfi_endproc
	.size	relocate_enable_mmu, . - relocate_enable_mmu
