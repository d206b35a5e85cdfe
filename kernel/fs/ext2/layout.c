/* SPDX-License-Identifier: MIT */
/*
 * ext2, pure computing: paths through indirect blocks, entries of directories.
 * See layout.h.
 *
 * A directory's block is a chain of entries by rec_len, which covers it exactly; an
 * entry never crosses the block's end. Removing one adds its bytes to the entry
 * before it (or, as the first, makes its inode number 0).
 *
 * Nothing read from the block is believed before it is checked: whatever the bytes
 * are, no access leaves the block and each loop ends, as every step is 8 at least.
 *
 * Locks: none; the caller keeps the block from changing.
 *
 * Linux: fs/ext2/inode.c ext2_block_to_path(), fs/ext2/dir.c. Differs: entries are
 * checked each time they are walked over, not once for a page.
 */
#include "kernel/fs/ext2/layout.h"
#include "lib/errno.h"
#include "lib/string.h"

int ext2_block_to_path(u64 block, unsigned int ptrs_bits, unsigned int offsets[4],
		       unsigned int *left)
{
	u64 ptrs = 1UL << ptrs_bits, mask = ptrs - 1;

	if (block < EXT2_NDIR_BLOCKS) {
		offsets[0] = (unsigned int)block;
		*left = EXT2_NDIR_BLOCKS - (unsigned int)block;
		return 1;
	}
	block -= EXT2_NDIR_BLOCKS;
	for (unsigned int depth = 1; depth <= 3; depth++) {
		if (block < 1UL << depth * ptrs_bits) {
			offsets[0] = EXT2_NDIR_BLOCKS + depth - 1;
			for (unsigned int i = 1; i <= depth; i++)
				offsets[i] = block >> (depth - i) * ptrs_bits & mask;
			*left = (unsigned int)(ptrs - offsets[depth]);
			return (int)depth + 1;
		}
		block -= 1UL << depth * ptrs_bits;
	}
	return 0;
}

u64 ext2_max_blocks(unsigned int ptrs_bits)
{
	return EXT2_NDIR_BLOCKS + (1UL << ptrs_bits) + (1UL << 2 * ptrs_bits) +
	       (1UL << 3 * ptrs_bits);
}

/* ---- entries ---- */

static struct ext2_dir_entry *entry_at(const void *block, unsigned int off)
{
	return (struct ext2_dir_entry *)((char *)block + off);
}

bool ext2_dirent_ok(const void *block, unsigned int size, unsigned int off)
{
	const struct ext2_dir_entry *de = entry_at(block, off);
	unsigned int rec_len;

	if (off % 4 || off > size || size - off < ext2_rec_len(0))
		return false;
	rec_len = le16_to_cpu(de->rec_len);
	return rec_len % 4 == 0 && rec_len <= size - off && rec_len >= ext2_rec_len(1) &&
	       rec_len >= ext2_rec_len(de->name_len);
}

/* The first and the last byte tell most names apart, before memcmp() is asked. */
int ext2_block_find(const void *block, unsigned int size, const char *name, unsigned int len,
		    unsigned int *off)
{
	unsigned int at, rec_len;

	for (at = 0; at < size; at += rec_len) {
		const struct ext2_dir_entry *de = entry_at(block, at);

		if (!ext2_dirent_ok(block, size, at))
			return -EUCLEAN;
		rec_len = le16_to_cpu(de->rec_len);
		if (de->name_len == len && de->inode && de->name[len - 1] == name[len - 1] &&
		    de->name[0] == name[0] && !memcmp(de->name, name, len)) {
			*off = at;
			return 1;
		}
	}
	return 0;
}

/* Behind the name of an entry there may be room for another one. */
int ext2_block_insert(void *block, unsigned int size, const struct ext2_new_entry *entry)
{
	unsigned int need = ext2_rec_len(entry->len), at, rec_len, used;
	struct ext2_dir_entry *de;

	for (at = 0; ; at += rec_len) {
		if (at == size)
			return 0;
		if (!ext2_dirent_ok(block, size, at))
			return -EUCLEAN;
		de = entry_at(block, at);
		rec_len = le16_to_cpu(de->rec_len);
		used = de->inode ? ext2_rec_len(de->name_len) : 0;
		if (rec_len >= used + need)
			break;
	}
	if (used) {
		de->rec_len = cpu_to_le16(used);
		de = entry_at(block, at + used);
		de->rec_len = cpu_to_le16(rec_len - used);
	}
	de->inode = cpu_to_le32(entry->ino);
	de->name_len = (u8)entry->len;
	de->file_type = entry->type;
	memcpy(de->name, entry->name, entry->len);
	return 1;
}

int ext2_block_remove(void *block, unsigned int size, unsigned int off)
{
	struct ext2_dir_entry *de = entry_at(block, off), *prev = NULL;
	unsigned int at = 0;

	while (at < off) {
		if (!ext2_dirent_ok(block, size, at))
			return -EUCLEAN;
		prev = entry_at(block, at);
		at += le16_to_cpu(prev->rec_len);
	}
	if (at != off || !ext2_dirent_ok(block, size, off))
		return -EUCLEAN;
	de->inode = 0;
	if (prev)
		prev->rec_len = cpu_to_le16(le16_to_cpu(prev->rec_len) +
					    le16_to_cpu(de->rec_len));
	return 0;
}

static bool is_dot(const struct ext2_dir_entry *de)
{
	if (de->name[0] != '.')
		return false;
	return de->name_len == 1 || (de->name_len == 2 && de->name[1] == '.');
}

int ext2_block_is_empty(const void *block, unsigned int size)
{
	unsigned int at = 0;

	while (at < size) {
		const struct ext2_dir_entry *de = entry_at(block, at);

		if (!ext2_dirent_ok(block, size, at))
			return -EUCLEAN;
		if (de->inode && !is_dot(de))
			return 0;
		at += le16_to_cpu(de->rec_len);
	}
	return 1;
}

void ext2_block_init(void *block, unsigned int size)
{
	memset(block, 0, size);
	entry_at(block, 0)->rec_len = cpu_to_le16(size);
}

void ext2_block_init_dots(void *block, unsigned int size, u32 self, u32 parent, u8 type)
{
	const struct ext2_new_entry dot = { ".", 1, self, type };
	const struct ext2_new_entry dotdot = { "..", 2, parent, type };

	ext2_block_init(block, size);
	(void)ext2_block_insert(block, size, &dot);
	(void)ext2_block_insert(block, size, &dotdot);
}
