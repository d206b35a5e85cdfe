/* SPDX-License-Identifier: MIT */
/*
 * Between fault.c, fault_file.c and fault_swap.c: handlers of rows of the decision table.
 *
 * Linux: mm/memory.c (static there).
 */
#pragma once
#include "mm/mm.h"
#include "mm/pgtable.h"
#include "mm/vmstat.h"
#include "kernel/trace/trace.h"

/*
 * do_swap_page() - the PTE holds a swap entry. => mmap_lock read held, dropped on VM_FAULT_RETRY.
 */
vm_fault_t do_swap_page(struct vm_fault *vmf);
/* do_fault() - the PTE is empty, the mapping has an object behind it. => as do_swap_page(). */
vm_fault_t do_fault(struct vm_fault *vmf);
/* fault_row() - this row of the decision table deals with the fault: its counter, its trace. */
static inline void fault_row(const struct vm_fault *vmf, enum vm_event_item row)
{
	count_vm_event(row);
	trace_fault(vmf, row);
}
/*
 * fault_make_dirty() - the folio of a shared mapping is about to be written: dirty from now on.
 * => vmf->page locked. VM_FAULT_NOPAGE: truncated meanwhile; VM_FAULT_SIGBUS: no room on disk.
 */
vm_fault_t fault_make_dirty(struct vm_fault *vmf);
/*
 * fault_throttle_dirtier() - whoever makes pages dirty helps to clean them; tmpfs has nowhere
 * to write to. => no spinlock, no folio lock; may sleep. VM_FAULT_RETRY: mmap_lock was dropped.
 */
vm_fault_t fault_throttle_dirtier(struct vm_fault *vmf);

/* What a PTE looks like: writable only for a write; then dirty, as no hardware need set D. */
static inline pte_t make_pte(const struct vm_fault *vmf, struct page *page)
{
	pte_t pte = pfn_pte(page_to_pfn(page), vmf->vma->vm_page_prot);

	if (!(vmf->flags & FAULT_FLAG_WRITE))
		return pte_wrprotect(pte);
	pte = pte_mkdirty(pte);
	return vmf->vma->vm_flags & VM_WRITE ? pte_mkwrite(pte) : pte;
}
