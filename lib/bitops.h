/* SPDX-License-Identifier: MIT */
/*
 * bitops.h - find and count bits in a word; plain (not atomic) bits in an array.
 *
 * rv64imac has no instruction for any of these, and gcc answers __builtin_clzl with a call
 * into libgcc, which the kernel does not link. So they are written out: a de Bruijn
 * multiplication for positions (one multiply and one table look-up), a parallel sum for
 * counts. Constant arguments are folded at compile time through the builtins.
 *
 * Numbering: bit 0 is the lowest. fls/fls64 count from 1 and give 0 for 0 (Linux's odd but
 * useful convention); __ffs/__fls count from 0 and must not be given 0.
 *
 * Locks: the caller's. Atomic set_bit()/clear_bit() on shared words are in asm/bitops.h.
 *
 * Linux: include/asm-generic/bitops/. Differs: 64-bit words only.
 */
#pragma once

#include "lib/compiler.h"
#include "lib/types.h"

#define BITS_PER_BYTE	8
#define BITS_PER_LONG	64
#define BIT(nr)		(1UL << (nr))
#define BIT_ULL(nr)	(1ULL << (nr))
#define BIT_MASK(nr)	(1UL << ((nr) % BITS_PER_LONG))
#define BIT_WORD(nr)	((nr) / BITS_PER_LONG)
#define BITS_TO_LONGS(nr) (((nr) + BITS_PER_LONG - 1) / BITS_PER_LONG)

/* Bits @high down to @low set, both inclusive: GENMASK(7, 4) is 0xf0. */
#define GENMASK(high, low) \
	((~0UL << (low)) & (~0UL >> (BITS_PER_LONG - 1 - (high))))
#define GENMASK_ULL(high, low)	((unsigned long long)GENMASK(high, low))

/*
 * Every 6-bit window of this number is different, so (1 << n) * debruijn64, shifted down
 * by 58, names n through the table (lib/bitops.c).
 */
#define DEBRUIJN64	0x03f79d71b4cb0a89UL
extern const u8 debruijn64_pos[64];

/* Position of the only bit set in @bit. */
static inline unsigned int single_bit_pos(u64 bit)
{
	return debruijn64_pos[(bit * DEBRUIJN64) >> 58];
}

/* Position of the lowest set bit; @word must not be 0. */
static inline unsigned int __ffs(unsigned long word)
{
	if (__builtin_constant_p(word))
		return (unsigned int)__builtin_ctzl(word);
	return single_bit_pos(word & -word);
}

/* Position of the highest set bit; @word must not be 0. */
static inline unsigned int __fls(unsigned long word)
{
	if (__builtin_constant_p(word))
		return 63 - (unsigned int)__builtin_clzl(word);
	word |= word >> 1;
	word |= word >> 2;
	word |= word >> 4;
	word |= word >> 8;
	word |= word >> 16;
	word |= word >> 32;
	return single_bit_pos(word ^ (word >> 1));
}

/* Position of the lowest clear bit; @word must not be ~0. */
static inline unsigned int ffz(unsigned long word)
{
	return __ffs(~word);
}

/* Number of the highest set bit counted from 1, or 0: fls64(1) is 1, fls64(0) is 0. */
static inline int fls64(u64 word)
{
	return word ? (int)__fls(word) + 1 : 0;
}

static inline int fls(unsigned int word)
{
	return fls64(word);
}

/* Number of the lowest set bit counted from 1, or 0. */
static inline int ffs64(u64 word)
{
	return word ? (int)__ffs(word) + 1 : 0;
}

/* How many bits are set: sums of 2, 4, 8 bits side by side, then one multiply adds bytes. */
static inline unsigned int hweight64(u64 word)
{
	word -= (word >> 1) & 0x5555555555555555UL;
	word = (word & 0x3333333333333333UL) + ((word >> 2) & 0x3333333333333333UL);
	word = (word + (word >> 4)) & 0x0f0f0f0f0f0f0f0fUL;
	return (unsigned int)((word * 0x0101010101010101UL) >> 56);
}

static inline unsigned int hweight32(u32 word)
{
	return hweight64(word);
}

static inline unsigned int hweight_long(unsigned long word)
{
	return hweight64(word);
}

/* Not atomic: the caller's lock protects the whole word, or nobody else sees it yet. */
static inline void __set_bit(unsigned long nr, unsigned long *addr)
{
	addr[BIT_WORD(nr)] |= BIT_MASK(nr);
}

static inline void __clear_bit(unsigned long nr, unsigned long *addr)
{
	addr[BIT_WORD(nr)] &= ~BIT_MASK(nr);
}

static inline void __change_bit(unsigned long nr, unsigned long *addr)
{
	addr[BIT_WORD(nr)] ^= BIT_MASK(nr);
}

static inline bool test_bit(unsigned long nr, const unsigned long *addr)
{
	return (READ_ONCE(addr[BIT_WORD(nr)]) >> (nr % BITS_PER_LONG)) & 1;
}

/* Set the bit and say whether it was set before; not atomic. */
static inline bool __test_and_set_bit(unsigned long nr, unsigned long *addr)
{
	bool old = test_bit(nr, addr);

	__set_bit(nr, addr);
	return old;
}

static inline bool __test_and_clear_bit(unsigned long nr, unsigned long *addr)
{
	bool old = test_bit(nr, addr);

	__clear_bit(nr, addr);
	return old;
}
