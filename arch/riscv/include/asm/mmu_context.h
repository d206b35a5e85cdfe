/* SPDX-License-Identifier: MIT */
/*
 * Switching satp between address spaces; ASIDs (arch/riscv/context.c).
 *
 * Linux: arch/riscv/mm/context.c.
 */
#pragma once
struct mm_struct;

/* Arch part of mm_struct. */
typedef struct {
	unsigned long id;	/* generation and ASID; 0 = none yet */
	unsigned long stale;	/* harts that must flush our ASID before they run us again */
	unsigned long vdso;	/* user address of the vDSO page, 0 if not mapped */
} mm_context_t;

/* asids_init() - boot: how many ASID bits has satp? */
void asids_init(void);
/* switch_mm() - make next current on this hart. => interrupts off. */
void switch_mm(struct mm_struct *prev, struct mm_struct *next);
void init_new_context(struct mm_struct *mm);
/* destroy_context() - mm's page tables are about to be freed; no hart runs it. */
void destroy_context(struct mm_struct *mm);

/* mm_asid() - the number that tags mm's TLB entries. */
#define MM_ASID_MASK	((1UL << 16) - 1)
#define mm_asid(mm)	((mm)->context.id & MM_ASID_MASK)
