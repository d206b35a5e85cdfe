/* SPDX-License-Identifier: MIT */
/*
 * Extended attributes: the block an inode may have for them, which several inodes
 * can share. They are neither read nor made here, but a file that is deleted must
 * give its block back, or e2fsck would complain.
 *
 * Locks: alloc_lock for the count of users.
 *
 * Linux: fs/ext2/xattr.c, ext2_xattr_delete_inode(). Differs: no more than that.
 */
#include "kernel/fs/ext2/ext2.h"

void ext2_xattr_release(struct inode *inode)
{
	struct super_block *sb = inode->i_sb;
	struct ext2_inode_info *ei = EXT2_I(inode);
	struct ext2_xattr_header *h;
	struct buffer b;
	bool last = false;

	if (!ei->i_file_acl)
		return;
	if (ext2_read_meta(sb, ei->i_file_acl, &b))
		goto out;
	h = b.data;
	mutex_lock(&EXT2_SB(sb)->alloc_lock);
	if (le32_to_cpu(h->h_magic) != EXT2_XATTR_MAGIC || !h->h_refcount) {
		ext2_error(sb, "inode %lu: bad block of attributes %u", inode->i_ino,
			   ei->i_file_acl);
	} else {
		last = le32_to_cpu(h->h_refcount) == 1;
		h->h_refcount = cpu_to_le32(le32_to_cpu(h->h_refcount) - 1);
		mark_buffer_dirty(&b);
	}
	mutex_unlock(&EXT2_SB(sb)->alloc_lock);
	brelse(&b);
	if (last) {
		sb_forget(sb, ei->i_file_acl);
		ext2_free_blocks(sb, ei->i_file_acl, 1);
	}
out:
	ei->i_file_acl = 0;
}
