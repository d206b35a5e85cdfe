/* SPDX-License-Identifier: MIT */
/*
 * user/libc/malloc.c: malloc(), free(), realloc() and calloc().
 *
 * Where memory comes from: blocks of 128 KiB and more are mappings of their own
 * (mmap), given back whole by free(). Smaller blocks are cut from the heap, the
 * area that brk() makes longer. If brk() cannot (no MMU, or something is in the
 * way), the heap goes on in another place: a region made by mmap.
 *
 * A region is a row of chunks without gaps. In front of each chunk stands a
 * header with its own size and the size of the chunk before it, so both
 * neighbours can be found and free neighbours are merged at once: two free
 * chunks never touch. The row ends with a header of size 0 that counts as used.
 *
 *	| hdr | used ...... | hdr | free: next prev ... | hdr | used .... | end |
 *
 * Free chunks hang on lists by the power of two of their size. A search takes
 * the first that fits, from its own list upwards, and gives the rest back.
 * When the last chunk of the heap is free and large, brk() gives it to the
 * kernel. One lock protects everything.
 *
 * Linux: none (glibc: malloc/malloc.c). Differs: one arena, no caches.
 */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include "internal.h"

#define ALIGN		16UL
#define USED		1UL	/* in chunk.size: not on a free list */
#define MAPPED		2UL	/* in chunk.size: a mapping of its own */
#define FLAGS		15UL
#define MMAP_THRESHOLD	(128UL << 10)
#define TRIM_THRESHOLD	(128UL << 10)
#define GROW		(32UL << 10)	/* ask the kernel for at least this much */
#define PAGE		4096UL
#define NR_BINS		20		/* 32 bytes ... 16 MiB and more */

struct chunk {
	size_t size;		/* header included; the low bits are flags */
	size_t prev_size;	/* of the chunk before it; MAPPED: bytes in front */
	struct chunk *next;	/* from here on: user data while USED */
	struct chunk *prev;
};

#define HEADER		offsetof(struct chunk, next)
#define MIN_CHUNK	sizeof(struct chunk)

static struct chunk bins[NR_BINS];	/* list heads; only next and prev matter */
static struct chunk *heap_end;		/* end header of the brk heap */
static int malloc_lock;

static size_t round_up(size_t n, size_t to)
{
	return (n + to - 1) & ~(to - 1);
}

static size_t chunk_size(const struct chunk *c)
{
	return c->size & ~FLAGS;
}

static struct chunk *at(struct chunk *c, ptrdiff_t offset)
{
	return (struct chunk *)((char *)c + offset);
}

static struct chunk *chunk_of(void *ptr)
{
	return (struct chunk *)((char *)ptr - HEADER);
}

static void *data_of(struct chunk *c)
{
	return (char *)c + HEADER;
}

/* List n holds free chunks of 2^(n+5) up to 2^(n+6) - 1 bytes; the last, all above. */
static int bin_of(size_t size)
{
	int n = 0;

	while (n < NR_BINS - 1 && size >> (n + 6))
		n++;
	return n;
}

static void bin_remove(struct chunk *c)
{
	c->prev->next = c->next;
	c->next->prev = c->prev;
}

/* Mark a chunk free, of this size, and put it on its list. */
static void bin_add(struct chunk *c, size_t size)
{
	struct chunk *head = &bins[bin_of(size)];

	if (!head->next)
		head->next = head->prev = head;
	c->size = size;
	at(c, size)->prev_size = size;
	c->next = head->next;
	c->prev = head;
	c->next->prev = c;
	head->next = c;
}

/* Free a chunk of the row: merge with free neighbours. Returns the merged chunk. */
static struct chunk *merge_free(struct chunk *c)
{
	size_t size = chunk_size(c);
	struct chunk *next = at(c, size);

	if (!(next->size & USED)) {
		bin_remove(next);
		size += chunk_size(next);
	}
	if (c->prev_size) {
		struct chunk *before = at(c, -(ptrdiff_t)c->prev_size);

		if (!(before->size & USED)) {
			bin_remove(before);
			size += chunk_size(before);
			c = before;
		}
	}
	bin_add(c, size);
	return c;
}

/* Turn a used chunk into one of size bytes, and free what remains. */
static void split(struct chunk *c, size_t size)
{
	size_t rest = chunk_size(c) - size;
	struct chunk *tail = at(c, size);

	if (rest < MIN_CHUNK)
		return;
	c->size = size | USED;
	tail->size = rest | USED;
	tail->prev_size = size;
	at(tail, rest)->prev_size = rest;
	merge_free(tail);
}

/* Make [mem, mem + size) a row of its own: one free chunk and the end header. */
static struct chunk *new_region(void *mem, size_t size)
{
	struct chunk *c = mem;
	struct chunk *end = at(c, size - HEADER);

	c->prev_size = 0;
	end->size = 0 | USED;
	bin_add(c, size - HEADER);
	return end;
}

/* Lengthen the heap so that a chunk of this size can be found. 0 or -1. */
static int grow(size_t size)
{
	size_t want = round_up(size + 2 * MIN_CHUNK, PAGE);
	size_t skip;
	char *mem;

	if (want < GROW)
		want = GROW;
	mem = sbrk(want);
	if (mem == (void *)-1) {
		mem = mmap(NULL, want, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
			   -1, 0);
		if (mem == MAP_FAILED)
			return -1;
		new_region(mem, want);
		return 0;
	}
	if (heap_end && mem == (char *)heap_end + HEADER) {
		/* The old end header becomes the header of the new space. */
		struct chunk *c = heap_end;

		heap_end = at(c, want);
		heap_end->size = 0 | USED;
		c->size = want | USED;
		heap_end->prev_size = want;
		merge_free(c);
		return 0;
	}
	/* The first time, or somebody else moved the break: a new region there. */
	skip = -(uintptr_t)mem % ALIGN;
	if (skip && sbrk(skip) == (void *)-1)
		want -= ALIGN;
	heap_end = new_region(mem + skip, want);
	return 0;
}

/* Give the end of the heap back if it is free and large. */
static void trim(struct chunk *last)
{
	size_t give;

	if (at(last, chunk_size(last)) != heap_end || chunk_size(last) < TRIM_THRESHOLD)
		return;
	if ((char *)sbrk(0) != (char *)heap_end + HEADER)
		return;
	give = (chunk_size(last) - GROW) & ~(PAGE - 1);
	if (sbrk(-(intptr_t)give) == (void *)-1)
		return;
	bin_remove(last);
	heap_end = at(heap_end, -(ptrdiff_t)give);
	heap_end->size = 0 | USED;
	bin_add(last, chunk_size(last) - give);
}

static struct chunk *find_free(size_t size)
{
	for (int bin = bin_of(size); bin < NR_BINS; bin++) {
		struct chunk *head = &bins[bin];

		if (!head->next)
			continue;
		for (struct chunk *c = head->next; c != head; c = c->next) {
			if (c->size >= size)
				return c;
		}
	}
	return NULL;
}

static void *heap_alloc(size_t size)
{
	struct chunk *c;

	__lock(&malloc_lock);
	c = find_free(size);
	if (!c && grow(size) == 0)
		c = find_free(size);
	if (c) {
		bin_remove(c);
		c->size |= USED;
		split(c, size);
	}
	__unlock(&malloc_lock);
	if (!c) {
		errno = ENOMEM;
		return NULL;
	}
	return data_of(c);
}

static void *mmap_alloc(size_t size)
{
	size_t bytes = round_up(size, PAGE);
	struct chunk *c = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
			       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (c == MAP_FAILED)
		return NULL;
	c->size = bytes | USED | MAPPED;
	c->prev_size = 0;
	return data_of(c);
}

/* The chunk size for a request; 0 if the request is beyond anything. */
static size_t request_size(size_t size)
{
	if (size > PTRDIFF_MAX - PAGE)
		return 0;
	size = round_up(size + HEADER, ALIGN);
	return size < MIN_CHUNK ? MIN_CHUNK : size;
}

void *malloc(size_t size)
{
	size_t need = request_size(size);

	if (!need) {
		errno = ENOMEM;
		return NULL;
	}
	return need >= MMAP_THRESHOLD ? mmap_alloc(need) : heap_alloc(need);
}

void free(void *ptr)
{
	struct chunk *c;
	int saved = errno;

	if (!ptr)
		return;
	c = chunk_of(ptr);
	if (!(c->size & USED))
		abort();	/* freed twice, or something wrote over the header */
	if (c->size & MAPPED) {
		munmap((char *)c - c->prev_size, chunk_size(c) + c->prev_size);
	} else {
		__lock(&malloc_lock);
		trim(merge_free(c));
		__unlock(&malloc_lock);
	}
	errno = saved;
}

/* Grow a mapping where the kernel likes, without copying. */
static void *mmap_resize(struct chunk *c, size_t need)
{
	size_t bytes = round_up(need, PAGE);
	struct chunk *new;

	if (c->prev_size)
		return NULL;
	new = mremap(c, chunk_size(c), bytes, MREMAP_MAYMOVE);
	if (new == MAP_FAILED)
		return NULL;
	new->size = bytes | USED | MAPPED;
	return data_of(new);
}

/* Resize a heap chunk where it stands. Returns whether that was possible. */
static int heap_resize(struct chunk *c, size_t need)
{
	struct chunk *next;
	int fits;

	__lock(&malloc_lock);
	next = at(c, chunk_size(c));
	if (chunk_size(c) < need && !(next->size & USED) &&
	    chunk_size(c) + chunk_size(next) >= need) {
		bin_remove(next);
		c->size += chunk_size(next);
		at(c, chunk_size(c))->prev_size = chunk_size(c);
	}
	fits = chunk_size(c) >= need;
	if (fits)
		split(c, need);
	__unlock(&malloc_lock);
	return fits;
}

void *realloc(void *ptr, size_t size)
{
	size_t need = request_size(size);
	struct chunk *c;
	void *new;

	if (!ptr || !need)
		return malloc(size);
	c = chunk_of(ptr);
	if ((c->size & MAPPED) && need >= MMAP_THRESHOLD) {
		new = mmap_resize(c, need);
		if (new)
			return new;
	}
	if (!(c->size & MAPPED) && heap_resize(c, need))
		return ptr;
	new = malloc(size);
	if (new) {
		size_t old = chunk_size(c) - HEADER;

		memcpy(new, ptr, old < size ? old : size);
		free(ptr);
	}
	return new;
}

void *reallocarray(void *ptr, size_t nr, size_t size)
{
	size_t bytes;

	if (__builtin_mul_overflow(nr, size, &bytes)) {
		errno = ENOMEM;
		return NULL;
	}
	return realloc(ptr, bytes);
}

void *calloc(size_t nr, size_t size)
{
	void *ptr = reallocarray(NULL, nr, size);

	/* A fresh mapping is zero already: touching it would only cost memory. */
	if (ptr && !(chunk_of(ptr)->size & MAPPED))
		memset(ptr, 0, nr * size);
	return ptr;
}

/* Cut the front off a chunk so that its data begins at ptr, and free that front. */
static void *advance(struct chunk *c, char *ptr)
{
	struct chunk *moved = chunk_of(ptr);
	size_t front = (char *)moved - (char *)c;

	if (c->size & MAPPED) {
		moved->size = (chunk_size(c) - front) | USED | MAPPED;
		moved->prev_size = front;
		return ptr;
	}
	__lock(&malloc_lock);
	moved->size = (chunk_size(c) - front) | USED;
	moved->prev_size = front;
	at(moved, chunk_size(moved))->prev_size = chunk_size(moved);
	c->size = front | USED;
	merge_free(c);
	__unlock(&malloc_lock);
	return ptr;
}

void *aligned_alloc(size_t align, size_t size)
{
	char *ptr, *aligned;

	if (align <= ALIGN)
		return malloc(size);
	if (size > PTRDIFF_MAX - align - MIN_CHUNK) {
		errno = ENOMEM;
		return NULL;
	}
	ptr = malloc(size + align + MIN_CHUNK);
	if (!ptr || (uintptr_t)ptr % align == 0)
		return ptr;
	/* The front must be large enough to live on as a chunk. */
	aligned = (char *)round_up((uintptr_t)ptr + MIN_CHUNK, align);
	return advance(chunk_of(ptr), aligned);
}

int posix_memalign(void **out, size_t align, size_t size)
{
	void *ptr;

	if (align < sizeof(void *) || (align & (align - 1)))
		return EINVAL;
	ptr = aligned_alloc(align, size);
	if (!ptr)
		return ENOMEM;
	*out = ptr;
	return 0;
}
