/* SPDX-License-Identifier: MIT */
/*
 * hash.h - hashes for tables inside the kernel. Not cryptographic, not for the outside.
 *
 * hash_64 multiplies by 2^64 divided by the golden ratio: neighbouring keys (pages, aligned
 * pointers) fall far apart, and the *top* bits of the product are the good ones.
 *
 * Linux: include/linux/hash.h, stringhash.h. Differs: the functions.
 */
#pragma once

#include "lib/types.h"

#define GOLDEN_RATIO_64	0x9e3779b97f4a7c15UL

/* A bucket number of @bits bits, 1 to 64. */
static inline u64 hash_64(u64 val, unsigned int bits)
{
	return (val * GOLDEN_RATIO_64) >> (64 - bits);
}

static inline unsigned long hash_long(unsigned long val, unsigned int bits)
{
	return hash_64(val, bits);
}

static inline unsigned long hash_ptr(const void *ptr, unsigned int bits)
{
	return hash_64((unsigned long)ptr, bits);
}

/* Mix two words into one key for hash_64, so that (a, b) and (b, a) differ. */
static inline u64 hash_combine(u64 a, u64 b)
{
	u64 x = a * GOLDEN_RATIO_64 + b;

	return x ^ (x >> 32);
}

/*
 * The steps of full_name_hash(), for who has the name in words: eight characters each, the first
 * one lowest, and zeros, at least one, behind the last.
 */
static inline u64 name_hash_begin(const void *salt)
{
	return (uintptr_t)salt;
}

/* Only the upper half of a product depends on all of the word, so it is folded down. */
static inline u64 name_hash_word(u64 hash, u64 word)
{
	hash = (hash ^ word) * GOLDEN_RATIO_64;
	return hash ^ (hash >> 32);
}

/* Tables take the low bits: one more product, so that they are as good as the high ones. */
static inline u32 name_hash_end(u64 hash)
{
	return (u32)((hash * GOLDEN_RATIO_64) >> 32);
}

/* full_name_hash() - hash of @len bytes of a name; @salt tells directories apart. */
u32 full_name_hash(const void *salt, const char *name, unsigned int len);
