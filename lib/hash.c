/* SPDX-License-Identifier: MIT */
/*
 * hash.c - hash of a name, for the dentry table.
 *
 * 64-bit FNV-1a: for each byte, xor it in and multiply by a prime. Two steps a byte, and
 * the high bits are folded down at the end, because tables take the low ones.
 * No state, no locks.
 *
 * Linux: fs/namei.c, full_name_hash(). Differs: the function.
 */
#include "lib/hash.h"

u32 full_name_hash(const void *salt, const char *name, unsigned int len)
{
	u64 hash = name_hash_begin(salt);

	while (len--)
		hash = name_hash_add(hash, (u8)*name++);
	return name_hash_end(hash);
}
