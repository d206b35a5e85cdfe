/* SPDX-License-Identifier: MIT */
/*
 * Blocks of metadata in the block device's page cache. See buffer.h.
 *
 * With blocks smaller than a page, a folio of the device's cache holds blocks of
 * metadata beside blocks that belong to files; the content of the latter is old,
 * since files are written past this cache. So only sectors that were marked are
 * ever written from here (bdev_writepage() takes the mask).
 *
 * Invariant: a sector is marked before PG_dirty is set, so a folio found dirty
 * has its mask. A folio that is dirty without marks has nothing to write.
 *
 * Locks: the folio lock while a block is first filled; changing a block is the file
 * system's business, it locks whatever the block stands for.
 *
 * Linux: fs/buffer.c. Differs: as in buffer.h.
 */
#include "kernel/fs/buffer.h"
#include "lib/errno.h"
#include "lib/string.h"
#include "mm/lru.h"
#include "mm/writeback.h"

static pgoff_t block_index(const struct super_block *sb, u64 block)
{
	return block * sb->s_blocksize >> PAGE_SHIFT;
}

/* f's reference becomes the buffer's. */
static void buffer_set(const struct super_block *sb, u64 block, struct folio *f, struct buffer *b)
{
	b->folio = f;
	b->size = (unsigned int)sb->s_blocksize;
	b->data = folio_address(f) + offset_in_page(block * sb->s_blocksize);
}

/* Behind the end of the device there is nothing: the file system's numbers are wrong. */
int sb_bread(struct super_block *sb, u64 block, struct buffer *b)
{
	struct address_space *mapping = sb->s_bdev->inode->i_mapping;
	pgoff_t index = block_index(sb, block);
	struct folio *f;
	int err;

	b->folio = NULL;
	if (unlikely((block + 1) * sb->s_blocksize > (u64)mapping->host->i_size))
		return -EIO;
	f = filemap_get_folio(mapping, index);
	if (unlikely(!f || !folio_test(f, PG_uptodate))) {
		if (f)
			folio_put(f);
		err = read_cache_folio(mapping, index, NULL, &f);
		if (err)
			return err;
	}
	if (~f->flags & (1UL << PG_referenced | 1UL << PG_active))
		folio_mark_accessed(f);
	buffer_set(sb, block, f, b);
	return 0;
}

/* A whole page need not be read to be overwritten; a part has neighbours. */
int sb_getblk(struct super_block *sb, u64 block, struct buffer *b)
{
	struct address_space *mapping = sb->s_bdev->inode->i_mapping;
	struct folio *f;
	int err;

	if (sb->s_blocksize == PAGE_SIZE) {
		err = filemap_get_or_create(mapping, block_index(sb, block), &f);
		if (err)
			return err;
		if (!folio_test(f, PG_uptodate)) {
			f->private = 0;
			memset(folio_address(f), 0, PAGE_SIZE);
			folio_set(f, PG_uptodate);
		}
		folio_unlock(f);
		buffer_set(sb, block, f, b);
	} else {
		err = sb_bread(sb, block, b);
		if (err)
			return err;
	}
	memset(b->data, 0, b->size);
	mark_buffer_dirty(b);
	return 0;
}

void sb_breadahead(struct super_block *sb, u64 block, unsigned int nr, u64 wanted)
{
	struct address_space *mapping = sb->s_bdev->inode->i_mapping;
	pgoff_t first = block_index(sb, block), last = block_index(sb, block + nr - 1);

	if (!filemap_cached(mapping, block_index(sb, wanted)))
		force_page_cache_readahead(mapping, NULL, first, last - first + 1);
}

void brelse(struct buffer *b)
{
	if (b->folio)
		folio_put(b->folio);
	b->folio = NULL;
}

static unsigned long sectors_mask(unsigned int offset, unsigned int len)
{
	VM_BUG_ON((offset | len) % SECTOR_SIZE || !len || offset + len > PAGE_SIZE);
	return ((1UL << len / SECTOR_SIZE) - 1) << (FOLIO_SECTORS_SHIFT + offset / SECTOR_SIZE);
}

void mark_buffer_dirty(struct buffer *b)
{
	struct folio *f = b->folio;
	unsigned long mask = sectors_mask(offset_in_page(b->data), b->size);

	if ((READ_ONCE(f->private) & mask) != mask)
		__atomic_fetch_or(&f->private, mask, __ATOMIC_SEQ_CST);
	(void)filemap_dirty_folio(f->mapping, f);
}

/* PG_dirty may stay behind: a folio without marks costs the next write-back nothing. */
void sb_forget(struct super_block *sb, u64 block)
{
	struct folio *f = filemap_lock_folio(sb->s_bdev->inode->i_mapping, block_index(sb, block));
	unsigned int offset = offset_in_page(block * sb->s_blocksize);

	if (!f)
		return;
	__atomic_fetch_and(&f->private, ~sectors_mask(offset, sb->s_blocksize), __ATOMIC_SEQ_CST);
	folio_wait_writeback(f);
	folio_unlock(f);
	folio_put(f);
}
