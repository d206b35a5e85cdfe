/* SPDX-License-Identifier: MIT */
/*
 * The ring of trace records that each hart has.
 *
 * Linux: kernel/trace/ring_buffer.c. Differs: records of one size, no pages to swap.
 */
#pragma once
#include "lib/types.h"

#define TRACE_ARGS	6
#define TRACE_COMM_LEN	16

/* Who, when, what; the numbers mean what the event's row in format.c says. */
struct trace_record {
	u64 ts;				/* ns since boot */
	int pid, tgid;
	u32 aux;			/* a seventh number */
	u8 event;			/* enum trace_event */
	u8 flags;			/* TRACE_FLAG_* */
	char comm[TRACE_COMM_LEN];
	u64 arg[TRACE_ARGS];
};
#define TRACE_FLAG_IRQS_OFF	1
#define TRACE_FLAG_RESCHED	2

/*
 * Records have numbers from 0 on; record i lies in slot i % nr_slots. One writer, who
 * cannot be interrupted by another; any number of readers at the same time.
 */
struct trace_ring {
	u64 head;			/* number of the next record (its hart writes) */
	u64 start;			/* older ones have been cleared */
	u64 nr_slots;			/* at least 2 */
	struct trace_record *slots;	/* NULL: none yet */
} __attribute__((aligned(64)));

/* trace_ring_begin() - the slot of the next record, to be filled. => the only writer. */
struct trace_record *trace_ring_begin(struct trace_ring *r);
/* trace_ring_commit() - it is filled. */
void trace_ring_commit(struct trace_ring *r);
/* trace_ring_oldest() - the number of the first record that can still be read. */
u64 trace_ring_oldest(const struct trace_ring *r);
/*
 * trace_ring_read() - copy record *pos, or the first after it that is still there; *pos goes
 * behind it, *lost grows by those that were overwritten. false: there is none. Any context.
 */
bool trace_ring_read(const struct trace_ring *r, u64 *pos, struct trace_record *out, u64 *lost);
/* trace_ring_clear() - forget what was written so far. Any context. */
void trace_ring_clear(struct trace_ring *r);
