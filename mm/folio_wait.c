/* SPDX-License-Identifier: MIT */
/*
 * Waiting for a folio: for its lock (PG_locked) or the end of its writeback.
 *
 * A folio has no wait queue of its own, that would cost memory for each frame.
 * Sleepers share 256 queues, chosen by a hash of the folio's address, and set
 * PG_waiters so that the usual unlock, with nobody waiting, need not look.
 *
 * Invariant: all bits are in one word and change by one atomic operation. A
 * sleeper queues itself, sets PG_waiters, then looks at the bit it waits for.
 * The waker clears bit and PG_waiters together and looks at the old value: so
 * either it sees the sleeper, or the sleeper sees the bit clear. All sleepers of
 * the queue are woken; those whose folio is still busy queue again.
 *
 * Locks: none held; the queues' own are irq-safe, as the end of I/O calls here
 * from the interrupt.
 *
 * Linux: mm/filemap.c, folio_wait_bit_common(), folio_wake_bit(). Differs: no
 * hand-over of the lock to the first sleeper.
 */
#include "kernel/sched.h"
#include "kernel/wait.h"
#include "lib/hash.h"
#include "mm/filemap.h"
#include "mm/lru.h"
#include "mm/vmstat.h"

#define FOLIO_WAIT_BITS	8
static struct wait_queue_head folio_wait_table[1 << FOLIO_WAIT_BITS];

/* Boot, before the first I/O. */
void folio_wait_init(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(folio_wait_table); i++)
		init_waitqueue_head(&folio_wait_table[i]);
}

/* Two folios may share a queue: their sleepers look again and sleep on. */
static struct wait_queue_head *folio_waitqueue(struct folio *f)
{
	return &folio_wait_table[hash_ptr(f, FOLIO_WAIT_BITS)];
}

/* All of them: who waits for the lock and who only waits for its end cannot be told apart. */
static void folio_wake(struct folio *f)
{
	__wake_up(folio_waitqueue(f), TASK_NORMAL, 0, NULL);
}

/* Clear `bit` and PG_waiters at once; true if somebody may sleep. */
static inline bool folio_clear_bit_and_waiters(struct folio *f, enum pageflags bit)
{
	unsigned long mask = 1UL << bit | 1UL << PG_waiters;

	return __atomic_fetch_and(&f->flags, ~mask, __ATOMIC_SEQ_CST) & 1UL << PG_waiters;
}

/*
 * Sleep until `bit` is clear, or taken by us if `lock`. Not interruptible: for code that cannot
 * undo what it has begun.
 */
static void folio_wait_bit(struct folio *f, enum pageflags bit, bool lock)
{
	struct wait_queue_head *wq = folio_waitqueue(f);
	DEFINE_WAIT(wait);

	might_sleep();
	VM_BUG_ON(!folio_ref_count(f));		/* a reference keeps it what it is */
	for (;;) {
		prepare_to_wait(wq, &wait, TASK_UNINTERRUPTIBLE);
		folio_set(f, PG_waiters);
		if (lock ? folio_trylock(f) : !folio_test(f, bit))
			break;
		io_schedule();
	}
	finish_wait(wq, &wait);
}

void folio_lock(struct folio *f)
{
	if (unlikely(!folio_trylock(f)))
		folio_wait_bit(f, PG_locked, true);
}

/* May be called by another than who locked: the end of a read. */
void folio_unlock(struct folio *f)
{
	VM_BUG_ON(!folio_test(f, PG_locked));
	if (unlikely(folio_clear_bit_and_waiters(f, PG_locked)))
		folio_wake(f);
}

/* For readers, who only need the content. */
void folio_wait_locked(struct folio *f)
{
	VM_BUG_ON(!folio_ref_count(f));
	if (folio_test(f, PG_locked))
		folio_wait_bit(f, PG_locked, false);
}

/*
 * Without the folio lock it may be written again at once: the caller decides whether
 * that matters.
 */
void folio_wait_writeback(struct folio *f)
{
	VM_BUG_ON(!folio_ref_count(f));
	if (unlikely(folio_test(f, PG_writeback)))
		folio_wait_bit(f, PG_writeback, false);
}

/* The reader of the data must see them once it sees the flag: the unlock orders both. */
void folio_end_read(struct folio *f, bool success)
{
	VM_BUG_ON(folio_test(f, PG_uptodate) || !folio_test(f, PG_locked));
	if (likely(success))
		folio_set(f, PG_uptodate);
	else
		folio_set(f, PG_error);
	folio_unlock(f);
}

/* Interrupt context. */
void folio_end_writeback(struct folio *f)
{
	struct pglist_data *pgdat = page_pgdat(&f->page);

	VM_BUG_ON(!folio_test(f, PG_writeback));
	if (folio_test_clear(f, PG_reclaim))
		folio_rotate_reclaimable(f);
	mod_node_page_state(pgdat, NR_WRITEBACK, -1);
	mod_node_page_state(pgdat, NR_WRITTEN, 1);
	/* From here on truncate or reclaim may free the folio: only its address is used. */
	if (folio_clear_bit_and_waiters(f, PG_writeback))
		folio_wake(f);
}
