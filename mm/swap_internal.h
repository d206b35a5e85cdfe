/* SPDX-License-Identifier: MIT */
/*
 * What the files of swap share: swapfile.c (slots of all areas), swapon.c (areas come
 * and go), swap_state.c (the cache), page_io.c (the disk).
 *
 * Linux: struct swap_info_struct in include/linux/swap.h, mm/swap.h.
 */
#pragma once
#include "kernel/drivers/block.h"
#include "mm/filemap.h"
#include "mm/swap.h"

/*
 * swap_info - one swap area. They are static and found by the type in an entry, so a
 * stale entry never leads to freed memory; an area that is off has no slots.
 */
struct swap_info {
	spinlock_t lock;		/* (W) slots and flags. RANK_SWAP */
	unsigned int type;		/* index in the table */
	bool used;			/* (swapon_mutex) taken */
	bool writeok;			/* (W) new slots may be handed out */
	int prio;			/* (swap_lock) higher is used first */
	struct swap_slots slots;	/* (W) */
	unsigned long pages;		/* usable slots; set by swapon */
	unsigned long cached_cursor;	/* (W) where the search for idle cached slots goes on */
	struct block_device *bdev;
	char *path;			/* for /proc/swaps */
	struct address_space cache;	/* folios by slot; its i_pages_lock guards it */
	struct list_head list;		/* (swap_lock) active areas, highest priority first */
	spinlock_t wlock;		/* guards wbio. RANK_SWAP */
	struct bio *wbio;		/* write-out being gathered */
};

extern struct swap_info swap_infos[MAX_SWAPFILES];
extern spinlock_t swap_lock;		/* list of active areas; taken before swap_info.lock */
extern struct list_head swap_active;
extern atomic_long_t nr_total_swap_pages;

static inline struct swap_info *swap_entry_info(swp_entry_t e)
{
	return &swap_infos[swp_type(e) % MAX_SWAPFILES];
}

/* swap_cache_lookup() - as swap_cache_get_folio(), without counting a hit of read-ahead. */
struct folio *swap_cache_lookup(swp_entry_t e);
/* swap_note_orphan() - e has a folio but no user, and could not be dropped now. => no interrupt. */
void swap_note_orphan(swp_entry_t e);
/* swap_drop_cached() - drop the cache folio of a slot that no PTE refers to, if nobody uses it. */
bool swap_drop_cached(swp_entry_t e);

/* swap_plug - reads gathered into one request while the slots follow each other. */
struct swap_read_plug {
	struct bio *bio;
};
/* swap_plug_read() - start reading a locked folio, at the latest with swap_plug_submit(). */
void swap_plug_read(struct swap_read_plug *plug, struct folio *f);
void swap_plug_submit(struct swap_read_plug *plug);

/* do_swapon(), do_swapoff() - the system calls, the device found. Results as theirs. */
int __must_check do_swapon(struct block_device *bdev, const char *name, int flags);
int __must_check do_swapoff(const struct block_device *bdev);
