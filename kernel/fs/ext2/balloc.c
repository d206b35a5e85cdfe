/* SPDX-License-Identifier: MIT */
/*
 * Blocks: found, taken and given back, by one bitmap of a block for each group.
 *
 * A file's next block is wanted right behind its last one: what lies in a row is
 * read by one request. So the search starts at the goal, then looks for eight free
 * blocks in a row (a whole byte of the bitmap), then takes what there is; first in
 * the goal's group, then in those after it.
 *
 * Invariant: bit set = in use, or not there (behind the end of the last group). The
 * counts in descriptor and super block are those of the bits; where a damaged disk
 * says otherwise the bits are believed, and the counts never wrap.
 *
 * Locks: alloc_lock of the file system.
 *
 * Linux: fs/ext2/balloc.c. Differs: no reservation windows.
 */
#include "kernel/fs/ext2/ext2.h"
#include "lib/bitmap.h"

static int read_bitmap(struct super_block *sb, u32 group, struct buffer *b)
{
	return sb_bread(sb, le32_to_cpu(ext2_group(sb, group)->bg_block_bitmap), b);
}

/* Counts follow the bits, but not below 0 or above what there is. */
static void add_free(struct super_block *sb, u32 group, long n)
{
	struct ext2_sb_info *sbi = EXT2_SB(sb);
	struct ext2_group_desc *gd = ext2_group(sb, group);
	long in_group = le16_to_cpu(gd->bg_free_blocks_count) + n;
	long total = (long)sbi->free_blocks + n;

	if (in_group >= 0 && in_group <= (long)ext2_group_blocks(sbi, group))
		gd->bg_free_blocks_count = cpu_to_le16(in_group);
	else
		ext2_error(sb, "wrong count of free blocks in group %u", group);
	sbi->free_blocks = (u64)max(total, 0L);
	ext2_group_dirty(sb, group);
}

/* The place to start in a bitmap of `bits`: see the head. bits if all are in use. */
static u32 find_free(const unsigned long *map, u32 bits, u32 goal)
{
	const u8 *bytes = (const u8 *)map;
	u32 byte;

	if (goal < bits && !(bytes[goal / 8] & 1 << goal % 8))
		return goal;
	for (byte = DIV_ROUND_UP(goal, 8); byte < bits / 8; byte++) {
		if (!bytes[byte])
			return byte * 8;
	}
	goal = goal < bits ? (u32)find_next_zero_bit(map, bits, goal) : bits;
	return goal < bits ? goal : (u32)find_first_zero_bit(map, bits);
}

/*
 * => alloc_lock. Take up to *count blocks of group: *block. -ENOSPC: none here. What the
 * bitmap calls free but belongs to the file system is marked as used, and passed over.
 */
static int alloc_in_group(struct super_block *sb, u32 group, u32 goal, u32 *count, u32 *block)
{
	struct ext2_sb_info *sbi = EXT2_SB(sb);
	u32 bits = ext2_group_blocks(sbi, group), first = ext2_group_first_block(sbi, group);
	struct buffer b;
	unsigned long *map;
	u32 bit, n, max;
	int err = read_bitmap(sb, group, &b);

	if (err)
		return err;
	map = b.data;
	while ((bit = find_free(map, bits, goal)) < bits) {
		max = ext2_data_blocks(sb, first + bit, min(*count, bits - bit));
		if (max)
			break;
		ext2_error(sb, "block %u of the file system itself is marked free", first + bit);
		__set_bit(bit, map);
		mark_buffer_dirty(&b);
	}
	if (bit >= bits) {
		brelse(&b);
		return -ENOSPC;
	}
	for (n = 0; n < max && !test_bit(bit + n, map); n++)
		__set_bit(bit + n, map);
	mark_buffer_dirty(&b);
	brelse(&b);
	add_free(sb, group, -(long)n);
	*block = first + bit;
	*count = n;
	return 0;
}

int ext2_new_blocks(struct inode *inode, u32 goal, u32 *count, u32 *block)
{
	struct super_block *sb = inode->i_sb;
	struct ext2_sb_info *sbi = EXT2_SB(sb);
	int err = -ENOSPC;
	u32 start, group;

	if (goal < sbi->first_data_block || goal >= sbi->blocks_count)
		goal = sbi->first_data_block;
	start = (goal - sbi->first_data_block) / sbi->blocks_per_group;
	mutex_lock(&sbi->alloc_lock);
	for (u32 i = 0; i < sbi->groups && err == -ENOSPC; i++) {
		group = (start + i) % sbi->groups;
		if (!ext2_group(sb, group)->bg_free_blocks_count)
			continue;
		err = alloc_in_group(sb, group, i ? 0 : goal - ext2_group_first_block(sbi, group),
				     count, block);
	}
	mutex_unlock(&sbi->alloc_lock);
	return err;
}

/* => alloc_lock; all in one group. Blocks that are free already are a sign of damage. */
static int free_in_group(struct super_block *sb, u32 group, u32 bit, u32 count)
{
	struct buffer b;
	u32 freed = 0;
	int err = read_bitmap(sb, group, &b);

	if (err)
		return err;
	for (u32 i = 0; i < count; i++)
		freed += __test_and_clear_bit(bit + i, b.data);
	mark_buffer_dirty(&b);
	brelse(&b);
	add_free(sb, group, freed);
	return freed == count ? 0 : ext2_error(sb, "freeing blocks that are free, in group %u",
					       group);
}

int ext2_free_blocks(struct super_block *sb, u32 block, u32 count)
{
	struct ext2_sb_info *sbi = EXT2_SB(sb);
	int err = 0;

	while (count && !err) {
		u32 n = ext2_data_blocks(sb, block, count);
		u32 group = (block - sbi->first_data_block) / sbi->blocks_per_group;

		if (!n)
			return ext2_error(sb, "freeing block %u, which is not for files", block);
		mutex_lock(&sbi->alloc_lock);
		err = free_in_group(sb, group, block - ext2_group_first_block(sbi, group), n);
		mutex_unlock(&sbi->alloc_lock);
		block += n;
		count -= n;
	}
	return err;
}
