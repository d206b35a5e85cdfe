/* SPDX-License-Identifier: MIT */
/*
 * sort.c - heapsort.
 *
 * Chosen over quicksort for what a kernel needs: no recursion, no memory, O(n log n) at
 * worst. No state, no locks.
 *
 * Linux: lib/sort.c. Differs: the plain sift-down, not the bottom-up one.
 */
#include "lib/kernel.h"
#include "lib/sort.h"

typedef u64 __may_alias word_t;

static void swap_words(void *a, void *b, int size)
{
	word_t *p = a, *q = b;
	int i;

	for (i = 0; i < size / (int)sizeof(word_t); i++)
		swap(p[i], q[i]);
}

static void swap_bytes(void *a, void *b, int size)
{
	u8 *p = a, *q = b;
	int i;

	for (i = 0; i < size; i++)
		swap(p[i], q[i]);
}

/* What one sort() works on. */
struct heap {
	u8 *base;
	size_t size;
	cmp_func_t cmp;
	swap_func_t exchange;
};

static inline void *elem(const struct heap *heap, size_t i)
{
	return heap->base + i * heap->size;
}

/* Let element @i sink until no child among the first @num elements is larger. */
static void sift_down(const struct heap *heap, size_t i, size_t num)
{
	size_t child;

	while ((child = 2 * i + 1) < num) {
		if (child + 1 < num && heap->cmp(elem(heap, child), elem(heap, child + 1)) < 0)
			child++;
		if (heap->cmp(elem(heap, i), elem(heap, child)) >= 0)
			return;
		heap->exchange(elem(heap, i), elem(heap, child), (int)heap->size);
		i = child;
	}
}

void sort(void *base, size_t num, size_t size, cmp_func_t cmp, swap_func_t swap_func)
{
	bool words = size % sizeof(word_t) == 0 && PTR_IS_ALIGNED(base, sizeof(word_t));
	struct heap heap = {
		.base = base, .size = size, .cmp = cmp,
		.exchange = swap_func ? swap_func : words ? swap_words : swap_bytes,
	};
	size_t i;

	for (i = num / 2; i-- > 0;)
		sift_down(&heap, i, num);
	/* The largest is at the front: move it behind the shrinking heap. */
	for (i = num; i-- > 1;) {
		heap.exchange(elem(&heap, 0), elem(&heap, i), (int)size);
		sift_down(&heap, 0, i);
	}
}
