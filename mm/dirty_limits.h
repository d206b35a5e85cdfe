/* SPDX-License-Identifier: MIT */
/*
 * How many pages may be dirty: the arithmetic of the four knobs, apart from the counters.
 *
 * Linux: mm/page-writeback.c, domain_dirty_limits().
 */
#pragma once
#include "lib/types.h"

/* Of bytes and ratio one is 0: the one that was written last holds. */
struct dirty_knobs {
	unsigned long bytes, background_bytes;
	int ratio, background_ratio;		/* per cent of what could be page cache */
};

/*
 * dirty_thresholds() - with `available` pages: writers wait above *limit, the flusher works
 * above *background. => *background < *limit, unless both are 0.
 */
void dirty_thresholds(const struct dirty_knobs *k, unsigned long available,
		      unsigned long *background, unsigned long *limit);
/*
 * dirty_ratelimit() - pages that one hart may make dirty before it looks at the counters
 * again: all together must not overshoot the limit by much. At least 1, at most 32.
 */
unsigned int dirty_ratelimit(unsigned long limit, unsigned int nr_harts);
