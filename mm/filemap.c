/* SPDX-License-Identifier: MIT */
/*
 * The page cache: folios of files, found by (address_space, index), and
 * read(2) and write(2) on top of it.
 *
 * Invariants: a folio in i_pages has mapping and index set and one reference
 * for being there. mapping and index change only with the folio locked and
 * i_pages_lock held. A folio that is uptodate stays so. A value entry in
 * i_pages is no page: tmpfs puts a swap entry there, reclaim of other files a
 * shadow that tells the age of what it evicted.
 *
 * Looking up takes i_pages_lock, and the reference is taken under it; so a
 * folio found with the right number of references under that lock is nobody
 * else's (remove_mapping() relies on it).
 *
 * Locks: i_rwsem of the inode around a write; then the folio lock; then
 * i_pages_lock. A write copies from user memory with the folio locked, so it
 * must not fault there: the source may be a mapping of the same page.
 *
 * Linux: mm/filemap.c. Differs: no batches of folios, a lock instead of RCU.
 */
#include <asm/uaccess.h>
#include "kernel/fs/fs.h"
#include "kernel/signal.h"
#include "lib/string.h"
#include "mm/filemap.h"
#include "mm/lru.h"
#include "mm/slab.h"
#include "mm/vmstat.h"
#include "mm/writeback.h"

static struct kmem_cache *xa_node_cache;

/* The library's hook; the page cache and the swap cache both get nodes here. */
void *xa_node_alloc(gfp_t gfp)
{
	return kmem_cache_alloc(xa_node_cache, gfp);
}

/* Never called with NULL. */
void xa_node_free(void *node)
{
	kmem_cache_free(xa_node_cache, node);
}

/* Boot. */
void pagecache_init(void)
{
	xa_node_cache = kmem_cache_create("radix_tree_node", sizeof(struct xa_node), 8,
					  SLAB_RECLAIM_ACCOUNT | SLAB_PANIC, NULL);
	folio_wait_init();
}

/* Zeroes all; a_ops may be set later. */
void address_space_init(struct address_space *mapping, struct inode *host,
			const struct address_space_operations *ops)
{
	memset(mapping, 0, sizeof(*mapping));
	mapping->host = host;
	xa_init(&mapping->i_pages);
	spin_lock_init(&mapping->i_pages_lock, RANK_I_PAGES, "i_pages_lock");
	spin_lock_init(&mapping->i_mmap_lock, RANK_RMAP, "i_mmap_lock");
	INIT_LIST_HEAD(&mapping->i_mmap);
	mapping->gfp_mask = GFP_HIGHUSER_MOVABLE;
	mapping->a_ops = ops;
}

/* ---- looking up, adding, removing ---- */

/* The reference is taken under the lock: see the invariant above. */
struct folio *filemap_get_folio(struct address_space *mapping, pgoff_t index)
{
	struct folio *f;

	spin_lock(&mapping->i_pages_lock);
	f = xa_load(&mapping->i_pages, index);
	if (xa_is_value(f))
		f = NULL;
	else if (f)
		folio_get(f);
	spin_unlock(&mapping->i_pages_lock);
	VM_BUG_ON(f && f->index != index);
	return f;
}

/* For mincore(2). */
bool filemap_cached(struct address_space *mapping, pgoff_t index)
{
	struct folio *f = filemap_get_folio(mapping, index);
	bool cached = f && folio_test(f, PG_uptodate);

	if (f)
		folio_put(f);
	return cached;
}

/* While we slept for the lock, truncate may have taken the folio away: then look again. */
struct folio *filemap_lock_folio(struct address_space *mapping, pgoff_t index)
{
	struct folio *f;

	while ((f = filemap_get_folio(mapping, index))) {
		folio_lock(f);
		if (likely(f->mapping == mapping)) {
			VM_BUG_ON(f->index != index);
			return f;
		}
		folio_unlock(f);
		folio_put(f);
	}
	return NULL;
}

/* Always one page: that is policy; callers think in folios. */
struct folio *filemap_alloc_folio(gfp_t gfp)
{
	struct page *page = alloc_page(gfp);

	return page ? page_folio(page) : NULL;
}

/* Store under the lock; *shadow is what reclaim left there. -ENOMEM: fill `pre` and repeat. */
static int filemap_store(struct address_space *mapping, struct folio *f, struct xa_preload *pre,
			 void **shadow)
{
	pgoff_t index = f->index;
	int err;

	spin_lock(&mapping->i_pages_lock);
	err = xa_store_preload(&mapping->i_pages, index, f, pre);
	if (err == -EBUSY) {
		*shadow = xa_load(&mapping->i_pages, index);
		/* A swap entry of tmpfs is a page that exists; a shadow is not. */
		if (xa_is_value(*shadow) && !shmem_mapping(mapping))
			err = xa_store(&mapping->i_pages, index, f, 0);
		else
			err = -EEXIST;
	}
	if (!err)
		mapping->nrpages++;
	spin_unlock(&mapping->i_pages_lock);
	return err;
}

/*
 * Nodes of the tree are allocated with the lock dropped: then everything may have
 * changed, and the store is tried again.
 */
int filemap_add_folio(struct address_space *mapping, struct folio *f, pgoff_t index, gfp_t gfp)
{
	struct xa_preload pre = XA_PRELOAD_INIT;
	void *shadow = NULL;
	int err;

	VM_BUG_ON(f->mapping || folio_test(f, PG_lru));
	VM_BUG_ON(folio_ref_count(f) != 1 || folio_mapped(f));
	/* Nobody else knows the folio yet: a plain store does for the lock. */
	f->flags |= 1UL << PG_locked;
	f->mapping = mapping;
	f->index = index;
	folio_get(f);
	do {
		err = filemap_store(mapping, f, &pre, &shadow);
	} while (unlikely(err == -ENOMEM) && !xa_preload_fill(&pre, gfp & ~__GFP_MOVABLE));
	xa_preload_drain(&pre);
	if (unlikely(err)) {
		f->mapping = NULL;
		folio_unlock(f);
		atomic_dec(&f->_refcount);
		return err;
	}
	mod_node_page_state(page_pgdat(&f->page), NR_FILE_PAGES, 1);
	if (shadow)
		workingset_refault(f, shadow);
	folio_add_lru(f);
	return 0;
}

/* Whatever counted the folio as cached, dirty or shared memory stops doing so. */
void __filemap_remove_folio(struct folio *f, void *shadow)
{
	struct address_space *mapping = f->mapping;
	struct pglist_data *pgdat = page_pgdat(&f->page);

	VM_BUG_ON(!folio_test(f, PG_locked) || folio_mapped(f));
	VM_BUG_ON(folio_test(f, PG_writeback) || folio_ref_count(f) < 2);
	VM_BUG_ON(xa_load(&mapping->i_pages, f->index) != f);
	lockdep_assert_held(&mapping->i_pages_lock);
	if (shadow) {
		(void)!xa_store(&mapping->i_pages, f->index, shadow, 0);
		/* Marks stay with the index, and that of writeback may be stale. */
		xa_clear_mark(&mapping->i_pages, f->index, PAGECACHE_TAG_WRITEBACK);
		xa_clear_mark(&mapping->i_pages, f->index, PAGECACHE_TAG_DIRTY);
	} else {
		xa_erase(&mapping->i_pages, f->index);
	}
	mapping->nrpages--;
	f->mapping = NULL;
	mod_node_page_state(pgdat, NR_FILE_PAGES, -1);
	if (folio_test(f, PG_swapbacked)) {
		mod_node_page_state(pgdat, NR_SHMEM, -1);
		folio_clear(f, PG_dirty);
	} else if (folio_test_clear(f, PG_dirty)) {
		mod_node_page_state(pgdat, NR_FILE_DIRTY, -1);
	}
}

/* Two may race to create: one gets -EEXIST and finds the other's. */
int filemap_get_or_create(struct address_space *mapping, pgoff_t index, struct folio **folio)
{
	struct folio *f;
	int err;

	do {
		f = filemap_lock_folio(mapping, index);
		if (f)
			break;
		f = filemap_alloc_folio(mapping->gfp_mask);
		if (!f)
			return -ENOMEM;
		err = filemap_add_folio(mapping, f, index, mapping->gfp_mask);
		if (!err)
			break;
		folio_put(f);
		if (err != -EEXIST)
			return err;
	} while (true);
	VM_BUG_ON(!folio_test(f, PG_locked));
	*folio = f;
	return 0;
}

/* Make a referenced folio uptodate; -ESTALE: it left the mapping meanwhile. */
static int filemap_read_in(struct address_space *mapping, struct file *file, struct folio *f)
{
	int err = 0;

	VM_BUG_ON(shmem_mapping(mapping));
	folio_lock(f);
	if (f->mapping != mapping) {
		folio_unlock(f);
		return -ESTALE;
	}
	if (folio_test(f, PG_uptodate)) {
		folio_unlock(f);
		return 0;
	}
	folio_clear(f, PG_error);
	err = mapping->a_ops->read_folio(file, f);
	if (err)
		return err;
	folio_wait_locked(f);
	if (folio_test(f, PG_uptodate))
		return 0;
	return f->mapping == mapping ? -EIO : -ESTALE;
}

/* Truncated under us (-ESTALE): look again; the file may have grown back. */
int read_cache_folio(struct address_space *mapping, pgoff_t index, struct file *file,
		     struct folio **folio)
{
	struct folio *f;
	int err;

	do {
		err = filemap_get_or_create(mapping, index, &f);
		if (err)
			return err;
		folio_unlock(f);
		err = folio_test(f, PG_uptodate) ? 0 : filemap_read_in(mapping, file, f);
		if (!err) {
			VM_BUG_ON(!folio_test(f, PG_uptodate));
			*folio = f;
			return 0;
		}
		folio_put(f);
	} while (err == -ESTALE);
	return err;
}

/* ---- read(2) ---- */

/* The folio at index is absent or not uptodate. *f == NULL with 0: a hole, reads as zeros. */
static int filemap_read_miss(struct kiocb *iocb, pgoff_t index, size_t count, struct folio **folio)
{
	struct file *file = iocb->ki_filp;
	struct address_space *mapping = file->f_mapping;
	struct folio *f;
	int err;

	if (shmem_mapping(mapping)) {
		err = shmem_get_folio(mapping->host, index, false, &f);
		if (!err && f)
			folio_unlock(f);
		*folio = f;
		return err;
	}
	f = filemap_get_folio(mapping, index);
	if (f) {
		/* On its way. The next window is asked for before we wait for this one. */
		folio_put(f);
		page_cache_async_readahead(mapping, file, index);
	} else {
		page_cache_sync_readahead(mapping, file, index, PFN_UP(count));
	}
	return read_cache_folio(mapping, index, file, folio);
}

/* One folio's worth; bytes copied, 0 at a fault, -errno. */
static ssize_t filemap_read_one(struct kiocb *iocb, struct iov_iter *to, size_t n)
{
	struct address_space *mapping = iocb->ki_filp->f_mapping;
	pgoff_t index = iocb->ki_pos >> PAGE_SHIFT;
	struct folio *f = filemap_get_folio(mapping, index);
	size_t copied;

	VM_BUG_ON(!n || offset_in_page(iocb->ki_pos) + n > PAGE_SIZE);
	if (unlikely(!f || !folio_test(f, PG_uptodate))) {
		int err;

		if (f)
			folio_put(f);
		err = filemap_read_miss(iocb, index, to->count, &f);
		if (err)
			return err;
		if (!f)
			return iov_iter_zero(n, to);
	}
	copied = copy_to_iter(folio_address(f) + offset_in_page(iocb->ki_pos), n, to);
	/* Both bits set already: nothing that folio_mark_accessed() could add. */
	if (~f->flags & (1UL << PG_referenced | 1UL << PG_active))
		folio_mark_accessed(f);
	if (unlikely(index == ra_trigger(&iocb->ki_filp->f_ra)))
		page_cache_async_readahead(mapping, iocb->ki_filp, index);
	folio_put(f);
	return copied;
}

/*
 * i_size is looked at again for each page: a read beside a truncate ends where the
 * file ends now.
 */
ssize_t generic_file_read_iter(struct kiocb *iocb, struct iov_iter *to)
{
	struct inode *inode = iocb->ki_filp->f_mapping->host;
	ssize_t done = 0, n = 0;

	if (unlikely(iocb->ki_flags & IOCB_DIRECT))
		return filemap_direct_rw(iocb, to, generic_file_read_iter);

	while (to->count) {
		loff_t size = READ_ONCE(inode->i_size), pos = iocb->ki_pos;

		if (pos >= size)
			break;
		n = min_t(size_t, PAGE_SIZE - offset_in_page(pos), to->count);
		n = min_t(loff_t, n, size - pos);
		n = filemap_read_one(iocb, to, n);
		if (unlikely(n <= 0)) {
			n = n ? n : -EFAULT;
			break;
		}
		iocb->ki_pos += n;
		done += n;
		cond_resched();
	}
	iocb->ki_filp->f_ra.prev_pos = iocb->ki_pos;
	file_accessed(iocb->ki_filp);
	return done || n > 0 ? done : n;
}

/* ---- write(2) ---- */

/* Limits and flags before a write: how many bytes may go, into *iocb->ki_pos on. */
ssize_t generic_write_checks(struct kiocb *iocb, struct iov_iter *from)
{
	struct inode *inode = iocb->ki_filp->f_mapping->host;
	unsigned long limit = current->signal->rlim[RLIMIT_FSIZE].rlim_cur;
	loff_t max = S_ISBLK(inode->i_mode) ? inode->i_size : inode->i_sb->s_maxbytes;

	if (!from->count)
		return 0;
	if (iocb->ki_flags & IOCB_APPEND)
		iocb->ki_pos = inode->i_size;
	if (unlikely(limit != RLIM_INFINITY && S_ISREG(inode->i_mode))) {
		if ((unsigned long)iocb->ki_pos >= limit) {
			send_sig(SIGXFSZ, current);
			return -EFBIG;
		}
		max = min_t(unsigned long, max, limit);
	}
	if (unlikely(iocb->ki_pos >= max))
		return S_ISBLK(inode->i_mode) ? -ENOSPC : -EFBIG;
	return min_t(loff_t, from->count, max - iocb->ki_pos);
}

/*
 * Copy into one folio. If the source page is not there, the copy gives up
 * rather than fault under the folio lock; it is then brought in with nothing
 * held, and we start this folio again. write_end may refuse a part (of a block
 * that was not read): what could be copied is then all that is asked for.
 */
static ssize_t generic_write_one(struct kiocb *iocb, struct iov_iter *from, size_t n)
{
	struct file *file = iocb->ki_filp;
	struct address_space *mapping = file->f_mapping;
	loff_t pos = iocb->ki_pos;
	struct folio *f;
	ssize_t err, copied;

	VM_BUG_ON(!n || offset_in_page(pos) + n > PAGE_SIZE);
	do {
		err = mapping->a_ops->write_begin(file, mapping, pos, n, &f);
		if (unlikely(err))
			return err;
		VM_BUG_ON(!folio_test(f, PG_locked) || f->index != (pgoff_t)pos >> PAGE_SHIFT);
		copied = copy_from_iter_nofault(folio_address(f) + offset_in_page(pos), n, from);
		err = mapping->a_ops->write_end(file, pos, n, copied, f);
		if (unlikely(err < 0))
			return err;
		if (unlikely(err < copied))
			iov_iter_revert(from, copied - err);
		if (likely(err))
			return err;
		if (copied)
			n = copied;
		else if (fault_in_iov_iter_readable(from, n) == n)
			return -EFAULT;
		if (fatal_signal_pending(current))
			return -EINTR;
	} while (true);
}

/* Page by page, so that each is locked for a short time only. */
static ssize_t generic_perform_write(struct kiocb *iocb, struct iov_iter *from, size_t count)
{
	struct address_space *mapping = iocb->ki_filp->f_mapping;
	struct inode *inode = mapping->host;
	ssize_t done = 0, n = 0;

	VM_BUG_ON(!rwsem_is_locked(&inode->i_rwsem));
	while (count) {
		n = min_t(size_t, PAGE_SIZE - offset_in_page(iocb->ki_pos), count);
		n = generic_write_one(iocb, from, n);
		if (unlikely(n < 0))
			break;
		iocb->ki_pos += n;
		done += n;
		count -= n;
		if (!shmem_mapping(mapping) && balance_dirty_due())
			balance_dirty_pages();
		cond_resched();
	}
	/* A page made for bytes that then could not be copied is not part of the file. */
	if (unlikely(n < 0) && iocb->ki_pos >= inode->i_size)
		truncate_pagecache(inode, inode->i_size);
	return done ? done : n;
}

/* O_SYNC waits after the lock is dropped: others may write meanwhile. */
ssize_t generic_file_write_iter(struct kiocb *iocb, struct iov_iter *from)
{
	struct file *file = iocb->ki_filp;
	struct inode *inode = file->f_mapping->host;
	ssize_t n;
	int err;

	if (unlikely(iocb->ki_flags & IOCB_DIRECT))
		return filemap_direct_rw(iocb, from, generic_file_write_iter);
	down_write(&inode->i_rwsem);
	n = generic_write_checks(iocb, from);
	if (likely(n > 0)) {
		file_update_time(file);
		n = generic_perform_write(iocb, from, n);
	}
	up_write(&inode->i_rwsem);
	if (n > 0 && unlikely(iocb->ki_flags & IOCB_SYNC)) {
		err = vfs_fsync_range(file, iocb->ki_pos - n, iocb->ki_pos - 1,
				      !(file->f_flags & O_SYNC & ~O_DSYNC));
		if (err)
			return err;
	}
	return n;
}
