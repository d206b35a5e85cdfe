/* SPDX-License-Identifier: MIT */
/*
 * Writing dirty pages back: what file systems and sync use.
 *
 * Linux: include/linux/writeback.h, backing-dev.h. Differs: one list of dirty
 * inodes for all devices.
 */
#pragma once
#include "mm/filemap.h"

struct super_block;

enum writeback_sync_modes { WB_SYNC_NONE, WB_SYNC_ALL };

/* What a caller wants written; nr_to_write is counted down. */
struct writeback_control {
	enum writeback_sync_modes sync_mode;	/* ALL: wait for pages already under way */
	long nr_to_write;
	pgoff_t start, end;			/* both included */
};

extern int vm_dirty_ratio, dirty_background_ratio;	/* per cent of available memory */
extern int dirty_expire_centisecs, dirty_writeback_centisecs;
/* dirty_limits() - thresholds in pages, for /proc/vmstat and throttling. */
void dirty_limits(unsigned long *background, unsigned long *limit);
/*
 * balance_dirty_pages() - a writer that dirtied pages of mapping writes some if there are too
 * many. May sleep.
 */
void balance_dirty_pages(struct address_space *mapping);
/*
 * mapping_set_error() - a write failed with err: each open file's next fsync() reports it
 * once. Irq-safe.
 */
void mapping_set_error(struct address_space *mapping, int err);
/* file_check_wb_err() - an error since the last call for this file, or 0. */
int file_check_wb_err(struct file *f);
/* write_cache_pages() - start writing the dirty pages wbc describes: 0 or the first error. */
int write_cache_pages(struct address_space *mapping, struct writeback_control *wbc);
/* filemap_fdatawait_range() - pages under writeback in [start, end] bytes are done. */
void filemap_fdatawait_range(struct address_space *mapping, loff_t start, loff_t end);
/*
 * sync_inodes() - write all dirty inodes (of sb, or of all if NULL) and their pages; wait:
 * until done.
 */
int sync_inodes(struct super_block *sb, bool wait);
/* inode_write_now() - write one inode and its pages, and wait. 0 or -errno. */
int inode_write_now(struct inode *inode);
/* inode_io_list_del() - an inode that is going away is on no dirty list. */
void inode_io_list_del(struct inode *inode);
