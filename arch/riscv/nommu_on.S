/* SPDX-License-Identifier: MIT */
/*
 * NOMMU: the kernel is linked where it runs, satp stays 0.
 *
 * Linux: arch/riscv/kernel/head.S, without CONFIG_MMU.
 */
	.section .head.text, "ax"
	.globl	relocate_enable_mmu
	.type	relocate_enable_mmu, @function
relocate_enable_mmu:
	ret
	.size	relocate_enable_mmu, . - relocate_enable_mmu
