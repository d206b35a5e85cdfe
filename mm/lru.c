/* SPDX-License-Identifier: MIT */
/*
 * The LRU lists: all memory that reclaim may take, roughly by age.
 *
 *	                 anonymous, tmpfs          files
 *	active           LRU_ACTIVE_ANON           LRU_ACTIVE_FILE
 *	inactive         LRU_INACTIVE_ANON         LRU_INACTIVE_FILE
 *	unevictable      LRU_UNEVICTABLE (mlock)
 *
 * A folio starts at the head of an inactive list and moves towards its tail, where
 * reclaim looks. If it was used again on the way it gets a second chance: the first
 * use sets PG_referenced, the second makes it active.
 *
 * Invariants: PG_lru is set exactly while the folio is on a list, which follows from
 * its PG_unevictable, PG_active and PG_swapbacked bits; these three change only with
 * lru_lock held or while the folio is on no list. lruvec.nr[] is exact at any moment.
 * Being on a list holds no reference: the last folio_put() takes it off.
 *
 * Locks: lru_lock of the node, not irq-safe. An interrupt (end of writeback) may only
 * try for it: if that succeeds nobody, not even the interrupted code, is inside.
 *
 * Linux: mm/swap.c, include/linux/mm_inline.h. Differs: no batches on the way in.
 */
#include "kernel/trace/trace.h"
#include "mm/filemap.h"
#include "mm/lru.h"
#include "mm/reclaim.h"
#include "mm/swap_internal.h"
#include "mm/vmstat.h"

/* By node number: a load instead of a multiplication by the size of a node. */
static struct lruvec *const node_lruvec[MAX_NUMNODES] = {
	&node_data[0].lruvec, &node_data[1].lruvec, &node_data[2].lruvec, &node_data[3].lruvec,
};
_Static_assert(MAX_NUMNODES == 4, "one entry a node");

static inline struct lruvec *folio_lruvec(const struct folio *f)
{
	return node_lruvec[page_to_nid(&f->page)];
}

/* ---- on and off a list: lru_lock held ---- */

static inline enum lru_list folio_lru_list(const struct folio *f)
{
	unsigned long flags = f->flags;

	if (unlikely(flags & BIT(PG_unevictable)))
		return LRU_UNEVICTABLE;
	return (flags & BIT(PG_swapbacked) ? LRU_INACTIVE_ANON : LRU_INACTIVE_FILE) +
	       !!(flags & BIT(PG_active));
}

static __always_inline void lruvec_add_to(struct lruvec *lv, struct folio *f, enum lru_list lru)
{
	folio_set(f, PG_lru);
	list_add(&f->lru, &lv->lists[lru]);
	lv->nr[lru]++;
}

static inline void lruvec_add(struct lruvec *lv, struct folio *f)
{
	lruvec_add_to(lv, f, folio_lru_list(f));
}

static inline void lruvec_del(struct lruvec *lv, struct folio *f)
{
	VM_BUG_ON(!folio_test(f, PG_lru));
	__list_del_entry(&f->lru);
	lv->nr[folio_lru_list(f)]--;
	folio_clear(f, PG_lru);
}

/* ---- adding ---- */

static noinline void add_lru_locked(struct folio *f, struct lruvec *lv)
{
	VM_BUG_ON(folio_test(f, PG_lru));
	spin_lock(&lv->lru_lock);
	lruvec_add(lv, f);
	spin_unlock(&lv->lru_lock);
}

void folio_add_lru(struct folio *f)
{
	add_lru_locked(f, folio_lruvec(f));
}

static noinline void add_lru_mlocked(struct folio *f)
{
	f->flags |= BIT(PG_mlocked) | BIT(PG_unevictable);
	mod_node_page_state(page_pgdat(&f->page), NR_MLOCK, 1);
	count_vm_event(UNEVICTABLE_PGMLOCKED);
	folio_add_lru(f);
}

/*
 * Part of every fault on anonymous memory. So the lock is tried first: without a call in
 * the middle the compiler need not save a register. A new page of a locked VMA never was
 * on an evictable list: no need to move it later.
 */
void folio_add_lru_vma(struct folio *f, struct vm_area_struct *vma)
{
	struct lruvec *lv = folio_lruvec(f);

	VM_BUG_ON(folio_test(f, PG_lru) || folio_lru_list(f) != LRU_INACTIVE_ANON);
	if (unlikely(vma->vm_flags & VM_LOCKED)) {
		add_lru_mlocked(f);
		return;
	}
	if (CONFIG_LOCK_RANK || unlikely(!spin_trylock(&lv->lru_lock))) {
		add_lru_locked(f, lv);
		return;
	}
	lruvec_add_to(lv, f, LRU_INACTIVE_ANON);
	spin_unlock(&lv->lru_lock);
}

/* ---- aging ---- */

void folio_activate(struct folio *f)
{
	struct lruvec *lv = folio_lruvec(f);

	spin_lock(&lv->lru_lock);
	if (folio_test(f, PG_lru) && !folio_test(f, PG_active) && !folio_test(f, PG_unevictable)) {
		lruvec_del(lv, f);
		folio_set(f, PG_active);
		lruvec_add(lv, f);
		trace_lru_move(f, folio_lru_list(f) - 1, folio_lru_list(f));
		count_vm_event(PGACTIVATE);
	}
	spin_unlock(&lv->lru_lock);
	workingset_activation(f);
}

void folio_mark_accessed(struct folio *f)
{
	if (!folio_test(f, PG_referenced)) {
		folio_set(f, PG_referenced);
	} else if (!folio_test(f, PG_active) && !folio_test(f, PG_unevictable)) {
		folio_activate(f);
		folio_clear(f, PG_referenced);
	}
}

void folio_deactivate(struct folio *f)
{
	struct lruvec *lv = folio_lruvec(f);

	spin_lock(&lv->lru_lock);
	if (folio_test(f, PG_lru) && folio_test(f, PG_active) && !folio_test(f, PG_unevictable)) {
		lruvec_del(lv, f);
		folio_clear(f, PG_active);
		folio_clear(f, PG_referenced);
		lruvec_add(lv, f);
		trace_lru_move(f, folio_lru_list(f) + 1, folio_lru_list(f));
		count_vm_event(PGDEACTIVATE);
	}
	spin_unlock(&lv->lru_lock);
}

/* Without PG_swapbacked an anonymous page needs no swap slot to be thrown away. */
void folio_mark_lazyfree(struct folio *f)
{
	struct lruvec *lv = folio_lruvec(f);

	if (!folio_test_anon(f) || folio_test(f, PG_swapcache))
		return;
	spin_lock(&lv->lru_lock);
	if (folio_test(f, PG_lru) && folio_test(f, PG_swapbacked) &&
	    !folio_test(f, PG_unevictable)) {
		enum lru_list from = folio_lru_list(f);

		lruvec_del(lv, f);
		folio_clear(f, PG_active);
		folio_clear(f, PG_referenced);
		folio_clear(f, PG_swapbacked);
		lruvec_add(lv, f);
		trace_lru_move(f, from, folio_lru_list(f));
	}
	spin_unlock(&lv->lru_lock);
}

/*
 * A try from the interrupt, past the rank check: the interrupted code may have announced
 * there that it wants the lock, and not have it yet.
 */
static bool lru_trylock_irq(struct lruvec *lv)
{
	return !__atomic_exchange_n(&lv->lru_lock.locked, 1, __ATOMIC_ACQUIRE);
}

static void lru_unlock_irq(struct lruvec *lv)
{
	__atomic_store_n(&lv->lru_lock.locked, 0, __ATOMIC_RELEASE);
}

/* Its content is on disk now and nobody has it mapped: it is next. Interrupt context. */
void folio_rotate_reclaimable(struct folio *f)
{
	struct lruvec *lv = folio_lruvec(f);

	if (!lru_trylock_irq(lv))
		return;			/* only its place in the queue is lost */
	if (folio_test(f, PG_lru) && !folio_test(f, PG_active) && !folio_test(f, PG_unevictable) &&
	    !folio_test(f, PG_dirty)) {
		list_move_tail(&f->lru, &lv->lists[folio_lru_list(f)]);
		trace_lru_move(f, folio_lru_list(f), folio_lru_list(f));
		count_vm_event(PGROTATED);
	}
	lru_unlock_irq(lv);
}

/* ---- isolation ---- */

void lru_del_folio(struct folio *f)
{
	struct lruvec *lv = folio_lruvec(f);

	spin_lock(&lv->lru_lock);
	if (folio_test(f, PG_lru))
		lruvec_del(lv, f);
	spin_unlock(&lv->lru_lock);
}

bool folio_isolate_lru(struct folio *f)
{
	struct lruvec *lv = folio_lruvec(f);
	bool isolated = false;

	spin_lock(&lv->lru_lock);
	if (folio_test(f, PG_lru) && folio_try_get(f)) {
		lruvec_del(lv, f);
		isolated = true;
	}
	spin_unlock(&lv->lru_lock);
	return isolated;
}

/* While it was isolated, mlock() and munlock() could only set or clear PG_mlocked. */
static void cull_mlocked(struct folio *f)
{
	if (likely(!folio_test(f, PG_mlocked))) {
		folio_clear(f, PG_unevictable);
		return;
	}
	folio_clear(f, PG_active);
	if (!folio_test_set(f, PG_unevictable))
		count_vm_event(UNEVICTABLE_PGCULLED);
}

void folio_putback_lru(struct folio *f)
{
	struct lruvec *lv = folio_lruvec(f);

	spin_lock(&lv->lru_lock);
	cull_mlocked(f);
	lruvec_add(lv, f);
	spin_unlock(&lv->lru_lock);
	folio_put(f);
}

unsigned long isolate_lru_folios(struct lruvec *lv, enum lru_list lru, unsigned long nr_to_scan,
				 struct list_head *dst, unsigned long *nr_scanned)
{
	struct list_head *src = &lv->lists[lru];
	unsigned long taken = 0, scanned = 0;

	spin_lock(&lv->lru_lock);
	while (scanned < nr_to_scan && !list_empty(src)) {
		struct folio *f = list_last_entry(src, struct folio, lru);

		scanned++;
		VM_BUG_ON(!folio_test(f, PG_lru) || folio_lru_list(f) != lru);
		/* Count 0: its last owner is about to take it off the list himself. */
		if (unlikely(!folio_try_get(f))) {
			list_move(&f->lru, src);
			continue;
		}
		lruvec_del(lv, f);
		list_add(&f->lru, dst);
		taken++;
	}
	spin_unlock(&lv->lru_lock);
	*nr_scanned = scanned;
	return taken;
}

void putback_lru_folios(struct lruvec *lv, struct list_head *list)
{
	struct page *drop[SWAP_CLUSTER_MAX];
	struct folio *f, *next;
	int nr = 0;

	spin_lock(&lv->lru_lock);
	/* Oldest first, so that the list has them in their old order. */
	list_for_each_entry_safe_reverse(f, next, list, lru) {
		cull_mlocked(f);
		/* Also if ours is the last reference: release_pages() takes it off again. */
		lruvec_add(lv, f);
		drop[nr++] = &f->page;
		if (nr == SWAP_CLUSTER_MAX) {
			spin_unlock(&lv->lru_lock);
			release_pages(drop, nr);
			nr = 0;
			spin_lock(&lv->lru_lock);
		}
	}
	spin_unlock(&lv->lru_lock);
	INIT_LIST_HEAD(list);
	release_pages(drop, nr);
}

/* ---- the end of a folio ---- */

/* A page that was mlocked when its last owner went. */
static void forget_mlock(struct folio *f)
{
	if (folio_test_clear(f, PG_mlocked))
		mod_node_page_state(page_pgdat(&f->page), NR_MLOCK, -1);
}

void __folio_put(struct folio *f)
{
	if (folio_test(f, PG_lru))
		lru_del_folio(f);
	if (unlikely(folio_test(f, PG_mlocked)))
		forget_mlock(f);
	if (likely(!folio_test(f, PG_head)))
		free_frozen_page(&f->page);
	else
		free_frozen_pages(&f->page, folio_order(f));
}

/* What tells the list of a folio: its node and three of its flags. */
#define LRU_LIST_BITS	(63UL << NODES_SHIFT | BIT(PG_unevictable) | BIT(PG_active) | \
			 BIT(PG_swapbacked))

/* Folios that leave the same list one after the other: one lock, one count. */
struct release_run {
	struct lruvec *lv;		/* locked; NULL: no run */
	unsigned long bits;		/* LRU_LIST_BITS of its folios; ~0: no run */
	enum lru_list lru;
	unsigned long count;
};

/* Drops the lock that release_new_run() took: a pair that the checker cannot follow. */
__no_lock_check static void release_end_run(struct release_run *run)
{
	if (!run->lv)
		return;
	run->lv->nr[run->lru] -= run->count;
	spin_unlock(&run->lv->lru_lock);
	run->lv = NULL;
	run->bits = ~0UL;
}

__no_lock_check static noinline void release_new_run(struct release_run *run, const struct folio *f)
{
	release_end_run(run);
	run->lv = folio_lruvec(f);
	run->bits = f->flags & LRU_LIST_BITS;
	run->lru = folio_lru_list(f);
	run->count = 0;
	spin_lock(&run->lv->lru_lock);
}

/* A reference to a tail page, or to a page that the swap cache has too. => no lock held. */
static noinline struct folio *release_prepare_odd(struct page *page)
{
	struct folio *f = page_folio(page);

	if (CONFIG_MMU && folio_test(f, PG_swapcache))
		free_swap_cache(f);
	return f;
}

/*
 * A folio whose last reference is gone has flags that nobody else changes any more: they
 * need no atomic operation.
 */
__no_lock_check void release_pages(struct page **pages, int nr)
{
	struct release_run run = { .bits = ~0UL };
	int nr_free = 0;		/* pages[0..nr_free) are to be freed */

	for (int i = 0; i < nr; i++) {
		struct folio *f = (struct folio *)pages[i];
		unsigned long flags = f->flags;

		if (unlikely(flags & (BIT(PG_tail) | BIT(PG_swapcache)))) {
			release_end_run(&run);
			f = release_prepare_odd(pages[i]);
		}
		if (!atomic_dec_and_test(&f->_refcount))
			continue;
		flags = f->flags;
		if (likely(flags & BIT(PG_lru))) {
			if (unlikely((flags & LRU_LIST_BITS) != run.bits))
				release_new_run(&run, f);
			__list_del_entry(&f->lru);
			run.count++;
			f->flags = flags & ~BIT(PG_lru);
		}
		if (unlikely(flags & (BIT(PG_mlocked) | BIT(PG_head))))
			__folio_put(f);		/* rare kinds; off the list already */
		else
			pages[nr_free++] = &f->page;
	}
	release_end_run(&run);
	free_unref_pages(pages, nr_free);
}

/* ---- numbers and checks ---- */

unsigned long lru_pages(enum lru_list lru)
{
	unsigned long sum = 0;
	int nid;

	for_each_online_node(nid)
		sum += READ_ONCE(NODE_DATA(nid)->lruvec.nr[lru]);
	return sum;
}

static void check_list(struct lruvec *lv, int nid, enum lru_list lru)
{
	unsigned long count = 0;
	struct folio *f;

	list_for_each_entry(f, &lv->lists[lru], lru) {
		BUG_ON(!folio_test(f, PG_lru) || folio_lru_list(f) != lru);
		BUG_ON(page_to_nid(&f->page) != nid || folio_test(f, PG_tail));
		BUG_ON(folio_test(f, PG_buddy) || folio_test(f, PG_slab));
		count += folio_nr_pages(f);
	}
	BUG_ON(count != lv->nr[lru]);
}

void mm_check_lru(void)
{
	int nid, lru;

	for_each_online_node(nid) {
		struct lruvec *lv = &NODE_DATA(nid)->lruvec;

		spin_lock(&lv->lru_lock);
		for (lru = 0; lru < NR_LRU_LISTS; lru++)
			check_list(lv, nid, lru);
		spin_unlock(&lv->lru_lock);
	}
}
