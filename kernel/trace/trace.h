/* SPDX-License-Identifier: MIT */
/*
 * Tracepoints: what the kernel does, as it does it.
 *
 * A hook stands where something happens. While nothing is traced it costs one test of
 * trace_mask, which is 0; else it writes a record of numbers into the ring of its hart.
 * Text is made when somebody reads it (/sys/kernel/tracing/trace). So hooks may stand
 * in interrupts, in the scheduler and under any lock: they take none, and never wait.
 *
 * A new event is: a number here, a row in format.c, and a hook with its second half in
 * events.c.
 *
 * Linux: include/trace/events/, include/linux/tracepoint.h. Differs: hooks are plain
 * functions, not made by macros; one test of a global word instead of patched code.
 */
#pragma once
#include "lib/compiler.h"
#include "lib/types.h"
#include "mm/mm_types.h"

struct bio;
struct task_struct;

/* In the order of /sys/kernel/tracing/available_events; at most 64. */
enum trace_event {
	TRACE_FAULT_ENTER, TRACE_FAULT, TRACE_FAULT_EXIT,
	TRACE_PAGE_ALLOC, TRACE_PAGE_FREE, TRACE_PAGE_SPLIT, TRACE_PAGE_MERGE,
	TRACE_COW, TRACE_SWAP_IN, TRACE_SWAP_OUT, TRACE_LRU_MOVE,
	TRACE_RECLAIM_BEGIN, TRACE_RECLAIM_END, TRACE_KSWAPD_WAKE, TRACE_KSWAPD_SLEEP,
	TRACE_SHRINK_INACTIVE, TRACE_SHRINK_ACTIVE, TRACE_MARK_VICTIM,
	TRACE_SCHED_SWITCH, TRACE_SCHED_WAKEUP, TRACE_SYS_ENTER, TRACE_SYS_EXIT,
	TRACE_BIO_QUEUE, TRACE_BIO_COMPLETE, TRACE_MARK,
	NR_TRACE_EVENTS
};

extern unsigned long trace_mask;	/* bit n: event n is recorded; 0: nothing is */

/* tracing() - is anything traced? The only thing a hook costs if not. */
static __always_inline bool tracing(void)
{
	return CONFIG_TRACE && unlikely(READ_ONCE(trace_mask));
}

/* trace_init() - "trace=fault,sched" of the command line. => boot: vmalloc works. */
void trace_init(void);
/* tracefs_init() - /sys/kernel/tracing. => boot, process 1. */
void tracefs_init(void);

/*
 * ---- hooks ----
 *
 * => any context, any lock held. The second halves are in events.c.
 */

/*
 * __trace_x() - the second half of trace_x(), when something is traced. It looks whether its
 * own event is on.
 */
void __trace_fault(const struct vm_fault *vmf, int row);
void __trace_wp(const struct vm_fault *vmf, int row, const struct folio *copy);
struct page *__trace_page_alloc(struct page *page, gfp_t gfp, unsigned int order);
void __trace_page_free(const struct page *page, unsigned int order);
void __trace_pages_free(struct page *const *pages, unsigned int nr);
void __trace_page_list_free(const struct list_head *list);
void __trace_buddy(enum trace_event event, const struct page *page, unsigned int from,
		   unsigned int to);
void __trace_swap(enum trace_event event, const struct folio *f);
void __trace_lru_move(const struct folio *f, unsigned int from, unsigned int to);
void __trace_sched_switch(const struct task_struct *prev, const struct task_struct *next);
void __trace_sched_wakeup(const struct task_struct *p);
void __trace_bio(enum trace_event event, const struct bio *bio);

/* mm_user_fault_traced() - mm_user_fault() between fault_enter and fault_exit. */
vm_fault_t mm_user_fault_traced(struct mm_struct *mm, unsigned long address, unsigned int flags,
				int *si_code);

/* trace_fault() - this row of the decision table in mm/fault.c deals with the fault. */
static inline void trace_fault(const struct vm_fault *vmf, int row)
{
	if (tracing())
		__trace_fault(vmf, row);
}

/* trace_wp() - trace_fault() for a write to a present page, and the event "cow". NULL: reused. */
static inline void trace_wp(const struct vm_fault *vmf, int row, const struct folio *copy)
{
	if (tracing())
		__trace_wp(vmf, row, copy);
}

/* trace_page_alloc() - returns page: a call that ends a function costs it no stack frame. */
static __always_inline struct page *trace_page_alloc(struct page *page, gfp_t gfp,
						     unsigned int order)
{
	return tracing() ? __trace_page_alloc(page, gfp, order) : page;
}

/* trace_page_free() - 2^order pages go back; _pages_free(): nr single ones. */
static inline void trace_page_free(const struct page *page, unsigned int order)
{
	if (tracing())
		__trace_page_free(page, order);
}

static inline void trace_pages_free(struct page *const *pages, unsigned int nr)
{
	if (tracing())
		__trace_pages_free(pages, nr);
}

/* trace_page_list_free() - pages linked by page->lru. */
static inline void trace_page_list_free(const struct list_head *list)
{
	if (tracing())
		__trace_page_list_free(list);
}

/* trace_page_split(), trace_page_merge() - the block of order from at page became one of to. */
static inline void trace_page_split(const struct page *page, unsigned int from, unsigned int to)
{
	if (tracing() && from != to)
		__trace_buddy(TRACE_PAGE_SPLIT, page, from, to);
}
static inline void trace_page_merge(const struct page *page, unsigned int from, unsigned int to)
{
	if (tracing() && from != to)
		__trace_buddy(TRACE_PAGE_MERGE, page, from, to);
}

/* trace_swap_in(), trace_swap_out() - the disk is asked. => f is in the swap cache. */
static inline void trace_swap_in(const struct folio *f)
{
	if (tracing())
		__trace_swap(TRACE_SWAP_IN, f);
}
static inline void trace_swap_out(const struct folio *f)
{
	if (tracing())
		__trace_swap(TRACE_SWAP_OUT, f);
}

/* trace_lru_move() - between LRU lists (enum lru_list); the same twice: to the list's tail. */
static inline void trace_lru_move(const struct folio *f, unsigned int from, unsigned int to)
{
	if (tracing())
		__trace_lru_move(f, from, to);
}

/* trace_lru_activate() - reclaim found f in use: from an inactive list to its active one. */
void trace_lru_activate(const struct folio *f);

/* trace_write() - for rare events: a and b as format.c says. Tests by itself. */
void trace_write(enum trace_event event, unsigned long a, unsigned long b);
/* trace_shrink() - a batch of an LRU list was looked at: what became of it. */
void trace_shrink(enum trace_event event, unsigned int lru, unsigned long looked_at,
		  unsigned long done);
/* trace_mark_victim() - the OOM killer has chosen p. => tasklist_lock held. */
void trace_mark_victim(const struct task_struct *p, unsigned long rss);

/* trace_sched_switch() - the hart goes on with next. => prev is still current. */
static inline void trace_sched_switch(const struct task_struct *prev,
				      const struct task_struct *next)
{
	if (tracing())
		__trace_sched_switch(prev, next);
}

/* trace_sched_wakeup() - p slept and may run now. */
static inline void trace_sched_wakeup(const struct task_struct *p)
{
	if (tracing())
		__trace_sched_wakeup(p);
}

/* trace_bio() - TRACE_BIO_QUEUE or _COMPLETE. */
static inline void trace_bio(enum trace_event event, const struct bio *bio)
{
	if (tracing())
		__trace_bio(event, bio);
}
