/* SPDX-License-Identifier: MIT */
/*
 * Swap slots of all areas: handing them out, counting who refers to them.
 *
 * A slot's life:
 *	free  --get_swap_page-->  cache  --try_to_unmap: swap_duplicate-->  cache + count
 *	      --folio freed: swapcache_free-->  count      (the only copy is on disk)
 *	      --do_swap_page: swapcache_prepare, later swap_free-->  cache  -->  free
 *
 * The count is the number of PTEs, and of tmpfs pages, that hold the entry.
 * SWAP_HAS_CACHE is one more user: the folio in the swap cache.
 *
 * Invariants: a slot is free only if its byte is 0; nr_swap_pages is the number of
 * free slots of all areas that are writeok. A wild entry (from a broken page table)
 * is refused and reported, never followed.
 *
 * Locks: swap_lock (list of areas), then swap_info.lock; both spin, neither is
 * irq-safe. They may be taken under page_table_lock.
 *
 * Linux: mm/swapfile.c. Differs: one lock each instead of per-hart slot caches; counts
 * above 62 are refused (fork then brings the page in).
 */
#include "kernel/printk.h"
#include "lib/string.h"
#include "mm/swap_internal.h"

struct swap_info swap_infos[MAX_SWAPFILES];
DEFINE_SPINLOCK(swap_lock, RANK_SWAP);
LIST_HEAD(swap_active);
atomic_long_t nr_swap_pages;
atomic_long_t nr_total_swap_pages;

long get_nr_swap_pages(void)
{
	return atomic_long_read(&nr_swap_pages);
}

unsigned long total_swap_pages(void)
{
	return atomic_long_read(&nr_total_swap_pages);
}

/* ---- handing out ---- */

/* Areas of equal priority take turns. => swap_lock held. */
static void rotate_area(struct swap_info *si)
{
	struct swap_info *other = si;

	if (list_is_singular(&swap_active))
		return;
	list_for_each_entry_continue(other, &swap_active, list)
		if (other->prio != si->prio)
			break;
	list_move_tail(&si->list, &other->list);
}

/* A slot, claimed for the cache; 0: none. => swap_lock held. */
static unsigned long alloc_in_area(struct swap_info *si)
{
	unsigned long off = 0;

	spin_lock_nested(&si->lock);	/* after swap_lock */
	if (si->writeok)
		off = swap_slot_alloc(&si->slots, SWAP_HAS_CACHE);
	if (off)
		atomic_long_dec(&nr_swap_pages);
	spin_unlock(&si->lock);
	return off;
}

static swp_entry_t alloc_slot(void)
{
	swp_entry_t e = { 0 };
	struct swap_info *si;

	spin_lock(&swap_lock);
	list_for_each_entry(si, &swap_active, list) {
		unsigned long off = alloc_in_area(si);

		if (!off)
			continue;
		e = swp_entry(si->type, off);
		rotate_area(si);
		break;
	}
	spin_unlock(&swap_lock);
	return e;
}

/* A slot that only the cache holds, from the cursor on; 0: none. */
static unsigned long next_cached_slot(struct swap_info *si)
{
	unsigned long off;

	spin_lock(&si->lock);
	for (off = si->cached_cursor; off < si->slots.max; off++)
		if (si->slots.map[off] == SWAP_HAS_CACHE)
			break;
	si->cached_cursor = off + 1;
	if (off >= si->slots.max)
		si->cached_cursor = off = 0;
	spin_unlock(&si->lock);
	return off;
}

/*
 * Swap is full. Pages whose last PTE went while they were being written still have
 * their slots: take those back. => true if any was freed.
 */
static bool reclaim_cached_slots(void)
{
	unsigned int freed = 0;

	for (int type = 0; type < MAX_SWAPFILES; type++) {
		struct swap_info *si = &swap_infos[type];
		unsigned long off;

		if (!READ_ONCE(si->writeok))
			continue;
		while (freed < SWAP_CLUSTER_MAX && (off = next_cached_slot(si)))
			freed += swap_drop_cached(swp_entry(type, off));
	}
	return freed;
}

swp_entry_t get_swap_page(struct folio *f)
{
	swp_entry_t e = { 0 };

	VM_BUG_ON(!folio_test(f, PG_locked));
	if (get_nr_swap_pages() > 0)
		e = alloc_slot();
	if (!e.val && total_swap_pages() && reclaim_cached_slots())
		e = alloc_slot();
	return e;
}

/* ---- counting ---- */

static void bad_entry(const char *who, swp_entry_t e)
{
	if (printk_ratelimit())
		pr_err("%s: Bad swap file entry %016lx\n", who, e.val);
}

/* A stale or wild type leads to an area without slots, and so to an error. */
static int slot_get(swp_entry_t e, u8 usage)
{
	struct swap_info *si = swap_entry_info(e);
	int err;

	spin_lock(&si->lock);
	err = swap_slot_get(&si->slots, swp_offset(e), usage);
	spin_unlock(&si->lock);
	return err;
}

/* => the byte that is left, or -EINVAL. */
static int slot_put(swp_entry_t e, u8 usage)
{
	struct swap_info *si = swap_entry_info(e);
	int left;

	spin_lock(&si->lock);
	left = swap_slot_put(&si->slots, swp_offset(e), usage);
	if (!left && si->writeok)
		atomic_long_inc(&nr_swap_pages);
	spin_unlock(&si->lock);
	return left;
}

int swap_duplicate(swp_entry_t e)
{
	int err = slot_get(e, 1);

	if (unlikely(err == -EINVAL))
		bad_entry("swap_duplicate", e);
	return err;
}

void swap_free(swp_entry_t e)
{
	if (unlikely(slot_put(e, 1) < 0))
		bad_entry("swap_free", e);
}

int swapcache_prepare(swp_entry_t e)
{
	return slot_get(e, SWAP_HAS_CACHE);
}

void swapcache_free(swp_entry_t e)
{
	if (unlikely(slot_put(e, SWAP_HAS_CACHE) < 0))
		bad_entry("swapcache_free", e);
}

/*
 * The last PTE goes: if the page is in the cache as well, nobody will ask for it there.
 * A folio that is busy right now is left to kswapd (swap_orphan.c).
 */
void free_swap_and_cache(swp_entry_t e)
{
	int left = slot_put(e, 1);

	if (unlikely(left < 0))
		bad_entry("free_swap_and_cache", e);
	else if (left == SWAP_HAS_CACHE)
		(void)swap_drop_cached(e);
}

int swp_swapcount(swp_entry_t e)
{
	struct swap_info *si = swap_entry_info(e);
	int count = 0;

	spin_lock(&si->lock);
	if (swp_offset(e) < si->slots.max && si->slots.map[swp_offset(e)] != SWAP_MAP_BAD)
		count = si->slots.map[swp_offset(e)] & ~SWAP_HAS_CACHE;
	spin_unlock(&si->lock);
	return count;
}

/* A moment's answer, for walkers that only report. */
bool swap_entry_valid(swp_entry_t e)
{
	struct swap_info *si = swap_entry_info(e);
	bool valid;

	spin_lock(&si->lock);
	valid = swp_offset(e) < si->slots.max && si->slots.map[swp_offset(e)] &&
		si->slots.map[swp_offset(e)] != SWAP_MAP_BAD;
	spin_unlock(&si->lock);
	return valid;
}

/* ---- reports and checks ---- */

/* => false: nothing there. *info is a copy; its path is in buf. */
static bool describe_area(struct swap_info *si, char *buf, size_t n, struct swap_area_info *info)
{
	bool there;

	spin_lock(&swap_lock);		/* swapoff takes the path away under it */
	there = si->path != NULL;
	if (there)
		strscpy(buf, si->path, n);
	spin_unlock(&swap_lock);
	*info = (struct swap_area_info){
		.path = buf, .type = "partition", .prio = si->prio,
		.size_kb = si->pages << (PAGE_SHIFT - 10),
		.used_kb = READ_ONCE(si->slots.nr_inuse) << (PAGE_SHIFT - 10),
	};
	return there;
}

void swap_for_each_area(void (*fn)(const struct swap_area_info *info, void *arg), void *arg)
{
	struct swap_area_info info;
	char path[128];

	for (int type = 0; type < MAX_SWAPFILES; type++)
		if (describe_area(&swap_infos[type], path, sizeof(path), &info))
			fn(&info, arg);
}

/* Every cached folio has its slot's claim, and no slot has a claim without a folio. */
static void check_cache(struct swap_info *si)
{
	unsigned long index, claims = 0;
	struct folio *f;

	for (unsigned long off = 0; off < si->slots.max; off++)
		claims += si->slots.map[off] != SWAP_MAP_BAD &&
			  (si->slots.map[off] & SWAP_HAS_CACHE);
	spin_lock(&si->cache.i_pages_lock);
	xa_for_each(&si->cache.i_pages, index, f) {
		BUG_ON(index >= si->slots.max || !(si->slots.map[index] & SWAP_HAS_CACHE));
		BUG_ON(!folio_test(f, PG_swapcache));
		BUG_ON(folio_swap_entry(f).val != swp_entry(si->type, index).val);
	}
	/* A slot may be claimed a moment before its folio is there, or after it has gone. */
	BUG_ON(si->cache.nrpages > claims);
	spin_unlock(&si->cache.i_pages_lock);
}

void mm_check_swap(void)
{
	for (int type = 0; type < MAX_SWAPFILES; type++) {
		struct swap_info *si = &swap_infos[type];

		if (!si->slots.map)
			continue;
		spin_lock(&si->lock);
		BUG_ON(!swap_slots_check(&si->slots));
		check_cache(si);
		spin_unlock(&si->lock);
	}
}

void swap_init(void)
{
	for (int type = 0; type < MAX_SWAPFILES; type++) {
		struct swap_info *si = &swap_infos[type];

		si->type = type;
		spin_lock_init(&si->lock, RANK_SWAP, "swap_info");
		spin_lock_init(&si->wlock, RANK_SWAP, "swap_write");
		address_space_init(&si->cache, NULL, NULL);
		INIT_LIST_HEAD(&si->list);
	}
}
