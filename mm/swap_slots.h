/* SPDX-License-Identifier: MIT */
/*
 * The slots of one swap area: which are free, and how often the others are used.
 * Nothing here knows about disks, folios or locks; tests/host compiles it as it is.
 *
 * Linux: struct swap_info_struct, swap_map and cluster_info in mm/swapfile.c.
 */
#pragma once
#include "lib/errno.h"
#include "lib/kernel.h"

/* A slot's byte: count of PTEs (or tmpfs pages) that refer to it, and SWAP_HAS_CACHE. */
#define SWAP_MAP_MAX	0x3e		/* highest count before -ENOMEM */
#define SWAP_MAP_BAD	0x3f		/* never used: header, bad page */
#define SWAP_HAS_CACHE	0x40		/* slot is in the swap cache */
#define SWAPFILE_CLUSTER 256		/* slots that are written in a row */

struct swap_slots {
	u8 *map;			/* one byte a slot; slot 0 is the header */
	u16 *cluster_used;		/* slots of each cluster that are not free */
	unsigned long max;		/* number of slots, bad ones too */
	unsigned long nr_clusters;
	unsigned long next;		/* where to look first */
	unsigned long nr_free;
	unsigned long nr_inuse;		/* neither free nor bad */
};

/* swap_slots_bytes() - size of the two arrays for max slots; both from one block, map first. */
size_t swap_slots_bytes(unsigned long max);
/* swap_slots_init() - all free but the header. => mem: zeroed, swap_slots_bytes(max) bytes. */
void swap_slots_init(struct swap_slots *s, void *mem, unsigned long max);
/* swap_slot_mark_bad() - a free or cached slot is not to be used: -EINVAL if it cannot be one. */
int __must_check swap_slot_mark_bad(struct swap_slots *s, unsigned long off);
/*
 * swap_slot_alloc() - a free slot, preferably the one behind the last: 0 if all are used.
 * Its byte becomes usage.
 */
unsigned long swap_slot_alloc(struct swap_slots *s, u8 usage);
/*
 * swap_slot_get() - usage SWAP_HAS_CACHE: claim the cache: 0, -EEXIST, -ENOENT (free or wild).
 * usage 1: count one more: 0, -ENOMEM (at the maximum), -EINVAL (free or wild).
 */
int __must_check swap_slot_get(struct swap_slots *s, unsigned long off, u8 usage);
/* swap_slot_put() - the reverse: the byte that is left, 0: it is free now. -EINVAL: not held. */
int __must_check swap_slot_put(struct swap_slots *s, unsigned long off, u8 usage);
/* swap_slot_next_used() - first slot at or behind off that is in use, 0: none. */
unsigned long swap_slot_next_used(const struct swap_slots *s, unsigned long off);
/* swap_slots_check() - counters against the map: true if all agree (tests). */
bool swap_slots_check(const struct swap_slots *s);
