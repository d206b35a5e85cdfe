/* SPDX-License-Identifier: MIT */
/*
 * Swap: entries, slots with counts, the swap cache, I/O.
 *
 * Linux: include/linux/swap.h, swapops.h; mm/swapfile.c, swap_state.c,
 * page_io.c.
 */
#pragma once
#include "mm/mm.h"
#include "mm/swap_slots.h"

/* type << 58 | offset; 0 = none (slot 0 is the header) */
typedef struct { unsigned long val; } swp_entry_t;
#define SWP_TYPE_SHIFT	58
#define SWAP_CLUSTER_MAX 32		/* pages reclaimed, and written, at a time */

static inline swp_entry_t swp_entry(unsigned long type, unsigned long off)
{
	return (swp_entry_t){ type << SWP_TYPE_SHIFT | off };
}
static inline unsigned int swp_type(swp_entry_t e) { return e.val >> SWP_TYPE_SHIFT; }
static inline unsigned long swp_offset(swp_entry_t e)
{
	return e.val & ((1UL << SWP_TYPE_SHIFT) - 1);
}
static inline bool is_swap_pte(pte_t pte) { return !pte_none(pte) && !pte_present(pte); }
static inline swp_entry_t pte_to_swp_entry(pte_t p)
{
	return swp_entry(pte_val(p) >> __SWP_TYPE_SHIFT & (MAX_SWAPFILES - 1),
			 pte_val(p) >> __SWP_OFFSET_SHIFT);
}
static inline pte_t swp_entry_to_pte(swp_entry_t e)
{
	return __pte((unsigned long)swp_type(e) << __SWP_TYPE_SHIFT |
		     swp_offset(e) << __SWP_OFFSET_SHIFT);
}

/* ---- slots (swapfile.c) ---- */
/* get_swap_page() - a slot for locked f, SWAP_HAS_CACHE and count 0; .val 0: there is none. */
swp_entry_t get_swap_page(struct folio *f);
/*
 * swap_duplicate() - one more PTE refers to it: 0, or -ENOMEM at the maximum, -EINVAL for a
 * wild entry.
 */
int __must_check swap_duplicate(swp_entry_t e);
/* swap_free() - one PTE less; frees the slot (and its cache reference rules) at 0. */
void swap_free(swp_entry_t e);
/* swapcache_prepare() - claim SWAP_HAS_CACHE: 0, -EEXIST (taken), -ENOENT (slot is free). */
int __must_check swapcache_prepare(swp_entry_t e);
/* swapcache_free() - give the claim back. */
void swapcache_free(swp_entry_t e);
/* free_swap_and_cache() - a PTE with e is zapped: swap_free, and drop a cache page nobody needs. */
void free_swap_and_cache(swp_entry_t e);
int swp_swapcount(swp_entry_t e);		/* PTE references, without the cache */
bool swap_entry_valid(swp_entry_t e);
long get_nr_swap_pages(void);			/* free slots */
extern atomic_long_t nr_swap_pages;
unsigned long total_swap_pages(void);
static inline bool mem_has_swap_space(void) { return get_nr_swap_pages() > 0; }
/* For /proc/swaps: fn per active area. */
struct swap_area_info {
	const char *path, *type;
	unsigned long size_kb, used_kb;
	int prio;
};
void swap_for_each_area(void (*fn)(const struct swap_area_info *info, void *arg), void *arg);
long sys_swapon(const char __user *path, long flags);
long sys_swapoff(const char __user *path);
void swap_init(void);
void mm_check_swap(void);	/* slot counts against the cache (debug, tests) */

/* ---- swap cache (swap_state.c) ---- */
/*
 * add_to_swap() - give a locked anon or shmem folio (mapping and index left alone) a slot
 * and put it in the cache. false: no slot or no memory.
 */
bool add_to_swap(struct folio *f);
/* swap_cache_get_folio() - cached folio with a reference, or NULL. */
struct folio *swap_cache_get_folio(swp_entry_t e);
/*
 * delete_from_swap_cache() - => folio locked, not under writeback; drops the cache's
 * reference and slot claim.
 */
void delete_from_swap_cache(struct folio *f);
/*
 * reclaim_swap_cache() - the same, if only the cache and the caller hold it and it is clean:
 * true if done.
 */
bool __must_check reclaim_swap_cache(struct folio *f);
/* folio_free_swap() - drop the cache copy if no PTE has the slot. => locked; true if done. */
bool folio_free_swap(struct folio *f);
/*
 * free_swap_cache() - f has lost a PTE. If that was the last user of its slot too: the slot is
 * given back, now or by kswapd. => a reference to f, no interrupt.
 */
void free_swap_cache(struct folio *f);
/*
 * swapin_readahead() - the folio of e, read with its neighbours; reference held, perhaps
 * still being read (wait with folio_lock). 0; -ENOMEM; -ENOENT if the slot was freed meanwhile.
 */
int __must_check swapin_readahead(swp_entry_t e, gfp_t gfp, struct folio **f);
/* read_swap_cache_async() - the same without neighbours. */
int __must_check read_swap_cache_async(swp_entry_t e, gfp_t gfp, struct folio **f);
extern int page_cluster;			/* vm.page-cluster: read-ahead of 2^n */
unsigned long total_swapcache_pages(void);
static inline swp_entry_t folio_swap_entry(const struct folio *f)
{
	return (swp_entry_t){ f->private };
}

/* ---- I/O (page_io.c) ---- */
/*
 * swap_writepage() - start to write a locked dirty swap-cache folio; unlocks it. 0 or -errno
 * (then still dirty).
 */
int __must_check swap_writepage(struct folio *f);
/* swap_read_folio() - start reading a locked folio; unlocked by the interrupt. */
int __must_check swap_read_folio(struct folio *f);
void swap_write_flush(void);			/* submit a gathered cluster */

/* ---- address spaces with swap entries (mm/swap_unuse.c), for swapoff and the OOM report ---- */
extern spinlock_t mmlist_lock;			/* RANK_MMLIST */
/* (mmlist_lock) mm_struct.mmlist: once had a swap entry, not yet gone */
extern struct list_head mmlist;
/* mm_needs_unuse() - put mm on mmlist; any context that holds its page_table_lock. */
void mm_needs_unuse(struct mm_struct *mm);
/* mm_swap_gone() - the last user is gone: off the list. => no locks. */
void mm_swap_gone(struct mm_struct *mm);
/*
 * unuse_mm() - bring back every page of mm that area type holds: 0, -ENOMEM, -EIO (a page cannot be
 * read), -EINTR (fatal signal). => the caller has a reference (mmget); takes mmap_lock; may sleep.
 */
int __must_check unuse_mm(struct mm_struct *mm, unsigned int type);
