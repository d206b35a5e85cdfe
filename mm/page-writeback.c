/* SPDX-License-Identifier: MIT */
/*
 * Dirty pages: marking them, counting them, writing them back.
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
 * Locks: i_pages_lock for the marks; dirty_lock for the list of inodes.
 *
 * Linux: mm/page-writeback.c, fs/fs-writeback.c. Differs: a writer above the
 * limit writes itself instead of waiting for a flusher; one list of inodes.
 */
#include "kernel/fs/fs.h"
#include "mm/filemap.h"
#include "mm/lru.h"
#include "mm/rmap.h"
#include "mm/vmstat.h"
#include "mm/writeback.h"

int vm_dirty_ratio = 20;
int dirty_background_ratio = 10;
int dirty_expire_centisecs = 3000;
int dirty_writeback_centisecs = 500;

static DEFINE_SPINLOCK(dirty_lock, RANK_DIRTY);
static LIST_HEAD(dirty_inodes);			/* (dirty_lock) inode->i_io_list */

/* Over all nodes. */
static unsigned long nr_dirty(void)
{
	unsigned long sum = 0;
	int nid;

	for_each_online_node(nid)
		sum += node_page_state(NODE_DATA(nid), NR_FILE_DIRTY);
	return sum;
}

/* Shares of what could be freed for the page cache, not of all memory. */
void dirty_limits(unsigned long *background, unsigned long *limit)
{
	unsigned long available = nr_free_pages() + lru_pages(LRU_INACTIVE_FILE) +
				  lru_pages(LRU_ACTIVE_FILE);

	*limit = available * vm_dirty_ratio / 100;
	*background = available * dirty_background_ratio / 100;
	if (*background >= *limit)
		*background = *limit / 2;
}

/* Looking at the counters costs: each hart does so only every 32 pages. */
void balance_dirty_pages(struct address_space *mapping)
{
	static struct { unsigned int count; } __aligned(64) ratelimit[CONFIG_NR_CPUS];
	struct writeback_control wbc = { .nr_to_write = 512, .end = ULONG_MAX };
	unsigned long background, limit;

	if (likely(++ratelimit[smp_processor_id()].count % 32))
		return;
	dirty_limits(&background, &limit);
	if (nr_dirty() > limit)
		(void)!write_cache_pages(mapping, &wbc);
}

/* ---- marking ---- */

/* Any context but interrupts. The first test without the lock is what most calls end with. */
void mark_inode_dirty(struct inode *inode)
{
	if (!inode->i_sb->s_op->write_inode || READ_ONCE(inode->i_state) & (I_DIRTY | I_FREEING))
		return;
	VM_BUG_ON(!atomic_read(&inode->i_count));
	spin_lock(&dirty_lock);
	if (!(inode->i_state & (I_DIRTY | I_FREEING))) {
		__atomic_fetch_or(&inode->i_state, I_DIRTY, __ATOMIC_RELAXED);
		list_add_tail(&inode->i_io_list, &dirty_inodes);
	}
	spin_unlock(&dirty_lock);
}

/* I_FREEING set here keeps it from coming back. */
void inode_io_list_del(struct inode *inode)
{
	spin_lock(&dirty_lock);
	__atomic_fetch_or(&inode->i_state, I_FREEING, __ATOMIC_RELAXED);
	if (inode->i_state & I_DIRTY) {
		__atomic_fetch_and(&inode->i_state, ~I_DIRTY, __ATOMIC_RELAXED);
		list_del_init(&inode->i_io_list);
	}
	spin_unlock(&dirty_lock);
}

/* Tmpfs: nothing is written but by reclaim, so nothing is counted. */
bool noop_dirty_folio(struct address_space *mapping, struct folio *f)
{
	VM_BUG_ON(!folio_test(f, PG_swapbacked));
	return !folio_test_set(f, PG_dirty);
}

/* Under the page-table lock too, from zap: only spinlocks of higher rank. */
bool filemap_dirty_folio(struct address_space *mapping, struct folio *f)
{
	VM_BUG_ON(folio_test(f, PG_swapbacked));
	if (folio_test_set(f, PG_dirty))
		return false;
	spin_lock(&mapping->i_pages_lock);
	if (f->mapping == mapping) {
		xa_set_mark(&mapping->i_pages, f->index, PAGECACHE_TAG_DIRTY);
		mod_node_page_state(page_pgdat(&f->page), NR_FILE_DIRTY, 1);
		mod_node_page_state(page_pgdat(&f->page), NR_DIRTIED, 1);
	}
	spin_unlock(&mapping->i_pages_lock);
	mark_inode_dirty(mapping->host);
	return true;
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

/* The PTEs first: a write between the two steps must leave the folio dirty. */
bool folio_clear_dirty_for_io(struct folio *f)
{
	struct address_space *mapping = folio_mapping(f);

	VM_BUG_ON(!folio_test(f, PG_locked));
	if (CONFIG_MMU && mapping && !shmem_mapping(mapping) && folio_mkclean(f))
		folio_mark_dirty(f);
	VM_BUG_ON(folio_test(f, PG_writeback));
	if (!folio_test_clear(f, PG_dirty))
		return false;
	if (mapping && !folio_test(f, PG_swapbacked)) {
		mod_node_page_state(page_pgdat(&f->page), NR_FILE_DIRTY, -1);
		spin_lock(&mapping->i_pages_lock);
		xa_clear_mark(&mapping->i_pages, f->index, PAGECACHE_TAG_DIRTY);
		xa_set_mark(&mapping->i_pages, f->index, PAGECACHE_TAG_WRITEBACK);
		spin_unlock(&mapping->i_pages_lock);
	}
	return true;
}

/* ---- errors ---- */

/* The number of errors, not a flag: several files may be open, each is told. */
void mapping_set_error(struct address_space *mapping, int err)
{
	VM_BUG_ON(err > 0 || err < -MAX_ERRNO);
	if (!err)
		return;
	WRITE_ONCE(mapping->wb_err, err);
	__atomic_fetch_add(&mapping->wb_seq, 1, __ATOMIC_RELEASE);
	set_bit(err == -ENOSPC ? AS_ENOSPC : AS_EIO, &mapping->flags);
}

/* f_wb_err is the number of errors when this file was last told, or opened. */
int file_check_wb_err(struct file *f)
{
	struct address_space *mapping = f->f_mapping;
	unsigned int seq = __atomic_load_n(&mapping->wb_seq, __ATOMIC_ACQUIRE);

	clear_bit(AS_EIO, &mapping->flags);
	clear_bit(AS_ENOSPC, &mapping->flags);
	if (likely(seq == (unsigned int)f->f_wb_err))
		return 0;
	f->f_wb_err = (int)seq;
	return READ_ONCE(mapping->wb_err);
}

/* For callers without a file: the first one to ask is told. */
static int mapping_take_error(struct address_space *mapping)
{
	int err = 0;

	if (test_bit(AS_ENOSPC, &mapping->flags) && test_and_clear_bit(AS_ENOSPC, &mapping->flags))
		err = -ENOSPC;
	if (test_bit(AS_EIO, &mapping->flags) && test_and_clear_bit(AS_EIO, &mapping->flags))
		err = -EIO;
	return err;
}

/* ---- writing ---- */

/* The first folio at or behind *index with the mark, referenced; NULL: none up to end. */
static struct folio *find_marked(struct address_space *mapping, unsigned long *index, pgoff_t end,
				 xa_mark_t mark)
{
	struct folio *f;

	spin_lock(&mapping->i_pages_lock);
	f = xa_find(&mapping->i_pages, index, end, mark);
	if (f && !xa_is_value(f))
		folio_get(f);
	else
		f = NULL;
	spin_unlock(&mapping->i_pages_lock);
	return f;
}

/* One locked folio: 0 or what writepage said. Unlocks. */
static int write_one_folio(struct address_space *mapping, struct folio *f,
			   struct writeback_control *wbc)
{
	int err;

	VM_BUG_ON(!folio_test(f, PG_locked));
	if (f->mapping != mapping || !folio_test(f, PG_dirty)) {
		folio_unlock(f);
		return 0;
	}
	if (folio_test(f, PG_writeback)) {
		if (wbc->sync_mode == WB_SYNC_NONE) {
			folio_unlock(f);
			return 0;
		}
		folio_wait_writeback(f);
	}
	if (!folio_clear_dirty_for_io(f)) {
		folio_unlock(f);
		return 0;
	}
	err = mapping->a_ops->writepage(f, wbc);
	if (err)
		mapping_set_error(mapping, err);
	wbc->nr_to_write--;
	return err;
}

/* By the marks in the tree, in ascending order, which disks like. */
int write_cache_pages(struct address_space *mapping, struct writeback_control *wbc)
{
	unsigned long index = wbc->start;
	struct folio *f;
	int err, first_err = 0;

	if (!mapping->a_ops || !mapping->a_ops->writepage || shmem_mapping(mapping))
		return 0;
	while ((f = find_marked(mapping, &index, wbc->end, PAGECACHE_TAG_DIRTY))) {
		folio_lock(f);
		err = write_one_folio(mapping, f, wbc);
		folio_put(f);
		if (err && !first_err)
			first_err = err;
		if (wbc->sync_mode == WB_SYNC_NONE && wbc->nr_to_write <= 0)
			break;
		if (index++ == wbc->end)
			break;
		cond_resched();
	}
	return first_err;
}

/*
 * The mark is cleared here and not at the end of I/O: that is an interrupt, and the lock is
 * not for it.
 */
void filemap_fdatawait_range(struct address_space *mapping, loff_t start, loff_t end)
{
	unsigned long index = start >> PAGE_SHIFT;
	pgoff_t last = (pgoff_t)end >> PAGE_SHIFT;
	struct folio *f;

	while ((f = find_marked(mapping, &index, last, PAGECACHE_TAG_WRITEBACK))) {
		folio_wait_writeback(f);
		spin_lock(&mapping->i_pages_lock);
		if (f->mapping == mapping && !folio_test(f, PG_writeback))
			xa_clear_mark(&mapping->i_pages, index, PAGECACHE_TAG_WRITEBACK);
		spin_unlock(&mapping->i_pages_lock);
		folio_put(f);
		if (index++ == last)
			break;
		cond_resched();
	}
}

/* The first error counts; all pages are tried. */
int filemap_write_and_wait_range(struct address_space *mapping, loff_t start, loff_t end)
{
	struct writeback_control wbc = {
		.sync_mode = WB_SYNC_ALL, .nr_to_write = LONG_MAX,
		.start = start >> PAGE_SHIFT, .end = (pgoff_t)end >> PAGE_SHIFT,
	};
	int err;

	if (xa_empty(&mapping->i_pages))
		return mapping_take_error(mapping);
	err = write_cache_pages(mapping, &wbc);
	filemap_fdatawait_range(mapping, start, end);
	return err ? err : mapping_take_error(mapping);
}

/* The next dirty inode of sb with a reference, taken off the list. */
static struct inode *dirty_inode_pop(struct super_block *sb)
{
	struct inode *inode, *found = NULL;

	spin_lock(&dirty_lock);
	list_for_each_entry(inode, &dirty_inodes, i_io_list) {
		if ((sb && inode->i_sb != sb) || !atomic_inc_not_zero(&inode->i_count))
			continue;
		__atomic_fetch_and(&inode->i_state, ~I_DIRTY, __ATOMIC_RELAXED);
		list_del_init(&inode->i_io_list);
		found = inode;
		break;
	}
	spin_unlock(&dirty_lock);
	return found;
}

/* => off the dirty list. */
static int write_inode_and_pages(struct inode *inode, bool wait)
{
	struct writeback_control wbc = {
		.sync_mode = wait ? WB_SYNC_ALL : WB_SYNC_NONE,
		.nr_to_write = LONG_MAX, .end = ULONG_MAX,
	};
	int err = write_cache_pages(inode->i_mapping, &wbc);

	if (!err && inode->i_sb->s_op->write_inode)
		err = inode->i_sb->s_op->write_inode(inode, wait);
	if (wait)
		filemap_fdatawait_range(inode->i_mapping, 0, -1);
	return err;
}

/* For iput(): the inode must not go while it is dirty. */
int inode_write_now(struct inode *inode)
{
	spin_lock(&dirty_lock);
	if (inode->i_state & I_DIRTY) {
		__atomic_fetch_and(&inode->i_state, ~I_DIRTY, __ATOMIC_RELAXED);
		list_del_init(&inode->i_io_list);
	}
	spin_unlock(&dirty_lock);
	return write_inode_and_pages(inode, true);
}

/* Off the list before writing: who dirties it meanwhile puts it on again. */
int sync_inodes(struct super_block *sb, bool wait)
{
	struct inode *inode;
	int err, first_err = 0;

	while ((inode = dirty_inode_pop(sb))) {
		err = write_inode_and_pages(inode, wait);
		if (err && !first_err)
			first_err = err;
		iput(inode);
	}
	return first_err;
}
