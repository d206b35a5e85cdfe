/* SPDX-License-Identifier: MIT */
/*
 * Address-space identifiers, and the switch between address spaces.
 *
 * An ASID tags TLB entries with the mm they belong to, so that a switch need
 * not flush. There are fewer ASIDs than mms in the long run, so they come in
 * generations: mm->context.id is generation | ASID, and an id of an old
 * generation is worth nothing. When a generation is used up, the next one
 * begins, and each hart flushes its whole TLB before it first uses it. An mm
 * that some hart runs at that moment keeps its number in the new generation
 * (that hart goes on using it), which is why those numbers are not handed out.
 *
 * active_id[hart] is the id a hart runs with; 0 there means "a new generation
 * has begun: go the slow way". The fast way replaces it by a compare-and-swap,
 * so that a switch and the begin of a generation cannot pass each other.
 *
 * ASID 0 belongs to the kernel's own tables. A hart without ASIDs (0 bits)
 * flushes at every switch.
 *
 * Locks: asid_lock (RANK_DEVICE, interrupts off); taken under the run-queue lock.
 *
 * Linux: arch/riscv/mm/context.c. Differs: a counter that skips the reserved
 * numbers, no bitmap; lazy flush of harts that left an mm (tlb.c).
 */
#include <asm/barrier.h>
#include <asm/csr.h>
#include <asm/mmu_context.h>
#include <asm/pgtable.h>
#include <asm/processor.h>
#include <asm/smp.h>
#include <asm/tlbflush.h>
#include "kernel/lock/spinlock.h"
#include "kernel/printk.h"
#include "kernel/sched.h"
#include "mm/mm.h"

static DEFINE_SPINLOCK(asid_lock, RANK_DEVICE);
static unsigned int asid_bits;
static unsigned long generation;	/* a multiple of 1 << SATP_ASID_BITS, never 0 */
static unsigned long next_asid = 1;
static unsigned long active_id[CONFIG_NR_CPUS];
static unsigned long reserved_id[CONFIG_NR_CPUS];	/* (asid_lock) */
static cpumask_t flush_pending;				/* (asid_lock) */

/* Which ASID bits of satp stick? => boot, the kernel's tables in satp. */
void asids_init(void)
{
	unsigned long satp = csr_read(CSR_SATP), got;

	csr_write(CSR_SATP, satp | ((1UL << SATP_ASID_BITS) - 1) << SATP_ASID_SHIFT);
	got = csr_read(CSR_SATP) >> SATP_ASID_SHIFT & ((1UL << SATP_ASID_BITS) - 1);
	csr_write(CSR_SATP, satp);
	local_flush_tlb_all();
	asid_bits = got ? __fls(got) + 1 : 0;
	/* Each hart may keep one reserved: with too few, new ones could run out. */
	if (1UL << asid_bits <= 2 * nr_cpu_ids)
		asid_bits = 0;
	generation = MM_ASID_MASK + 1;
	pr_info("ASID: %u bits, %lu address spaces without a flush\n", asid_bits,
		asid_bits ? (1UL << asid_bits) - 1 : 0);
}

void init_new_context(struct mm_struct *mm)
{
	mm->context = (mm_context_t){ 0 };
	mm->cpu_mask = 0;
}

void destroy_context(struct mm_struct *mm)
{
	/* The number is not used again in this generation: entries left behind match nothing. */
}

/* ---- the slow way. => asid_lock held ---- */

/* id was in use on a hart when its generation ended: it stays reserved, under the new one. */
static bool keep_reserved(unsigned long old, unsigned long new)
{
	bool found = false;

	for (unsigned int cpu = 0; cpu < nr_cpu_ids; cpu++) {
		if (reserved_id[cpu] == old) {
			reserved_id[cpu] = new;
			found = true;
		}
	}
	return found;
}

static bool asid_is_reserved(unsigned long asid)
{
	for (unsigned int cpu = 0; cpu < nr_cpu_ids; cpu++) {
		if ((reserved_id[cpu] & MM_ASID_MASK) == asid)
			return true;
	}
	return false;
}

static void new_generation(void)
{
	generation += MM_ASID_MASK + 1;
	next_asid = 1;
	for (unsigned int cpu = 0; cpu < nr_cpu_ids; cpu++) {
		unsigned long id = __atomic_exchange_n(&active_id[cpu], 0, __ATOMIC_SEQ_CST);

		/* 0: no switch since the last generation; what it ran is still reserved. */
		if (id)
			reserved_id[cpu] = id;
	}
	flush_pending = ~0UL;
}

static unsigned long new_context(unsigned long old)
{
	unsigned long limit = 1UL << asid_bits, asid;

	if (old && keep_reserved(old, generation | (old & MM_ASID_MASK)))
		return generation | (old & MM_ASID_MASK);
	for (;;) {
		if (next_asid >= limit)
			new_generation();
		asid = next_asid++;
		if (!asid_is_reserved(asid))
			return generation | asid;
	}
}

static void switch_slow(struct mm_struct *mm, unsigned int cpu)
{
	spin_lock(&asid_lock);
	if ((mm->context.id ^ generation) & ~MM_ASID_MASK)
		mm->context.id = asid_bits ? new_context(mm->context.id) : generation;
	if (flush_pending & 1UL << cpu || !asid_bits) {
		flush_pending &= ~(1UL << cpu);
		local_flush_tlb_all();
	}
	__atomic_store_n(&active_id[cpu], mm->context.id, __ATOMIC_SEQ_CST);
	spin_unlock(&asid_lock);
}

/* ---- the switch ---- */

/* Is mm's id good as it is, and is it now active here? */
static bool switch_fast(struct mm_struct *mm, unsigned int cpu)
{
	unsigned long id = READ_ONCE(mm->context.id), old = READ_ONCE(active_id[cpu]);

	if ((id ^ READ_ONCE(generation)) & ~MM_ASID_MASK || !old || !asid_bits)
		return false;
	if (nr_cpu_ids == 1) {
		active_id[cpu] = id;
		return true;
	}
	return cmpxchg(&active_id[cpu], old, id) == old;
}

/* Several harts: keep cpu_mask, and flush what was marked stale while we were away (tlb.c). */
static void enter_mm(struct mm_struct *prev, struct mm_struct *next, unsigned int cpu)
{
	unsigned long self = 1UL << cpu;

	__atomic_fetch_or(&next->cpu_mask, self, __ATOMIC_RELAXED);
	smp_mb();			/* pairs with mark_stale(): cpu_mask before stale */
	if (READ_ONCE(next->context.stale) & self) {
		__atomic_fetch_and(&next->context.stale, ~self, __ATOMIC_RELAXED);
		asm volatile("sfence.vma zero, %0" : : "r"(mm_asid(next)) : "memory");
	}
	if (prev && prev != next)
		__atomic_fetch_and(&prev->cpu_mask, ~self, __ATOMIC_RELEASE);
}

void switch_mm(struct mm_struct *prev, struct mm_struct *next)
{
	unsigned int cpu = smp_processor_id();

	if (!switch_fast(next, cpu))
		switch_slow(next, cpu);
	if (nr_cpu_ids > 1)
		enter_mm(prev, next, cpu);
	csr_write(CSR_SATP, SATP_MODE_39 | mm_asid(next) << SATP_ASID_SHIFT |
			    virt_to_pfn(next->pgd));
}
