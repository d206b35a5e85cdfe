/* SPDX-License-Identifier: MIT */
/*
 * bitmap.h - arrays of bits: CPU and node masks, swap slots, free ids.
 *
 * A bitmap of @nbits bits is BITS_TO_LONGS(nbits) words. Bits behind nbits in the last word
 * are never looked at; bitmap_zero, bitmap_fill and bitmap_copy may write them.
 *
 * nbits is at least 1. Locks: the caller's; nothing here is atomic.
 *
 * Linux: include/linux/bitmap.h, find.h. Differs: a subset; text forms parse into -errno.
 */
#pragma once

#include "lib/errno.h"
#include "lib/kernel.h"

#define DECLARE_BITMAP(name, bits)	unsigned long name[BITS_TO_LONGS(bits)]

/* The bits of the last word that belong to a bitmap of @nbits (> 0) bits. */
#define BITMAP_LAST_WORD_MASK(nbits)	(~0UL >> (-(nbits) & (BITS_PER_LONG - 1)))

/* All bits clear; all set; all as in @src. */
void bitmap_zero(unsigned long *map, unsigned int nbits);
void bitmap_fill(unsigned long *map, unsigned int nbits);
void bitmap_copy(unsigned long *dst, const unsigned long *src, unsigned int nbits);

/* Set or clear @len bits from @start on. */
void bitmap_set(unsigned long *map, unsigned int start, unsigned int len);
void bitmap_clear(unsigned long *map, unsigned int start, unsigned int len);

/* dst = a op b. and/andnot return whether any bit is set in the result. */
bool bitmap_and(unsigned long *dst, const unsigned long *a, const unsigned long *b,
		unsigned int nbits);
bool bitmap_andnot(unsigned long *dst, const unsigned long *a, const unsigned long *b,
		   unsigned int nbits);
void bitmap_or(unsigned long *dst, const unsigned long *a, const unsigned long *b,
	       unsigned int nbits);

/* The same bits; at least one bit in common. */
bool bitmap_equal(const unsigned long *a, const unsigned long *b, unsigned int nbits);
bool bitmap_intersects(const unsigned long *a, const unsigned long *b, unsigned int nbits);
/* Every bit of @a is in @b. */
bool bitmap_subset(const unsigned long *a, const unsigned long *b, unsigned int nbits);
bool bitmap_empty(const unsigned long *map, unsigned int nbits);
bool bitmap_full(const unsigned long *map, unsigned int nbits);
unsigned int bitmap_weight(const unsigned long *map, unsigned int nbits);

/*
 * find_next_bit() - the first set bit at or after @start.
 * find_next_zero_bit() - the first clear one.
 *
 * => @size (bits in the map) if there is none.
 */
unsigned long find_next_bit(const unsigned long *map, unsigned long size,
			    unsigned long start);
unsigned long find_next_zero_bit(const unsigned long *map, unsigned long size,
				 unsigned long start);
/* The last set bit, or @size. */
unsigned long find_last_bit(const unsigned long *map, unsigned long size);

#define find_first_bit(map, size)	find_next_bit(map, size, 0)
#define find_first_zero_bit(map, size)	find_next_zero_bit(map, size, 0)
#define for_each_set_bit(bit, map, size)				\
	for (bit = find_first_bit(map, size); bit < (size);		\
	     bit = find_next_bit(map, size, bit + 1))
#define for_each_clear_bit(bit, map, size)				\
	for (bit = find_first_zero_bit(map, size); bit < (size);	\
	     bit = find_next_zero_bit(map, size, bit + 1))

/*
 * bitmap_find_next_zero_area() - a run of @nr clear bits at or after @start, aligned to
 * @align_mask + 1 (a power of two; 0: anywhere).
 *
 * => its first bit, or a value >= @size if there is none.
 */
unsigned long bitmap_find_next_zero_area(const unsigned long *map, unsigned long size,
					 unsigned long start, unsigned long nr,
					 unsigned long align_mask);

/*
 * bitmap_parselist() - "0-3,5,8-9" into @map; an empty string is the empty set.
 * bitmap_parse() - "f0,00000001", 32-bit groups of hexadecimal digits, into @map.
 *
 * => 0; -EINVAL: not such a text; -ERANGE (list), -EOVERFLOW (hex): a bit >= @nbits.
 *    A newline may end the text. @map is changed also on error.
 */
int bitmap_parselist(const char *s, unsigned long *map, unsigned int nbits) __must_check;
int bitmap_parse(const char *s, unsigned long *map, unsigned int nbits) __must_check;

/*
 * The inverse, without a newline: "0-3,5" and "00000000,0000002f" (/proc's Cpus_allowed).
 *
 * => the length that was written; cut off at @size - 1. Always NUL-terminated (@size > 0).
 */
int bitmap_print_list(char *buf, size_t size, const unsigned long *map, unsigned int nbits);
int bitmap_print_hex(char *buf, size_t size, const unsigned long *map, unsigned int nbits);
