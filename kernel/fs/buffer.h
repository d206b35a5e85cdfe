/* SPDX-License-Identifier: MIT */
/*
 * Blocks of metadata, for file systems.
 *
 * A struct buffer is one block of metadata, in a folio of the block device's own
 * page cache: bread, look or change, mark dirty, release. The folio is the cache;
 * the buffer is only a reference to it with the block's address, on the stack or
 * in a structure of the file system.
 *
 * Linux: include/linux/buffer_head.h. Differs: no list of buffers at a folio; which
 * sectors of it are dirty is a mask in folio->private.
 */
#pragma once
#include "kernel/drivers/block.h"

struct buffer {
	struct folio *folio;		/* counted; NULL: none */
	void *data;			/* the block: sb->s_blocksize bytes in the folio */
	unsigned int size;
};

/* sb_bread() - the block, read if it is not cached. 0, -EIO, -ENOMEM. May sleep. */
int __must_check sb_bread(struct super_block *sb, u64 block, struct buffer *b);
/* sb_getblk() - a block just allocated: all zeros and dirty, whatever the disk has. As sb_bread. */
int __must_check sb_getblk(struct super_block *sb, u64 block, struct buffer *b);
/*
 * sb_breadahead() - `wanted` is about to be read, and probably others of the nr blocks from
 * `block` on: unless it is cached, starts reading those that are not.
 */
void sb_breadahead(struct super_block *sb, u64 block, unsigned int nr, u64 wanted);
/* brelse() - give the reference back; none is fine. */
void brelse(struct buffer *b);
/* mark_buffer_dirty() - after each change of the block. May be called with mutexes held. */
void mark_buffer_dirty(struct buffer *b);
/*
 * sb_forget() - the block is no metadata any more: it must not be written over what its
 * next owner puts there. Waits for a write that is under way.
 */
void sb_forget(struct super_block *sb, u64 block);

/*
 * Which sectors of a block device's folio are dirty: the upper half of folio->private. The
 * lower half is mpage.c's.
 */
#define FOLIO_SECTORS_SHIFT	32
#define FOLIO_SECTORS_ALL	(0xffUL << FOLIO_SECTORS_SHIFT)
