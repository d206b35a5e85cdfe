/* SPDX-License-Identifier: MIT */
/*
 * TLB flushes, here and on other harts.
 *
 * A hart may hold entries of an mm that it does not run now: they carry the
 * mm's ASID and stay. Two sets keep that cheap and right:
 *
 *   mm->cpu_mask        harts whose satp holds this mm's tables now
 *   mm->context.stale   harts that must flush the ASID before they run it again
 *
 * A flush changes the PTEs (caller), marks every other hart stale, and then
 * interrupts those in cpu_mask. switch_mm() on another hart first
 * enters cpu_mask and then looks at stale. Each side writes, fences, reads: so
 * either the flusher sees the hart in cpu_mask, or the hart sees that it is
 * stale. A hart that left is never disturbed.
 *
 * Locks: none. Never sleeps; may be called under spinlocks that are not irq-safe.
 *
 * Source: RISC-V Privileged 4.2.1.
 * Linux: arch/riscv/mm/tlbflush.c. Differs: lazy for harts that left the mm; by our
 * own interrupts, not the SBI's remote fence, for which the reason is in smp.c.
 */
#include <asm/barrier.h>
#include <asm/csr.h>
#include <asm/mmu_context.h>
#include <asm/processor.h>
#include <asm/tlbflush.h>
#include "kernel/sched.h"
#include "mm/mm_types.h"
#include "mm/vmstat.h"

#define FLUSH_ALL_PAGES	64	/* from so many pages on, one flush of everything is cheaper */

static void local_flush_asid(unsigned long asid)
{
	asm volatile("sfence.vma zero, %0" : : "r"(asid) : "memory");
}

static void local_flush_range_asid(unsigned long start, unsigned long size, unsigned long asid)
{
	unsigned long addr;

	if (size > FLUSH_ALL_PAGES * PAGE_SIZE) {
		local_flush_asid(asid);
		return;
	}
	for (addr = start; addr < start + size; addr += PAGE_SIZE)
		asm volatile("sfence.vma %0, %1" : : "r"(addr), "r"(asid) : "memory");
}

struct flush {
	unsigned long start, size, asid;
};

static void flush_here(void *arg)
{
	const struct flush *f = arg;

	local_flush_range_asid(f->start, f->size, f->asid);
}

static void flush_kernel_here(void *arg)
{
	const struct flush *f = arg;
	unsigned long addr;

	if (f->size > FLUSH_ALL_PAGES * PAGE_SIZE) {
		local_flush_tlb_all();
		return;
	}
	for (addr = f->start; addr < f->start + f->size; addr += PAGE_SIZE)
		local_flush_tlb_page(addr);
}

/*
 * If we run mm, our own TLB is flushed right here, and our bit stays as it is. It is not cleared:
 * another hart may just have set it for a range of its own. If we leave mm before it looks at
 * cpu_mask, the bit is all that tells us.
 */
static void mark_stale(struct mm_struct *mm)
{
	unsigned long self = 1UL << smp_processor_id();

	__atomic_fetch_or(&mm->context.stale, READ_ONCE(mm->cpu_mask) & self ? ~self : ~0UL,
			  __ATOMIC_RELAXED);
	smp_mb();			/* pairs with switch_mm(): stale before cpu_mask */
}

/* The other harts' part of a flush. => marked stale; this hart's part is the caller's. */
static void flush_others(struct mm_struct *mm, struct flush *f)
{
	cpumask_t others = READ_ONCE(mm->cpu_mask) & ~(1UL << smp_processor_id());

	if (!others)
		return;
	count_vm_event(TLB_REMOTE_FLUSH);
	smp_call_many(others, flush_here, f);
}

/*
 * The ASID is read behind the fence. While some hart runs mm it keeps its number, but if none
 * does (we change another's memory), a hart may enter it now under a new one. Either we see
 * that number, or the hart's fence in switch_mm() comes after ours: then it sees the new PTEs,
 * and has nothing to flush. Read before, the old number would be flushed on that hart, and what
 * it had loaded from the old PTEs would stay. The same holds for 0, no hart has ever run it.
 */
static void flush_mm_range(struct mm_struct *mm, unsigned long start, unsigned long size)
{
	struct flush f = { .start = start, .size = size };

	if (nr_cpu_ids > 1)
		mark_stale(mm);
	if (!READ_ONCE(mm->context.id))
		return;
	f.asid = mm_asid(mm);
	if (nr_cpu_ids > 1)
		flush_others(mm, &f);
	flush_here(&f);
}

void flush_tlb_mm(struct mm_struct *mm)
{
	flush_mm_range(mm, 0, ~0UL);
}

void flush_tlb_range(struct mm_struct *mm, unsigned long start, unsigned long end)
{
	flush_mm_range(mm, start, end - start);
}

void flush_tlb_page(struct mm_struct *mm, unsigned long addr)
{
	flush_mm_range(mm, addr & PAGE_MASK, PAGE_SIZE);
}

/* Harts that do not run mm now are marked at once, as in mark_stale(). */
void tlb_batch_add(struct tlb_batch *b, struct mm_struct *mm)
{
	b->pending = true;
	if (nr_cpu_ids == 1)
		return;
	WRITE_ONCE(mm->context.stale, ~0UL);
	smp_mb();			/* pairs with switch_mm(): stale before cpu_mask */
	b->cpus |= READ_ONCE(mm->cpu_mask);
}

static void flush_all_here(void *unused)
{
	local_flush_tlb_all();
}

void tlb_batch_flush(struct tlb_batch *b)
{
	if (!b->pending)
		return;
	local_flush_tlb_all();
	if (b->cpus & ~(1UL << smp_processor_id())) {
		count_vm_event(TLB_REMOTE_FLUSH);
		smp_call_many(b->cpus, flush_all_here, NULL);
	}
	*b = (struct tlb_batch){ 0 };
}

/* Kernel mappings are global: every hart has them. */
void flush_tlb_kernel_range(unsigned long start, unsigned long end)
{
	struct flush f = { start, end - start, 0 };

	smp_call_all(flush_kernel_here, &f);
}
