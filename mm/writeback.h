/* SPDX-License-Identifier: MIT */
/*
 * Writing dirty pages back: what file systems, sync and reclaim use.
 *
 * Linux: include/linux/writeback.h, backing-dev.h. Differs: one list of dirty
 * inodes and one flusher for all devices.
 */
#pragma once
#include "mm/filemap.h"

struct bio;
struct super_block;

enum writeback_sync_modes { WB_SYNC_NONE, WB_SYNC_ALL };

/* What a caller wants written; nr_to_write is counted down. */
struct writeback_control {
	enum writeback_sync_modes sync_mode;	/* ALL: wait for pages already under way */
	long nr_to_write;
	pgoff_t start, end;			/* both included */
	bool for_reclaim;			/* folios that are locked are left out */
	bool range_cyclic;			/* go on where the last call stopped */
	struct bio *bio;			/* request being gathered; see wbc_submit() */
};

/* ---- limits (mm/page-writeback.c); of ratio and bytes one is 0 ---- */
extern int vm_dirty_ratio, dirty_background_ratio;	/* per cent of available memory */
extern unsigned long vm_dirty_bytes, dirty_background_bytes;
extern int dirty_expire_centisecs, dirty_writeback_centisecs;
/* dirty_limits() - thresholds in pages, for /proc/vmstat and throttling. */
void dirty_limits(unsigned long *background, unsigned long *limit);
/* over_background_thresh() - is there work for the flusher? */
bool over_background_thresh(void);
/* balance_dirty_due() - called for each page made dirty: is it time for the next? */
bool balance_dirty_due(void);
/*
 * balance_dirty_pages() - wakes the flusher if need be, and waits while too many pages are
 * dirty. Returns at the latest when nothing has been written for seconds, or a fatal signal
 * came. => no folio lock, no lock that a file system needs to write; may sleep.
 */
void balance_dirty_pages(void);
/* writeback_progress() - some pages have been written: who waits for that looks again. Irq-safe. */
void writeback_progress(void);
/* writeback_wait() - sleep until the next progress, `timeout` jiffies at most. */
void writeback_wait(long timeout);

/* ---- pages (mm/page-writeback.c) ---- */
/* write_cache_pages() - start writing the dirty pages wbc describes: 0 or the first error. */
int write_cache_pages(struct address_space *mapping, struct writeback_control *wbc);
/*
 * wbc_submit() - hand over the request that writepage() has gathered in wbc, if any.
 * => to be called before whoever calls writepage() sleeps for a folio, and at the end.
 */
void wbc_submit(struct writeback_control *wbc);
/* mapping_marked() - has any page the mark? */
bool mapping_marked(struct address_space *mapping, xa_mark_t mark);

/* ---- waiting and errors (mm/filemap_sync.c) ---- */
/*
 * mapping_set_error() - a write failed with err: each open file's next fsync() reports it
 * once. Irq-safe.
 */
void mapping_set_error(struct address_space *mapping, int err);
/* file_check_wb_err() - an error since the last call for this file, or 0. */
int file_check_wb_err(struct file *f);
/* filemap_fdatawait_range() - pages under writeback in [start, end] bytes are done. */
void filemap_fdatawait_range(struct address_space *mapping, loff_t start, loff_t end);
/* filemap_fdatawrite_range() - start to write what is dirty in [start, end]; 0 or -errno. */
int filemap_fdatawrite_range(struct address_space *mapping, loff_t start, loff_t end,
			     enum writeback_sync_modes mode);

/* ---- inodes (kernel/fs/fs-writeback.c) ---- */
/* wakeup_flusher() - all: everything dirty is to be written now; else: down to the threshold. */
void wakeup_flusher(bool all);
/*
 * sync_inodes() - write all dirty inodes of sb and their pages: 0 or the first error.
 *
 * => wait: until done, what others are writing included. Pages and inodes that become dirty
 *    meanwhile may be left. Not with an inode of sb locked.
 */
int sync_inodes(struct super_block *sb, bool wait);
/* inode_write_now() - write one inode and its pages, and wait. 0 or -errno. */
int inode_write_now(struct inode *inode);
/* inode_io_list_del() - an inode that is going away is on no dirty list. */
void inode_io_list_del(struct inode *inode);
/* flusher_leave_sb() - the last mount is gone: afterwards the flusher has none of its inodes. */
void flusher_leave_sb(struct super_block *sb);
void flusher_init(void);			/* boot: starts the thread */
