/* SPDX-License-Identifier: MIT */
/*
 * Swap on a real disk: slots, the cache, writing in one request what lies together,
 * reading back, user memory that goes and comes, swapoff.
 *
 * Needs a disk with a swap header (/dev/vda as run-qemu.sh makes it); else skipped.
 *
 * Linux: tools/testing/selftests/mm has swap tests from user space only.
 */
#include "lib/string.h"
#include "mm/lru.h"
#include "mm/pgtable.h"
#include "mm/reclaim.h"
#include "mm/swap_internal.h"
#include "mm/vma.h"
#include "mm/vmstat.h"
#include "tests/kernel/selftest.h"
#include "tests/kernel/user_mm.h"

#define NR	64

static struct block_device *swap_disk;

static void try_disk(struct block_device *bdev, void *arg)
{
	if (!swap_disk && !do_swapon(bdev, bdev->name, 0))
		swap_disk = bdev;
}

/* Switches on the first disk that is a swap area. */
static bool swap_begin(void)
{
	swap_disk = NULL;
	blkdev_for_each(try_disk, NULL);
	return swap_disk;
}

static void swap_end(struct kselftest_ctx *ctx)
{
	mm_check_swap();
	EXPECT_EQ(ctx, do_swapoff(swap_disk), 0);
	EXPECT_EQ(ctx, get_nr_swap_pages(), 0L);
	EXPECT_EQ(ctx, total_swap_pages(), 0UL);
	EXPECT_EQ(ctx, total_swapcache_pages(), 0UL);
}

/* A page as reclaim would have it: locked, with content, no PTE. */
static struct folio *new_folio(u8 fill)
{
	struct page *page = alloc_page(GFP_KERNEL);

	if (!page)
		return NULL;
	memset(page_address(page), fill, PAGE_SIZE);
	page->flags |= BIT(PG_locked) | BIT(PG_uptodate) | BIT(PG_swapbacked);
	return page_folio(page);
}

static int swap_slots_and_cache(struct kselftest_ctx *ctx)
{
	long slots;
	struct folio *f, *found;
	swp_entry_t e;

	if (!swap_begin())
		return KSELFTEST_SKIP;
	slots = get_nr_swap_pages();
	f = new_folio(1);
	if (!f || !EXPECT_TRUE(ctx, add_to_swap(f)))
		return 0;
	e = folio_swap_entry(f);
	EXPECT_EQ(ctx, get_nr_swap_pages(), slots - 1);
	EXPECT_EQ(ctx, swapcache_prepare(e), -EEXIST);
	EXPECT_EQ(ctx, swp_swapcount(e), 0);
	EXPECT_EQ(ctx, swap_duplicate(e), 0);
	EXPECT_EQ(ctx, swp_swapcount(e), 1);
	EXPECT_TRUE(ctx, !folio_free_swap(f));
	found = swap_cache_get_folio(e);
	EXPECT_TRUE(ctx, found == f);
	folio_put(f);
	swap_free(e);
	EXPECT_TRUE(ctx, folio_free_swap(f) && !folio_test(f, PG_swapcache));
	EXPECT_EQ(ctx, get_nr_swap_pages(), slots);
	EXPECT_TRUE(ctx, !swap_cache_get_folio(e));
	EXPECT_EQ(ctx, swapcache_prepare(e), -ENOENT);
	/* Entries that no page table of ours can have. */
	EXPECT_EQ(ctx, swapcache_prepare(swp_entry(5, 1)), -ENOENT);
	EXPECT_EQ(ctx, swapcache_prepare(swp_entry(e.val >> SWP_TYPE_SHIFT, 1UL << 40)), -ENOENT);
	EXPECT_TRUE(ctx, !swap_entry_valid(swp_entry(63, ~0UL >> 6)));
	folio_unlock(f);
	folio_put(f);
	swap_end(ctx);
	return 0;
}

/* Write NR folios; each keeps one count, as if a PTE had it, and leaves memory. */
static void write_out(struct kselftest_ctx *ctx, swp_entry_t *entries)
{
	struct folio *folios[NR];

	for (int i = 0; i < NR; i++) {
		folios[i] = new_folio(i);
		if (!EXPECT_TRUE(ctx, folios[i] && add_to_swap(folios[i])))
			return;
		entries[i] = folio_swap_entry(folios[i]);
		EXPECT_EQ(ctx, swap_duplicate(entries[i]), 0);
		EXPECT_EQ(ctx, swap_writepage(folios[i]), 0);
	}
	swap_write_flush();
	for (int i = 0; i < NR; i++) {
		folio_lock(folios[i]);
		folio_wait_writeback(folios[i]);
		EXPECT_TRUE(ctx, !folio_test(folios[i], PG_dirty));
		EXPECT_TRUE(ctx, reclaim_swap_cache(folios[i]));
		folio_unlock(folios[i]);
		folio_put(folios[i]);
	}
}

static int swap_round_trip(struct kselftest_ctx *ctx)
{
	swp_entry_t entries[NR];
	u64 requests;

	if (!swap_begin())
		return KSELFTEST_SKIP;
	requests = swap_disk->stats.ios[REQ_OP_WRITE];
	write_out(ctx, entries);
	/* 64 slots in a row, 32 pages a request. */
	EXPECT_LE(ctx, swap_disk->stats.ios[REQ_OP_WRITE] - requests, (u64)NR / 32 + 1);
	for (int i = 0; i < NR; i++) {
		struct folio *f;

		if (!EXPECT_EQ(ctx, swapin_readahead(entries[i], GFP_KERNEL, &f), 0))
			continue;
		folio_lock(f);
		EXPECT_TRUE(ctx, folio_test(f, PG_uptodate));
		EXPECT_TRUE(ctx, !memchr_inv(folio_address(f), i, PAGE_SIZE));
		folio_unlock(f);
		folio_put(f);
		free_swap_and_cache(entries[i]);
	}
	EXPECT_EQ(ctx, total_swapcache_pages(), 0UL);
	swap_end(ctx);
	return 0;
}

/* Every page has a word of its own. */
static void fill(unsigned long addr)
{
	for (unsigned long i = 0; i < NR; i++)
		user_write(addr + i * PAGE_SIZE, i * 3 + 1);
}

static unsigned long count_good(unsigned long addr)
{
	unsigned long word, good = 0;

	for (unsigned long i = 0; i < NR; i++)
		good += user_read(addr + i * PAGE_SIZE, &word) && word == i * 3 + 1;
	return good;
}

/*
 * Push everything that can go to the disk, and wait until it is there: the slot of a page that is
 * being written cannot be freed at once.
 */
static void push_out(const struct mm_struct *mm)
{
	for (int round = 0; round < 50 && get_mm_counter(mm, MM_ANONPAGES); round++) {
		shrink_all_memory(4 * NR);
		schedule_timeout_uninterruptible(1);
	}
	while (node_page_state(NODE_DATA(0), NR_WRITEBACK))
		schedule_timeout_uninterruptible(1);
}

/* NR pages that are written, and then on the disk, as far as they can go. 0: no memory. */
static unsigned long map_pushed_out(const struct mm_struct *mm)
{
	unsigned long addr = user_map(NR);

	if (addr) {
		fill(addr);
		push_out(mm);
	}
	return addr;
}

static int swap_user_pages(struct kselftest_ctx *ctx)
{
	struct mm_struct *mm, *child;
	unsigned long addr;

	if (!swap_begin())
		return KSELFTEST_SKIP;
	mm = user_mm_enter();
	addr = mm ? user_map(NR) : 0;
	if (!addr)
		return -ENOMEM;
	fill(addr);
	EXPECT_EQ(ctx, get_mm_counter(mm, MM_ANONPAGES), (unsigned long)NR);
	push_out(mm);
	EXPECT_EQ(ctx, get_mm_counter(mm, MM_ANONPAGES) + get_mm_counter(mm, MM_SWAPENTS),
		  (unsigned long)NR);
	EXPECT_GE(ctx, get_mm_counter(mm, MM_SWAPENTS), (unsigned long)NR / 2);
	/* fork(): the child's entries count on the same slots. */
	if (!dup_mm(mm, &child)) {
		EXPECT_EQ(ctx, get_mm_counter(child, MM_SWAPENTS),
			  get_mm_counter(mm, MM_SWAPENTS));
		mmput(child);
	}
	EXPECT_EQ(ctx, count_good(addr), (unsigned long)NR);
	EXPECT_EQ(ctx, get_mm_counter(mm, MM_SWAPENTS), 0UL);
	mm_check_swap();
	mm_check_lru();
	user_mm_leave(mm);
	swap_end(ctx);
	return 0;
}

/* swapoff with pages of a process on the disk: they are all back, and right. */
static int swap_off_brings_back(struct kselftest_ctx *ctx)
{
	struct mm_struct *mm;
	unsigned long addr;

	if (!swap_begin())
		return KSELFTEST_SKIP;
	mm = user_mm_enter();
	addr = mm ? map_pushed_out(mm) : 0;
	if (!addr)
		return -ENOMEM;
	EXPECT_GE(ctx, get_mm_counter(mm, MM_SWAPENTS), (unsigned long)NR / 2);
	swap_end(ctx);
	EXPECT_EQ(ctx, get_mm_counter(mm, MM_SWAPENTS), 0UL);
	EXPECT_EQ(ctx, get_mm_counter(mm, MM_ANONPAGES), (unsigned long)NR);
	EXPECT_EQ(ctx, count_good(addr), (unsigned long)NR);
	user_mm_leave(mm);
	return 0;
}

static int swap_on_twice(struct kselftest_ctx *ctx)
{
	struct block_device *bdev;

	if (!swap_begin())
		return KSELFTEST_SKIP;
	bdev = swap_disk;
	EXPECT_EQ(ctx, do_swapon(bdev, bdev->name, 0), -EBUSY);
	swap_end(ctx);
	EXPECT_EQ(ctx, do_swapoff(bdev), -EINVAL);
	return 0;
}

/*
 * A page that was read ahead, and whose slot was given up (its process ended) just when reclaim had
 * taken it off its list: in no cache and no family, dirty, and reclaim's reference is the last.
 */
static int swap_slot_given_up_in_hand(struct kselftest_ctx *ctx)
{
	struct scan_control sc = { .gfp = GFP_KERNEL, .may_swap = true, .nr_to_reclaim = 1 };
	struct folio *f;
	LIST_HEAD(in_hand);

	if (!swap_begin())
		return KSELFTEST_SKIP;
	f = new_folio(1);
	if (!f || !EXPECT_TRUE(ctx, add_to_swap(f)))
		return 0;
	EXPECT_TRUE(ctx, folio_free_swap(f));
	EXPECT_TRUE(ctx, folio_test(f, PG_dirty) && !f->mapping);
	folio_unlock(f);
	list_add(&f->lru, &in_hand);
	EXPECT_EQ(ctx, shrink_folio_list(&in_hand, &sc), 1UL);
	EXPECT_TRUE(ctx, list_empty(&in_hand));
	swap_end(ctx);
	return 0;
}

/* The last user went while it was in the swap cache: nothing is written or waited for. */
static int swap_nothing_to_write(struct kselftest_ctx *ctx)
{
	struct scan_control sc = { .gfp = GFP_KERNEL, .may_swap = true, .nr_to_reclaim = 1 };
	u64 requests;
	struct folio *f;
	LIST_HEAD(in_hand);

	if (!swap_begin())
		return KSELFTEST_SKIP;
	requests = swap_disk->stats.ios[REQ_OP_WRITE];
	f = new_folio(1);
	if (!f || !EXPECT_TRUE(ctx, add_to_swap(f)))
		return 0;
	folio_unlock(f);
	list_add(&f->lru, &in_hand);
	EXPECT_EQ(ctx, shrink_folio_list(&in_hand, &sc), 0UL);
	EXPECT_EQ(ctx, sc.nr_queued, 0UL);
	EXPECT_EQ(ctx, swap_disk->stats.ios[REQ_OP_WRITE], requests);
	/* The second visit finds that nobody can reach it. */
	EXPECT_EQ(ctx, shrink_folio_list(&in_hand, &sc), 1UL);
	swap_end(ctx);
	return 0;
}

/* A write while somebody else holds the page, which has come back from its slot: it is copied. */
static void write_to_held_page(struct mm_struct *mm, unsigned long addr)
{
	struct page *page;
	int err;

	mmap_read_lock(mm);
	err = get_user_page(mm, addr, false, &page);
	mmap_read_unlock(mm);
	user_write(addr, 1);
	if (!err)
		put_page(page);
}

/* The copy takes the last PTE off the page in the swap cache: page and slot go. */
static int swap_slot_goes_with_the_last_pte(struct kselftest_ctx *ctx)
{
	struct mm_struct *mm;
	unsigned long addr, copies, cached;
	long slots;

	if (!swap_begin())
		return KSELFTEST_SKIP;
	mm = user_mm_enter();
	addr = mm ? map_pushed_out(mm) : 0;
	if (!addr)
		return -ENOMEM;
	EXPECT_EQ(ctx, count_good(addr), (unsigned long)NR);
	cached = total_swapcache_pages();	/* some may be others', read ahead */
	slots = get_nr_swap_pages();
	EXPECT_GE(ctx, cached, (unsigned long)NR / 2);
	copies = vm_event(FAULT_WP_COPY);
	for (unsigned long i = 0; i < NR; i++)
		write_to_held_page(mm, addr + i * PAGE_SIZE);
	EXPECT_GE(ctx, vm_event(FAULT_WP_COPY) - copies, (unsigned long)NR / 2);
	EXPECT_LE(ctx, total_swapcache_pages() + NR / 2, cached);
	EXPECT_GE(ctx, get_nr_swap_pages(), slots + NR / 2);
	user_mm_leave(mm);
	swap_end(ctx);
	return 0;
}

const struct kselftest swap_tests[] = {
	{ "slots_and_cache", swap_slots_and_cache },
	{ "round_trip", swap_round_trip },
	{ "user_pages", swap_user_pages },
	{ "off_brings_back", swap_off_brings_back },
	{ "on_twice", swap_on_twice },
	{ "slot_given_up_in_hand", swap_slot_given_up_in_hand },
	{ "nothing_to_write", swap_nothing_to_write },
	{ "slot_goes_with_the_last_pte", swap_slot_goes_with_the_last_pte },
	{ }
};
