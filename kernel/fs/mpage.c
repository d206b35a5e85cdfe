/* SPDX-License-Identifier: MIT */
/*
 * Reading and writing a file's folios in as few requests as its place on the disk allows.
 *
 * A folio may be in several pieces, if blocks are smaller than a page; pieces that follow
 * each other on the disk go into one request (bio), also those of different folios. Up to
 * 128 KiB make one request and one interrupt.
 *
 * Invariants: while I/O is under way, the lower half of folio->private is the number of its
 * pieces that are not done, plus one while pieces are still being added; who brings it to 0
 * ends the read or the writeback. The upper half is the owner's. Who makes a folio uptodate
 * without reading it sets private to 0. A folio being read is locked, one being written is
 * under writeback: either keeps it in its mapping, so that the interrupt may follow f->mapping.
 *
 * Behind the end of the file a page reads as zeros, and zeros are written: a program can
 * store there through a mapping, and must not find it again when the file grows.
 *
 * A request that fails while it holds several folios is tried again folio by folio, so that
 * one bad sector costs one page.
 *
 * Locks: none of its own. The map of a file's blocks is asked for with the folio locked:
 * truncate frees blocks only after it has taken the folios, each under its lock. For the same
 * reason a map may be kept from folio to folio when reading (all are locked), but not when
 * writing.
 *
 * Linux: fs/mpage.c, fs/buffer.c (__block_write_full_folio). Differs: no buffer_head; the
 * count is what Linux keeps in them, or in iomap's state of a folio.
 */
#include "kernel/fs/mpage.h"
#include "kernel/printk.h"
#include "lib/string.h"
#include "mm/vmstat.h"

/* A request that grows, and the run of blocks last asked for. */
struct page_reader {
	get_block_t get_block;
	struct block_device *bdev;
	struct bio *bio;
	struct block_map map;		/* nr 0: nothing known */
	u64 end;			/* first block behind those that will be asked for */
};

/* The device's own pages, or those of a file on it. */
static struct block_device *mapping_bdev(const struct address_space *mapping)
{
	const struct inode *inode = mapping->host;

	return S_ISBLK(inode->i_mode) ? inode->i_private : inode->i_sb->s_bdev;
}

static unsigned int block_bits(const struct inode *inode)
{
	return __builtin_ctzl(inode->i_sb->s_blocksize);
}

/* ---- the end of I/O: interrupt context ---- */

static bool last_piece(struct folio *f)
{
	return (u32)__atomic_sub_fetch(&f->private, 1, __ATOMIC_ACQ_REL) == 0;
}

/* The part behind the end of the file, which the disk may have anything in. */
static void zero_behind_end(struct folio *f)
{
	loff_t left = READ_ONCE(f->mapping->host->i_size) - folio_pos(f);

	if (left < (loff_t)PAGE_SIZE)
		memset(folio_address(f) + max_t(loff_t, left, 0), 0,
		       PAGE_SIZE - max_t(loff_t, left, 0));
}

static void read_piece_done(struct folio *f)
{
	if (!last_piece(f))
		return;
	if (!folio_test(f, PG_error))
		zero_behind_end(f);
	folio_end_read(f, !folio_test(f, PG_error));
}

/* From folio_end_writeback() on truncate may free the folio. */
static void write_piece_done(struct folio *f)
{
	if (last_piece(f))
		folio_end_writeback(f);
}

static void write_failed(struct folio *f, const struct bio *bio)
{
	mapping_set_error(f->mapping, bio->status);
	if (printk_ratelimit())
		pr_err("Buffer I/O error on dev %s, sector %lu, lost async page write\n",
		       bio->bdev->name, (unsigned long)bio->sector);
}

static void piece_done(struct bio *bio, unsigned int i)
{
	struct folio *f = page_folio(bio->vecs[i].page);

	if (bio->op == REQ_OP_WRITE) {
		if (unlikely(bio->status))
			write_failed(f, bio);
		write_piece_done(f);
	} else {
		if (unlikely(bio->status))
			folio_set(f, PG_error);
		read_piece_done(f);
	}
}

/*
 * One by one with the same bio: private is the number of pieces that stand behind the first.
 * => true: submitted again.
 */
static bool submit_next_singly(struct bio *bio)
{
	unsigned long left = (unsigned long)bio->private;

	if (!left && bio->nr_vecs > 1) {
		left = bio->nr_vecs;	/* all of them are still to come */
	} else if (!left) {
		return false;
	} else {
		bio->sector += bio->vecs[0].len / SECTOR_SIZE;
		memmove(bio->vecs, bio->vecs + 1, left * sizeof(bio->vecs[0]));
	}
	bio->private = (void *)(left - 1);
	bio->nr_vecs = 1;
	bio->status = 0;
	submit_bio(bio);
	return true;
}

static void mpage_end_io(struct bio *bio)
{
	bool write = bio->op == REQ_OP_WRITE;

	if (unlikely(bio->status) && bio->nr_vecs > 1 && submit_next_singly(bio))
		return;
	for (unsigned int i = 0; i < bio->nr_vecs; i++)
		piece_done(bio, i);
	if (unlikely(bio->private) && submit_next_singly(bio))
		return;
	bio_put(bio);
	if (write)
		writeback_progress();
}

/* ---- gathering ---- */

/* Add a piece to *bio if it continues it on the disk; else begin a new request with it. */
static void add_piece(struct bio **bio, struct block_device *bdev, enum req_op op,
		      const struct folio_piece *p)
{
	struct page *page = &p->folio->page;

	__atomic_fetch_add(&p->folio->private, 1, __ATOMIC_RELAXED);
	if (*bio && (*bio)->bdev == bdev && (*bio)->next_sector == p->sector &&
	    bio_add_page(*bio, page, p->len, p->offset))
		return;
	/* Submitted before we wait for another: the reserve is small. */
	if (*bio)
		submit_bio(*bio);
	*bio = bio_alloc(bdev, op, p->sector, GFP_NOFS);
	(*bio)->end_io = mpage_end_io;
	VM_BUG_ON((*bio)->private);
	(void)bio_add_page(*bio, page, p->len, p->offset);
}

/* Not kept while memory is so short that we live on the reserve: others wait for it. */
static void submit_if_reserve(struct bio **bio)
{
	if (*bio && bio_is_reserve(*bio)) {
		submit_bio(*bio);
		*bio = NULL;
	}
}

/* ---- reading ---- */

/* r->map covers block afterwards. */
static int map_for_read(struct page_reader *r, struct inode *inode, u64 block)
{
	int err;

	if (block >= r->map.block && block < r->map.block + r->map.nr)
		return 0;
	r->map = (struct block_map){ .block = block, .nr = r->end - block };
	err = r->get_block(inode, &r->map, false);
	if (err)
		r->map.nr = 0;
	VM_BUG_ON(!err && !r->map.nr);
	return err;
}

/* From `at` on, as many bytes of the folio as the map knows about: into a request, or zeros. */
static unsigned int read_run(struct page_reader *r, struct folio *f, unsigned int at, u64 block)
{
	unsigned int bits = block_bits(f->mapping->host);
	u64 skip = block - r->map.block;
	unsigned int len = min_t(u64, PAGE_SIZE - at, (r->map.nr - skip) << bits);
	struct folio_piece p = { f, r->map.sector + (skip << bits) / SECTOR_SIZE, at, len };

	if (r->map.sector == SECTOR_HOLE)
		memset(folio_address(f) + at, 0, len);
	else
		add_piece(&r->bio, r->bdev, REQ_OP_READ, &p);
	return len;
}

static void read_one_folio(struct page_reader *r, struct folio *f)
{
	struct inode *inode = f->mapping->host;
	unsigned int bits = block_bits(inode);
	unsigned int at = 0;

	VM_BUG_ON(!folio_test(f, PG_locked) || folio_test(f, PG_uptodate));
	f->private = 1;
	while (at < PAGE_SIZE) {
		u64 block = (folio_pos(f) + at) >> bits;

		if (map_for_read(r, inode, block)) {
			folio_set(f, PG_error);
			break;
		}
		at += read_run(r, f, at, block);
	}
	read_piece_done(f);
	submit_if_reserve(&r->bio);
}

void mpage_readahead(struct address_space *mapping, struct folio **folios, unsigned int nr,
		     get_block_t get_block)
{
	struct page_reader r = { .get_block = get_block, .bdev = mapping_bdev(mapping) };

	r.end = (folio_pos(folios[nr - 1]) + PAGE_SIZE) >> block_bits(mapping->host);
	for (unsigned int i = 0; i < nr; i++)
		read_one_folio(&r, folios[i]);
	if (r.bio)
		submit_bio(r.bio);
}

int mpage_read_folio(struct folio *f, get_block_t get_block)
{
	mpage_readahead(f->mapping, &f, 1, get_block);
	return 0;
}

/* ---- writing ---- */

/* Where the first `bytes` bytes of f are to go. => number of pieces, or -errno. */
static int map_for_write(struct folio *f, unsigned int bytes, get_block_t get_block,
			 struct folio_piece *pieces)
{
	struct inode *inode = f->mapping->host;
	unsigned int bits = block_bits(inode), at = 0;
	int n = 0;

	bytes = ALIGN(bytes, 1U << bits);
	while (at < bytes) {
		struct block_map map = {
			.block = (folio_pos(f) + at) >> bits, .nr = (bytes - at) >> bits,
		};
		int err = get_block(inode, &map, true);

		if (err)
			return err;
		VM_BUG_ON(!map.nr || n == MAX_FOLIO_PIECES);
		if (map.sector != SECTOR_HOLE)
			pieces[n++] = (struct folio_piece){
				f, map.sector, at, map.nr << bits
			};
		at += map.nr << bits;
	}
	return n;
}

void mpage_write_pieces(struct folio *f, struct writeback_control *wbc,
			const struct folio_piece *pieces, int n)
{
	VM_BUG_ON(!folio_test(f, PG_locked) || (u32)f->private);
	folio_start_writeback(f);
	__atomic_fetch_add(&f->private, 1, __ATOMIC_RELAXED);
	for (int i = 0; i < n; i++)
		add_piece(&wbc->bio, mapping_bdev(f->mapping), REQ_OP_WRITE, &pieces[i]);
	folio_unlock(f);
	write_piece_done(f);
	submit_if_reserve(&wbc->bio);
}

int mpage_writepage(struct folio *f, struct writeback_control *wbc, get_block_t get_block)
{
	struct address_space *mapping = f->mapping;
	loff_t left = READ_ONCE(mapping->host->i_size) - folio_pos(f);
	struct folio_piece pieces[MAX_FOLIO_PIECES];
	int n;

	VM_BUG_ON(!folio_test(f, PG_locked) || folio_test(f, PG_writeback));
	/* Race: truncate has made the file shorter and waits for our lock. */
	if (left <= 0) {
		folio_unlock(f);
		return 0;
	}
	if (left < (loff_t)PAGE_SIZE)
		memset(folio_address(f) + left, 0, PAGE_SIZE - left);
	n = map_for_write(f, min_t(loff_t, left, PAGE_SIZE), get_block, pieces);
	if (n < 0) {
		if (n == -ENOMEM)
			folio_mark_dirty(f);
		folio_unlock(f);
		return n;
	}
	mpage_write_pieces(f, wbc, pieces, n);
	return 0;
}

void wbc_submit(struct writeback_control *wbc)
{
	if (wbc->bio)
		submit_bio(wbc->bio);
	wbc->bio = NULL;
}
