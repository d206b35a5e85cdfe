/* SPDX-License-Identifier: MIT */
/*
 * The second halves of the hooks that only a kernel with an MMU has: page faults,
 * copy-on-write, swap.
 *
 * Locks: none; as events.c.
 *
 * Linux: include/trace/events/exceptions.h, and nothing for the rest: Linux has no
 * tracepoints at the rows of the fault path.
 */
#include "kernel/sched.h"
#include "kernel/trace/internal.h"
#include "mm/mm.h"
#include "mm/swap.h"

/* ---- page faults ---- */

/* One program's fault is another's system call: the address, where it happened, what it was. */
vm_fault_t mm_user_fault_traced(struct mm_struct *mm, unsigned long address, unsigned int flags,
				int *si_code)
{
	unsigned long major = current->maj_flt;
	vm_fault_t ret;

	trace_write3(TRACE_FAULT_ENTER, address, current_pt_regs()->epc, flags);
	ret = mm_user_fault(mm, address, flags, si_code);
	trace_write3(TRACE_FAULT_EXIT, address, ret, current->maj_flt != major);
	return ret;
}

void __trace_fault(const struct vm_fault *vmf, int row)
{
	const struct vm_area_struct *vma = vmf->vma;
	unsigned long flags;
	struct trace_record *r = trace_begin(TRACE_FAULT, &flags);

	if (!r)
		return;
	r->aux = row;
	r->arg[0] = vmf->real_address;
	r->arg[1] = vmf->flags;
	r->arg[2] = !pte_none(vmf->orig_pte) + pte_present(vmf->orig_pte);
	r->arg[3] = vma_is_anonymous(vma) ? 0 : vma->vm_flags & VM_SHARED ? 2 : 1;
	trace_end(flags);
}

void __trace_wp(const struct vm_fault *vmf, int row, const struct folio *copy)
{
	unsigned long old = pte_special(vmf->orig_pte) ? 0 : pte_pfn(vmf->orig_pte);

	__trace_fault(vmf, row);
	/* A shared page stays what it is: nobody gets a copy. */
	if (!(vmf->vma->vm_flags & VM_SHARED))
		trace_write3(TRACE_COW, vmf->real_address, old, copy ? folio_pfn(copy) : old);
}

void __trace_swap(enum trace_event event, const struct folio *f)
{
	swp_entry_t entry = folio_swap_entry(f);

	trace_write3(event, folio_pfn(f), swp_type(entry), swp_offset(entry));
}
