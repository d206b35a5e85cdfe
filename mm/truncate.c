/* SPDX-License-Identifier: MIT */
/*
 * Taking pages out of the page cache: because the file ends earlier now
 * (truncate), because it has gone (evict), or because memory is short and they
 * are clean (reclaim, drop_caches).
 *
 * The order that keeps a fault from bringing a page back behind the new end:
 * i_size shrinks first, then the PTEs go, then the pages, each locked. A fault
 * that read the old size holds the lock of its folio until its PTE is there;
 * we then find the folio mapped under its lock, and unmap it once more.
 *
 * Locks: i_rwsem of the inode (caller), folio lock, i_pages_lock.
 *
 * Linux: mm/truncate.c; remove_mapping() is in its mm/vmscan.c.
 */
#include "kernel/fs/fs.h"
#include "lib/string.h"
#include "mm/filemap.h"
#include "mm/lru.h"
#include "mm/rmap.h"
#include "mm/vmstat.h"

#define TRUNCATE_BATCH	16

/* What one round of a search found: folios with a reference, or a value entry. */
struct truncate_batch {
	unsigned int nr;
	pgoff_t next;			/* where to go on */
	void *entry[TRUNCATE_BATCH];
	pgoff_t index[TRUNCATE_BATCH];
};

/* The lock is held for 16 entries at a time. */
static bool truncate_gather(struct address_space *mapping, pgoff_t end, struct truncate_batch *b)
{
	unsigned long index = b->next;
	void *entry;

	VM_BUG_ON(b->next > end);
	b->nr = 0;
	spin_lock(&mapping->i_pages_lock);
	xa_for_each_range(&mapping->i_pages, index, entry, b->next, end) {
		if (!xa_is_value(entry))
			folio_get(entry);
		b->entry[b->nr] = entry;
		b->index[b->nr++] = index;
		if (b->nr == TRUNCATE_BATCH)
			break;
	}
	spin_unlock(&mapping->i_pages_lock);
	if (b->nr)
		b->next = b->index[b->nr - 1] + 1;
	return b->nr;
}

/* 1 if the folio was removed, 0 if somebody else had done so. Eats the reference. */
static long truncate_folio(struct address_space *mapping, struct folio *f)
{
	long removed = 0;

	folio_lock(f);
	folio_wait_writeback(f);
	while (f->mapping == mapping) {
		unmap_folio(mapping, f);
		spin_lock(&mapping->i_pages_lock);
		/* filemap_map_pages() needs no folio lock: it may just have been here. */
		if (likely(!folio_mapped(f))) {
			__filemap_remove_folio(f, NULL);
			removed = 1;
		}
		spin_unlock(&mapping->i_pages_lock);
	}
	folio_unlock(f);
	if (removed)
		folio_put(f);
	folio_put(f);
	return removed;
}

/* A shadow is just dropped. */
static void truncate_shadow(struct address_space *mapping, pgoff_t index, void *entry)
{
	spin_lock(&mapping->i_pages_lock);
	if (xa_load(&mapping->i_pages, index) == entry)
		xa_erase(&mapping->i_pages, index);
	spin_unlock(&mapping->i_pages_lock);
}

/* Pages can be added behind us only inside i_size, which has shrunk already. */
static void truncate_whole_pages(struct address_space *mapping, pgoff_t first, pgoff_t last)
{
	struct truncate_batch b = { .next = first };
	bool shmem = shmem_mapping(mapping);
	long pages = 0;

	VM_BUG_ON(first > last);
	while (b.next <= last && truncate_gather(mapping, last, &b)) {
		for (unsigned int i = 0; i < b.nr; i++) {
			if (!xa_is_value(b.entry[i]))
				pages += truncate_folio(mapping, b.entry[i]);
			else if (shmem)
				pages += shmem_free_swap(mapping, b.index[i], b.entry[i]);
			else
				truncate_shadow(mapping, b.index[i], b.entry[i]);
		}
		/* A swapped-out page may have come back under us: only then look again. */
		cond_resched();
	}
	if (shmem && pages)
		shmem_free_pages(mapping->host, pages);
}

/*
 * Zero bytes [from, to) of the page at index, if there is one. A write of it that is under way
 * must end first: its blocks may be free, and another file's, as soon as we return.
 */
static void truncate_partial_page(struct address_space *mapping, pgoff_t index, unsigned int from,
				  unsigned int to)
{
	struct folio *f = NULL;

	VM_BUG_ON(to > PAGE_SIZE);
	if (from >= to)
		return;
	if (shmem_mapping(mapping)) {
		if (shmem_get_folio(mapping->host, index, false, &f))
			return;
	} else {
		f = filemap_lock_folio(mapping, index);
	}
	if (!f)
		return;
	VM_BUG_ON(!folio_test(f, PG_locked) || f->index != index);
	folio_wait_writeback(f);
	memset(folio_address(f) + from, 0, to - from);
	if (folio_test(f, PG_uptodate))
		folio_mark_dirty(f);
	folio_unlock(f);
	folio_put(f);
}

/*
 * The page with the new end stays, with zeros behind it: a later extension must read
 * as zeros.
 */
void truncate_inode_pages_range(struct address_space *mapping, loff_t start, loff_t end)
{
	pgoff_t first = PFN_UP(start), after;
	unsigned int head = offset_in_page(start), tail;

	VM_BUG_ON(end != -1 && end < start - 1);
	if (xa_empty(&mapping->i_pages))
		return;
	after = end == -1 ? ULONG_MAX : (pgoff_t)(end + 1) >> PAGE_SHIFT;
	tail = end == -1 ? 0 : offset_in_page(end + 1);
	if (first > after) {		/* both ends in one page */
		truncate_partial_page(mapping, after, head, tail);
		return;
	}
	if (head)
		truncate_partial_page(mapping, first - 1, head, PAGE_SIZE);
	if (first < after)
		truncate_whole_pages(mapping, first, after - 1);
	/* Again, for a page that was being swapped in or out while we passed. */
	if (first < after && shmem_mapping(mapping))
		truncate_whole_pages(mapping, first, after - 1);
	truncate_partial_page(mapping, after, 0, tail);
}

/*
 * => i_size is newsize already. Private copies of what is cut off go too
 * (even_cows): SIGBUS, as POSIX wants.
 */
void truncate_pagecache(struct inode *inode, loff_t newsize)
{
	struct address_space *mapping = inode->i_mapping;

	VM_BUG_ON(READ_ONCE(inode->i_size) > newsize);
	unmap_mapping_range(mapping, ALIGN(newsize, PAGE_SIZE), 0, true);
	truncate_inode_pages_range(mapping, newsize, -1);
	/* A private copy may have been made of a page while it was still in the cache. */
	unmap_mapping_range(mapping, ALIGN(newsize, PAGE_SIZE), 0, true);
}

/*
 * References that are expected: the page cache's and the caller's. Anybody
 * else got his under i_pages_lock before us, or through a PTE, and there is none.
 */
bool remove_mapping(struct address_space *mapping, struct folio *f)
{
	void *shadow;
	bool freed;

	VM_BUG_ON(!folio_test(f, PG_locked) || f->mapping != mapping);
	shadow = shmem_mapping(mapping) ? NULL : workingset_eviction(f);
	spin_lock(&mapping->i_pages_lock);
	freed = folio_ref_count(f) == 2 && !folio_mapped(f) && !folio_test(f, PG_dirty) &&
		!folio_test(f, PG_writeback);
	if (freed)
		__filemap_remove_folio(f, shadow);
	spin_unlock(&mapping->i_pages_lock);
	if (freed)
		folio_put(f);
	return freed;
}

/* Only what nobody uses: drop_caches must not take a page from a running program. */
unsigned long invalidate_mapping_pages(struct address_space *mapping, pgoff_t start, pgoff_t end)
{
	struct truncate_batch b = { .next = start };
	unsigned long count = 0;

	while (b.next <= end && truncate_gather(mapping, end, &b)) {
		for (unsigned int i = 0; i < b.nr; i++) {
			struct folio *f = b.entry[i];

			if (xa_is_value(f))
				continue;
			if (folio_trylock(f)) {
				if (f->mapping == mapping && !shmem_mapping(mapping))
					count += remove_mapping(mapping, f);
				folio_unlock(f);
			}
			folio_put(f);
		}
		cond_resched();
	}
	return count;
}
