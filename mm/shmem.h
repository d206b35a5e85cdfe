/* SPDX-License-Identifier: MIT */
/*
 * What tmpfs and devtmpfs (kernel/fs) and mm/shmem*.c share.
 *
 * Linux: include/linux/shmem_fs.h.
 */
#pragma once
#include "kernel/fs/fs.h"

/* One mounted tmpfs; guarded by lock. A maximum of 0 means no limit. */
struct shmem_sb_info {
	spinlock_t lock;
	unsigned long max_blocks, used_blocks;	/* pages */
	unsigned long max_inodes, used_inodes;
	unsigned long default_limit;	/* of both, when nothing is said */
};

struct shmem_inode_info {
	unsigned long flags;		/* VM_NORESERVE: charged page by page, else all at once */
	unsigned long charged;		/* pages charged at once */
	unsigned long swapped;		/* (i_pages_lock) pages that are in swap */
	struct list_head swaplist;	/* (swaplist_lock) inodes with swapped pages */
	char *link;			/* target of a symbolic link */
	struct inode vfs_inode;
};

static inline struct shmem_inode_info *SHMEM_I(struct inode *inode)
{
	return container_of(inode, struct shmem_inode_info, vfs_inode);
}

/* SGP_READ: no allocation; SGP_CACHE: zeroed; SGP_WRITE: content undefined, not uptodate. */
enum sgp_type { SGP_READ, SGP_CACHE, SGP_WRITE };
/*
 * shmem_get_page() - the locked, referenced folio at index. NULL with 0: a hole (SGP_READ).
 * *major is set if it came from swap (may be NULL). -ENOMEM, -ENOSPC, -EIO. May sleep.
 */
int __must_check shmem_get_page(struct inode *inode, pgoff_t index, struct folio **f,
				enum sgp_type sgp, bool *major);
/*
 * shmem_new_inode() - nlink 1 (directory: 2), operations by type. NULL: no memory or no inode
 * left.
 */
struct inode *shmem_new_inode(struct super_block *sb, umode_t mode, dev_t rdev,
			      unsigned long flags);
/* shmem_swapin() - page cache takes the page of `entry` back: locked; -EAGAIN: look again. */
int __must_check shmem_swapin(struct inode *inode, pgoff_t index, void *entry, struct folio **f);
/* shmem_swap_forget() - an inode is being evicted. */
void shmem_swap_forget(struct shmem_inode_info *info);
/* shmem_init() - the internal mount for shared memory. */
void shmem_init(void);
/* shmem_fill_super() - a tmpfs with options size=, nr_inodes=, mode=, uid=, gid=. 0 or -errno. */
int shmem_fill_super(struct super_block *sb, const char *dev, const char *data);
/*
 * shmem_add() - new inode under a name: the dentry pins itself. Eats nothing on failure. 0 or
 * -errno.
 */
int __must_check shmem_add(struct inode *dir, struct dentry *dentry, umode_t mode, dev_t rdev);
void shmem_evict_inode(struct inode *inode);
struct inode *shmem_alloc_inode(struct super_block *sb);
void shmem_free_inode(struct inode *inode);
extern const struct inode_operations shmem_dir_iops, shmem_file_iops, shmem_link_iops,
	shmem_special_iops;
extern const struct file_operations shmem_dir_fops;
