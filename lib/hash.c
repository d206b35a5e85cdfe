/* SPDX-License-Identifier: MIT */
/*
 * hash.c - hash of a name, for the dentry table.
 *
 * Eight characters at a time are taken as a word and mixed in by one multiplication, see hash.h:
 * the dentry cache keeps and compares short names as such words too.
 * No state, no locks.
 *
 * Linux: fs/namei.c, full_name_hash(). Differs: the function.
 */
#include "lib/hash.h"

u32 full_name_hash(const void *salt, const char *name, unsigned int len)
{
	u64 hash = name_hash_begin(salt), word;
	unsigned int shift;

	do {
		word = 0;
		for (shift = 0; shift < 64 && len; shift += 8, len--)
			word |= (u64)(u8)*name++ << shift;
		hash = name_hash_word(hash, word);
	} while (shift == 64);
	return name_hash_end(hash);
}
