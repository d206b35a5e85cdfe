/* SPDX-License-Identifier: MIT */
/*
 * Giving back the blocks of a file from some size on: the trees of indirect blocks
 * are cut along the new end.
 *
 * Blocks go in runs: a file that lies in a row costs one change of a bitmap. Indirect
 * blocks are dropped from the cache of metadata before others may have them
 * (sb_forget()).
 *
 * On a damaged disk the "tree" may have rings. The walk goes down three levels at
 * most, and it stops when a block turns out to be free already; so each block is
 * freed at most once, and it ends.
 *
 * Locks: map_sem for writing. The pages are out of the page cache already.
 *
 * Linux: fs/ext2/inode.c, ext2_truncate_blocks(). Differs: one recursion for whole
 * and partial trees.
 */
#include "kernel/fs/ext2/ext2.h"

struct ext2_cut {
	struct inode *inode;
	u32 start, count;		/* blocks gathered, not yet freed */
	int err;			/* damage: no further */
};

static void cut_flush(struct ext2_cut *cut)
{
	if (!cut->count)
		return;
	cut->err = ext2_free_blocks(cut->inode->i_sb, cut->start, cut->count);
	ext2_inode_add_blocks(cut->inode, -(long)cut->count);
	cut->count = 0;
}

/* Trees are walked forwards and files are written forwards: runs grow at their end. */
static void cut_block(struct ext2_cut *cut, u32 block)
{
	if (cut->count && block == cut->start + cut->count) {
		cut->count++;
		return;
	}
	cut_flush(cut);
	cut->start = block;
	cut->count = 1;
}

static void cut_tree(struct ext2_cut *cut, le32 *slot, int depth, u64 keep);

/* The numbers in an indirect block: those wholly before `keep` stay. */
static void cut_branch(struct ext2_cut *cut, le32 *slot, int depth, u64 keep)
{
	struct super_block *sb = cut->inode->i_sb;
	unsigned int bits = EXT2_SB(sb)->ptrs_bits * (unsigned int)(depth - 1);
	u32 n = 1U << EXT2_SB(sb)->ptrs_bits, block = le32_to_cpu(*slot);
	struct buffer b;

	cut->err = ext2_read_meta(sb, block, &b);
	if (cut->err)
		return;
	for (u32 i = (u32)(keep >> bits); i < n && !cut->err; i++) {
		u64 before = (u64)i << bits;

		cut_tree(cut, (le32 *)b.data + i, depth - 1, keep > before ? keep - before : 0);
	}
	if (keep)
		mark_buffer_dirty(&b);
	brelse(&b);
}

/* The tree at *slot, of `depth` levels of indirect blocks: its first `keep` blocks stay. */
static void cut_tree(struct ext2_cut *cut, le32 *slot, int depth, u64 keep)
{
	struct super_block *sb = cut->inode->i_sb;
	u32 block = le32_to_cpu(*slot);

	if (!block)
		return;
	if (depth)
		cut_branch(cut, slot, depth, keep);
	if (keep || cut->err)
		return;
	if (ext2_data_blocks(sb, block, 1)) {
		if (depth || !S_ISREG(cut->inode->i_mode))
			sb_forget(sb, block);
		cut_block(cut, block);
	} else {
		cut->err = ext2_error(sb, "inode %lu: block %u is not for files",
				      cut->inode->i_ino, block);
	}
	*slot = 0;
}

/* Fast symbolic links have their text there, devices their number. */
bool ext2_has_map(const struct inode *inode)
{
	const struct ext2_inode_info *ei = EXT2_I(inode);
	u64 xattr = ei->i_file_acl ? inode->i_sb->s_blocksize / SECTOR_SIZE : 0;

	if (S_ISLNK(inode->i_mode))
		return inode->i_blocks > xattr;
	return S_ISREG(inode->i_mode) || S_ISDIR(inode->i_mode);
}

/* Where damage stopped the walk, the rest is left to e2fsck. */
void ext2_truncate_blocks(struct inode *inode, loff_t size)
{
	struct ext2_inode_info *ei = EXT2_I(inode);
	unsigned int ptrs_bits = EXT2_SB(inode->i_sb)->ptrs_bits;
	u64 keep = DIV_ROUND_UP((u64)size, inode->i_sb->s_blocksize);
	struct ext2_cut cut = { .inode = inode };
	u64 base = EXT2_NDIR_BLOCKS;

	if (!ext2_has_map(inode))
		return;
	down_write(&ei->map_sem);
	for (u64 i = keep; i < EXT2_NDIR_BLOCKS && !cut.err; i++)
		cut_tree(&cut, &ei->i_block[i], 0, 0);
	for (int depth = 1; depth <= 3 && !cut.err; depth++) {
		u64 span = 1UL << (unsigned int)depth * ptrs_bits;

		if (keep < base + span)
			cut_tree(&cut, &ei->i_block[EXT2_NDIR_BLOCKS + depth - 1], depth,
				 keep > base ? keep - base : 0);
		base += span;
	}
	cut_flush(&cut);
	ei->next_goal = 0;
	mark_inode_dirty(inode);
	up_write(&ei->map_sem);
}
