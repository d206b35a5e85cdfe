/* SPDX-License-Identifier: MIT */
/*
 * The LRU lists: where folios go, the second chance, exact counts, isolation, freeing
 * in batches, reclaim of page cache.
 *
 * Linux: none of its own. Differs: inside the kernel.
 */
#include "kernel/fs/fs.h"
#include "mm/filemap.h"
#include "mm/lru.h"
#include "tests/kernel/selftest.h"

#define NR	40

static struct folio *new_folio(bool swapbacked)
{
	struct page *page = alloc_page(GFP_KERNEL);

	if (!page)
		return NULL;
	if (swapbacked)
		set_bit(PG_swapbacked, &page->flags);
	return page_folio(page);
}

static int lru_exact_counts(struct kselftest_ctx *ctx)
{
	unsigned long anon = lru_pages(LRU_INACTIVE_ANON), file = lru_pages(LRU_INACTIVE_FILE);
	struct folio *a = new_folio(true), *b = new_folio(false);

	if (!EXPECT_TRUE(ctx, a && b))
		return 0;
	folio_add_lru(a);
	folio_add_lru(b);
	EXPECT_EQ(ctx, lru_pages(LRU_INACTIVE_ANON), anon + 1);
	EXPECT_EQ(ctx, lru_pages(LRU_INACTIVE_FILE), file + 1);
	mm_check_lru();
	folio_put(a);
	folio_put(b);
	EXPECT_EQ(ctx, lru_pages(LRU_INACTIVE_ANON), anon);
	EXPECT_EQ(ctx, lru_pages(LRU_INACTIVE_FILE), file);
	return 0;
}

static int lru_second_chance(struct kselftest_ctx *ctx)
{
	unsigned long active = lru_pages(LRU_ACTIVE_FILE);
	struct folio *f = new_folio(false);

	if (!EXPECT_TRUE(ctx, f))
		return 0;
	folio_add_lru(f);
	folio_mark_accessed(f);
	EXPECT_TRUE(ctx, folio_test(f, PG_referenced) && !folio_test(f, PG_active));
	folio_mark_accessed(f);
	EXPECT_TRUE(ctx, !folio_test(f, PG_referenced) && folio_test(f, PG_active));
	EXPECT_EQ(ctx, lru_pages(LRU_ACTIVE_FILE), active + 1);
	folio_mark_accessed(f);
	EXPECT_TRUE(ctx, folio_test(f, PG_referenced) && folio_test(f, PG_active));
	folio_deactivate(f);
	EXPECT_TRUE(ctx, !folio_test(f, PG_referenced) && !folio_test(f, PG_active));
	EXPECT_EQ(ctx, lru_pages(LRU_ACTIVE_FILE), active);
	mm_check_lru();
	folio_put(f);
	return 0;
}

static int lru_isolate_putback(struct kselftest_ctx *ctx)
{
	unsigned long before = lru_pages(LRU_INACTIVE_ANON);
	struct folio *f = new_folio(true);

	if (!EXPECT_TRUE(ctx, f))
		return 0;
	EXPECT_TRUE(ctx, !folio_isolate_lru(f));
	folio_add_lru(f);
	EXPECT_TRUE(ctx, folio_isolate_lru(f));
	EXPECT_TRUE(ctx, !folio_isolate_lru(f));
	EXPECT_EQ(ctx, folio_ref_count(f), 2);
	EXPECT_EQ(ctx, lru_pages(LRU_INACTIVE_ANON), before);
	/* mlocked while it was on no list: it comes back to the right one. */
	folio_set(f, PG_mlocked);
	folio_putback_lru(f);
	EXPECT_TRUE(ctx, folio_test(f, PG_unevictable) && folio_test(f, PG_lru));
	folio_clear(f, PG_mlocked);
	EXPECT_TRUE(ctx, folio_isolate_lru(f));
	folio_putback_lru(f);
	EXPECT_TRUE(ctx, !folio_test(f, PG_unevictable));
	EXPECT_EQ(ctx, lru_pages(LRU_INACTIVE_ANON), before + 1);
	folio_put(f);
	return 0;
}

/* Freed together: listed or not, shared or not, a compound block in between. */
static int lru_release_pages(struct kselftest_ctx *ctx)
{
	unsigned long free, before = lru_pages(LRU_INACTIVE_ANON);
	struct page *pages[NR + 1], *kept;

	free = nr_free_pages();
	for (int i = 0; i < NR; i++) {
		struct folio *f = new_folio(true);

		if (!EXPECT_TRUE(ctx, f))
			return 0;
		if (i % 3)
			folio_add_lru(f);
		pages[i] = &f->page;
	}
	kept = pages[7];
	get_page(kept);
	pages[NR] = alloc_pages(GFP_KERNEL | __GFP_COMP, 2);
	if (!EXPECT_TRUE(ctx, pages[NR]))
		return 0;
	release_pages(pages, NR + 1);
	EXPECT_EQ(ctx, page_count(kept), 1);
	put_page(kept);
	EXPECT_EQ(ctx, lru_pages(LRU_INACTIVE_ANON), before);
	EXPECT_EQ(ctx, nr_free_pages(), free);
	mm_check_lru();
	return 0;
}

/* An unused page of a block device's cache is what reclaim takes first. */
static int lru_shadow_age(struct kselftest_ctx *ctx)
{
	struct folio *f = new_folio(false);
	void *shadow;

	if (!EXPECT_TRUE(ctx, f))
		return 0;
	folio_lock(f);
	shadow = workingset_eviction(f);
	EXPECT_TRUE(ctx, xa_is_value(shadow));
	/* Read again at once: nothing can have been evicted in between that was more wanted. */
	if (lru_pages(LRU_ACTIVE_FILE) + lru_pages(LRU_ACTIVE_ANON) > 1) {
		workingset_refault(f, shadow);
		EXPECT_TRUE(ctx, folio_test(f, PG_active) || !lru_pages(LRU_ACTIVE_FILE));
	}
	workingset_refault(f, xa_mk_value(~0UL >> 1));	/* a value from nowhere is harmless */
	folio_unlock(f);
	folio_put(f);
	return 0;
}

const struct kselftest lru_tests[] = {
	{ "exact_counts", lru_exact_counts },
	{ "second_chance", lru_second_chance },
	{ "isolate_putback", lru_isolate_putback },
	{ "release_pages", lru_release_pages },
	{ "shadow_age", lru_shadow_age },
	{ }
};
