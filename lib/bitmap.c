/* SPDX-License-Identifier: MIT */
/*
 * bitmap.c - arrays of bits.
 *
 * Operations go word by word, and the last word is masked to the bits that belong to the
 * map. No locks.
 *
 * Linux: lib/bitmap.c, lib/bitmap-str.c, lib/find_bit.c. Differs: see bitmap.h.
 */
#include "lib/bitmap.h"
#include "lib/ctype.h"
#include "lib/string.h"
#include "lib/vsprintf.h"

/* The bits of word @i that belong to a map of @nbits bits. */
static unsigned long word_mask(unsigned int i, unsigned int nbits)
{
	return i + 1 < BITS_TO_LONGS(nbits) ? ~0UL : BITMAP_LAST_WORD_MASK(nbits);
}

/* Whole words: the bits behind nbits are nobody's, and writing them too saves a mask. */
void bitmap_zero(unsigned long *map, unsigned int nbits)
{
	memset(map, 0, BITS_TO_LONGS(nbits) * sizeof(*map));
}

void bitmap_fill(unsigned long *map, unsigned int nbits)
{
	memset(map, 0xff, BITS_TO_LONGS(nbits) * sizeof(*map));
}

void bitmap_copy(unsigned long *dst, const unsigned long *src, unsigned int nbits)
{
	memcpy(dst, src, BITS_TO_LONGS(nbits) * sizeof(*dst));
}

/* The bits of the range [start, end) that lie in the word of @start. */
static unsigned long range_mask(unsigned long start, unsigned long end)
{
	unsigned long mask = ~0UL << (start % BITS_PER_LONG);

	if (BIT_WORD(start) == BIT_WORD(end - 1))
		mask &= BITMAP_LAST_WORD_MASK(end);
	return mask;
}

void bitmap_set(unsigned long *map, unsigned int start, unsigned int len)
{
	unsigned long pos = start, end = pos + len;

	for (; pos < end; pos = ALIGN_DOWN(pos, BITS_PER_LONG) + BITS_PER_LONG)
		map[BIT_WORD(pos)] |= range_mask(pos, end);
}

void bitmap_clear(unsigned long *map, unsigned int start, unsigned int len)
{
	unsigned long pos = start, end = pos + len;

	for (; pos < end; pos = ALIGN_DOWN(pos, BITS_PER_LONG) + BITS_PER_LONG)
		map[BIT_WORD(pos)] &= ~range_mask(pos, end);
}

/*
 * The result is masked, so that its last word can be compared and counted as it is. The
 * value returned costs nothing here, and saves callers a bitmap_empty() over the result.
 */
bool bitmap_and(unsigned long *dst, const unsigned long *a, const unsigned long *b,
		unsigned int nbits)
{
	unsigned long any = 0;
	unsigned int i;

	for (i = 0; i < BITS_TO_LONGS(nbits); i++)
		any |= dst[i] = a[i] & b[i] & word_mask(i, nbits);
	return any;
}

/* @a without @b. The mask matters more here: ~b has ones behind nbits. */
bool bitmap_andnot(unsigned long *dst, const unsigned long *a, const unsigned long *b,
		   unsigned int nbits)
{
	unsigned long any = 0;
	unsigned int i;

	for (i = 0; i < BITS_TO_LONGS(nbits); i++)
		any |= dst[i] = a[i] & ~b[i] & word_mask(i, nbits);
	return any;
}

/* No mask: bits behind nbits in the sources stay behind nbits, where nobody looks. */
void bitmap_or(unsigned long *dst, const unsigned long *a, const unsigned long *b,
	       unsigned int nbits)
{
	unsigned int i;

	for (i = 0; i < BITS_TO_LONGS(nbits); i++)
		dst[i] = a[i] | b[i];
}

/* The three comparisons stop at the first word that decides. */
bool bitmap_equal(const unsigned long *a, const unsigned long *b, unsigned int nbits)
{
	unsigned int i;

	for (i = 0; i < BITS_TO_LONGS(nbits); i++)
		if ((a[i] ^ b[i]) & word_mask(i, nbits))
			return false;
	return true;
}

bool bitmap_intersects(const unsigned long *a, const unsigned long *b, unsigned int nbits)
{
	unsigned int i;

	for (i = 0; i < BITS_TO_LONGS(nbits); i++)
		if (a[i] & b[i] & word_mask(i, nbits))
			return true;
	return false;
}

bool bitmap_subset(const unsigned long *a, const unsigned long *b, unsigned int nbits)
{
	unsigned int i;

	for (i = 0; i < BITS_TO_LONGS(nbits); i++)
		if (a[i] & ~b[i] & word_mask(i, nbits))
			return false;
	return true;
}

/* Empty and full are searches that find nothing: they stop at the first counterexample. */
bool bitmap_empty(const unsigned long *map, unsigned int nbits)
{
	return find_first_bit(map, nbits) == nbits;
}

bool bitmap_full(const unsigned long *map, unsigned int nbits)
{
	return find_first_zero_bit(map, nbits) == nbits;
}

unsigned int bitmap_weight(const unsigned long *map, unsigned int nbits)
{
	unsigned int i, weight = 0;

	for (i = 0; i < BITS_TO_LONGS(nbits); i++)
		weight += hweight_long(map[i] & word_mask(i, nbits));
	return weight;
}

/* The first bit at or after @start in (map ^ @flip): flip ~0 looks for zeros. */
static inline unsigned long find_next(const unsigned long *map, unsigned long size,
				      unsigned long start, unsigned long flip)
{
	unsigned long word, pos;

	if (start >= size)
		return size;
	pos = ALIGN_DOWN(start, BITS_PER_LONG);
	word = (map[BIT_WORD(pos)] ^ flip) & (~0UL << (start % BITS_PER_LONG));
	/* The map may end inside a word: min() below brings a hit behind the end back to size. */
	while (!word) {
		pos += BITS_PER_LONG;
		if (pos >= size)
			return size;
		word = map[BIT_WORD(pos)] ^ flip;
	}
	return min(pos + __ffs(word), size);
}

unsigned long find_next_bit(const unsigned long *map, unsigned long size,
			    unsigned long start)
{
	return find_next(map, size, start, 0);
}

unsigned long find_next_zero_bit(const unsigned long *map, unsigned long size,
				 unsigned long start)
{
	return find_next(map, size, start, ~0UL);
}

/* Downwards; only the last word, which comes first, is masked. */
unsigned long find_last_bit(const unsigned long *map, unsigned long size)
{
	unsigned long i = BITS_TO_LONGS(size);
	unsigned long word, mask = size ? BITMAP_LAST_WORD_MASK(size) : 0;

	while (i--) {
		word = map[i] & mask;
		if (word)
			return i * BITS_PER_LONG + __fls(word);
		mask = ~0UL;
	}
	return size;
}

/*
 * Take the next clear bit, look for a set bit in the run behind it, and if there is one, go
 * on behind that: each word is looked at once or twice. `end < start` catches a huge @nr.
 * First fit, from a hint the caller keeps: good enough for swap clusters and id ranges.
 */
unsigned long bitmap_find_next_zero_area(const unsigned long *map, unsigned long size,
					 unsigned long start, unsigned long nr,
					 unsigned long align_mask)
{
	unsigned long end, used;

	for (;;) {
		start = find_next_zero_bit(map, size, start);
		start = (start + align_mask) & ~align_mask;
		end = start + nr;
		if (end > size || end < start)
			return size;
		used = find_next_bit(map, end, start);
		if (used == end)
			return start;
		start = used + 1;
	}
}

/*
 * A decimal number; *sp moves behind it. Bit numbers are ints to callers, so more is
 * -ERANGE already here, before the sum can wrap. No digit at all is -EINVAL.
 */
static int parse_number(const char **sp, unsigned int *val)
{
	const char *s = *sp;
	unsigned long v = 0;

	for (; isdigit((u8)*s); s++) {
		v = v * 10 + (unsigned long)(*s - '0');
		if (v > INT_MAX)
			return -ERANGE;
	}
	if (s == *sp)
		return -EINVAL;
	*sp = s;
	*val = (unsigned int)v;
	return 0;
}

/* "5" or "3-7". */
static int parse_range(const char **s, unsigned long *map, unsigned int nbits)
{
	unsigned int first, last;
	int err = parse_number(s, &first);

	if (err)
		return err;
	last = first;
	if (**s == '-') {
		(*s)++;
		err = parse_number(s, &last);
		if (err)
			return err;
	}
	if (last < first)
		return -EINVAL;
	if (last >= nbits)
		return -ERANGE;
	bitmap_set(map, first, last - first + 1);
	return 0;
}

/*
 * Commas separate, and a comma at the end is allowed, as taskset and Linux allow it. White
 * space may come before and after, but not inside: `echo 1 > file` writes a newline.
 */
int bitmap_parselist(const char *s, unsigned long *map, unsigned int nbits)
{
	int err;

	bitmap_zero(map, nbits);
	s = skip_spaces(s);
	while (*s) {
		err = parse_range(&s, map, nbits);
		if (err)
			return err;
		if (*s == ',') {
			s++;
			continue;
		}
		s = skip_spaces(s);
		if (*s)
			return -EINVAL;
	}
	return 0;
}

/* Shift @map up by 32 bits and put @group in; -EOVERFLOW if a set bit leaves the map. */
static int push_group(unsigned long *map, unsigned int nbits, unsigned long group)
{
	unsigned int i, words = BITS_TO_LONGS(nbits);
	unsigned long carry = group, out;

	for (i = 0; i < words; i++) {
		out = map[i] >> 32;
		map[i] = map[i] << 32 | carry;
		carry = out;
	}
	return carry || (map[words - 1] & ~BITMAP_LAST_WORD_MASK(nbits)) ? -EOVERFLOW : 0;
}

/* One to eight hexadecimal digits; the length is judged after the last, so any may come. */
static int parse_group(const char **sp, unsigned long *val)
{
	const char *s = *sp;
	ptrdiff_t digits;
	u8 c;

	for (*val = 0; isxdigit((u8)*s); s++) {
		c = (u8)*s;
		*val = *val << 4 | (unsigned long)(isdigit(c) ? c - '0' : tolower(c) - 'a' + 10);
	}
	digits = s - *sp;
	*sp = s;
	return digits >= 1 && digits <= 8 ? 0 : -EINVAL;
}

/*
 * From the highest group to the lowest, as written: each group pushes the earlier ones up by
 * 32 bits, and what is pushed out of the map must have been zero. So leading zero groups
 * are fine however many there are, as in Linux's own output on larger machines.
 */
int bitmap_parse(const char *s, unsigned long *map, unsigned int nbits)
{
	unsigned long group;
	int err;

	bitmap_zero(map, nbits);
	for (;; s++) {
		err = parse_group(&s, &group);
		if (!err)
			err = push_group(map, nbits, group);
		if (err)
			return err;
		if (*s != ',')
			break;
	}
	return !*s || (*s == '\n' && !s[1]) ? 0 : -EINVAL;
}

/*
 * Runs of set bits, found by turns with the search for a set and for a clear bit. scnprintf
 * returns what it wrote, so len never passes size, however small the buffer.
 */
int bitmap_print_list(char *buf, size_t size, const unsigned long *map, unsigned int nbits)
{
	unsigned long first, end;
	int len = scnprintf(buf, size, "%s", "");

	for (end = 0; (first = find_next_bit(map, nbits, end)) < nbits;) {
		end = find_next_zero_bit(map, nbits, first);
		len += scnprintf(buf + len, size - (size_t)len, "%s%lu", len ? "," : "", first);
		if (end - first > 1)
			len += scnprintf(buf + len, size - (size_t)len, "-%lu", end - 1);
	}
	return len;
}

/*
 * Groups of 32 bits from the top, the first only as wide as nbits needs: what Linux's %*pb
 * gives, and what tools parse in /proc/PID/status.
 */
int bitmap_print_hex(char *buf, size_t size, const unsigned long *map, unsigned int nbits)
{
	unsigned int group = DIV_ROUND_UP(nbits, 32U);
	unsigned int width = nbits % 32 ? DIV_ROUND_UP(nbits % 32, 4U) : 8;
	int len = scnprintf(buf, size, "%s", "");
	unsigned long word;

	while (group--) {
		word = map[group / 2] & word_mask(group / 2, nbits);
		word = group % 2 ? word >> 32 : (u32)word;
		len += scnprintf(buf + len, size - (size_t)len, "%s%0*lx", len ? "," : "",
				 (int)width, word);
		width = 8;
	}
	return len;
}
