/* SPDX-License-Identifier: MIT */
/*
 * Reverse mapping: who maps this page? Reclaim and writeback start from a folio
 * and must find its PTEs.
 *
 *   file page:  folio->mapping -> address_space.i_mmap -> vmas of the file
 *   anon page:  folio->mapping -> anon_vma.vmas        -> vmas of the family
 *   and then    vma, folio->index -> one virtual address -> one PTE
 *
 * A family is a VMA, its splits, and the copies fork() made of them. A page
 * belongs to the family whose member first touched it, wherever in the family it
 * is mapped later. So a walk may look at VMAs that never had the page: it costs a
 * page-table walk each, and is never wrong, as the PTE must name the very frame.
 *
 * Life of an anon_vma: each VMA of the family holds a reference. A walker comes
 * from a page and holds none: between reading folio->mapping and locking the
 * family, the last VMA could go and the memory be used for something else. The
 * race is closed by anon_vma_gate: the walker takes its reference inside the gate
 * and only if the folio is still mapped (then some VMA still holds one); whoever
 * drops the last reference passes the gate before freeing.
 *
 * Locks: folio lock -> i_mmap_lock or anon_vma->lock -> page_table_lock. No
 * allocation inside. VMAs leave the lists before their tables are freed, so a
 * table found under the rmap lock stays.
 *
 * Linux: mm/rmap.c, try_to_unmap_one(), folio_referenced_one(), folio_mkclean().
 * Differs: see rmap.h; the gate instead of RCU-freed slabs; one lock, no rwsem.
 *
 * Ask yourself: a shell forks 1,000 children and all of them live. What does a
 * walk for one page of the shell cost, and what would anon_vma chains cost instead?
 */
#include <asm/tlbflush.h>
#include "mm/filemap.h"
#include "mm/lru.h"
#include "mm/pgtable.h"
#include "mm/rmap.h"
#include "mm/slab.h"
#include "mm/swap.h"
#include "mm/vma.h"
#include "mm/vmstat.h"

static struct kmem_cache *anon_vma_cachep;
static DEFINE_SPINLOCK(anon_vma_gate, RANK_RMAP);

void rmap_init(void)
{
	anon_vma_cachep = kmem_cache_create("anon_vma", sizeof(struct anon_vma), 0, SLAB_PANIC,
					    NULL);
}

/* ---- families ---- */

static struct anon_vma *anon_vma_alloc(void)
{
	struct anon_vma *av = kmem_cache_alloc(anon_vma_cachep, GFP_KERNEL);

	if (!av)
		return NULL;
	spin_lock_init(&av->lock, RANK_RMAP, "anon_vma");
	atomic_set(&av->refcount, 0);
	INIT_LIST_HEAD(&av->vmas);
	return av;
}

static void anon_vma_put(struct anon_vma *av)
{
	if (!atomic_dec_and_test(&av->refcount))
		return;
	/* Wait for a walker that saw the folio mapped and is about to try for a reference. */
	spin_lock(&anon_vma_gate);
	spin_unlock(&anon_vma_gate);
	VM_BUG_ON(!list_empty(&av->vmas));
	kmem_cache_free(anon_vma_cachep, av);
}

/* => av->lock held. */
static void anon_vma_join(struct vm_area_struct *vma, struct anon_vma *av)
{
	atomic_inc(&av->refcount);
	list_add_tail(&vma->anon_vma_node, &av->vmas);
	vma->anon_vma = av;
}

int __anon_vma_prepare(struct vm_area_struct *vma)
{
	struct anon_vma *av = vma_mergeable_anon_vma(vma), *new = NULL;
	spinlock_t *ptl = &vma->vm_mm->page_table_lock;

	might_sleep();
	if (!av) {
		av = new = anon_vma_alloc();
		if (!av)
			return -ENOMEM;
	}
	/* Two threads may fault on the same new VMA, both with mmap_lock for reading. */
	spin_lock(&av->lock);
	spin_lock(ptl);
	if (!vma->anon_vma) {
		anon_vma_join(vma, av);
		new = NULL;
	}
	spin_unlock(ptl);
	spin_unlock(&av->lock);
	kmem_cache_free(anon_vma_cachep, new);
	return 0;
}

void anon_vma_clone(struct vm_area_struct *dst, struct vm_area_struct *src)
{
	struct anon_vma *av = src->anon_vma;

	VM_BUG_ON(dst->anon_vma);
	if (!av)
		return;
	spin_lock(&av->lock);
	anon_vma_join(dst, av);
	spin_unlock(&av->lock);
}

void unlink_anon_vma(struct vm_area_struct *vma)
{
	struct anon_vma *av = vma->anon_vma;

	if (!av)
		return;
	spin_lock(&av->lock);
	list_del_init(&vma->anon_vma_node);
	spin_unlock(&av->lock);
	vma->anon_vma = NULL;
	anon_vma_put(av);
}

/* The family of an anonymous folio, with a reference; NULL: no PTE maps it any more. */
static struct anon_vma *folio_get_anon_vma(struct folio *f)
{
	struct anon_vma *av = NULL;

	spin_lock(&anon_vma_gate);
	if (folio_mapped(f)) {
		av = (void *)((unsigned long)f->mapping & ~PAGE_MAPPING_ANON);
		if (!atomic_inc_not_zero(&av->refcount))
			av = NULL;
	}
	spin_unlock(&anon_vma_gate);
	return av;
}

/* ---- walking ---- */

typedef bool (*rmap_fn)(struct folio *f, struct vm_area_struct *vma, unsigned long addr, void *arg);

/* Where vma would map f; false if its range does not reach there. */
static bool vma_address(const struct folio *f, const struct vm_area_struct *vma,
			unsigned long *addr)
{
	if (f->index < vma->vm_pgoff || f->index - vma->vm_pgoff >= vma_pages(vma))
		return false;
	*addr = vma->vm_start + ((f->index - vma->vm_pgoff) << PAGE_SHIFT);
	return true;
}

static void rmap_walk_anon(struct folio *f, rmap_fn fn, void *arg)
{
	struct anon_vma *av = folio_get_anon_vma(f);
	struct vm_area_struct *vma;
	unsigned long addr;

	if (!av)
		return;
	spin_lock(&av->lock);
	list_for_each_entry(vma, &av->vmas, anon_vma_node)
		if (vma_address(f, vma, &addr) && !fn(f, vma, addr, arg))
			break;
	spin_unlock(&av->lock);
	anon_vma_put(av);
}

static void rmap_walk_file(struct folio *f, rmap_fn fn, void *arg)
{
	struct address_space *mapping = f->mapping;
	struct vm_area_struct *vma;
	unsigned long addr;

	if (!mapping)
		return;
	spin_lock(&mapping->i_mmap_lock);
	list_for_each_entry(vma, &mapping->i_mmap, i_mmap_node)
		if (vma_address(f, vma, &addr) && !fn(f, vma, addr, arg))
			break;
	spin_unlock(&mapping->i_mmap_lock);
}

void rmap_walk(struct folio *f, rmap_fn fn, void *arg)
{
	VM_BUG_ON(!folio_test(f, PG_locked));
	if (folio_test_anon(f))
		rmap_walk_anon(f, fn, arg);
	else
		rmap_walk_file(f, fn, arg);
}

/* The PTE at addr, if it maps f. => ptl held. */
static pte_t *mapped_pte(const struct folio *f, struct mm_struct *mm, unsigned long addr)
{
	pte_t *pte = walk_pte(mm, addr);

	if (!pte || !pte_present(ptep_get(pte)) || pte_pfn(ptep_get(pte)) != folio_pfn(f))
		return NULL;
	return pte;
}

/* ---- was it used? ---- */

struct referenced_state {
	int count;
	unsigned long vm_flags;
};

static bool referenced_one(struct folio *f, struct vm_area_struct *vma, unsigned long addr,
			   void *arg)
{
	struct referenced_state *st = arg;
	pte_t *pte;

	spin_lock(&vma->vm_mm->page_table_lock);
	pte = mapped_pte(f, vma->vm_mm, addr);
	if (pte) {
		/*
		 * No TLB flush: a hart may use its old entry for a while and not set A
		 * again. The page then looks older than it is, which costs a fault at worst.
		 */
		if (ptep_test_and_clear_young(pte) && !(vma->vm_flags & VM_SEQ_READ))
			st->count++;
		st->vm_flags |= vma->vm_flags;
	}
	spin_unlock(&vma->vm_mm->page_table_lock);
	return !(st->vm_flags & VM_LOCKED);
}

int folio_referenced(struct folio *f, unsigned long *vm_flags)
{
	struct referenced_state st = { 0 };

	if (folio_mapped(f))
		rmap_walk(f, referenced_one, &st);
	*vm_flags = st.vm_flags;
	return st.count;
}

/* ---- take it away ---- */

struct unmap_state {
	enum ttu_flags flags;
	struct tlb_batch *batch;	/* NULL: flush each PTE at once */
};

/* A page that MADV_FREE gave up and nobody has written since: it can go without swap. */
static bool lazyfree_discard(struct folio *f, pte_t old)
{
	/*
	 * One reference is the caller's. Another could be a reader's by get_user_page(),
	 * who must not lose what he looks at.
	 */
	if (pte_dirty(old) || folio_test(f, PG_dirty) ||
	    folio_ref_count(f) != folio_mapcount(f) + 1) {
		folio_set(f, PG_swapbacked);	/* wanted after all */
		return false;
	}
	return true;
}

/* What stands in the PTE instead of f. => ptl held; false: it must stay. */
static bool unmapped_pte(struct folio *f, struct mm_struct *mm, pte_t old, pte_t *new)
{
	swp_entry_t entry;

	*new = __pte(0);
	if (!folio_test_anon(f))
		return true;
	if (!folio_test(f, PG_swapbacked))
		return lazyfree_discard(f, old);
	if (WARN_ON_ONCE(!folio_test(f, PG_swapcache)))
		return false;
	entry = folio_swap_entry(f);
	if (swap_duplicate(entry))
		return false;
	mm_needs_unuse(mm);
	add_mm_counter(mm, MM_SWAPENTS, 1);
	*new = swp_entry_to_pte(entry);
	return true;
}

/*
 * => ptl held, *pte maps f.
 *
 * After the flush no hart can write through the old entry. Until a batch is flushed a
 * hart that has already set D may go on writing, into a page that is ours and locked;
 * one that has not must look at the PTE first. So `old` has the last D bit either way.
 * Only where a swap entry stays behind: whoever takes that away flushes too, so that the
 * address is not used anew before. An empty PTE would not be noticed.
 */
static bool unmap_pte(struct folio *f, struct vm_area_struct *vma, pte_t *pte,
		      const struct unmap_state *st)
{
	struct mm_struct *mm = vma->vm_mm;
	pte_t old = ptep_get_and_clear(pte), new;

	if (st->batch && folio_test_anon(f) && folio_test(f, PG_swapbacked))
		tlb_batch_add(st->batch, mm);
	else
		flush_tlb_page(mm, vma->vm_start +
			       ((f->index - vma->vm_pgoff) << PAGE_SHIFT));
	if (!unmapped_pte(f, mm, old, &new)) {
		set_pte(pte, old);
		return false;
	}
	if (pte_dirty(old))
		folio_mark_dirty(f);
	set_pte(pte, new);
	update_hiwater(mm);
	add_mm_counter(mm, mm_counter(f), -1);
	folio_remove_rmap(f);
	folio_put(f);		/* the PTE's; the caller has his own */
	return true;
}

static bool unmap_one(struct folio *f, struct vm_area_struct *vma, unsigned long addr, void *arg)
{
	struct unmap_state *st = arg;
	struct mm_struct *mm = vma->vm_mm;
	bool go_on = true;
	pte_t *pte;

	spin_lock(&mm->page_table_lock);
	pte = mapped_pte(f, mm, addr);
	if (pte) {
		if ((vma->vm_flags & VM_LOCKED) && !(st->flags & TTU_IGNORE_MLOCK)) {
			mlock_folio(f);
			go_on = false;
		} else {
			go_on = unmap_pte(f, vma, pte, st);
		}
	}
	spin_unlock(&mm->page_table_lock);
	return go_on && folio_mapped(f);
}

bool try_to_unmap_batched(struct folio *f, enum ttu_flags flags, struct tlb_batch *batch)
{
	struct unmap_state st = { .flags = flags, .batch = batch };

	if (folio_mapped(f))
		rmap_walk(f, unmap_one, &st);
	return !folio_mapped(f);
}

bool try_to_unmap(struct folio *f, enum ttu_flags flags)
{
	return try_to_unmap_batched(f, flags, NULL);
}

/* ---- writeback is about to copy it ---- */

/* The PTE of one mapping loses W and D; *arg counts those that had D. true: on to the next. */
static bool mkclean_one(struct folio *f, struct vm_area_struct *vma, unsigned long addr, void *arg)
{
	int *cleaned = arg;
	pte_t *pte, old;

	if (!(vma->vm_flags & VM_SHARED))
		return true;	/* private PTEs of a file page are never writable */
	spin_lock(&vma->vm_mm->page_table_lock);
	pte = mapped_pte(f, vma->vm_mm, addr);
	if (pte && (pte_dirty(ptep_get(pte)) || pte_write(ptep_get(pte)))) {
		old = ptep_get_and_clear(pte);
		flush_tlb_page(vma->vm_mm, addr);
		set_pte(pte, pte_mkclean(pte_wrprotect(old)));
		if (pte_dirty(old))
			(*cleaned)++;
	}
	spin_unlock(&vma->vm_mm->page_table_lock);
	return true;
}

int folio_mkclean(struct folio *f)
{
	int cleaned = 0;

	VM_BUG_ON(folio_test_anon(f));
	if (folio_mapped(f))
		rmap_walk(f, mkclean_one, &cleaned);
	return cleaned;
}
