/* SPDX-License-Identifier: MIT */
/*
 * Groups of blocks: their descriptors, and which blocks belong to the file system
 * itself (super block copies, descriptors, bitmaps, inode tables).
 *
 * The latter is asked for every block number that a file's map gives and for every
 * block the bitmap says is free: so a damaged map never makes a file out of the
 * inode table, whatever it says.
 *
 * Locks: descriptors' counts: alloc_lock. Block numbers in them never change.
 *
 * Linux: fs/ext2/balloc.c, super.c. Differs: each block's use is computed, where
 * ext4 keeps a tree of system zones.
 */
#include "kernel/fs/ext2/ext2.h"

/* A block of descriptors holds a power of two of them. */
struct ext2_group_desc *ext2_group(struct super_block *sb, u32 group)
{
	struct ext2_sb_info *sbi = EXT2_SB(sb);
	u32 per_block = (u32)(sb->s_blocksize / sizeof(struct ext2_group_desc));
	struct ext2_group_desc *table;

	VM_BUG_ON(group >= sbi->groups);
	table = sbi->gdt[group / per_block].data;
	return &table[group % per_block];
}

void ext2_group_dirty(struct super_block *sb, u32 group)
{
	u32 per_block = (u32)(sb->s_blocksize / sizeof(struct ext2_group_desc));

	mark_buffer_dirty(&EXT2_SB(sb)->gdt[group / per_block]);
}

u32 ext2_group_first_block(const struct ext2_sb_info *sbi, u32 group)
{
	return sbi->first_data_block + group * sbi->blocks_per_group;
}

u32 ext2_group_blocks(const struct ext2_sb_info *sbi, u32 group)
{
	return min(sbi->blocks_per_group, sbi->blocks_count - ext2_group_first_block(sbi, group));
}

static bool is_power_of(u32 n, u32 base)
{
	while (n > 1 && n % base == 0)
		n /= base;
	return n == 1;
}

/* Sparse: only groups 0, 1 and powers of 3, 5 and 7 have copies. */
bool ext2_group_has_super(const struct ext2_sb_info *sbi, u32 group)
{
	if (!(le32_to_cpu(sbi->es->s_feature_ro_compat) & EXT2_FEATURE_RO_COMPAT_SPARSE_SUPER))
		return true;
	return group <= 1 || is_power_of(group, 3) || is_power_of(group, 5) ||
	       is_power_of(group, 7);
}

/* How many blocks from `block` on are before the system's [start, start + len): 0 if inside. */
static u32 clip(u32 block, u32 count, u32 start, u32 len)
{
	if (block + count <= start || block >= start + len)
		return count;
	return block < start ? start - block : 0;
}

/* How many there are from `block` on to the end of its group. */
static u32 count_data_blocks(struct super_block *sb, u32 block)
{
	struct ext2_sb_info *sbi = EXT2_SB(sb);
	struct ext2_group_desc *gd;
	u32 group, first, count;

	if (block < sbi->first_data_block || block >= sbi->blocks_count)
		return 0;
	group = (block - sbi->first_data_block) / sbi->blocks_per_group;
	first = ext2_group_first_block(sbi, group);
	count = first + ext2_group_blocks(sbi, group) - block;
	gd = ext2_group(sb, group);
	if (ext2_group_has_super(sbi, group))
		count = clip(block, count, first, 1 + sbi->gdt_blocks + sbi->gdt_reserved);
	count = clip(block, count, le32_to_cpu(gd->bg_block_bitmap), 1);
	count = clip(block, count, le32_to_cpu(gd->bg_inode_bitmap), 1);
	return clip(block, count, le32_to_cpu(gd->bg_inode_table), sbi->itable_blocks);
}

/* A file's blocks, and the blocks with their numbers, are mostly in one run: see data_run. */
u32 ext2_data_blocks(struct super_block *sb, u32 block, u32 count)
{
	struct ext2_sb_info *sbi = EXT2_SB(sb);
	u64 run = READ_ONCE(sbi->data_run);
	u32 skip = block - (u32)run, len = run >> 32;

	if (likely(skip < len))
		return min(count, len - skip);
	len = count_data_blocks(sb, block);
	if (len)
		WRITE_ONCE(sbi->data_run, (u64)len << 32 | block);
	return min(count, len);
}

int ext2_read_meta(struct super_block *sb, u32 block, struct buffer *b)
{
	b->folio = NULL;
	if (!ext2_data_blocks(sb, block, 1))
		return ext2_error(sb, "block %u is not for files", block);
	return sb_bread(sb, block, b);
}
