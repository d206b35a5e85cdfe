/* SPDX-License-Identifier: MIT */
/*
 * Where the blocks of a file are: from logical block to block of the disk, and
 * filling holes.
 *
 *	i_block[0..11]   the first 12 blocks
 *	i_block[12]  ->  a block of numbers                      (single indirect)
 *	i_block[13]  ->  a block of numbers of such blocks       (double)
 *	i_block[14]  ->  one level more                          (triple)
 *
 * A number 0 anywhere is a hole: all that would be below it reads as zeros. Questions
 * and answers are about runs, so that a caller who wants 32 blocks that lie in a row
 * asks once.
 *
 * Invariants: an indirect block is all zeros when its number is put in its place; a
 * failure leaves at most indirect blocks without blocks, which are valid.
 *
 * Locks: map_sem for reading to look, for writing to change.
 *
 * Linux: fs/ext2/inode.c, ext2_get_blocks(). Differs: a lock instead of re-checking
 * the chain; a missing level is put in place as soon as it exists.
 */
#include "kernel/fs/ext2/ext2.h"

/* A walk: `slot` is the place of the number we are at, in i_block or in `buf`. */
struct ext2_walk {
	struct inode *inode;
	int depth;
	unsigned int offsets[4];
	unsigned int left;		/* numbers in the last array from the slot on */
	le32 *slot;
	struct buffer buf;		/* what slot is in; none: i_block */
};

static int walk_start(struct ext2_walk *w, struct inode *inode, u64 lblk)
{
	w->inode = inode;
	w->buf.folio = NULL;
	w->depth = ext2_block_to_path(lblk, EXT2_SB(inode->i_sb)->ptrs_bits, w->offsets,
				      &w->left);
	if (!w->depth)
		return -EFBIG;
	w->slot = &EXT2_I(inode)->i_block[w->offsets[0]];
	return 0;
}

static void walk_end(struct ext2_walk *w)
{
	brelse(&w->buf);
}

/* Into the indirect block that the slot names, which is not 0. */
static int walk_down(struct ext2_walk *w, unsigned int level)
{
	struct buffer next;
	int err = ext2_read_meta(w->inode->i_sb, le32_to_cpu(*w->slot), &next);

	if (err)
		return err;
	brelse(&w->buf);
	w->buf = next;
	w->slot = (le32 *)next.data + w->offsets[level];
	return 0;
}

/* The slot got a number: whatever it is in must be written. */
static void walk_set(struct ext2_walk *w, le32 *slot, u32 block)
{
	WRITE_ONCE(*slot, cpu_to_le32(block));
	if (w->buf.folio)
		mark_buffer_dirty(&w->buf);
	else
		mark_inode_dirty(w->inode);
}

/* How many of the next numbers, at most max, go on as the first does. */
static u32 run_length(const le32 *slot, u32 max)
{
	u32 first = le32_to_cpu(*slot), n = 1;

	while (n < max && le32_to_cpu(slot[n]) == (first ? first + n : 0))
		n++;
	return n;
}

/* The answer at the last level; a number that no file may have is damage. */
static int walk_answer(struct ext2_walk *w, u32 *phys, u32 *count)
{
	u32 block = le32_to_cpu(*w->slot);

	*count = run_length(w->slot, min(*count, w->left));
	*phys = block;
	if (!block)
		return 0;
	*count = ext2_data_blocks(w->inode->i_sb, block, *count);
	if (*count)
		return 0;
	return ext2_error(w->inode->i_sb, "inode %lu: block %u is not for files",
			  w->inode->i_ino, block);
}

/* => map_sem. A hole at a higher level is told in pieces of one last array. */
static int do_map(struct ext2_walk *w, u32 *phys, u32 *count)
{
	for (int level = 1; level < w->depth; level++) {
		int err;

		if (!*w->slot) {
			*phys = 0;
			*count = min(*count, w->left);
			return 0;
		}
		err = walk_down(w, level);
		if (err)
			return err;
	}
	return walk_answer(w, phys, count);
}

int ext2_map_blocks(struct inode *inode, u64 lblk, u32 *phys, u32 *count)
{
	struct ext2_inode_info *ei = EXT2_I(inode);
	struct ext2_walk w;
	int err;

	VM_BUG_ON(!*count);
	down_read(&ei->map_sem);
	err = walk_start(&w, inode, lblk);
	if (!err)
		err = do_map(&w, phys, count);
	walk_end(&w);
	up_read(&ei->map_sem);
	return err;
}

/* ---- filling holes ---- */

/* i_blocks counts units of 512 bytes, indirect blocks included. */
void ext2_inode_add_blocks(struct inode *inode, long blocks)
{
	long units = blocks * (long)(inode->i_sb->s_blocksize / SECTOR_SIZE);

	inode->i_blocks = units < 0 && inode->i_blocks < (u64)-units ? 0 : inode->i_blocks + units;
	mark_inode_dirty(inode);
}

/*
 * Behind the block before it; else behind what was last allocated, if the file grows
 * in order; else in the inode's group.
 */
static u32 find_goal(const struct ext2_walk *w, u64 lblk)
{
	struct inode *inode = w->inode;
	const struct ext2_inode_info *ei = EXT2_I(inode);
	const struct ext2_sb_info *sbi = EXT2_SB(inode->i_sb);
	const le32 *start = w->buf.folio ? w->buf.data : ei->i_block;

	if (lblk == ei->next_lblk && ei->next_goal)
		return ei->next_goal;
	for (const le32 *p = w->slot; p-- > start; ) {
		if (*p)
			return le32_to_cpu(*p) + 1;
	}
	return ext2_group_first_block(sbi, (u32)(inode->i_ino - 1) / sbi->inodes_per_group);
}

/* A missing level: a block of zeros, put in its place and entered. */
static int add_level(struct ext2_walk *w, u64 lblk, unsigned int level)
{
	struct super_block *sb = w->inode->i_sb;
	struct buffer next;
	u32 block, one = 1;
	int err = ext2_new_blocks(w->inode, find_goal(w, lblk), &one, &block);

	if (err)
		return err;
	err = sb_getblk(sb, block, &next);
	if (err) {
		ext2_free_blocks(sb, block, 1);
		return err;
	}
	ext2_inode_add_blocks(w->inode, 1);
	walk_set(w, w->slot, block);
	EXT2_I(w->inode)->next_lblk = lblk;
	EXT2_I(w->inode)->next_goal = block + 1;
	brelse(&w->buf);
	w->buf = next;
	w->slot = (le32 *)next.data + w->offsets[level];
	return 0;
}

/* At the last level, on a hole: as much of it in a row as can be had. */
static int fill_hole(struct ext2_walk *w, u64 lblk, u32 *phys, u32 *count)
{
	struct ext2_inode_info *ei = EXT2_I(w->inode);
	int err;

	*count = run_length(w->slot, min(*count, w->left));
	err = ext2_new_blocks(w->inode, find_goal(w, lblk), count, phys);
	if (err)
		return err;
	/* From the cache of metadata, whatever the blocks were before, nothing is written. */
	for (u32 i = 0; i < *count; i++)
		walk_set(w, w->slot + i, *phys + i);
	ext2_inode_add_blocks(w->inode, *count);
	ei->next_lblk = lblk + *count;
	ei->next_goal = *phys + *count;
	return 0;
}

/* => map_sem for writing. */
static int do_alloc(struct ext2_walk *w, u64 lblk, u32 *phys, u32 *count, bool *fresh)
{
	for (int level = 1; level < w->depth; level++) {
		int err = *w->slot ? walk_down(w, level) : add_level(w, lblk, level);

		if (err)
			return err;
	}
	*fresh = !*w->slot;
	return *fresh ? fill_hole(w, lblk, phys, count) : walk_answer(w, phys, count);
}

int ext2_alloc_blocks(struct inode *inode, u64 lblk, u32 *phys, u32 *count, bool *fresh)
{
	struct ext2_inode_info *ei = EXT2_I(inode);
	struct ext2_walk w;
	int err;

	VM_BUG_ON(!*count);
	down_write(&ei->map_sem);
	err = walk_start(&w, inode, lblk);
	if (!err)
		err = do_alloc(&w, lblk, phys, count, fresh);
	walk_end(&w);
	up_write(&ei->map_sem);
	return err;
}
