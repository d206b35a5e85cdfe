/* SPDX-License-Identifier: MIT */
/*
 * Before a file system is used: can its super block and its descriptors be true?
 * After this, arithmetic with these numbers does not overflow, and what is computed
 * from them lies on the disk.
 *
 * Locks: none; it is not mounted yet.
 *
 * Linux: fs/ext2/super.c, ext2_fill_super(), ext2_check_descriptors().
 */
#include "kernel/fs/ext2/ext2.h"
#include "kernel/printk.h"

/* One line says why a disk was refused. */
static int refuse(struct super_block *sb, const char *why)
{
	pr_warn_ratelimited("EXT2-fs (%s): %s\n", sb->s_id, why);
	return -EINVAL;
}

/* What we do not know: incompatible means we cannot even read it. */
static int check_features(struct super_block *sb, const struct ext2_super_block *es, bool rdonly)
{
	u32 incompat, ro_compat;

	if (!le32_to_cpu(es->s_rev_level))
		return 0;
	incompat = le32_to_cpu(es->s_feature_incompat) & ~EXT2_FEATURE_INCOMPAT_SUPP;
	ro_compat = le32_to_cpu(es->s_feature_ro_compat) & ~EXT2_FEATURE_RO_COMPAT_SUPP;
	if (incompat) {
		pr_warn_ratelimited("EXT2-fs (%s): couldn't mount because of unsupported optional "
				    "features (%x)\n", sb->s_id, incompat);
		return -EINVAL;
	}
	if (ro_compat && !rdonly) {
		pr_warn_ratelimited("EXT2-fs (%s): couldn't mount RDWR because of unsupported "
				    "optional features (%x)\n", sb->s_id, ro_compat);
		return -EINVAL;
	}
	return 0;
}

static int check_geometry(struct super_block *sb, const struct ext2_super_block *es)
{
	u32 size = EXT2_MIN_BLOCK_SIZE << le32_to_cpu(es->s_log_block_size);
	u32 blocks = le32_to_cpu(es->s_blocks_count), first = le32_to_cpu(es->s_first_data_block);
	u32 bpg = le32_to_cpu(es->s_blocks_per_group), ipg = le32_to_cpu(es->s_inodes_per_group);
	u64 groups;

	if (first != (size == EXT2_MIN_BLOCK_SIZE) || blocks <= first)
		return refuse(sb, "wrong first data block or number of blocks");
	if (blocks > (sb->s_bdev->nr_sectors * SECTOR_SIZE) / size)
		return refuse(sb, "the file system is larger than the device");
	if (bpg < 8 || bpg > size * 8 || bpg % 8 || ipg < 8 || ipg > size * 8 || ipg % 8)
		return refuse(sb, "wrong size of groups");
	groups = DIV_ROUND_UP((u64)blocks - first, bpg);
	if (groups * ipg != le32_to_cpu(es->s_inodes_count))
		return refuse(sb, "wrong number of inodes");
	return 0;
}

static int check_inode_size(struct super_block *sb, const struct ext2_super_block *es)
{
	u32 size = EXT2_MIN_BLOCK_SIZE << le32_to_cpu(es->s_log_block_size);
	unsigned int isize = le16_to_cpu(es->s_inode_size);

	if (!le32_to_cpu(es->s_rev_level))
		return 0;
	if (isize < EXT2_GOOD_OLD_INODE_SIZE || isize > size || (isize & (isize - 1)))
		return refuse(sb, "wrong size of inodes");
	if (le32_to_cpu(es->s_first_ino) < EXT2_GOOD_OLD_FIRST_INO ||
	    le32_to_cpu(es->s_first_ino) > le32_to_cpu(es->s_inodes_per_group))
		return refuse(sb, "wrong first inode");
	return 0;
}

int ext2_check_super(struct super_block *sb, const struct ext2_super_block *es, bool rdonly)
{
	int err;

	if (le16_to_cpu(es->s_magic) != EXT2_SUPER_MAGIC)
		return refuse(sb, "can't find an ext2 filesystem");
	err = check_features(sb, es, rdonly);
	if (err)
		return err;
	if (le32_to_cpu(es->s_log_block_size) > 2)
		return refuse(sb, "blocks must be of 1, 2 or 4 KiB");
	err = check_geometry(sb, es);
	return err ? err : check_inode_size(sb, es);
}

/* Each group's own blocks are in the group, as mke2fs puts them without flex_bg. */
int ext2_check_groups(struct super_block *sb)
{
	struct ext2_sb_info *sbi = EXT2_SB(sb);

	for (u32 g = 0; g < sbi->groups; g++) {
		const struct ext2_group_desc *gd = ext2_group(sb, g);
		u32 first = ext2_group_first_block(sbi, g);
		u32 blocks = ext2_group_blocks(sbi, g);
		u32 bb = le32_to_cpu(gd->bg_block_bitmap) - first;
		u32 ib = le32_to_cpu(gd->bg_inode_bitmap) - first;
		u32 it = le32_to_cpu(gd->bg_inode_table) - first;
		u32 head = ext2_group_has_super(sbi, g) ? 1 + sbi->gdt_blocks : 0;

		/* Numbers below the group wrap to very large ones. */
		if (bb >= blocks || ib >= blocks || it >= blocks ||
		    sbi->itable_blocks > blocks - it || bb < head || ib < head || it < head) {
			pr_warn_ratelimited("EXT2-fs (%s): group descriptor %u is damaged\n",
					    sb->s_id, g);
			return -EUCLEAN;
		}
	}
	return 0;
}
