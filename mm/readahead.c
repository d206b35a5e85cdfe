/* SPDX-License-Identifier: MIT */
/*
 * Reading ahead: when a program reads a file in order, the next pages are asked
 * for before it needs them, several in one request.
 *
 * file_ra_state describes the window [start, start + size) that was last asked
 * for. A miss at the start of a file, or right behind what was read before, is
 * the begin of a sequence: the window starts at four times the request and
 * doubles with each one up to ra_pages. Reaching the last async_size pages of
 * the window starts the next, so that the disk works while the program does. A
 * miss anywhere else is a random read: only what was asked for is read.
 *
 * Locks: none held on entry; new folios are locked until their data are there.
 *
 * Linux: mm/readahead.c. Differs: the mark for the next window is an index in
 * file_ra_state, not a flag of the page.
 */
#include "kernel/fs/fs.h"
#include "mm/filemap.h"

/* Hand a run of new, locked folios to the file system; drops our references. */
static void read_pages(struct address_space *mapping, struct file *file, struct folio **folios,
		       unsigned int nr)
{
	unsigned int i;

	VM_BUG_ON(nr > VM_READAHEAD_PAGES);
	if (!nr)
		return;
	VM_BUG_ON(!folio_test(folios[0], PG_locked));
	if (mapping->a_ops->readahead) {
		mapping->a_ops->readahead(file, mapping, folios, nr);
	} else {
		/* An error is found by whoever needs the page: it is then not uptodate. */
		for (i = 0; i < nr; i++)
			(void)!mapping->a_ops->read_folio(file, folios[i]);
	}
	for (i = 0; i < nr; i++)
		folio_put(folios[i]);
}

/* Pages that are cached already cut the range into several runs. */
void force_page_cache_readahead(struct address_space *mapping, struct file *file, pgoff_t index,
				unsigned long nr)
{
	pgoff_t end = PFN_UP(READ_ONCE(mapping->host->i_size));
	gfp_t gfp = (mapping->gfp_mask | __GFP_NORETRY | __GFP_NOWARN) & ~__GFP_FS;
	struct folio *run[VM_READAHEAD_PAGES];
	unsigned int n = 0;

	if (!mapping->a_ops->read_folio)
		return;
	for (; nr && index < end; nr--, index++) {
		struct folio *f = filemap_get_folio(mapping, index);

		if (f) {
			folio_put(f);
		} else {
			f = filemap_alloc_folio(gfp);
			if (!f)
				break;
			if (!filemap_add_folio(mapping, f, index, gfp)) {
				run[n++] = f;
				if (n < VM_READAHEAD_PAGES)
					continue;
			} else {
				folio_put(f);
			}
		}
		read_pages(mapping, file, run, n);
		n = 0;
	}
	read_pages(mapping, file, run, n);
}

/* The first window of a sequence: enough for a few more requests of this size. */
static unsigned int initial_window(unsigned long nr, unsigned int max)
{
	unsigned long size = roundup_pow_of_two(nr);

	VM_BUG_ON(!nr || !max);
	return min_t(unsigned long, size <= max / 8 ? size * 4 : size * 2, max);
}

/* What is cached of the window already is skipped. */
static void submit_window(struct address_space *mapping, struct file *file)
{
	struct file_ra_state *ra = &file->f_ra;

	VM_BUG_ON(ra->async_size > ra->size || ra->size > ra->ra_pages);
	force_page_cache_readahead(mapping, file, ra->start, ra->size);
}

/* The page is missing: the reader will wait for it in any case. */
void page_cache_sync_readahead(struct address_space *mapping, struct file *file, pgoff_t index,
			       unsigned long nr)
{
	struct file_ra_state *ra = &file->f_ra;
	unsigned int max = ra->ra_pages;
	bool sequential = index == 0 || index == (pgoff_t)ra->prev_pos >> PAGE_SHIFT ||
			  index == ((pgoff_t)ra->prev_pos >> PAGE_SHIFT) + 1;

	ra->prev_pos = (loff_t)index << PAGE_SHIFT;
	if (!max || !sequential) {
		ra->size = 0;
		force_page_cache_readahead(mapping, file, index,
					   min_t(unsigned long, nr, VM_READAHEAD_PAGES));
		return;
	}
	ra->start = index;
	ra->size = initial_window(min_t(unsigned long, nr, max), max);
	ra->async_size = ra->size > nr ? ra->size - nr : ra->size;
	submit_window(mapping, file);
}

/* The page is there: nobody waits. Only at the trigger is anything done. */
void page_cache_async_readahead(struct address_space *mapping, struct file *file, pgoff_t index)
{
	struct file_ra_state *ra = &file->f_ra;

	ra->prev_pos = (loff_t)index << PAGE_SHIFT;
	if (index + ra->async_size < ra->start + ra->size || index >= ra->start + ra->size)
		return;
	ra->start += ra->size;
	ra->size = min(ra->size * 2, ra->ra_pages);
	ra->async_size = ra->size;
	submit_window(mapping, file);
}
