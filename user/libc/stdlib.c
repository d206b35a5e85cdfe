/* SPDX-License-Identifier: MIT */
/*
 * user/libc/stdlib.c: sorting, searching, small arithmetic, random numbers.
 *
 * Linux: none (C11 7.22). Differs: qsort() is a heap sort: never slower than
 * n log n, needs no extra memory and no recursion.
 */
#include <stdint.h>
#include <stdlib.h>
#include <strings.h>

static void swap(char *a, char *b, size_t size)
{
	while (size--) {
		char t = *a;

		*a++ = *b;
		*b++ = t;
	}
}

struct heap {
	char *base;
	size_t size;
	int (*cmp)(const void *, const void *);
};

/* Let the element at root sink until both its children are smaller. */
static void sift_down(const struct heap *h, size_t root, size_t nr)
{
	size_t child;

	while ((child = 2 * root + 1) < nr) {
		char *c = h->base + child * h->size;
		char *r = h->base + root * h->size;

		if (child + 1 < nr && h->cmp(c, c + h->size) < 0) {
			child++;
			c += h->size;
		}
		if (h->cmp(r, c) >= 0)
			return;
		swap(r, c, h->size);
		root = child;
	}
}

void qsort(void *base, size_t nr, size_t size, int (*cmp)(const void *, const void *))
{
	struct heap h = { base, size, cmp };

	for (size_t i = nr / 2; i-- > 0; )
		sift_down(&h, i, nr);
	for (size_t end = nr; end-- > 1; ) {
		swap(h.base, h.base + end * size, size);
		sift_down(&h, 0, end);
	}
}

void *bsearch(const void *key, const void *base, size_t nr, size_t size,
	      int (*cmp)(const void *, const void *))
{
	const char *lo = base;

	while (nr) {
		const char *mid = lo + nr / 2 * size;
		int order = cmp(key, mid);

		if (order == 0)
			return (void *)mid;
		if (order > 0) {
			lo = mid + size;
			nr--;
		}
		nr /= 2;
	}
	return NULL;
}

int abs(int i)
{
	return i < 0 ? -i : i;
}

long labs(long i)
{
	return i < 0 ? -i : i;
}

long long llabs(long long i)
{
	return i < 0 ? -i : i;
}

div_t div(int num, int den)
{
	return (div_t){ num / den, num % den };
}

ldiv_t ldiv(long num, long den)
{
	return (ldiv_t){ num / den, num % den };
}

int ffs(int i)
{
	int n = 1;

	while (i && !(i & 1)) {
		i = (unsigned int)i >> 1;
		n++;
	}
	return i ? n : 0;
}

static uint64_t seed = 1;

/* A 64-bit linear congruential generator (Knuth's MMIX); the high bits are good. */
static int next_random(uint64_t *state)
{
	*state = *state * 6364136223846793005UL + 1442695040888963407UL;
	return *state >> 33;
}

int rand(void)
{
	return next_random(&seed);
}

void srand(unsigned int new_seed)
{
	seed = new_seed;
}

int rand_r(unsigned int *state)
{
	uint64_t s = *state;
	int value = next_random(&s);

	*state = s >> 16;
	return value;
}

long random(void)
{
	return rand();
}

void srandom(unsigned int new_seed)
{
	srand(new_seed);
}
