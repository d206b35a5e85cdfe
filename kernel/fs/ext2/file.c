/* SPDX-License-Identifier: MIT */
/*
 * Regular files: their operations and their length.
 *
 * Shrinking: the block with the new end is brought in first, for its rest must become
 * zeros on the disk; then i_size, then the pages, then the blocks. Growing leaves a
 * hole; only what a mapping may have stored behind the old end is wiped out.
 *
 * Locks: i_rwsem (the VFS) for the length.
 *
 * Linux: fs/ext2/file.c, inode.c ext2_setsize(), fs/attr.c.
 */
#include "kernel/fs/ext2/ext2.h"
#include "lib/string.h"
#include "mm/rmap.h"

/* With blocks smaller than a page, the page may get blocks that a store now must allocate. */
void ext2_extend_size(struct inode *inode)
{
	unsigned int offset = offset_in_page(inode->i_size);
	struct folio *f;

	if (!offset)
		return;
	f = filemap_lock_folio(inode->i_mapping, (pgoff_t)inode->i_size >> PAGE_SHIFT);
	if (!f)
		return;
	if (folio_test(f, PG_uptodate))
		memset(folio_address(f) + offset, 0, PAGE_SIZE - offset);
	if (CONFIG_MMU && inode->i_sb->s_blocksize < PAGE_SIZE && folio_mkclean(f))
		folio_mark_dirty(f);
	folio_unlock(f);
	folio_put(f);
}

/* *edge: the page that holds the new end, in memory, if the file has a block there. */
static int bring_in_edge(struct inode *inode, loff_t size, struct folio **edge)
{
	u32 phys, count = 1;
	int err;

	*edge = NULL;
	if (!(size & (loff_t)(inode->i_sb->s_blocksize - 1)))
		return 0;
	err = ext2_map_blocks(inode, (u64)size >> EXT2_SB(inode->i_sb)->block_bits, &phys, &count);
	if (err || !phys)
		return err;
	return read_cache_folio(inode->i_mapping, (pgoff_t)size >> PAGE_SHIFT, NULL, edge);
}

/* truncate_pagecache() wipes out the rest of the edge, and makes it dirty. */
static int shrink(struct inode *inode, loff_t size)
{
	struct folio *edge;
	int err = bring_in_edge(inode, size, &edge);

	if (err)
		return err;
	WRITE_ONCE(inode->i_size, size);
	truncate_pagecache(inode, size);
	if (edge)
		folio_put(edge);
	ext2_truncate_blocks(inode, size);
	return 0;
}

/* Size first: it is what can fail. */
int ext2_setattr(struct dentry *dentry, struct iattr *attr)
{
	struct inode *inode = dentry->d_inode;
	int err = 0;

	if (attr->valid & ATTR_SIZE) {
		if (!S_ISREG(inode->i_mode))
			return -EINVAL;
		if (attr->size < inode->i_size) {
			err = shrink(inode, attr->size);
		} else if (attr->size > inode->i_size) {
			ext2_extend_size(inode);
			WRITE_ONCE(inode->i_size, attr->size);
		}
	}
	if (!err)
		setattr_copy(inode, attr);
	return err;
}

const struct inode_operations ext2_file_iops = { .setattr = ext2_setattr };
const struct inode_operations ext2_special_iops = { .setattr = ext2_setattr };

const struct file_operations ext2_file_fops = {
	.llseek = generic_file_llseek,
	.read_iter = generic_file_read_iter,
	.write_iter = generic_file_write_iter,
	.mmap = ext2_file_mmap,
	.fsync = generic_file_fsync,
};
