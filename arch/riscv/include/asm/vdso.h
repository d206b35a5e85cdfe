/* SPDX-License-Identifier: MIT */
/*
 * The vDSO: a page of kernel-made code that every program gets. It holds the
 * return from signal handlers and the clock calls that need no trap.
 *
 * Linux: arch/riscv/kernel/vdso.c, lib/vdso. Differs: one page of code written
 * by hand as an ELF image (vdso/vdso.S), one page of data before it.
 */
#pragma once
#include "lib/compiler.h"
#include "lib/types.h"

struct mm_struct;

#define VDSO_PAGES	2		/* data (vvar), then code; AT_SYSINFO_EHDR is the code's */

/*
 * arch_setup_additional_pages() - map the vDSO into a new program.
 *
 * => called by execve after the stack is placed, mm not yet visible to others, no locks held.
 * => mm->context.vdso is the address for AT_SYSINFO_EHDR; 0 or -ENOMEM.
 */
int __must_check arch_setup_additional_pages(struct mm_struct *mm);
void vdso_init(void);			/* boot: after the buddy works */
/* vdso_sigreturn() - where __vdso_rt_sigreturn is in mm. */
unsigned long vdso_sigreturn(const struct mm_struct *mm);
/*
 * vdso_update_clock() - what user code needs to compute the time by itself:
 * ns = (rdtime - boot_cycles) * ns_per_cycle, wall clock = ns + real_offset.
 * => ns_per_cycle 0: it cannot, and makes system calls.
 */
void vdso_update_clock(u64 boot_cycles, u64 ns_per_cycle, u64 real_offset);
/* vdso_map() - make the pages reachable in mm; *addr is where. 0 or -errno. vdso_map*.c */
int __must_check vdso_map(struct mm_struct *mm, char *pages, unsigned long *addr);
