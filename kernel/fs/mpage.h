/* SPDX-License-Identifier: MIT */
/*
 * Folios of a file to and from its block device, in large requests. A file system says where
 * a file's blocks lie (get_block); these functions do the rest of read_folio, readahead and
 * writepage.
 *
 * Linux: include/linux/mpage.h, get_block_t.
 */
#pragma once
#include "kernel/drivers/block.h"
#include "mm/writeback.h"

#define SECTOR_HOLE	(~(sector_t)0)

/* Some blocks of a file that follow each other on the disk too, or are all a hole. */
struct block_map {
	u64 block;		/* in: the first, in units of the super block's s_blocksize */
	unsigned int nr;	/* in: most that are wanted; out: how many lie in a row, >= 1 */
	sector_t sector;	/* out: where the first is, in 512-byte sectors; or SECTOR_HOLE */
};
/*
 * get_block - fill in *map for a file of the file system.
 *
 * => create: blocks that are missing are allocated. 0; -EIO, -ENOSPC, -ENOMEM.
 * => a folio of the file is locked; may sleep. Behind the end of the file there are holes.
 */
typedef int (*get_block_t)(struct inode *inode, struct block_map *map, bool create);

/* A part of a folio that is in one place of the disk: whole sectors. */
struct folio_piece {
	struct folio *folio;
	sector_t sector;
	unsigned int offset, len;
};
#define MAX_FOLIO_PIECES	(PAGE_SIZE / SECTOR_SIZE)

/* mpage_readahead() - nr locked folios in a row; folio_end_read() will be called for each. */
void mpage_readahead(struct address_space *mapping, struct folio **folios, unsigned int nr,
		     get_block_t get_block);
/* mpage_read_folio() - one locked folio; failure shows in it: it is not uptodate then. 0. */
int mpage_read_folio(struct folio *f, get_block_t get_block);
/*
 * mpage_writepage() - a locked folio whose dirty flag has been cleared: unlocked, and under
 * writeback as part of wbc's request, which the caller submits (wbc_submit()).
 *
 * Holes are left out: nobody stored there.
 *
 * => 0, or what get_block said: the content could not be written. -ENOMEM: it is dirty again.
 */
int mpage_writepage(struct folio *f, struct writeback_control *wbc, get_block_t get_block);
/* mpage_write_pieces() - the same for who knows the places already. => folio->private: mpage.c. */
void mpage_write_pieces(struct folio *f, struct writeback_control *wbc,
			const struct folio_piece *pieces, int n);
