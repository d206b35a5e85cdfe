/* SPDX-License-Identifier: MIT */
/*
 * Reading ahead: when a program reads a file in order, the next pages are asked
 * for before it needs them, several in one request.
 *
 *	  start                        trigger                start + size
 *	    |------- window -------------|------ async_size ------|
 *	                                 use of this page asks for the next window
 *
 * file_ra_state describes the window that was last asked for. A miss at the start of a
 * file, or where the last read ended, is the begin of a sequence: the window starts at
 * four times the request and doubles with each one up to ra_pages. Using the page
 * at the trigger starts the next window, so that the disk works while the program does.
 * A miss anywhere else is a random read: only what was asked for is read.
 *
 * A fault of a mapping reads around itself, as the order in which a program touches its
 * pages is hard to tell; if it comes right behind the last window, that is a sequence too.
 * After many misses in a row there is no point in it, and only the page itself is read.
 *
 * Locks: none held on entry; new folios are locked until their data are there.
 *
 * Linux: mm/readahead.c, mm/filemap.c do_sync_mmap_readahead(). Differs: the trigger is an
 * index in file_ra_state, not a flag of the page.
 */
#include "kernel/fs/fs.h"
#include "mm/filemap.h"
#include "mm/lru.h"

#define MMAP_LOTS_OF_MISSES	100

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

/* Reading more than can stay in memory would push out the first before they are used. */
static unsigned long sane_readahead(unsigned long nr)
{
	return min(nr, (nr_free_pages() + lru_pages(LRU_INACTIVE_FILE)) / 2);
}

/* A new page of the file, locked, in the cache. NULL: it is there, or (*stop) no memory. */
static struct folio *add_page(struct address_space *mapping, pgoff_t index, bool *stop)
{
	gfp_t gfp = (mapping->gfp_mask | __GFP_NORETRY | __GFP_NOWARN) & ~__GFP_FS;
	struct folio *f = filemap_get_folio(mapping, index);

	if (f) {
		folio_put(f);
		return NULL;
	}
	f = filemap_alloc_folio(gfp);
	*stop = !f;
	if (f && filemap_add_folio(mapping, f, index, gfp)) {
		folio_put(f);
		return NULL;
	}
	return f;
}

/* Pages that are cached already cut the range into several runs. */
static void read_range(struct address_space *mapping, struct file *file, pgoff_t index,
		       unsigned long nr)
{
	pgoff_t end = PFN_UP(READ_ONCE(mapping->host->i_size));
	struct folio *run[VM_READAHEAD_PAGES], *f;
	unsigned int n = 0;
	bool stop = false;

	if (!mapping->a_ops->read_folio)
		return;
	for (; nr && index < end && !stop; nr--, index++) {
		f = add_page(mapping, index, &stop);
		if (f)
			run[n++] = f;
		if (f && n < VM_READAHEAD_PAGES)
			continue;
		read_pages(mapping, file, run, n);
		n = 0;
	}
	read_pages(mapping, file, run, n);
}

void force_page_cache_readahead(struct address_space *mapping, struct file *file, pgoff_t index,
				unsigned long nr)
{
	read_range(mapping, file, index, sane_readahead(nr));
}

/* The first window of a sequence: enough for a few more requests of this size. */
static unsigned int initial_window(unsigned long nr, unsigned int max)
{
	unsigned long size = roundup_pow_of_two(nr);

	VM_BUG_ON(!nr || !max);
	return min_t(unsigned long, size <= max / 8 ? size * 4 : size * 2, max);
}

/* Does page index continue what was read, by the last call or by the last window? */
static bool is_sequential(const struct file_ra_state *ra, pgoff_t index)
{
	pgoff_t prev = (pgoff_t)ra->prev_pos >> PAGE_SHIFT;

	return !index || index - prev <= 1 || (ra->size && index == ra->start + ra->size);
}

/* The page is missing: the reader will wait for it in any case. */
void page_cache_sync_readahead(struct address_space *mapping, struct file *file, pgoff_t index,
			       unsigned long nr)
{
	struct file_ra_state *ra = &file->f_ra;
	unsigned int max = READ_ONCE(ra->ra_pages);

	if (!max || !is_sequential(ra, index)) {
		ra->size = ra->async_size = 0;
		read_range(mapping, file, index, min_t(unsigned long, nr, VM_READAHEAD_PAGES));
		return;
	}
	ra->start = index;
	ra->size = initial_window(min_t(unsigned long, nr, max), max);
	ra->async_size = ra->size > nr ? ra->size - nr : ra->size;
	read_range(mapping, file, ra->start, ra->size);
}

/* The page is there, or on its way: nobody waits for the next window. */
void page_cache_async_readahead(struct address_space *mapping, struct file *file, pgoff_t index)
{
	struct file_ra_state *ra = &file->f_ra;
	unsigned int max = READ_ONCE(ra->ra_pages);

	if (index != ra_trigger(ra) || !max)
		return;
	ra->start += ra->size;
	ra->size = min(ra->size * 2, max);
	ra->async_size = ra->size;
	read_range(mapping, file, ra->start, ra->size);
}

/* ---- mappings ---- */

/* The aligned window that the page is in: what is before it in the mapping may be used, too. */
static void read_around(struct vm_fault *vmf, struct file_ra_state *ra)
{
	pgoff_t window = min_t(pgoff_t, ra->ra_pages, VM_READAHEAD_PAGES);
	pgoff_t index = vmf->pgoff;

	ra->start = index - min_t(pgoff_t, index % window, index - vmf->vma->vm_pgoff);
	ra->size = window;
	ra->async_size = 0;
}

void page_cache_fault_readahead(struct vm_fault *vmf)
{
	struct file *file = vmf->vma->vm_file;
	struct file_ra_state *ra = &file->f_ra;
	pgoff_t index = vmf->pgoff;

	if ((vmf->vma->vm_flags & VM_RAND_READ) || !ra->ra_pages)
		return;
	if ((vmf->vma->vm_flags & VM_SEQ_READ) || (ra->size && index == ra->start + ra->size)) {
		ra->start = index;
		ra->size = ra->async_size = ra->ra_pages;
	} else {
		if (ra->mmap_miss > MMAP_LOTS_OF_MISSES)
			return;
		ra->mmap_miss++;
		read_around(vmf, ra);
	}
	read_range(file->f_mapping, file, ra->start, ra->size);
}
