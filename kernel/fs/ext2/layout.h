/* SPDX-License-Identifier: MIT */
/*
 * The parts of ext2 that are pure computing on bytes: where a block of a file is
 * found, and entries in one block of a directory. No state, no I/O: these run on
 * the host too, where tests feed them damaged input.
 *
 * Linux: fs/ext2/inode.c, dir.c.
 */
#pragma once
#include "kernel/fs/ext2/ext2_fs.h"

/*
 * ext2_block_to_path() - the way to logical block `block`, where an indirect block holds
 * 1 << ptrs_bits numbers: offsets[0] is the place in i_block, the others are places in the
 * indirect blocks along the way. *left: how many logical blocks from this one on are in the
 * same last array, itself included. => depth 1 to 4, 0 if no file can be so large.
 */
int ext2_block_to_path(u64 block, unsigned int ptrs_bits, unsigned int offsets[4],
		       unsigned int *left);
/* ext2_max_blocks() - logical blocks that a file can have. */
u64 ext2_max_blocks(unsigned int ptrs_bits);

/* Bytes that an entry with a name of len bytes needs. */
static inline unsigned int ext2_rec_len(unsigned int len)
{
	return (len + 8 + 3) & ~3U;
}
/* ext2_dirent_ok() - is the entry at `off` of a block of `size` bytes within it, with its name? */
bool ext2_dirent_ok(const void *block, unsigned int size, unsigned int off);
/*
 * The following return -EUCLEAN where an entry is damaged.
 * ext2_block_find() - 1 and its place, 0 if the name is not in this block.
 */
int ext2_block_find(const void *block, unsigned int size, const char *name, unsigned int len,
		    unsigned int *off);
/* ext2_block_insert() - 1; 0 if there is no room. The name is not there yet. */
struct ext2_new_entry { const char *name; unsigned int len; u32 ino; u8 type; };
int ext2_block_insert(void *block, unsigned int size, const struct ext2_new_entry *entry);
/* ext2_block_remove() - the entry at off becomes free space: 0. */
int ext2_block_remove(void *block, unsigned int size, unsigned int off);
/* ext2_block_is_empty() - 1 if there is nothing but "." and "..", else 0. */
int ext2_block_is_empty(const void *block, unsigned int size);
/* ext2_block_init() - no entries. ext2_block_init_dots() - "." and "..", the first block. */
void ext2_block_init(void *block, unsigned int size);
void ext2_block_init_dots(void *block, unsigned int size, u32 self, u32 parent, u8 type);
