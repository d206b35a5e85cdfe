/* SPDX-License-Identifier: MIT */
/*
 * Symbolic links. A short text (up to 59 bytes) lies in the inode itself, in the
 * place of the block numbers: a "fast" link. A longer one has a block.
 *
 * Locks: none; a link does not change once it is made.
 *
 * Linux: fs/ext2/symlink.c. Differs: the block is in the device's cache.
 */
#include "kernel/fs/ext2/ext2.h"
#include "lib/string.h"

/* What was read may lack its 0, or have one too early. */
static int put_text(char *buf, size_t n, const char *text, size_t len)
{
	if (len >= n)
		return -ENAMETOOLONG;
	memcpy(buf, text, len);
	buf[len] = 0;
	return 0;
}

static int ext2_readlink(struct dentry *dentry, char *buf, size_t n)
{
	struct inode *inode = dentry->d_inode;
	size_t len = (size_t)inode->i_size;
	u32 phys, count = 1;
	struct buffer b;
	int err;

	if (!ext2_has_map(inode))
		return put_text(buf, n, (const char *)EXT2_I(inode)->i_block, len);
	err = ext2_map_blocks(inode, 0, &phys, &count);
	if (!err && !phys)
		err = ext2_error(inode->i_sb, "symbolic link %lu has no text", inode->i_ino);
	if (!err)
		err = sb_bread(inode->i_sb, phys, &b);
	if (err)
		return err;
	err = put_text(buf, n, b.data, len);
	brelse(&b);
	return err;
}

/* A link of a whole block has no room for the 0 that other systems want behind it. */
int ext2_symlink_set(struct inode *inode, const char *target)
{
	size_t len = strlen(target);
	u32 phys, count = 1;
	struct buffer b;
	bool fresh;
	int err;

	if (len >= inode->i_sb->s_blocksize)
		return -ENAMETOOLONG;
	if (len > EXT2_FAST_LINK_MAX) {
		err = ext2_alloc_blocks(inode, 0, &phys, &count, &fresh);
		if (!err)
			err = sb_getblk(inode->i_sb, phys, &b);
		if (err)
			return err;
		memcpy(b.data, target, len);
		mark_buffer_dirty(&b);
		brelse(&b);
	} else {
		memcpy(EXT2_I(inode)->i_block, target, len);
	}
	inode->i_size = (loff_t)len;
	mark_inode_dirty(inode);
	return 0;
}

const struct inode_operations ext2_symlink_iops = {
	.readlink = ext2_readlink,
	.setattr = ext2_setattr,
};
