/* SPDX-License-Identifier: MIT */
/*
 * Waiting until pages are on the disk, and the errors that come up then.
 *
 * A write that fails is noticed in an interrupt, when whoever wrote the data is long gone. So
 * the error is kept in the mapping (an errseq_t), and each open file is told once, at its next
 * fsync(). Callers without a file, such as sync(2), get it by two flags: the first to ask is
 * told; that does not count for the files.
 *
 * The mark of a page under writeback is cleared by who waits, not at the end of I/O: that is
 * an interrupt, and i_pages_lock is not for it. So a mark may be stale; who waits finds the
 * page done and clears it.
 *
 * Locks: i_pages_lock for the marks; wb_err_lock. mapping_set_error() takes none.
 *
 * Linux: mm/filemap.c, filemap_write_and_wait_range() and below.
 */
#include "kernel/fs/fs.h"
#include "mm/filemap.h"
#include "mm/vmstat.h"
#include "mm/writeback.h"

/* syncfs(2) tells of errors of the file system as a whole. */
void mapping_set_error(struct address_space *mapping, int err)
{
	VM_BUG_ON(err > 0 || err < -MAX_ERRNO);
	if (!err)
		return;
	count_vm_event(WRITEBACK_ERROR);
	errseq_set(&mapping->wb_err, err);
	errseq_set(&mapping->host->i_sb->s_wb_err, err);
	set_bit(err == -ENOSPC ? AS_ENOSPC : AS_EIO, &mapping->flags);
}

/* Two fsync() on one file at once: only one is told. */
static DEFINE_SPINLOCK(wb_err_lock, RANK_SPIN);

/* What the flags say is now told, too. */
int file_check_wb_err(struct file *f)
{
	struct address_space *mapping = f->f_mapping;
	int err;

	clear_bit(AS_EIO, &mapping->flags);
	clear_bit(AS_ENOSPC, &mapping->flags);
	if (likely(!errseq_check(&mapping->wb_err, READ_ONCE(f->f_wb_err))))
		return 0;
	spin_lock(&wb_err_lock);
	err = errseq_check_and_advance(&mapping->wb_err, &f->f_wb_err);
	spin_unlock(&wb_err_lock);
	return err;
}

static int mapping_take_error(struct address_space *mapping)
{
	int err = 0;

	if (test_bit(AS_ENOSPC, &mapping->flags) && test_and_clear_bit(AS_ENOSPC, &mapping->flags))
		err = -ENOSPC;
	if (test_bit(AS_EIO, &mapping->flags) && test_and_clear_bit(AS_EIO, &mapping->flags))
		err = -EIO;
	return err;
}

/* Like find_dirty(), for those under writeback. */
static struct folio *find_writeback(struct address_space *mapping, unsigned long *index,
				    pgoff_t end)
{
	struct folio *f;

	spin_lock(&mapping->i_pages_lock);
	f = xa_find(&mapping->i_pages, index, end, PAGECACHE_TAG_WRITEBACK);
	/* Most are done already: their stale marks go without any waiting. */
	while (f && !folio_test(f, PG_writeback)) {
		xa_clear_mark(&mapping->i_pages, *index, PAGECACHE_TAG_WRITEBACK);
		f = xa_find(&mapping->i_pages, index, end, PAGECACHE_TAG_WRITEBACK);
	}
	if (f)
		folio_get(f);
	spin_unlock(&mapping->i_pages_lock);
	return f;
}

/* Each page is waited for once, even if it is written again meanwhile. */
void filemap_fdatawait_range(struct address_space *mapping, loff_t start, loff_t end)
{
	unsigned long index = start >> PAGE_SHIFT;
	pgoff_t last = (pgoff_t)end >> PAGE_SHIFT;
	struct folio *f;

	while ((f = find_writeback(mapping, &index, last))) {
		folio_wait_writeback(f);
		folio_put(f);
		if (index++ == last)
			break;
		cond_resched();
	}
}

int filemap_fdatawrite_range(struct address_space *mapping, loff_t start, loff_t end,
			     enum writeback_sync_modes mode)
{
	struct writeback_control wbc = {
		.sync_mode = mode, .nr_to_write = LONG_MAX,
		.start = start >> PAGE_SHIFT, .end = (pgoff_t)end >> PAGE_SHIFT,
	};

	return write_cache_pages(mapping, &wbc);
}

/* The first error counts; all pages are tried. */
int filemap_write_and_wait_range(struct address_space *mapping, loff_t start, loff_t end)
{
	int err = 0, taken;

	if (!xa_empty(&mapping->i_pages)) {
		err = filemap_fdatawrite_range(mapping, start, end, WB_SYNC_ALL);
		filemap_fdatawait_range(mapping, start, end);
	}
	taken = mapping_take_error(mapping);
	return err ? err : taken;
}
