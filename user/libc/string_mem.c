/* SPDX-License-Identifier: MIT */
/*
 * user/libc/string_mem.c: copying, filling, comparing and searching byte blocks.
 *
 * memcpy() and memset() move eight bytes at a time once both sides are aligned,
 * four words a round: enough to be near what one hart can do, and still short.
 *
 * Linux: none (C11 7.24). Differs: nothing.
 */
#include <stdint.h>
#include <string.h>
#include <strings.h>

#define WORD	sizeof(uint64_t)

/* A word that may alias anything. */
typedef uint64_t __attribute__((may_alias)) word;

static int aligned(const void *p)
{
	return (uintptr_t)p % WORD == 0;
}

static void copy_words(word *d, const word *s, size_t nr)
{
	for (; nr >= 4; nr -= 4, d += 4, s += 4) {
		uint64_t a = s[0], b = s[1], c = s[2], e = s[3];

		d[0] = a;
		d[1] = b;
		d[2] = c;
		d[3] = e;
	}
	while (nr--)
		*d++ = *s++;
}

void *memcpy(void *restrict dst, const void *restrict src, size_t n)
{
	char *d = dst;
	const char *s = src;

	/* Only if both can be aligned at once do words help. */
	if (n >= 2 * WORD && ((uintptr_t)d ^ (uintptr_t)s) % WORD == 0) {
		size_t words;

		for (; !aligned(d); n--)
			*d++ = *s++;
		words = n / WORD;
		copy_words((word *)d, (const word *)s, words);
		d += words * WORD;
		s += words * WORD;
		n %= WORD;
	}
	while (n--)
		*d++ = *s++;
	return dst;
}

void *mempcpy(void *restrict dst, const void *restrict src, size_t n)
{
	return (char *)memcpy(dst, src, n) + n;
}

void *memmove(void *dst, const void *src, size_t n)
{
	char *d = dst;
	const char *s = src;

	/* Forwards is safe unless dst lies inside src: each byte is read in time. */
	if ((uintptr_t)d - (uintptr_t)s >= n)
		return memcpy(dst, src, n);
	d += n;
	s += n;
	if (((uintptr_t)d ^ (uintptr_t)s) % WORD == 0) {
		for (; n && !aligned(d); n--)
			*--d = *--s;
		for (; n >= WORD; n -= WORD) {
			d -= WORD;
			s -= WORD;
			*(word *)d = *(const word *)s;
		}
	}
	while (n--)
		*--d = *--s;
	return dst;
}

void *memset(void *dst, int c, size_t n)
{
	char *d = dst;
	uint64_t fill = 0x0101010101010101UL * (unsigned char)c;

	if (n >= 2 * WORD) {
		for (; !aligned(d); n--)
			*d++ = c;
		for (; n >= 4 * WORD; n -= 4 * WORD, d += 4 * WORD) {
			((word *)d)[0] = fill;
			((word *)d)[1] = fill;
			((word *)d)[2] = fill;
			((word *)d)[3] = fill;
		}
	}
	while (n--)
		*d++ = c;
	return dst;
}

void bzero(void *s, size_t n)
{
	memset(s, 0, n);
}

int memcmp(const void *a, const void *b, size_t n)
{
	const unsigned char *x = a, *y = b;

	if (aligned(x) && aligned(y)) {
		for (; n >= WORD && *(const word *)x == *(const word *)y; n -= WORD) {
			x += WORD;
			y += WORD;
		}
	}
	for (; n; n--, x++, y++) {
		if (*x != *y)
			return *x - *y;
	}
	return 0;
}

void *memchr(const void *s, int c, size_t n)
{
	const unsigned char *p = s;

	for (; n; n--, p++) {
		if (*p == (unsigned char)c)
			return (void *)p;
	}
	return NULL;
}

void *memrchr(const void *s, int c, size_t n)
{
	const unsigned char *p = s;

	while (n--) {
		if (p[n] == (unsigned char)c)
			return (void *)(p + n);
	}
	return NULL;
}

void *memmem(const void *hay, size_t hay_len, const void *needle, size_t needle_len)
{
	const char *h = hay;

	for (; hay_len >= needle_len; h++, hay_len--) {
		if (memcmp(h, needle, needle_len) == 0)
			return (void *)h;
	}
	return NULL;
}
