/* SPDX-License-Identifier: MIT */
/*
 * The page cache: for each file an address_space, which holds the folios of
 * the file by index.
 *
 * Linux: include/linux/pagemap.h, fs.h (struct address_space).
 */
#pragma once
#include "lib/errseq.h"
#include "lib/xarray.h"
#include "mm/mm.h"

struct inode;
struct file;
struct writeback_control;
struct iov_iter;
struct kiocb;

#define PAGECACHE_TAG_DIRTY	0	/* xarray marks */
#define PAGECACHE_TAG_WRITEBACK	1
#define PAGECACHE_TAG_TOWRITE	2

struct address_space_operations {
	/*
	 * read_folio() - fill a locked folio; folio_end_read() when done, also on error. 0 or
	 * -errno. May sleep.
	 */
	int (*read_folio)(struct file *file, struct folio *f);
	/*
	 * writepage() - write a locked dirty folio (set writeback, unlock); 0 or -errno. It may
	 * be left in wbc's request, with others: the caller submits that. mpage_writepage()
	 * does it for files on block devices.
	 */
	int (*writepage)(struct folio *f, struct writeback_control *wbc);
	/*
	 * write_begin/end() - around one copy into the cache; *f is returned locked with a
	 * reference.
	 */
	int (*write_begin)(struct file *file, struct address_space *mapping, loff_t pos,
			   unsigned int len, struct folio **f);
	int (*write_end)(struct file *file, loff_t pos, unsigned int len, unsigned int copied,
			 struct folio *f);
	/*
	 * readahead() - read nr locked folios in a row; as read_folio() for each. NULL: one by
	 * one.
	 */
	void (*readahead)(struct file *file, struct address_space *mapping,
			  struct folio **folios, unsigned int nr);
	bool (*dirty_folio)(struct address_space *mapping, struct folio *f);
};

#define AS_EIO		0	/* a writeback failed: reported once by fsync */
#define AS_ENOSPC	1
#define AS_UNEVICTABLE	3

struct address_space {
	struct inode *host;			/* owner */
	/* folios by index, value entries = shmem swap entries */
	struct xarray i_pages;
	spinlock_t i_pages_lock;		/* (I) i_pages and nrpages */
	unsigned long nrpages;			/* (I) */
	const struct address_space_operations *a_ops;
	unsigned long flags;			/* AS_* */
	errseq_t wb_err;			/* write errors; see mapping_set_error() */
	pgoff_t writeback_index;		/* where the flusher goes on */
	gfp_t gfp_mask;
	spinlock_t i_mmap_lock;			/* guards i_mmap */
	struct list_head i_mmap;		/* vmas that map it: vm_area_struct.i_mmap_node */
	atomic_t i_mmap_writable;		/* shared writable mappings */
};

/* Of one open file. Threads that share it may spoil each other's guess, and nothing else. */
struct file_ra_state {
	pgoff_t start;			/* window: first page */
	unsigned int size, async_size;	/* pages; of these, behind the trigger */
	unsigned int ra_pages;		/* maximum; 0: the program reads here and there */
	unsigned int mmap_miss;		/* faults that missed, less those that hit */
	loff_t prev_pos;		/* where the last read ended */
};

/* address_space_init() - an empty cache; everything else zero. ops may be NULL and set later. */
void address_space_init(struct address_space *mapping, struct inode *host,
			const struct address_space_operations *ops);
/* filemap_get_folio() - cached folio with a reference, else NULL. Value entries count as absent. */
struct folio *filemap_get_folio(struct address_space *mapping, pgoff_t index);
/* filemap_lock_folio() - the same, locked, and checked to be still in the mapping. */
struct folio *filemap_lock_folio(struct address_space *mapping, pgoff_t index);
/*
 * filemap_add_folio() - insert a new folio: locked on return, one reference for the cache; 0,
 * -EEXIST, -ENOMEM. Adds to the LRU.
 */
int __must_check filemap_add_folio(struct address_space *mapping, struct folio *f, pgoff_t index,
				   gfp_t gfp);
/*
 * __filemap_remove_folio() - => folio locked, i_pages_lock held. Cache reference stays with
 * the caller.
 */
void __filemap_remove_folio(struct folio *f, void *shadow);
struct folio *filemap_alloc_folio(gfp_t gfp);	/* order 0; NULL: no memory */
/*
 * filemap_get_or_create() - locked folio at index, allocated if absent (not uptodate then): 0
 * or -ENOMEM.
 */
int __must_check filemap_get_or_create(struct address_space *mapping, pgoff_t index,
				       struct folio **f);
/*
 * read_cache_folio() - uptodate folio with a reference; reads it if needed. 0, -EIO, -ENOMEM.
 * file may be NULL.
 */
int __must_check read_cache_folio(struct address_space *mapping, pgoff_t index, struct file *file,
				  struct folio **f);

/* read and write through the page cache: bytes, or -errno if none. May sleep. */
ssize_t generic_file_read_iter(struct kiocb *iocb, struct iov_iter *to);
/* takes inode lock */
ssize_t generic_file_write_iter(struct kiocb *iocb, struct iov_iter *from);
/*
 * filemap_direct_rw() - the same for O_DIRECT, by rw without IOCB_DIRECT: nothing stays in the
 * cache, and what is written is on the disk. -EINVAL unless position, addresses and lengths are
 * whole sectors.
 */
typedef ssize_t (*filemap_rw_fn)(struct kiocb *iocb, struct iov_iter *iter);
ssize_t filemap_direct_rw(struct kiocb *iocb, struct iov_iter *iter, filemap_rw_fn rw);
/*
 * generic_write_checks() - O_APPEND, RLIMIT_FSIZE, largest size: bytes that may be written, or
 * -errno.
 */
ssize_t generic_write_checks(struct kiocb *iocb, struct iov_iter *from);
/*
 * file_accessed(), file_update_time() - atime (as relatime), mtime and ctime. In
 * kernel/fs/inode.c.
 */
void file_accessed(struct file *file);
void file_update_time(struct file *file);
int generic_file_mmap(struct file *file, struct vm_area_struct *vma);
vm_fault_t filemap_fault(struct vm_fault *vmf);
/*
 * filemap_map_pages() - map the uptodate cached pages of [start, end], both included, that
 * have no PTE yet, read-only, within one page table. Makes the table if it is missing and
 * takes the ptl itself; counts rss and rmap. => mmap_lock read held. VM_FAULT_NOPAGE: the PTE
 * of vmf->address is there now; 0: go on with ->fault(); VM_FAULT_OOM.
 */
vm_fault_t filemap_map_pages(struct vm_fault *vmf, pgoff_t start, pgoff_t end);
extern const struct vm_operations_struct shmem_vm_ops;
extern const struct file_operations shmem_file_operations;
/*
 * filemap_page_mkwrite() - => page locked: 0; VM_FAULT_NOPAGE if it left the file: repeat the
 * access.
 */
vm_fault_t filemap_page_mkwrite(struct vm_fault *vmf);
extern const struct vm_operations_struct generic_file_vm_ops;

/* truncate (mm/truncate.c) */
/* end inclusive, -1: all */
void truncate_inode_pages_range(struct address_space *mapping, loff_t start, loff_t end);
void truncate_pagecache(struct inode *inode, loff_t newsize);	/* unmaps, then truncates */
/*
 * unmap_mapping_range() - take len bytes of the file from start on (len 0: all up to its end)
 * out of every mapping. even_cows: private copies of its pages go as well. Does not sleep.
 */
void unmap_mapping_range(struct address_space *mapping, loff_t start, loff_t len, bool even_cows);
/*
 * remove_mapping() - reclaim takes a clean, unmapped, locked folio out: 1 if freed from the
 * cache.
 */
bool remove_mapping(struct address_space *mapping, struct folio *f);
unsigned long invalidate_mapping_pages(struct address_space *mapping, pgoff_t start, pgoff_t end);

/*
 * unmap_folio() - no PTE maps a locked folio of a file afterwards (truncate found it mapped
 * again).
 */
void unmap_folio(struct address_space *mapping, struct folio *f);
void pagecache_init(void);			/* boot, after slab: xarray nodes, wait queues */
void folio_wait_init(void);
/* filemap_cached() - is the page at index cached and uptodate? for mincore and WILLNEED. */
bool filemap_cached(struct address_space *mapping, pgoff_t index);

/* Reading ahead (mm/readahead.c). */
#define VM_READAHEAD_PAGES	32		/* 128 KiB */
/* page_cache_sync_readahead() - a read of nr pages from index missed the cache: start I/O. */
void page_cache_sync_readahead(struct address_space *mapping, struct file *file, pgoff_t index,
			       unsigned long nr);
/* file_ra_state_init() - the read-ahead of its device. => f_mapping is set. */
void file_ra_state_init(struct file *f);
/* ra_trigger() - the page whose use starts the next window; ULONG_MAX: none. */
static inline pgoff_t ra_trigger(const struct file_ra_state *ra)
{
	return ra->async_size ? ra->start + ra->size - ra->async_size : ULONG_MAX;
}
/* page_cache_async_readahead() - page index is used: if it is the trigger, start I/O, no wait. */
void page_cache_async_readahead(struct address_space *mapping, struct file *file, pgoff_t index);
/* page_cache_fault_readahead() - a fault of a mapping missed the cache: start I/O around it. */
void page_cache_fault_readahead(struct vm_fault *vmf);
/*
 * force_page_cache_readahead() - MADV_WILLNEED, POSIX_FADV_WILLNEED: start reading nr pages, but
 * no more than half of what memory has for them.
 */
void force_page_cache_readahead(struct address_space *mapping, struct file *file, pgoff_t index,
				unsigned long nr);

/* dirty state; the rest of write-back is in mm/writeback.h */
bool folio_mark_dirty(struct folio *f);		/* true if it was clean */
bool filemap_dirty_folio(struct address_space *mapping, struct folio *f);
bool noop_dirty_folio(struct address_space *mapping, struct folio *f);
/* folio_clear_dirty_for_io() - write-protect PTEs, test and clear dirty. => locked. */
bool folio_clear_dirty_for_io(struct folio *f);
/* filemap_write_and_wait_range() - for fsync, msync, sync: 0 or the error that happened, once. */
int filemap_write_and_wait_range(struct address_space *mapping, loff_t start, loff_t end);
static inline struct address_space *folio_mapping(struct folio *f)
{
	return folio_test_anon(f) ? NULL : f->mapping;
}
static inline loff_t folio_pos(const struct folio *f) { return (loff_t)f->index << PAGE_SHIFT; }

/* shmem (mm/shmem.c): page cache of tmpfs and shared anonymous memory; its folios are swapbacked */
int __must_check shmem_zero_setup(struct vm_area_struct *vma);	/* MAP_SHARED|MAP_ANONYMOUS */
/* shmem_file_setup() - unlinked tmpfs file: 0 or -ENOMEM/-ENFILE. */
int __must_check shmem_file_setup(const char *name, loff_t size, unsigned long vm_flags,
				  struct file **file);
/*
 * shmem_get_folio() - locked, uptodate folio; allocates or swaps in (create=false: NULL for a
 * hole, 0).
 */
int __must_check shmem_get_folio(struct inode *inode, pgoff_t index, bool create, struct folio **f);
/* shmem_writeout() - reclaim moves a locked shmem folio to the swap cache. 0 or -errno. */
int __must_check shmem_writeout(struct folio *f);
/*
 * shmem_unuse() - swapoff: bring back every page of area type from all tmpfs inodes. 0 or
 * -ENOMEM.
 */
int __must_check shmem_unuse(unsigned int type);
/* shmem_free_pages() - truncate took nr pages of a tmpfs file away: give back blocks and charge. */
void shmem_free_pages(struct inode *inode, long nr);
/* shmem_free_swap() - truncate met a swapped-out page: 1 if it was still this entry and is gone. */
long shmem_free_swap(struct address_space *mapping, pgoff_t index, void *entry);
extern const struct address_space_operations shmem_aops;
/* shmem_mapping() - do its pages belong to tmpfs or shared memory? */
static inline bool shmem_mapping(const struct address_space *mapping)
{
	return mapping->a_ops == &shmem_aops;
}
