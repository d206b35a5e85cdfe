/* SPDX-License-Identifier: MIT */
/*
 * How many pages may be dirty. No state of its own: unit-tested on the host.
 *
 * Locks: none.
 *
 * Linux: mm/page-writeback.c, domain_dirty_limits(), writeback_set_ratelimit().
 */
#include "mm/dirty_limits.h"
#include "lib/bug.h"
#include "lib/kernel.h"
#include <asm/page.h>

#define MAX_RATELIMIT	32

/* A share of available, or a number of bytes rounded up to pages. */
static unsigned long one_limit(unsigned long bytes, int ratio, unsigned long available)
{
	if (bytes)
		return bytes / PAGE_SIZE + !!(bytes % PAGE_SIZE);
	VM_BUG_ON(ratio < 0 || ratio > 100);
	/* In two steps: available times 100 might not fit. */
	return available / 100 * ratio + available % 100 * ratio / 100;
}

void dirty_thresholds(const struct dirty_knobs *k, unsigned long available,
		      unsigned long *background, unsigned long *limit)
{
	*limit = one_limit(k->bytes, k->ratio, available);
	*background = one_limit(k->background_bytes, k->background_ratio, available);
	/* The flusher must have begun before anybody has to wait for it. */
	if (*background >= *limit)
		*background = *limit / 2;
	VM_BUG_ON(*background && *background >= *limit);
}

unsigned int dirty_ratelimit(unsigned long limit, unsigned int nr_harts)
{
	VM_BUG_ON(!nr_harts);
	return clamp_t(unsigned long, limit / (nr_harts * 8), 1, MAX_RATELIMIT);
}
