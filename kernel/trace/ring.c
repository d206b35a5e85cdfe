/* SPDX-License-Identifier: MIT */
/*
 * The ring of trace records: the newest overwrite the oldest.
 *
 * The writer never waits for a reader. So a reader copies a record first and asks
 * afterwards whether it was overwritten meanwhile: while record i + nr_slots is being
 * written, head is i + nr_slots, so as long as head - i is smaller the copy is good.
 * One slot, the one that may be in the writer's hands, can never be read.
 *
 * Invariants: head only grows; slots below head and above head - nr_slots are whole.
 *
 * Locks: none. Order: "head counts record i" is stored after the record (release), and
 * before the first word of record i + 1 (smp_wmb in trace_ring_begin). The reader goes
 * the other way: record, smp_rmb, head.
 *
 * Linux: kernel/trace/ring_buffer.c. Differs: no nesting (interrupts are off while a
 * record is written), no sub-buffers.
 */
#include <asm/barrier.h>
#include "kernel/trace/ring.h"
#include "lib/bug.h"
#include "lib/compiler.h"

struct trace_record *trace_ring_begin(struct trace_ring *r)
{
	VM_BUG_ON(!r->slots || r->nr_slots < 2);
	smp_wmb();
	return &r->slots[r->head % r->nr_slots];
}

void trace_ring_commit(struct trace_ring *r)
{
	smp_store_release(&r->head, r->head + 1);
}

/* The same for a head that was looked at already. */
static u64 oldest(const struct trace_ring *r, u64 head)
{
	u64 start = READ_ONCE(r->start);
	u64 first = head >= r->nr_slots ? head - r->nr_slots + 1 : 0;

	return first > start ? first : start;
}

u64 trace_ring_oldest(const struct trace_ring *r)
{
	return oldest(r, smp_load_acquire(&r->head));
}

bool trace_ring_read(const struct trace_ring *r, u64 *pos, struct trace_record *out, u64 *lost)
{
	if (!r->slots)
		return false;
	for (;;) {
		u64 head = smp_load_acquire(&r->head);
		u64 first = oldest(r, head);

		if (*pos < first) {
			*lost += first - *pos;
			*pos = first;
		}
		if (*pos >= head)
			return false;
		*out = r->slots[*pos % r->nr_slots];
		smp_rmb();
		/* Race: the writer may have come round while we copied. */
		if (READ_ONCE(r->head) - *pos < r->nr_slots) {
			++*pos;
			return true;
		}
	}
}

void trace_ring_clear(struct trace_ring *r)
{
	WRITE_ONCE(r->start, smp_load_acquire(&r->head));
}
