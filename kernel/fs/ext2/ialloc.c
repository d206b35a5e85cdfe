/* SPDX-License-Identifier: MIT */
/*
 * Inodes: found, taken and given back, by one bitmap of a block for each group.
 *
 * A file's inode is wanted in the group of its directory, where the directory's
 * other files are: ls(1) reads few blocks. A directory of the root goes to the group
 * with the most free blocks, so that trees spread over the disk.
 *
 * Locks: alloc_lock of the file system.
 *
 * Linux: fs/ext2/ialloc.c. Differs: a simpler choice of groups for directories.
 */
#include "kernel/fs/ext2/ext2.h"
#include "kernel/random.h"
#include "lib/bitmap.h"

/* One block holds it. */
static int read_bitmap(struct super_block *sb, u32 group, struct buffer *b)
{
	return sb_bread(sb, le32_to_cpu(ext2_group(sb, group)->bg_inode_bitmap), b);
}

/* => alloc_lock. As the same in balloc.c, and for directories their count too. */
static void add_free(struct super_block *sb, u32 group, int n, bool isdir)
{
	struct ext2_sb_info *sbi = EXT2_SB(sb);
	struct ext2_group_desc *gd = ext2_group(sb, group);
	long in_group = le16_to_cpu(gd->bg_free_inodes_count) + n;
	long dirs = le16_to_cpu(gd->bg_used_dirs_count) - (isdir ? n : 0);

	if (in_group >= 0 && in_group <= (long)sbi->inodes_per_group && dirs >= 0) {
		gd->bg_free_inodes_count = cpu_to_le16(in_group);
		gd->bg_used_dirs_count = cpu_to_le16(dirs);
	} else {
		ext2_error(sb, "wrong counts of inodes in group %u", group);
	}
	if (n > 0 || sbi->free_inodes)
		sbi->free_inodes += n;
	ext2_group_dirty(sb, group);
}

/* Numbers start at 1. */
static u32 group_of(struct super_block *sb, u64 ino)
{
	return (u32)(ino - 1) / EXT2_SB(sb)->inodes_per_group;
}

/* => alloc_lock. Where to look first: the group of dir, but for directories of the root. */
static u32 choose_group(struct inode *dir, bool isdir)
{
	struct super_block *sb = dir->i_sb;
	u32 best = group_of(sb, dir->i_ino), most = 0;

	if (!isdir || dir->i_ino != EXT2_ROOT_INO)
		return best;
	for (u32 g = 0; g < EXT2_SB(sb)->groups; g++) {
		const struct ext2_group_desc *gd = ext2_group(sb, g);

		if (gd->bg_free_inodes_count && le16_to_cpu(gd->bg_free_blocks_count) > most) {
			most = le16_to_cpu(gd->bg_free_blocks_count);
			best = g;
		}
	}
	return best;
}

/* => alloc_lock. The numbers below first_ino are reserved, whatever the bitmap says. */
static int alloc_in_group(struct super_block *sb, u32 group, u32 *ino)
{
	struct ext2_sb_info *sbi = EXT2_SB(sb);
	u32 start = group ? 0 : sbi->first_ino - 1, bit;
	struct buffer b;
	int err = read_bitmap(sb, group, &b);

	if (err)
		return err;
	bit = (u32)find_next_zero_bit(b.data, sbi->inodes_per_group, start);
	if (bit < sbi->inodes_per_group) {
		__set_bit(bit, b.data);
		mark_buffer_dirty(&b);
		*ino = group * sbi->inodes_per_group + bit + 1;
	}
	brelse(&b);
	return bit < sbi->inodes_per_group ? 0 : -ENOSPC;
}

/* The chosen group first, then those after it. */
static int alloc_ino(struct inode *dir, bool isdir, u32 *ino)
{
	struct super_block *sb = dir->i_sb;
	struct ext2_sb_info *sbi = EXT2_SB(sb);
	int err = -ENOSPC;
	u32 start, group;

	mutex_lock(&sbi->alloc_lock);
	start = choose_group(dir, isdir);
	for (u32 i = 0; i < sbi->groups && err == -ENOSPC; i++) {
		group = (start + i) % sbi->groups;
		if (!ext2_group(sb, group)->bg_free_inodes_count)
			continue;
		err = alloc_in_group(sb, group, ino);
		if (!err)
			add_free(sb, group, -1, isdir);
	}
	mutex_unlock(&sbi->alloc_lock);
	return err;
}

/* A bit that is clear already: somebody else freed it, the disk is damaged. */
static void free_ino(struct super_block *sb, u32 ino, bool isdir)
{
	struct ext2_sb_info *sbi = EXT2_SB(sb);
	u32 group = group_of(sb, ino);
	struct buffer b;

	if (ino < sbi->first_ino || ino > sbi->inodes_count) {
		ext2_error(sb, "freeing reserved inode %u", ino);
		return;
	}
	mutex_lock(&sbi->alloc_lock);
	if (!read_bitmap(sb, group, &b)) {
		if (__test_and_clear_bit((ino - 1) % sbi->inodes_per_group, b.data))
			add_free(sb, group, 1, isdir);
		else
			ext2_error(sb, "freeing inode %u, which is free", ino);
		mark_buffer_dirty(&b);
		brelse(&b);
	}
	mutex_unlock(&sbi->alloc_lock);
}

/*
 * Owner is root: there is one user. A directory with S_ISGID gives its group to what is
 * made in it, and the bit to directories.
 */
static void init_inode(struct inode *inode, struct inode *dir, umode_t mode)
{
	struct ext2_inode_info *ei = EXT2_I(inode);

	inode->i_mode = mode;
	inode->i_nlink = 1;
	ei->unwritten = true;
	if (dir->i_mode & S_ISGID) {
		inode->i_gid = dir->i_gid;
		if (S_ISDIR(mode))
			inode->i_mode |= S_ISGID;
	}
	inode->i_atime = inode->i_mtime = inode->i_ctime = current_time_ns();
	ei->i_generation = (u32)get_random_u64();
	if (EXT2_SB(inode->i_sb)->inode_size > EXT2_GOOD_OLD_INODE_SIZE)
		ei->i_extra_isize = EXT2_EXTRA_ISIZE;
}

/* An inode that is in use although its bit was clear: the bit stays set, the caller gives up. */
int ext2_new_inode(struct inode *dir, umode_t mode, struct inode **result)
{
	struct super_block *sb = dir->i_sb;
	struct inode *inode;
	u32 ino = 0;
	int err = alloc_ino(dir, S_ISDIR(mode), &ino);

	if (err)
		return err;
	err = iget_locked(sb, ino, &inode);
	if (err) {
		free_ino(sb, ino, S_ISDIR(mode));
		return err;
	}
	if (!(inode->i_state & I_NEW)) {
		iput(inode);
		return ext2_error(sb, "inode %u is in use, but was marked free", ino);
	}
	init_inode(inode, dir, mode);
	mark_inode_dirty(inode);
	*result = inode;
	return 0;
}

/*
 * The last step of its life: then the number may be had by another, who waits in
 * iget_locked() until this inode has left the table.
 */
void ext2_free_inode(struct inode *inode)
{
	free_ino(inode->i_sb, (u32)inode->i_ino, S_ISDIR(inode->i_mode));
}
