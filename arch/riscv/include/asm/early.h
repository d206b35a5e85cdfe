/* SPDX-License-Identifier: MIT */
/*
 * The time before start_kernel(): head.S and the C it calls.
 *
 * Linux: arch/riscv/kernel/head.h.
 */
#pragma once

/* struct secondary_boot: what smp.c hands a starting hart, read by head.S with the MMU off. */
#define SB_TASK		0	/* its idle task, kernel address */
#define SB_SATP		8	/* satp of the final page tables; 0 without an MMU */
#define SB_SIZE		16

#ifndef __ASSEMBLER__
#include "lib/compiler.h"
#include "lib/types.h"

extern char _start[], _stext[], _etext[], _srodata[], _erodata[], __init_begin[], __init_end[],
	_sdata[], _edata[], _sbss[], _ebss[], _end[];

/* What the NOMMU stage saw; the boot log repeats it. Addresses are physical. */
struct boot_facts {
	unsigned long hartid;
	phys_addr_t dtb_pa;
	unsigned long stage_pc;		/* where the NOMMU stage ran */
};
extern struct boot_facts boot_facts;

/* nommu_stage() - at the physical address, satp = 0, bss clear: say so, keep the facts. */
void nommu_stage(unsigned long hartid, phys_addr_t dtb_pa);
/* setup_vm() - build the early page tables, still physical. => value for satp, 0: no MMU. */
unsigned long setup_vm(void);
/* relocate_enable_mmu() - write satp and return at the link address; in mmu_on.S. */
void relocate_enable_mmu(unsigned long satp);
extern char mmu_on[];		/* the very instruction */
/* no_mmu_found() - this hart keeps satp at 0: say so and stop. Physical. */
void no_mmu_found(void) __noreturn;
/* early_trap() - a trap before the kernel has a handler: say so and power off. Any address. */
void early_trap(unsigned long cause, unsigned long epc, unsigned long tval) __noreturn;

struct secondary_boot {
	void *task;
	unsigned long satp;
};
extern struct secondary_boot secondary_boot[];	/* by logical hart; smp.c */
extern char secondary_start_sbi[];
void secondary_start(void) __noreturn;	/* smp.c, from head.S, on the idle task's stack */
#endif
