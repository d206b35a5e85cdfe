/* SPDX-License-Identifier: MIT */
/*
 * Handing out swap slots so that pages written together lie together.
 *
 * Slots are grouped in clusters of 256. Allocation goes straight through one
 * cluster, slot after slot, so that write-out becomes a few large requests. At its
 * end a completely empty cluster is looked for; only if there is none are the holes
 * of used clusters filled. A count of used slots per cluster makes both searches
 * short: at most one step a cluster and 256 inside.
 *
 * Invariants (swap_slots_check() tests them):
 *   - nr_free + nr_inuse + bad slots == max;
 *   - cluster_used[c] is the number of its slots whose byte is not 0; the slots that
 *     the last cluster lacks count as used.
 *
 * Locks: the caller's, swap_info.lock.
 *
 * Linux: mm/swapfile.c, scan_swap_map_slots(). Differs: no per-hart clusters, no
 * continuation of counts beyond one byte.
 */
#include "lib/bug.h"
#include "mm/swap_slots.h"

size_t swap_slots_bytes(unsigned long max)
{
	return ALIGN(max, sizeof(u16)) + DIV_ROUND_UP(max, SWAPFILE_CLUSTER) * sizeof(u16);
}

void swap_slots_init(struct swap_slots *s, void *mem, unsigned long max)
{
	VM_BUG_ON(max < 2);		/* slot 0 is the header */
	s->map = mem;
	s->cluster_used = (u16 *)(s->map + ALIGN(max, sizeof(u16)));
	s->max = max;
	s->nr_clusters = DIV_ROUND_UP(max, SWAPFILE_CLUSTER);
	s->next = 1;
	s->nr_free = max - 1;
	s->nr_inuse = 0;
	s->map[0] = SWAP_MAP_BAD;
	s->cluster_used[0] = 1;
	s->cluster_used[s->nr_clusters - 1] += s->nr_clusters * SWAPFILE_CLUSTER - max;
}

int swap_slot_mark_bad(struct swap_slots *s, unsigned long off)
{
	if (!off || off >= s->max)
		return -EINVAL;
	if (s->map[off] == SWAP_MAP_BAD)
		return 0;
	if (s->map[off] == 0) {
		s->cluster_used[off / SWAPFILE_CLUSTER]++;
		s->nr_free--;
	} else if (s->map[off] == SWAP_HAS_CACHE) {
		s->nr_inuse--;
	} else {
		return -EINVAL;		/* still referred to */
	}
	s->map[off] = SWAP_MAP_BAD;
	return 0;
}

/* ---- looking for a free one ---- */

/* First free slot of [from, end of its cluster), or 0. */
static unsigned long find_in_cluster(const struct swap_slots *s, unsigned long from)
{
	unsigned long end = min(s->max, ALIGN_DOWN(from, SWAPFILE_CLUSTER) + SWAPFILE_CLUSTER);

	for (; from < end; from++)
		if (!s->map[from])
			return from;
	return 0;
}

/* A cluster with at most `used` slots taken, the nearest behind `from`; nr_clusters: none. */
static unsigned long find_cluster(const struct swap_slots *s, unsigned long from,
				  unsigned int used)
{
	for (unsigned long i = 0; i < s->nr_clusters; i++) {
		unsigned long c = (from + i) % s->nr_clusters;

		if (s->cluster_used[c] <= used)
			return c;
	}
	return s->nr_clusters;
}

static unsigned long find_slot(const struct swap_slots *s)
{
	unsigned long c, off, here = s->next / SWAPFILE_CLUSTER;

	/* At a border the cluster that begins there is only good if it is empty. */
	if (s->next % SWAPFILE_CLUSTER && s->next < s->max) {
		off = find_in_cluster(s, s->next);
		if (off)
			return off;
	}
	c = find_cluster(s, here, 0);
	if (c == s->nr_clusters)
		c = find_cluster(s, here, SWAPFILE_CLUSTER - 1);
	VM_BUG_ON(c == s->nr_clusters);
	return find_in_cluster(s, c * SWAPFILE_CLUSTER);
}

unsigned long swap_slot_alloc(struct swap_slots *s, u8 usage)
{
	unsigned long off;

	if (!s->nr_free)
		return 0;
	off = find_slot(s);
	VM_BUG_ON(!off || off >= s->max || s->map[off]);
	s->map[off] = usage;
	s->cluster_used[off / SWAPFILE_CLUSTER]++;
	s->nr_free--;
	s->nr_inuse++;
	s->next = off + 1;
	return off;
}

/* ---- counting ---- */

static bool slot_in_use(const struct swap_slots *s, unsigned long off)
{
	return off < s->max && s->map[off] && s->map[off] != SWAP_MAP_BAD;
}

int swap_slot_get(struct swap_slots *s, unsigned long off, u8 usage)
{
	bool cache = usage == SWAP_HAS_CACHE;

	if (!slot_in_use(s, off))
		return cache ? -ENOENT : -EINVAL;
	if (cache) {
		if (s->map[off] & SWAP_HAS_CACHE)
			return -EEXIST;
		s->map[off] |= SWAP_HAS_CACHE;
		return 0;
	}
	if ((s->map[off] & ~SWAP_HAS_CACHE) >= SWAP_MAP_MAX)
		return -ENOMEM;
	s->map[off]++;
	return 0;
}

int swap_slot_put(struct swap_slots *s, unsigned long off, u8 usage)
{
	if (!slot_in_use(s, off))
		return -EINVAL;
	if (usage == SWAP_HAS_CACHE) {
		if (!(s->map[off] & SWAP_HAS_CACHE))
			return -EINVAL;
		s->map[off] &= ~SWAP_HAS_CACHE;
	} else {
		if (!(s->map[off] & ~SWAP_HAS_CACHE))
			return -EINVAL;
		s->map[off]--;
	}
	if (!s->map[off]) {
		VM_BUG_ON(!s->cluster_used[off / SWAPFILE_CLUSTER] || !s->nr_inuse);
		s->cluster_used[off / SWAPFILE_CLUSTER]--;
		s->nr_free++;
		s->nr_inuse--;
	}
	return s->map[off];
}

unsigned long swap_slot_next_used(const struct swap_slots *s, unsigned long off)
{
	for (; off < s->max; off++)
		if (slot_in_use(s, off))
			return off;
	return 0;
}

bool swap_slots_check(const struct swap_slots *s)
{
	unsigned long nr_free = 0, nr_inuse = 0, off, c;

	for (c = 0; c < s->nr_clusters; c++) {
		unsigned int used = 0;

		for (off = c * SWAPFILE_CLUSTER; off < (c + 1) * SWAPFILE_CLUSTER; off++) {
			used += off >= s->max || s->map[off];
			nr_free += off < s->max && !s->map[off];
			nr_inuse += slot_in_use(s, off);
		}
		if (used != s->cluster_used[c])
			return false;
	}
	return nr_free == s->nr_free && nr_inuse == s->nr_inuse && s->map[0] == SWAP_MAP_BAD;
}
