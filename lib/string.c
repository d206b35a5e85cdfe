/* SPDX-License-Identifier: MIT */
/*
 * string.c - memory blocks and strings.
 *
 * Copying and filling are the hot part: read, write and pipe move pages through memcpy. A
 * turn of the main loop loads eight words and then stores eight words, so that an in-order
 * core need not wait for each load. RISC-V traps misaligned words to firmware, so
 * words are only used on aligned addresses; where source and destination are aligned
 * differently, aligned source words are shifted together.
 *
 * No state, no locks. On the host this file is compiled with its names prefixed
 * (tests/host/include/host_rename.h), so that it does not replace libc.
 *
 * Linux: lib/string.c, arch/riscv/lib/memcpy.S. Differs: C throughout.
 */
#include "lib/ctype.h"
#include "lib/errno.h"
#include "lib/kernel.h"
#include "lib/string.h"

/* The definitions below are the functions the builtins call. */
#if !__STDC_HOSTED__
#undef memcpy
#undef memmove
#undef memset
#undef strlen
#undef strcmp
#endif

/* gcc would recognise the loops of memcpy and memset, and replace them by a call to these. */
#if !defined(__clang__)
#pragma GCC optimize("no-tree-loop-distribute-patterns")
#endif

typedef u64 __may_alias word_t;

#define WORD_SIZE	sizeof(word_t)
#define BLOCK_WORDS	8
#define BLOCK_SIZE	(BLOCK_WORDS * WORD_SIZE)
/* Below this, aligning costs more than it saves. */
#define WORDS_WORTHWHILE 16

static inline bool word_aligned(const void *p)
{
	return ((uintptr_t)p & (WORD_SIZE - 1)) == 0;
}

/* Copy upwards all whole words of @n bytes; both are aligned. Returns the bytes copied. */
static inline size_t copy_words_up(u8 *dst, const u8 *src, size_t n)
{
	word_t *d = (word_t *)dst;
	const word_t *s = (const word_t *)src;
	size_t left;

	for (left = n; left >= BLOCK_SIZE; left -= BLOCK_SIZE) {
		word_t a = s[0], b = s[1], c = s[2], e = s[3];
		word_t f = s[4], g = s[5], h = s[6], i = s[7];

		d[0] = a, d[1] = b, d[2] = c, d[3] = e;
		d[4] = f, d[5] = g, d[6] = h, d[7] = i;
		d += BLOCK_WORDS;
		s += BLOCK_WORDS;
	}
	for (; left >= WORD_SIZE; left -= WORD_SIZE)
		*d++ = *s++;
	return n - left;
}

/*
 * The same for a source that is @shift bytes (1 to 7) behind an aligned word. Each word
 * stored is the top of one source word and the bottom of the next. Only words that lie
 * wholly inside the source are read, so the first part is gathered byte by byte.
 */
static inline size_t copy_shifted_up(u8 *dst, const u8 *src, size_t n, unsigned int shift)
{
	unsigned int low = shift * 8, high = 64 - low;
	const word_t *s = (const word_t *)(src + (WORD_SIZE - shift));
	word_t *d = (word_t *)dst;
	word_t prev = 0, next;
	unsigned int i;
	size_t left;

	for (i = 0; i < WORD_SIZE - shift; i++)
		prev |= (word_t)src[i] << (8 * i);
	for (left = n; left >= 2 * WORD_SIZE; left -= WORD_SIZE) {
		next = *s++;
		*d++ = prev | next << high;
		prev = next >> low;
	}
	return n - left;
}

/*
 * Copy from low to high addresses. Right for overlapping blocks too if @d is below @s:
 * nothing is stored at an address above what has been loaded.
 */
static inline void copy_up(u8 *d, const u8 *s, size_t n)
{
	size_t done;

	if (n >= WORDS_WORTHWHILE || (word_aligned(d) && word_aligned(s))) {
		for (; !word_aligned(d); n--)
			*d++ = *s++;
		if (word_aligned(s))
			done = copy_words_up(d, s, n);
		else
			done = copy_shifted_up(d, s, n, (uintptr_t)s & (WORD_SIZE - 1));
		d += done;
		s += done;
		n -= done;
	}
	while (n--)
		*d++ = *s++;
}

/* Copy from high to low addresses; @d and @s point behind the blocks. */
static void copy_down(u8 *d, const u8 *s, size_t n)
{
	if (n >= WORDS_WORTHWHILE && ((uintptr_t)d - (uintptr_t)s) % WORD_SIZE == 0) {
		for (; !word_aligned(d); n--)
			*--d = *--s;
		for (; n >= WORD_SIZE; n -= WORD_SIZE) {
			d -= WORD_SIZE;
			s -= WORD_SIZE;
			*(word_t *)d = *(const word_t *)s;
		}
	}
	while (n--)
		*--d = *--s;
}

/* One path for all sizes; the compiler has already expanded the small constant ones. */
void *memcpy(void *dst, const void *src, size_t n)
{
	copy_up(dst, src, n);
	return dst;
}

void *memmove(void *dst, const void *src, size_t n)
{
	/* One unsigned comparison: @dst is below @src, or at least @n above it. */
	if ((uintptr_t)dst - (uintptr_t)src >= n)
		copy_up(dst, src, n);
	else
		copy_down((u8 *)dst + n, (const u8 *)src + n, n);
	return dst;
}

/* As copy_up: bytes to the first aligned word, blocks, words, bytes. */
void *memset(void *dst, int c, size_t n)
{
	word_t fill = (u8)c * 0x0101010101010101UL;
	u8 *d = dst;
	word_t *w;

	if (n >= WORDS_WORTHWHILE) {
		for (; !word_aligned(d); n--)
			*d++ = (u8)c;
		for (w = (word_t *)d; n >= BLOCK_SIZE; n -= BLOCK_SIZE, w += BLOCK_WORDS) {
			w[0] = fill, w[1] = fill, w[2] = fill, w[3] = fill;
			w[4] = fill, w[5] = fill, w[6] = fill, w[7] = fill;
		}
		for (; n >= WORD_SIZE; n -= WORD_SIZE)
			*w++ = fill;
		d = (u8 *)w;
	}
	while (n--)
		*d++ = (u8)c;
	return dst;
}

/* Blocks that are compared are mostly equal for long (pages, names), so words first. */
int memcmp(const void *a, const void *b, size_t n)
{
	const u8 *p = a, *q = b;

	/* Skip equal words; the bytes of the first unequal one decide below. */
	if (word_aligned(p) && word_aligned(q)) {
		while (n >= WORD_SIZE && *(const word_t *)p == *(const word_t *)q) {
			p += WORD_SIZE;
			q += WORD_SIZE;
			n -= WORD_SIZE;
		}
	}
	for (; n; n--, p++, q++)
		if (*p != *q)
			return *p - *q;
	return 0;
}

void *memchr(const void *s, int c, size_t n)
{
	const u8 *p = s;

	for (; n; n--, p++)
		if (*p == (u8)c)
			return (void *)p;
	return NULL;
}

/* Is this page all zero? is what it is asked most, hence by words. */
void *memchr_inv(const void *s, int c, size_t n)
{
	word_t fill = (u8)c * 0x0101010101010101UL;
	const u8 *p = s;

	for (; n && !word_aligned(p); n--, p++)
		if (*p != (u8)c)
			return (void *)p;
	for (; n >= WORD_SIZE && *(const word_t *)p == fill; n -= WORD_SIZE)
		p += WORD_SIZE;
	for (; n; n--, p++)
		if (*p != (u8)c)
			return (void *)p;
	return NULL;
}

/*
 * The string functions go by bytes: kernel strings are short, and reading a word at a time
 * means reading past the end of the string.
 */
size_t strlen(const char *s)
{
	const char *end = s;

	while (*end)
		end++;
	return (size_t)(end - s);
}

/* Never looks at s[max]: @s need not have a NUL at all. */
size_t strnlen(const char *s, size_t max)
{
	size_t len = 0;

	while (len < max && s[len])
		len++;
	return len;
}

/* Compared as unsigned bytes, so that names sort alike whatever the sign of char is. */
int strcmp(const char *a, const char *b)
{
	while (*a && *a == *b) {
		a++;
		b++;
	}
	return (u8)*a - (u8)*b;
}

int strncmp(const char *a, const char *b, size_t n)
{
	for (; n; n--, a++, b++) {
		if (*a != *b)
			return (u8)*a - (u8)*b;
		if (!*a)
			break;
	}
	return 0;
}

/* The NUL counts as part of the string: strchr(s, 0) finds the end. */
char *strchr(const char *s, int c)
{
	for (; *s != (char)c; s++)
		if (!*s)
			return NULL;
	return (char *)s;
}

/* Up to and including the NUL, like strchr. */
char *strrchr(const char *s, int c)
{
	const char *last = NULL;

	do {
		if (*s == (char)c)
			last = s;
	} while (*s++);
	return (char *)last;
}

/* The plain quadratic search; what is searched for is a word on a command line. */
char *strstr(const char *s, const char *what)
{
	size_t len = strlen(what);

	do {
		if (strncmp(s, what, len) == 0)
			return (char *)s;
	} while (*s++);
	return NULL;
}

/* Two loops in one; the sets are two or three characters. */
size_t strspn(const char *s, const char *accept)
{
	size_t len = 0;

	while (s[len] && strchr(accept, s[len]))
		len++;
	return len;
}

size_t strcspn(const char *s, const char *reject)
{
	size_t len = 0;

	while (s[len] && !strchr(reject, s[len]))
		len++;
	return len;
}

char *strpbrk(const char *s, const char *accept)
{
	s += strcspn(s, accept);
	return *s ? (char *)s : NULL;
}

/* Unlike strtok, it keeps its state with the caller and returns empty tokens. */
char *strsep(char **sp, const char *delims)
{
	char *token = *sp, *end;

	if (!token)
		return NULL;
	end = token + strcspn(token, delims);
	*sp = *end ? end + 1 : NULL;
	*end = '\0';
	return token;
}

/*
 * One pass to measure, at most @size bytes far, and one to copy: the source is never read
 * behind the limit even if it has no NUL.
 */
ssize_t strscpy(char *dst, const char *src, size_t size)
{
	size_t len;

	if (!size)
		return -E2BIG;
	len = strnlen(src, size);
	if (len < size) {
		memcpy(dst, src, len + 1);
		return (ssize_t)len;
	}
	memcpy(dst, src, size - 1);
	dst[size - 1] = '\0';
	return -E2BIG;
}

/* What goes out to a program must not carry old memory behind the NUL. */
ssize_t strscpy_pad(char *dst, const char *src, size_t size)
{
	ssize_t len = strscpy(dst, src, size);

	if (len >= 0)
		memset(dst + len, 0, size - (size_t)len);
	return len;
}

/* The cast drops const like strchr's: the caller knows what it passed. */
char *skip_spaces(const char *s)
{
	while (isspace((u8)*s))
		s++;
	return (char *)s;
}

/* Writes a NUL over trailing space; leading space is only stepped over. */
char *strim(char *s)
{
	size_t len = strlen(s);

	while (len && isspace((u8)s[len - 1]))
		len--;
	s[len] = '\0';
	return skip_spaces(s);
}

/* The length of @s without one newline at its end. */
static size_t len_without_newline(const char *s)
{
	size_t len = strlen(s);

	return len && s[len - 1] == '\n' ? len - 1 : len;
}

/* For what was written with echo, against what the kernel calls it. */
bool sysfs_streq(const char *a, const char *b)
{
	size_t len = len_without_newline(a);

	return len == len_without_newline(b) && memcmp(a, b, len) == 0;
}

size_t str_has_prefix(const char *s, const char *prefix)
{
	size_t len = strlen(prefix);

	return strncmp(s, prefix, len) == 0 ? len : 0;
}

int match_string(const char *const *array, size_t n, const char *s)
{
	size_t i;

	for (i = 0; i < n && array[i]; i++)
		if (strcmp(array[i], s) == 0)
			return (int)i;
	return -EINVAL;
}
