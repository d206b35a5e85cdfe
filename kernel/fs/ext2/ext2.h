/* SPDX-License-Identifier: MIT */
/*
 * ext2 in memory: what the files of kernel/fs/ext2 share.
 *
 * Metadata (super block, descriptors, bitmaps, inode tables, directories, indirect
 * blocks) is in the block device's page cache, through struct buffer; the content of
 * regular files is in their own, and goes to the disk past the former.
 *
 * Lock order: i_rwsem of directories, then of files (the VFS) -> folio lock of a file
 * -> map_sem of the inode -> alloc_lock -> folio lock of the block device.
 * Memory is had with GFP_NOFS inside map_sem and alloc_lock: reclaim would come back.
 *
 * Damage: nothing read from the disk is believed. What cannot be true gives -EUCLEAN
 * and one line in the log, and the super block is marked, so that e2fsck is run.
 *
 * Linux: fs/ext2/ext2.h.
 */
#pragma once
#include "kernel/fs/buffer.h"
#include "kernel/fs/ext2/layout.h"
#include "kernel/fs/internal.h"

struct ext2_sb_info {
	struct buffer sb_buf;		/* es is in it; held while mounted */
	struct ext2_super_block *es;
	struct buffer *gdt;		/* blocks of group descriptors, held while mounted */
	unsigned int gdt_blocks, gdt_reserved;
	unsigned int block_bits;	/* log2 of the block size */
	unsigned int ptrs_bits;		/* log2 of block numbers in a block */
	unsigned int inode_size, first_ino;
	u32 blocks_count, first_data_block, inodes_count;
	u32 blocks_per_group, inodes_per_group, groups;
	u32 itable_blocks;		/* of one group's inode table */
	u64 overhead;			/* blocks that no file can have */
	u64 data_run;			/* length << 32 | first block of what was found last */
	struct mutex alloc_lock;	/* bitmaps, counts of the descriptors and below */
	u64 free_blocks, free_inodes;	/* (alloc_lock) */
	u16 mount_state;		/* s_state when it was mounted */
	bool damaged;			/* EXT2_ERROR_FS was set */
	errseq_t wb_err;		/* errors of writing metadata before it was mounted */
};

struct ext2_inode_info {
	struct rw_semaphore map_sem;	/* i_block and indirect blocks: changed under write */
	le32 i_block[EXT2_N_BLOCKS];	/* as on the disk; text of a short symbolic link */
	u32 i_flags, i_file_acl, i_dtime, i_generation;
	u16 i_extra_isize;
	bool bad;			/* could not be read: for nobody's use */
	bool unwritten;			/* just allocated: the disk has an older inode's bytes */
	/* the one name of a directory: parent's number << 32 | hash of the name; 0: not known */
	u64 alias;
	u32 dir_start;			/* block of the directory where the last look-up ended */
	u32 dir_room;			/* ... and where there may be room for a name */
	u64 next_lblk;			/* (map_sem) behind the last block that was allocated ... */
	u32 next_goal;			/* ... and behind it on the disk */
	/* (i_rwsem) blocks of the page that write_begin() allocated, for write_end() */
	unsigned int new_blocks;
	struct inode vfs_inode;
};
#define EXT2_FAST_LINK_MAX	(EXT2_N_BLOCKS * 4 - 1)	/* text of a link that fits into i_block */

static inline struct ext2_inode_info *EXT2_I(const struct inode *inode)
{
	return container_of(inode, struct ext2_inode_info, vfs_inode);
}
static inline struct ext2_sb_info *EXT2_SB(const struct super_block *sb)
{
	return sb->s_fs_info;
}
/* super.c: a line "EXT2-fs error ...", the mark for e2fsck. => -EUCLEAN, to be returned. */
int ext2_error(struct super_block *sb, const char *fmt, ...) __printf(2, 3);
bool ext2_has_feature_filetype(struct super_block *sb);
/* ext2_set_large_file() - a file is larger than 2 GiB: the super block tells old kernels. */
void ext2_set_large_file(struct super_block *sb);

/* check.c: the super block and the descriptors are possible. 0, -EINVAL, -EUCLEAN. */
int __must_check ext2_check_super(struct super_block *sb, const struct ext2_super_block *es,
				  bool rdonly);
int __must_check ext2_check_groups(struct super_block *sb);

/* group.c */
struct ext2_group_desc *ext2_group(struct super_block *sb, u32 group);
void ext2_group_dirty(struct super_block *sb, u32 group);
u32 ext2_group_first_block(const struct ext2_sb_info *sbi, u32 group);
u32 ext2_group_blocks(const struct ext2_sb_info *sbi, u32 group);	/* the last has fewer */
bool ext2_group_has_super(const struct ext2_sb_info *sbi, u32 group);
/* ext2_data_blocks() - how many of `count` blocks from `block` on files may have: 0 if none. */
u32 ext2_data_blocks(struct super_block *sb, u32 block, u32 count);
/* ext2_read_meta() - sb_bread() of a block that a file's map names: -EUCLEAN if it cannot be. */
int __must_check ext2_read_meta(struct super_block *sb, u32 block, struct buffer *b);

/*
 * balloc.c: ext2_new_blocks() - up to *count blocks in a row, near goal: *block, *count are
 * what was got. 0, -ENOSPC, -EIO. ext2_free_blocks() - the other way; errors are logged.
 */
int __must_check ext2_new_blocks(struct inode *inode, u32 goal, u32 *count, u32 *block);
int ext2_free_blocks(struct super_block *sb, u32 block, u32 count);
/* ialloc.c: a new inode in the group of dir or elsewhere, I_NEW; 0, -ENOSPC, -EIO, -ENOMEM. */
int __must_check ext2_new_inode(struct inode *dir, umode_t mode, struct inode **inode);
void ext2_free_inode(struct inode *inode);

/*
 * map.c: ext2_map_blocks() - where logical block lblk is: *phys (0: a hole), and *count, at
 * most what was asked, blocks that follow in the same way. 0 or -errno.
 * ext2_alloc_blocks() - the same, but a hole is filled; *fresh: it was one.
 */
int __must_check ext2_map_blocks(struct inode *inode, u64 lblk, u32 *phys, u32 *count);
int __must_check ext2_alloc_blocks(struct inode *inode, u64 lblk, u32 *phys, u32 *count,
				   bool *fresh);
/* truncate.c: blocks behind the first `size` bytes go. */
void ext2_truncate_blocks(struct inode *inode, loff_t size);
/* does i_block hold block numbers? (not devices, short links) */
bool ext2_has_map(const struct inode *inode);
void ext2_inode_add_blocks(struct inode *inode, long blocks);	/* i_blocks; map_sem held */

/* inode.c */
int __must_check ext2_iget(struct super_block *sb, u32 ino, struct inode **inode);
int ext2_write_inode(struct inode *inode, bool wait);
void ext2_evict_inode(struct inode *inode);
void ext2_set_ops(struct inode *inode, dev_t rdev);
int ext2_setattr(struct dentry *dentry, struct iattr *attr);
/*
 * file.c: ext2_extend_size() - before i_size grows: what the last page has behind the old end
 * is zeros, and the next store to it through a mapping faults. => i_rwsem; no folio locked.
 */
void ext2_extend_size(struct inode *inode);
/* xattr.c: one user of the inode's block of attributes less. */
void ext2_xattr_release(struct inode *inode);

/* dir.c: names in a directory. => i_rwsem of dir held. */
struct ext2_slot { struct buffer buf; u32 block; unsigned int off; }; /* brelse(&slot.buf) after */
/* ext2_find_entry() - 0, -ENOENT, -EUCLEAN, -EIO. */
int __must_check ext2_find_entry(struct inode *dir, const char *name, unsigned int len,
				 struct ext2_slot *slot);
u32 ext2_slot_ino(const struct ext2_slot *slot);
int __must_check ext2_add_entry(struct inode *dir, const char *name, unsigned int len,
				struct inode *inode);
int __must_check ext2_delete_entry(struct inode *dir, struct ext2_slot *slot);
void ext2_set_entry(struct inode *dir, struct ext2_slot *slot, struct inode *inode);
int __must_check ext2_make_empty(struct inode *inode, struct inode *parent);
int __must_check ext2_dir_is_empty(struct inode *dir);		/* 1, 0, -errno */

extern const struct inode_operations ext2_dir_iops, ext2_file_iops, ext2_special_iops;
extern const struct inode_operations ext2_symlink_iops;
extern const struct file_operations ext2_dir_fops, ext2_file_fops;
extern const struct address_space_operations ext2_aops;
/* the super_operations that are in inode.c; the first is for boot */
void ext2_inode_cache_init(void);
struct inode *ext2_alloc_inode(struct super_block *sb);
void ext2_free_inode_memory(struct inode *inode);
/* symlink.c: the text into an inode just made. 0, -ENAMETOOLONG, -ENOSPC ... */
int __must_check ext2_symlink_set(struct inode *inode, const char *target);
/* mmap.c */
#if CONFIG_MMU
int ext2_file_mmap(struct file *file, struct vm_area_struct *vma);
#else
static inline int ext2_file_mmap(struct file *file, struct vm_area_struct *vma)
{
	return generic_file_mmap(file, vma);
}
#endif
/* aops.c: blocks for bytes [from, to) of a locked folio; *fresh: which were holes. */
int __must_check ext2_alloc_folio(struct inode *inode, struct folio *f, unsigned int from,
				  unsigned int to, unsigned int *fresh);
