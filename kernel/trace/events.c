/* SPDX-License-Identifier: MIT */
/*
 * The second halves of the hooks: from the kernel's structures to a record of numbers.
 *
 * trace_begin() turns interrupts off on this hart and finds the next slot of its ring;
 * trace_end() lets the record count. In between only this code writes to the ring, so no
 * lock is needed, and a hook in an interrupt comes before or after, never inside.
 *
 * What a record keeps must stay true when it is read, perhaps much later: names and
 * numbers are copied, pointers are not.
 *
 * Locks: none; see the order in ring.c.
 *
 * Linux: include/trace/events/, kernel/trace/trace.c, trace_event_buffer_lock_reserve().
 *
 * Ask yourself: what would happen if a hook here allocated memory?
 */
#include <asm/irqflags.h>
#include "kernel/drivers/block.h"
#include "kernel/time.h"
#include "kernel/sched.h"
#include "kernel/trace/internal.h"
#include "kernel/trace/syscall.h"
#include "lib/string.h"
#include "mm/mm.h"

unsigned long trace_mask, trace_live;
struct trace_ring trace_rings[CONFIG_NR_CPUS];

/*
 * The test of the mask comes twice: outside, so that an event that is off costs little,
 * and inside, where it decides.
 */
struct trace_record *trace_begin(enum trace_event event, unsigned long *flags)
{
	struct trace_record *r;
	bool irqs_off;

	if (!(READ_ONCE(trace_live) & 1UL << event))
		return NULL;
	irqs_off = irqs_disabled();
	*flags = local_irq_save();
	/* Race: who resizes a ring clears the mask, and then waits until no hart is in here. */
	if (!READ_ONCE(trace_live)) {
		local_irq_restore(*flags);
		return NULL;
	}
	r = trace_ring_begin(&trace_rings[smp_processor_id()]);
	r->ts = ktime_get();
	r->pid = current->pid;
	r->tgid = current->tgid;
	r->event = event;
	r->flags = (irqs_off ? TRACE_FLAG_IRQS_OFF : 0) | (need_resched() ? TRACE_FLAG_RESCHED : 0);
	memcpy(r->comm, current->comm, TRACE_COMM_LEN);
	return r;
}

/* The commit comes first: an interrupt after it has a record of its own. */
void trace_end(unsigned long flags)
{
	trace_ring_commit(&trace_rings[smp_processor_id()]);
	local_irq_restore(flags);
}

void trace_write3(enum trace_event event, unsigned long a, unsigned long b, unsigned long c)
{
	unsigned long flags;
	struct trace_record *r = trace_begin(event, &flags);

	if (!r)
		return;
	r->arg[0] = a;
	r->arg[1] = b;
	r->arg[2] = c;
	trace_end(flags);
}

/* Rare events have no inline half: the call costs nothing where it stands. */
void trace_write(enum trace_event event, unsigned long a, unsigned long b)
{
	if (tracing())
		trace_write3(event, a, b, 0);
}

/*
 * ---- page frames ----
 *
 * With each goes how much is free afterwards: tools/trace2json draws a curve of it.
 */

struct page *__trace_page_alloc(struct page *page, gfp_t gfp, unsigned int order)
{
	trace_write3(TRACE_PAGE_ALLOC, page_to_pfn(page), (unsigned long)gfp << 8 | order,
	       nr_free_pages());
	return page;
}

void __trace_page_free(const struct page *page, unsigned int order)
{
	trace_write3(TRACE_PAGE_FREE, page_to_pfn(page), order, nr_free_pages());
}

/* Batches are told page by page: who looks for one frame finds it. */
void __trace_pages_free(struct page *const *pages, unsigned int nr)
{
	for (unsigned int i = 0; i < nr; i++)
		__trace_page_free(pages[i], 0);
}

void __trace_page_list_free(const struct list_head *list)
{
	const struct page *page;

	list_for_each_entry(page, list, lru)
		__trace_page_free(page, 0);
}

void __trace_buddy(enum trace_event event, const struct page *page, unsigned int from,
		   unsigned int to)
{
	trace_write3(event, page_to_pfn(page), from, to);
}

/* ---- reclaim ---- */

void __trace_lru_move(const struct folio *f, unsigned int from, unsigned int to)
{
	trace_write3(TRACE_LRU_MOVE, folio_pfn(f), from, to);
}

/* It is on no list at the moment: where it came from follows from its flags. */
void trace_lru_activate(const struct folio *f)
{
	enum lru_list from = folio_test(f, PG_swapbacked) ? LRU_INACTIVE_ANON : LRU_INACTIVE_FILE;

	if (tracing())
		__trace_lru_move(f, from, from + 1);
}

void trace_shrink(enum trace_event event, unsigned int lru, unsigned long looked_at,
		  unsigned long done)
{
	if (tracing())
		trace_write3(event, lru, looked_at, done);
}

/* Its name, as it may be gone when the trace is read. */
void trace_mark_victim(const struct task_struct *p, unsigned long rss)
{
	unsigned long flags;
	struct trace_record *r = tracing() ? trace_begin(TRACE_MARK_VICTIM, &flags) : NULL;

	if (!r)
		return;
	r->aux = p->pid;
	r->arg[0] = rss;
	memcpy(&r->arg[1], p->comm, TRACE_COMM_LEN);
	trace_end(flags);
}

/* ---- tasks ---- */

/* Recorded in prev's name, on its stack; next's name and number are among the fields. */
void __trace_sched_switch(const struct task_struct *prev, const struct task_struct *next)
{
	unsigned long flags;
	struct trace_record *r = trace_begin(TRACE_SCHED_SWITCH, &flags);

	if (!r)
		return;
	r->aux = next->pid;
	r->arg[0] = prev->state;
	r->arg[1] = prev->nice;
	r->arg[2] = next->nice;
	memcpy(&r->arg[3], next->comm, TRACE_COMM_LEN);
	trace_end(flags);
}

/* In the name of whoever wakes: in an interrupt that is the task it came upon. */
void __trace_sched_wakeup(const struct task_struct *p)
{
	unsigned long flags;
	struct trace_record *r = trace_begin(TRACE_SCHED_WAKEUP, &flags);

	if (!r)
		return;
	r->aux = p->pid;
	r->arg[0] = p->nice;
	r->arg[1] = p->cpu;
	memcpy(&r->arg[2], p->comm, TRACE_COMM_LEN);
	trace_end(flags);
}

/* The arguments as they are: pointers into the program are not followed. */
void trace_sys_enter(unsigned long nr, const long *args)
{
	unsigned long flags;
	struct trace_record *r = trace_begin(TRACE_SYS_ENTER, &flags);

	if (!r)
		return;
	r->aux = nr;
	memcpy(r->arg, args, sizeof(r->arg));
	trace_end(flags);
}

void trace_sys_exit(unsigned long nr, long ret)
{
	trace_write3(TRACE_SYS_EXIT, nr, ret, 0);
}

/* ---- disks and programs' own marks ---- */

/* A flush has none. */
static unsigned long bio_bytes(const struct bio *bio)
{
	unsigned long sum = 0;

	for (unsigned int i = 0; i < bio->nr_vecs; i++)
		sum += bio->vecs[i].len;
	return sum;
}

void __trace_bio(enum trace_event event, const struct bio *bio)
{
	unsigned long flags;
	struct trace_record *r = trace_begin(event, &flags);

	if (!r)
		return;
	r->aux = bio->op;
	r->arg[0] = bio->bdev->dev;
	r->arg[1] = bio->sector;
	r->arg[2] = bio_bytes(bio) / SECTOR_SIZE;
	r->arg[3] = bio->status;
	trace_end(flags);
}

/* A longer text becomes several events, one after the other. */
void trace_mark_text(const char *text, size_t n)
{
	while (n) {
		unsigned long flags;
		struct trace_record *r = trace_begin(TRACE_MARK, &flags);
		size_t part = n < sizeof(r->arg) ? n : sizeof(r->arg);

		if (!r)
			return;
		memset(r->arg, 0, sizeof(r->arg));
		memcpy(r->arg, text, part);
		trace_end(flags);
		text += part;
		n -= part;
	}
}
