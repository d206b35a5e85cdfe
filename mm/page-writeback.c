/* SPDX-License-Identifier: MIT */
/*
 * Dirty pages: marking them, counting them, how many there may be, writing them.
 *
 * A folio is dirty if PG_dirty is set; the tree has a mark for it, so that
 * write-back finds it, and its inode is on the list of dirty inodes. A page
 * written through a mapping is dirty in its PTE first: the first write faults
 * (page_mkwrite) and marks it, and folio_clear_dirty_for_io() write-protects it
 * again before its content goes to the disk. So no write is missed.
 *
 * Invariant: NR_FILE_DIRTY is the number of folios with PG_dirty in mappings
 * other than tmpfs's. Tmpfs has its own rule: its folios are written only to
 * swap, by reclaim.
 *
 *	clean --write(2), page_mkwrite--> dirty --folio_clear_dirty_for_io--> (writepage)
 *	  ^                                                                       |
 *	  +------ folio_end_writeback <------- writeback <------------------------+
 *
 * A page that is written to while it is under writeback becomes dirty again and is
 * written a second time. A page whose write failed is clean: the error is kept in
 * the mapping, since writing it over and over would not help (fsync(2) tells).
 *
 * Above the background threshold the flusher writes (kernel/fs/fs-writeback.c); above
 * the limit writers wait until enough pages have reached the disk. They do not write
 * themselves: one thread that writes file by file makes larger requests.
 *
 * Locks: i_pages_lock for the marks.
 *
 * Linux: mm/page-writeback.c. Differs: a writer waits until the number of pages is below
 * the limit, instead of for a time computed from the speed of the disk; limits are for all
 * devices together.
 */
#include "kernel/fs/fs.h"
#include "kernel/signal.h"
#include "mm/dirty_limits.h"
#include "mm/filemap.h"
#include "mm/lru.h"
#include "mm/page_internal.h"
#include "mm/rmap.h"
#include "mm/vmstat.h"
#include "mm/writeback.h"

/* No page has been written for so many tenths of a second: waiting longer is of no use. */
#define MAX_IDLE_PAUSES	50

int vm_dirty_ratio = 20;
int dirty_background_ratio = 10;
unsigned long vm_dirty_bytes, dirty_background_bytes;
int dirty_expire_centisecs = 3000;
int dirty_writeback_centisecs = 500;

/* ---- how many there may be ---- */

static unsigned long node_sum(enum node_stat_item item)
{
	unsigned long sum = 0;
	int nid;

	for_each_online_node(nid)
		sum += node_page_state(NODE_DATA(nid), item);
	return sum;
}

/* Shares of what could be used for the page cache, not of all memory. */
void dirty_limits(unsigned long *background, unsigned long *limit)
{
	const struct dirty_knobs knobs = {
		.bytes = READ_ONCE(vm_dirty_bytes), .ratio = READ_ONCE(vm_dirty_ratio),
		.background_bytes = READ_ONCE(dirty_background_bytes),
		.background_ratio = READ_ONCE(dirty_background_ratio),
	};
	unsigned long available = nr_free_pages();

	available -= min(available, totalreserve_pages);
	available += lru_pages(LRU_INACTIVE_FILE) + lru_pages(LRU_ACTIVE_FILE);
	dirty_thresholds(&knobs, available, background, limit);
}

bool over_background_thresh(void)
{
	unsigned long background, limit;

	dirty_limits(&background, &limit);
	return node_sum(NR_FILE_DIRTY) > background;
}

/* Dirty, or on the way to the disk: a page counts until it is there. */
static bool over_limit(unsigned long limit)
{
	return node_sum(NR_FILE_DIRTY) + node_sum(NR_WRITEBACK) > limit;
}

/* Pages a hart may dirty before it looks again; follows the limit. */
static unsigned int ratelimit_pages = 1;

/*
 * Until there are few enough. The disk may be dead: then pages do not become fewer, and
 * after some seconds without any the writer goes on, a few pages at a time.
 */
void balance_dirty_pages(void)
{
	unsigned long background, limit, written = node_sum(NR_WRITTEN);
	int idle = 0;

	while (idle < MAX_IDLE_PAUSES) {
		dirty_limits(&background, &limit);
		WRITE_ONCE(ratelimit_pages, dirty_ratelimit(limit, CONFIG_NR_CPUS));
		if (node_sum(NR_FILE_DIRTY) > background)
			wakeup_flusher(false);
		/* Who frees memory must not wait for it. */
		if (!over_limit(limit) || (current->flags & PF_MEMALLOC) ||
		    fatal_signal_pending(current))
			return;
		count_vm_event(DIRTY_THROTTLED);
		writeback_wait(HZ / 10);
		idle = node_sum(NR_WRITTEN) == written ? idle + 1 : 0;
		written = node_sum(NR_WRITTEN);
	}
}

/* Looking at the counters costs: each hart does so only every few pages. */
bool balance_dirty_due(void)
{
	static struct { unsigned int count; } __aligned(64) dirtied[CONFIG_NR_CPUS];
	unsigned int *count = &dirtied[smp_processor_id()].count;

	if (likely(++*count < READ_ONCE(ratelimit_pages)))
		return false;
	*count = 0;
	return true;
}

/* ---- waiting for the disk ---- */

static DECLARE_WAIT_QUEUE_HEAD(writeback_waitq);
/* Requests that have ended so far: who sleeps for one watches it change. */
static atomic_long_t writes_done;

void writeback_progress(void)
{
	atomic_long_inc(&writes_done);
	if (waitqueue_active(&writeback_waitq))
		wake_up_all(&writeback_waitq);
}

void writeback_wait(long timeout)
{
	long seen = atomic_long_read(&writes_done);
	DEFINE_WAIT(wait);

	prepare_to_wait(&writeback_waitq, &wait, TASK_UNINTERRUPTIBLE);
	if (atomic_long_read(&writes_done) == seen)
		(void)io_schedule_timeout(timeout);
	finish_wait(&writeback_waitq, &wait);
}

/* ---- marking ---- */

/* Tmpfs: nothing is written but by reclaim, so nothing is counted. */
bool noop_dirty_folio(struct address_space *mapping, struct folio *f)
{
	VM_BUG_ON(!folio_test(f, PG_swapbacked));
	return !folio_test_set(f, PG_dirty);
}

/*
 * Under the page-table lock too, from zap: only spinlocks of higher rank.
 *
 * Race: without the folio lock truncate may take the page out now. It takes the flag for counted,
 * so both are set in one step, and not at all once the page is out.
 */
bool filemap_dirty_folio(struct address_space *mapping, struct folio *f)
{
	bool was_clean;

	VM_BUG_ON(folio_test(f, PG_swapbacked));
	spin_lock(&mapping->i_pages_lock);
	was_clean = f->mapping == mapping && !folio_test_set(f, PG_dirty);
	if (was_clean) {
		xa_set_mark(&mapping->i_pages, f->index, PAGECACHE_TAG_DIRTY);
		mod_node_page_state(page_pgdat(&f->page), NR_FILE_DIRTY, 1);
		mod_node_page_state(page_pgdat(&f->page), NR_DIRTIED, 1);
	}
	spin_unlock(&mapping->i_pages_lock);
	if (was_clean)
		mark_inode_dirty(mapping->host);
	return was_clean;
}

/* Most pages are dirty already: one load. */
bool folio_mark_dirty(struct folio *f)
{
	struct address_space *mapping = folio_mapping(f);

	if (folio_test(f, PG_dirty))
		return false;
	if (mapping && mapping->a_ops && mapping->a_ops->dirty_folio)
		return mapping->a_ops->dirty_folio(mapping, f);
	return !folio_test_set(f, PG_dirty);
}

/*
 * The PTEs first: a write between the two steps must leave the folio dirty. The mark in the
 * tree stays until folio_start_writeback().
 */
bool folio_clear_dirty_for_io(struct folio *f)
{
	struct address_space *mapping = folio_mapping(f);

	VM_BUG_ON(!folio_test(f, PG_locked));
	if (CONFIG_MMU && mapping && !shmem_mapping(mapping) && folio_mkclean(f))
		folio_mark_dirty(f);
	VM_BUG_ON(folio_test(f, PG_writeback));
	if (!folio_test_clear(f, PG_dirty))
		return false;
	if (mapping && !folio_test(f, PG_swapbacked))
		mod_node_page_state(page_pgdat(&f->page), NR_FILE_DIRTY, -1);
	return true;
}

/* Race: zap marks a folio dirty without its lock. Flag first, then mark; so the flag decides. */
static void clear_dirty_mark(struct address_space *mapping, struct folio *f)
{
	lockdep_assert_held(&mapping->i_pages_lock);
	if (!folio_test(f, PG_dirty))
		xa_clear_mark(&mapping->i_pages, f->index, PAGECACHE_TAG_DIRTY);
}

/*
 * The folio can be unlocked then: PG_writeback keeps it where it is.
 *
 * Race: fsync() begins while we have the page in hand. Until now it finds the dirty mark and
 * waits for the lock; from now on it finds the other. Both change in one step.
 */
void folio_start_writeback(struct folio *f)
{
	struct address_space *mapping = folio_mapping(f);

	VM_BUG_ON(!folio_test(f, PG_locked));
	VM_BUG_ON(folio_test(f, PG_writeback));
	if (mapping && !folio_test(f, PG_swapbacked)) {
		spin_lock(&mapping->i_pages_lock);
		folio_set(f, PG_writeback);
		clear_dirty_mark(mapping, f);
		xa_set_mark(&mapping->i_pages, f->index, PAGECACHE_TAG_WRITEBACK);
		spin_unlock(&mapping->i_pages_lock);
	} else {
		folio_set(f, PG_writeback);
	}
	mod_node_page_state(page_pgdat(&f->page), NR_WRITEBACK, 1);
}

/* ---- writing ---- */

bool mapping_marked(struct address_space *mapping, xa_mark_t mark)
{
	bool marked;

	spin_lock(&mapping->i_pages_lock);
	marked = xa_marked(&mapping->i_pages, mark);
	spin_unlock(&mapping->i_pages_lock);
	return marked;
}

/* The next dirty folio at or behind *index, referenced; NULL: none up to end. */
static struct folio *find_dirty(struct address_space *mapping, unsigned long *index, pgoff_t end)
{
	struct folio *f;

	spin_lock(&mapping->i_pages_lock);
	f = xa_find(&mapping->i_pages, index, end, PAGECACHE_TAG_DIRTY);
	if (f)
		folio_get(f);
	spin_unlock(&mapping->i_pages_lock);
	VM_BUG_ON(xa_is_value(f));
	return f;
}

/*
 * Who has the lock may wait for a page that is in our request: that must be on its way before
 * we sleep. Reclaim has locks of other folios, and does not sleep at all.
 */
static bool lock_for_write(struct folio *f, struct writeback_control *wbc)
{
	if (folio_trylock(f))
		return true;
	if (wbc->for_reclaim)
		return false;
	wbc_submit(wbc);
	folio_lock(f);
	return true;
}

/* Its write failed before it began, so that the mark is still there. */
static void forget_dirty_mark(struct address_space *mapping, struct folio *f)
{
	spin_lock(&mapping->i_pages_lock);
	clear_dirty_mark(mapping, f);
	spin_unlock(&mapping->i_pages_lock);
}

/* One locked folio: 0 or what writepage said. Unlocks. */
static int write_one_folio(struct address_space *mapping, struct folio *f,
			   struct writeback_control *wbc)
{
	int err;

	VM_BUG_ON(!folio_test(f, PG_locked));
	/* Race: truncate, or another writer, was here before we had the lock. */
	if (f->mapping != mapping)
		goto out_unlock;
	if (!folio_test(f, PG_dirty)) {
		forget_dirty_mark(mapping, f);
		goto out_unlock;
	}
	if (folio_test(f, PG_writeback)) {
		if (wbc->sync_mode == WB_SYNC_NONE)
			goto out_unlock;
		wbc_submit(wbc);
		folio_wait_writeback(f);
	}
	if (!folio_clear_dirty_for_io(f))
		goto out_unlock;
	err = mapping->a_ops->writepage(f, wbc);
	/* With -ENOMEM it is dirty again, and nothing is lost. */
	if (err && err != -ENOMEM)
		mapping_set_error(mapping, err);
	wbc->nr_to_write--;
	return err;

out_unlock:
	folio_unlock(f);
	return 0;
}

/* From *index to end; *index is where to go on. => true: wbc's number of pages is used up. */
static bool write_range(struct address_space *mapping, struct writeback_control *wbc,
			unsigned long *index, pgoff_t end, int *first_err)
{
	struct folio *f;
	int err;

	while ((f = find_dirty(mapping, index, end))) {
		err = lock_for_write(f, wbc) ? write_one_folio(mapping, f, wbc) : 0;
		folio_put(f);
		if (err && !*first_err)
			*first_err = err;
		++*index;
		if (wbc->sync_mode == WB_SYNC_NONE && wbc->nr_to_write <= 0)
			return true;
		if (*index > end || !*index)
			return false;
		cond_resched();
	}
	return false;
}

/*
 * By the marks in the tree, in ascending order, which disks like; each page once. A writer
 * that appends to the file all the time would keep us here for ever: pages behind the end that
 * the file has now are for the next time.
 */
int write_cache_pages(struct address_space *mapping, struct writeback_control *wbc)
{
	unsigned long index = wbc->range_cyclic ? mapping->writeback_index : wbc->start;
	loff_t size = READ_ONCE(mapping->host->i_size);
	pgoff_t first = index, end = min(wbc->end, PFN_UP(size));
	int err = 0;

	if (!mapping->a_ops || !mapping->a_ops->writepage || shmem_mapping(mapping))
		return 0;
	if (first <= end && write_range(mapping, wbc, &index, end, &err))
		goto out;
	if (wbc->range_cyclic && first) {
		index = 0;
		(void)write_range(mapping, wbc, &index, min(first - 1, end), &err);
	}
out:
	if (wbc->range_cyclic)
		mapping->writeback_index = index;
	wbc_submit(wbc);
	return err;
}
