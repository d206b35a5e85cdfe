/* SPDX-License-Identifier: MIT */
/*
 * Files' content between the page cache and the disk.
 *
 * mpage.c reads and writes folios, in requests of up to 128 KiB, when told where their
 * blocks are. Writing allocates when the page is made dirty, by write(2) or by the fault of a
 * first store: so a full disk is told to who writes, and never found out when it is
 * too late. A dirty page's blocks exist; what has none is a hole, and is zeros.
 *
 * Behind the end of the file: blocks are not read, bytes are written as zeros. That
 * is looked at with the folio locked, when truncate either has shrunk i_size already
 * or will wait for the folio.
 *
 * Invariant: a block that was a hole when it was allocated gets a dirty page over it
 * or is given back, whatever fails in between; its old bytes are never seen.
 *
 * Locks: the folio; i_rwsem of the inode around write_begin and write_end.
 *
 * Linux: fs/ext2/inode.c, fs/buffer.c, fs/mpage.c. Differs: uptodate is a matter of
 * whole pages.
 */
#include "kernel/fs/ext2/ext2.h"
#include "kernel/fs/mpage.h"
#include "lib/string.h"

/*
 * For mpage.c. Behind the end there are holes, whatever the map still says: truncate has
 * shrunk i_size, and is about to free the blocks. Holes are never filled here, see the head.
 */
static int ext2_get_block(struct inode *inode, struct block_map *map, bool create)
{
	unsigned int bits = EXT2_SB(inode->i_sb)->block_bits;
	u64 end = DIV_ROUND_UP((u64)READ_ONCE(inode->i_size), 1UL << bits);
	u32 phys, count;
	int err;

	map->sector = SECTOR_HOLE;
	if (map->block >= end)
		return 0;
	count = (u32)min_t(u64, map->nr, end - map->block);
	err = ext2_map_blocks(inode, map->block, &phys, &count);
	map->nr = count;
	if (!err && phys)
		map->sector = (sector_t)phys << (bits - 9);
	return err;
}

static void ext2_readahead(struct file *file, struct address_space *mapping,
			   struct folio **folios, unsigned int nr)
{
	mpage_readahead(mapping, folios, nr, ext2_get_block);
}

/* An error shows in the folio. */
static int ext2_read_folio(struct file *file, struct folio *f)
{
	return mpage_read_folio(f, ext2_get_block);
}

/* Joins the request that wbc gathers. */
static int ext2_writepage(struct folio *f, struct writeback_control *wbc)
{
	return mpage_writepage(f, wbc, ext2_get_block);
}

/* ---- write(2) ---- */

/* Run by run; at an error what is fresh already is in *fresh. */
int ext2_alloc_folio(struct inode *inode, struct folio *f, unsigned int from, unsigned int to,
		     unsigned int *fresh)
{
	unsigned int bits = EXT2_SB(inode->i_sb)->block_bits;
	unsigned int block = from >> bits, end = DIV_ROUND_UP(to, 1U << bits);

	*fresh = 0;
	while (block < end) {
		u64 lblk = ((u64)folio_pos(f) >> bits) + block;
		u32 phys, count = end - block;
		bool was_hole = false;
		int err = ext2_alloc_blocks(inode, lblk, &phys, &count, &was_hole);

		if (err)
			return err;
		if (was_hole)
			*fresh |= ((1U << count) - 1) << block;
		block += count;
	}
	return 0;
}

/* Fresh blocks without the data they were meant for: zeros, or given back. Unlocks. */
static void abandon_write(struct inode *inode, struct folio *f, unsigned int fresh, loff_t end)
{
	if (fresh && folio_pos(f) < inode->i_size) {
		if (!folio_test(f, PG_uptodate)) {
			memset(folio_address(f), 0, PAGE_SIZE);
			folio_set(f, PG_uptodate);
		}
		folio_mark_dirty(f);
	}
	folio_unlock(f);
	folio_put(f);
	if (end > inode->i_size)
		ext2_truncate_blocks(inode, inode->i_size);
}

/*
 * The folio with what a part of it that is not written keeps. All of a page that is
 * written needs nothing, if it is one block; behind the end there are zeros.
 */
static int prepare_folio(struct file *file, struct address_space *mapping, loff_t pos,
			 unsigned int len, struct folio **folio)
{
	struct inode *inode = mapping->host;
	pgoff_t index = (pgoff_t)pos >> PAGE_SHIFT;
	struct folio *f;
	int err;

	for (;;) {
		err = filemap_get_or_create(mapping, index, &f);
		if (err)
			return err;
		if (folio_test(f, PG_uptodate))
			break;
		f->private = 0;
		if (len == PAGE_SIZE && inode->i_sb->s_blocksize == PAGE_SIZE)
			break;
		if (folio_pos(f) >= inode->i_size) {
			memset(folio_address(f), 0, PAGE_SIZE);
			folio_set(f, PG_uptodate);
			break;
		}
		folio_unlock(f);
		folio_put(f);
		err = read_cache_folio(mapping, index, file, &f);
		if (err)
			return err;
		folio_put(f);
	}
	*folio = f;
	return 0;
}

/* i_rwsem is held for writing: of new_blocks there is one user at a time. */
static int ext2_write_begin(struct file *file, struct address_space *mapping, loff_t pos,
			    unsigned int len, struct folio **folio)
{
	struct inode *inode = mapping->host;
	unsigned int offset = offset_in_page(pos), fresh;
	int err;

	if (pos > inode->i_size ||
	    (pos + len > inode->i_size && !list_empty(&mapping->i_mmap)))
		ext2_extend_size(inode);
	err = prepare_folio(file, mapping, pos, len, folio);
	if (err)
		return err;
	err = ext2_alloc_folio(inode, *folio, offset, offset + len, &fresh);
	EXT2_I(inode)->new_blocks = fresh;
	if (err)
		abandon_write(inode, *folio, fresh, pos + len);
	return err;
}

/* A copy that ended early counts only where the rest of the page is right without it. */
static int ext2_write_end(struct file *file, loff_t pos, unsigned int len, unsigned int copied,
			  struct folio *f)
{
	struct inode *inode = f->mapping->host;
	unsigned int fresh = EXT2_I(inode)->new_blocks;

	if (unlikely(copied < len && !folio_test(f, PG_uptodate)))
		copied = 0;
	if (unlikely(!copied)) {
		abandon_write(inode, f, fresh, pos + len);
		return 0;
	}
	folio_set(f, PG_uptodate);
	if (pos + copied > inode->i_size) {
		WRITE_ONCE(inode->i_size, pos + copied);
		mark_inode_dirty(inode);
	}
	folio_mark_dirty(f);
	folio_unlock(f);
	folio_put(f);
	if (unlikely(copied < len && pos + len > inode->i_size))
		ext2_truncate_blocks(inode, inode->i_size);
	return (int)copied;
}

const struct address_space_operations ext2_aops = {
	.read_folio = ext2_read_folio,
	.readahead = ext2_readahead,
	.writepage = ext2_writepage,
	.write_begin = ext2_write_begin,
	.write_end = ext2_write_end,
	.dirty_folio = filemap_dirty_folio,
};
