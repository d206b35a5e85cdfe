/* SPDX-License-Identifier: MIT */
/*
 * ext2 as it lies on a disk. All numbers are little-endian.
 *
 *	block 0/1   super block, 1024 bytes from the start of the disk
 *	then        group descriptors, one for each group of blocks
 *	each group  [copies of both]  block bitmap  inode bitmap  inode table  data
 *
 * Source: the documentation of e2fsprogs. Linux: fs/ext2/ext2.h. Differs: names of
 * fields that nobody here looks at are left out.
 */
#pragma once
#include "lib/byteorder.h"

#define EXT2_SUPER_MAGIC	0xef53
#define EXT2_SUPER_OFFSET	1024
#define EXT2_ROOT_INO		2
#define EXT2_GOOD_OLD_FIRST_INO	11
#define EXT2_GOOD_OLD_INODE_SIZE 128
#define EXT2_MIN_BLOCK_SIZE	1024
#define EXT2_MAX_BLOCK_SIZE	4096
#define EXT2_LINK_MAX		32000
#define EXT2_NAME_LEN		255

#define EXT2_NDIR_BLOCKS	12
#define EXT2_N_BLOCKS		15	/* direct, then single, double, triple indirect */

struct ext2_super_block {
	le32 s_inodes_count, s_blocks_count, s_r_blocks_count;
	le32 s_free_blocks_count, s_free_inodes_count;
	le32 s_first_data_block;	/* 1 if blocks are of 1 KiB, else 0 */
	le32 s_log_block_size;		/* block size is 1024 << this */
	le32 s_log_frag_size;
	le32 s_blocks_per_group, s_frags_per_group, s_inodes_per_group;
	le32 s_mtime, s_wtime;		/* last mount, last write: seconds */
	le16 s_mnt_count, s_max_mnt_count, s_magic;
	le16 s_state;			/* EXT2_VALID_FS, EXT2_ERROR_FS */
	le16 s_errors, s_minor_rev_level;
	le32 s_lastcheck, s_checkinterval, s_creator_os;
	le32 s_rev_level;		/* 0: no features, inodes of 128 bytes */
	le16 s_def_resuid, s_def_resgid;
	le32 s_first_ino;		/* the first that is not reserved */
	le16 s_inode_size, s_block_group_nr;
	le32 s_feature_compat, s_feature_incompat, s_feature_ro_compat;
	u8 s_uuid[16];
	char s_volume_name[16], s_last_mounted[64];
	le32 s_algorithm_usage_bitmap;
	u8 s_prealloc_blocks, s_prealloc_dir_blocks;
	le16 s_reserved_gdt_blocks;	/* behind the descriptors, for growing */
	u8 s_unused[140];
	le16 s_min_extra_isize, s_want_extra_isize;
	u8 s_rest[672];
};
_Static_assert(sizeof(struct ext2_super_block) == 1024, "as on the disk");

#define EXT2_VALID_FS	1		/* unmounted cleanly */
#define EXT2_ERROR_FS	2		/* damage was seen: e2fsck is due */

#define EXT2_FEATURE_INCOMPAT_FILETYPE		0x2
#define EXT2_FEATURE_INCOMPAT_SUPP		EXT2_FEATURE_INCOMPAT_FILETYPE
#define EXT2_FEATURE_RO_COMPAT_SPARSE_SUPER	0x1
#define EXT2_FEATURE_RO_COMPAT_LARGE_FILE	0x2
#define EXT2_FEATURE_RO_COMPAT_BTREE_DIR	0x4
#define EXT2_FEATURE_RO_COMPAT_SUPP		0x7

struct ext2_group_desc {
	le32 bg_block_bitmap, bg_inode_bitmap, bg_inode_table;	/* block numbers */
	le16 bg_free_blocks_count, bg_free_inodes_count, bg_used_dirs_count;
	le16 bg_flags;
	le32 bg_reserved[3];
};
_Static_assert(sizeof(struct ext2_group_desc) == 32, "as on the disk");

struct ext2_inode {
	le16 i_mode, i_uid;
	le32 i_size;
	le32 i_atime, i_ctime, i_mtime, i_dtime;	/* seconds */
	le16 i_gid, i_links_count;
	le32 i_blocks;			/* in units of 512 bytes */
	le32 i_flags;
	le32 i_osd1;
	le32 i_block[EXT2_N_BLOCKS];
	le32 i_generation;
	le32 i_file_acl;		/* block of extended attributes */
	le32 i_size_high;		/* of regular files */
	le32 i_faddr;
	le16 i_osd2, i_fsize, i_uid_high, i_gid_high;
	le32 i_osd2_rest;
	/* Only if the file system's inodes are larger than 128 bytes: */
	le16 i_extra_isize, i_checksum_hi;
	le32 i_ctime_extra, i_mtime_extra, i_atime_extra;	/* nanoseconds << 2 | epoch */
	le32 i_crtime, i_crtime_extra;
	le32 i_version_hi, i_projid;
};
_Static_assert(sizeof(struct ext2_inode) == 160, "as on the disk");
#define EXT2_EXTRA_ISIZE	32	/* what a new large inode has beyond the 128 bytes */

#define EXT2_INDEX_FL	0x1000		/* directory with a hash tree, which we do not keep up */
#define EXT2_APPEND_FL	0x20
#define EXT2_IMMUTABLE_FL 0x10

struct ext2_dir_entry {
	le32 inode;			/* 0: free */
	le16 rec_len;			/* to the next one; the last reaches the end of the block */
	u8 name_len, file_type;		/* EXT2_FT_*, if the file system has FILETYPE */
	char name[];
};
#define EXT2_FT_REG_FILE 1
#define EXT2_FT_DIR	2
#define EXT2_FT_CHRDEV	3
#define EXT2_FT_BLKDEV	4
#define EXT2_FT_FIFO	5
#define EXT2_FT_SOCK	6
#define EXT2_FT_SYMLINK	7

/* A block of extended attributes, which several inodes may share. */
struct ext2_xattr_header {
	le32 h_magic, h_refcount, h_blocks, h_hash;
};
#define EXT2_XATTR_MAGIC	0xea020000
