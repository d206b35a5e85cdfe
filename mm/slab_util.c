/* SPDX-License-Identifier: MIT */
/*
 * Conveniences over kmalloc: arrays, strings, resizing.
 *
 * No state, no locks of their own.
 *
 * Linux: mm/util.c, kstrdup(); mm/slab_common.c, krealloc(), ksize().
 */
#include "lib/string.h"
#include "mm/slab_internal.h"

void *kmalloc_array(size_t n, size_t size, gfp_t gfp)
{
	size_t bytes;

	if (unlikely(check_mul_overflow(n, size, &bytes)))
		return NULL;
	return kmalloc(bytes, gfp);
}

size_t ksize(const void *p)
{
	struct slab *slab;

	if (p <= ZERO_SIZE_PTR)
		return 0;
	slab = virt_to_slab(p);
	if (!(slab->flags & BIT(PG_slab)))
		return PAGE_SIZE << folio_order((struct folio *)slab_page(slab));
	if (slab_use_slob)
		return slob_ksize(p);
	return slab->cache->object_size;
}

void *krealloc(void *p, size_t size, gfp_t gfp)
{
	size_t old = ksize(p);
	void *new;

	if (!size) {
		kfree(p);
		return ZERO_SIZE_PTR;
	}
	if (old >= size)
		return p;
	new = kmalloc(size, gfp);
	if (!new)
		return NULL;
	if (old)
		memcpy(new, p, old);
	kfree(p);
	return new;
}

void *kmemdup(const void *src, size_t len, gfp_t gfp)
{
	void *new = kmalloc(len, gfp);

	return new ? memcpy(new, src, len) : NULL;
}

char *kstrndup(const char *s, size_t max, gfp_t gfp)
{
	size_t len = strnlen(s, max);
	char *new = kmalloc(len + 1, gfp);

	if (!new)
		return NULL;
	memcpy(new, s, len);
	new[len] = '\0';
	return new;
}

char *kstrdup(const char *s, gfp_t gfp)
{
	return kmemdup(s, strlen(s) + 1, gfp);
}
