/* SPDX-License-Identifier: MIT */
/*
 * The life of a page fault, in call order.
 *
 *	arch/riscv/fault.c    scause, stval -> address, FAULT_FLAG_*
 *	mm_user_fault()       finds the vma, grows the stack, checks permission, retries
 *	handle_mm_fault()     counts, walks down to the page table
 *	handle_pte_fault()    decides; this is the table (fault_file.c, fault_swap.c: their rows):
 *
 *	PTE             vma             access  handler              result
 *	none            anon            read    do_anonymous_page    zero page, W=0
 *	none            anon            write   do_anonymous_page    new zeroed page
 *	none            file            read    do_read_fault        page-cache page, W=0
 *	none            file, private   write   do_cow_fault         copy of the page-cache page
 *	none            file, shared    write   do_shared_fault      page-cache page, dirty
 *	swap entry      any             any     do_swap_page         page from swap cache or disk
 *	present, W=0    private         write   do_wp_page           sole owner: reuse; else copy
 *	present, W=0    shared          write   do_wp_page           page-cache page, dirty, W=1
 *	present         any             allowed fault_spurious       A, D set; stale TLB entry gone
 *
 * Each row has its counter in /proc/vmstat (fault_*) and its line in a trace (trace=fault);
 * all counters together are pgfault.
 *
 * Races. mmap_lock is held for reading, so the VMA stays, but other threads fault
 * at the same time, reclaim takes pages away, and writeback write-protects. The
 * PTE was looked at without lock (vmf->orig_pte). Every handler gets what it needs
 * first, then takes page_table_lock and looks again: if the PTE is no longer what
 * it was, somebody else has dealt with the fault or the page has gone: undo and
 * return, and the program's access decides what is next. The re-checks are marked
 * "Race:".
 *
 * A page of a shared file mapping is writable only while its folio is dirty, so
 * that every first write after a writeback comes through here (page_mkwrite).
 *
 * Locks: mmap_lock (read) -> folio lock -> anon_vma->lock -> page_table_lock.
 * Nothing is allocated under the last two. A handler that must wait for the disk
 * may drop mmap_lock and return VM_FAULT_RETRY if FAULT_FLAG_ALLOW_RETRY is set.
 *
 * Linux: mm/memory.c, handle_mm_fault() and below; arch/riscv/mm/fault.c.
 * Differs: one page-table lock; no huge pages; retry and signal code decided here.
 *
 * Ask yourself: two threads write to the same new page at the same time. Which
 * line makes sure that only one zeroed page is mapped, and what becomes of the other?
 */
#include <asm/tlbflush.h>
#include "kernel/sched.h"
#include "kernel/uapi/signal.h"
#include "mm/fault.h"
#include "mm/lru.h"
#include "mm/rmap.h"
#include "mm/swap.h"
#include "mm/vma.h"
#include "mm/vmstat.h"

static vm_fault_t handle_pte_fault(struct vm_fault *vmf);
static vm_fault_t do_anonymous_page(struct vm_fault *vmf);
/* Not inlined: the other rows shall not save registers for these. */
static noinline vm_fault_t do_wp_page(struct vm_fault *vmf);
static noinline vm_fault_t fault_spurious(struct vm_fault *vmf);

/* ---- from the trap to the VMA ---- */

/*
 * The address is below the VMA above it: grow that if it is a stack. The tree
 * changes, so the lock must be held for writing. => mmap_lock read held, and held
 * again on return: 0, or -ENOMEM: not a stack, or no room.
 */
static noinline int grow_stack(struct mm_struct *mm, unsigned long address,
			       struct vm_area_struct **vmap)
{
	struct vm_area_struct *vma = *vmap;
	int err = -ENOMEM;

	lockdep_assert_held(&mm->mmap_lock);
	if (!vma || !(vma->vm_flags & VM_GROWSDOWN))
		return err;
	mmap_read_unlock(mm);
	mmap_write_lock(mm);
	/* Race: without the lock, another thread may have grown or unmapped it. */
	vma = find_vma(mm, address);
	if (vma && vma->vm_start <= address)
		err = 0;
	else if (vma && (vma->vm_flags & VM_GROWSDOWN))
		err = expand_stack(vma, address);
	*vmap = vma;
	downgrade_write(&mm->mmap_lock);
	return err;
}

static inline bool access_error(const struct vm_area_struct *vma, unsigned int flags)
{
	if (flags & FAULT_FLAG_WRITE)
		return !(vma->vm_flags & VM_WRITE);
	if (flags & FAULT_FLAG_INSTRUCTION)
		return !(vma->vm_flags & VM_EXEC);
	return !(vma->vm_flags & (VM_READ | VM_WRITE));	/* RISC-V has no write-only pages */
}

/* Decide between the two kinds of a bad address; 0: go on with *vma. => mmap_lock read held. */
static int fault_find_vma(struct mm_struct *mm, unsigned long address, unsigned int flags,
			  struct vm_area_struct **vma)
{
	*vma = find_vma(mm, address);
	if (unlikely(!*vma || address < (*vma)->vm_start) && grow_stack(mm, address, vma))
		return SEGV_MAPERR;
	if (unlikely(access_error(*vma, flags)))
		return SEGV_ACCERR;
	VM_BUG_ON(address < (*vma)->vm_start || address >= (*vma)->vm_end);
	return 0;
}

vm_fault_t mm_user_fault(struct mm_struct *mm, unsigned long address, unsigned int flags,
			 int *si_code)
{
	struct vm_area_struct *vma;
	vm_fault_t ret;

	flags |= FAULT_FLAG_ALLOW_RETRY;
	for (;;) {
		mmap_read_lock(mm);
		*si_code = fault_find_vma(mm, address, flags, &vma);
		if (unlikely(*si_code)) {
			mmap_read_unlock(mm);
			return VM_FAULT_SIGSEGV;
		}
		ret = handle_mm_fault(vma, address, flags);
		if (likely(!(ret & VM_FAULT_RETRY)))
			break;
		/*
		 * The lock is gone, and with it all we knew. Next time we wait with the lock
		 * held.
		 */
		flags = (flags & ~FAULT_FLAG_ALLOW_RETRY) | FAULT_FLAG_TRIED;
		if (ret & VM_FAULT_MAJOR)
			flags |= FAULT_FLAG_COUNTED;
	}
	mmap_read_unlock(mm);
	if (likely(!(ret & VM_FAULT_ERROR)))
		return 0;
	*si_code = ret & VM_FAULT_SIGBUS ? BUS_ADRERR : SEGV_MAPERR;
	return ret & VM_FAULT_ERROR;
}

/* pgmajfault and the task's own counts: a fault is major if it waited for a disk, once. */
static inline void account_fault(vm_fault_t ret, unsigned int flags)
{
	if (unlikely(ret & VM_FAULT_MAJOR)) {
		count_vm_event(PGMAJFAULT);
		current->maj_flt++;
	} else if (likely(!(ret & (VM_FAULT_RETRY | VM_FAULT_ERROR)) &&
			  !(flags & FAULT_FLAG_COUNTED))) {
		current->min_flt++;
	}
}

vm_fault_t handle_mm_fault(struct vm_area_struct *vma, unsigned long address, unsigned int flags)
{
	struct vm_fault vmf;
	vm_fault_t ret;

	lockdep_assert_held(&vma->vm_mm->mmap_lock);
	VM_BUG_ON(address < vma->vm_start || address >= vma->vm_end);
	vmf.vma = vma;
	vmf.real_address = address;
	vmf.address = address & PAGE_MASK;
	vmf.pgoff = linear_page_index(vma, address);
	vmf.flags = flags;
	vmf.page = NULL;
	vmf.cow_page = NULL;
	if (!(flags & FAULT_FLAG_TRIED))
		count_vm_event(PGFAULT);
	vmf.pmd = walk_pmd(vma->vm_mm, address, true);
	ret = likely(vmf.pmd) ? handle_pte_fault(&vmf) : VM_FAULT_OOM;
	account_fault(ret, flags);
	return ret;
}

/* The decision table. The table of PTEs may not exist yet: as good as an empty PTE. */
static vm_fault_t handle_pte_fault(struct vm_fault *vmf)
{
	vmf->pte = pmd_none(*vmf->pmd) ? NULL : pte_offset(vmf->pmd, vmf->address);
	vmf->orig_pte = vmf->pte ? ptep_get(vmf->pte) : __pte(0);

	if (pte_none(vmf->orig_pte))
		return vma_is_anonymous(vmf->vma) ? do_anonymous_page(vmf) : do_fault(vmf);
	if (!pte_present(vmf->orig_pte))
		return do_swap_page(vmf);
	if ((vmf->flags & FAULT_FLAG_WRITE) && !pte_write(vmf->orig_pte))
		return do_wp_page(vmf);
	return fault_spurious(vmf);
}

/* A page for user memory: a folio of one page. NULL: no memory. */
static inline struct folio *alloc_user_folio(gfp_t zero)
{
	return (struct folio *)alloc_page(GFP_HIGHUSER_MOVABLE | zero);
}

/* ---- none, anon ---- */

static noinline vm_fault_t do_anon_zero_page(struct vm_fault *vmf)
{
	spinlock_t *ptl = &vmf->vma->vm_mm->page_table_lock;
	pte_t entry = pte_mkspecial(make_pte(vmf, empty_zero_page));

	/* A page that all programs share must never be mapped writable. */
	VM_BUG_ON(vmf->flags & FAULT_FLAG_WRITE);
	fault_row(vmf, FAULT_ANON_ZERO);
	spin_lock(ptl);
	/* Race: another thread's write fault may have put a page here: keep it. */
	if (likely(pte_none(ptep_get(vmf->pte))))
		set_pte(vmf->pte, entry);
	spin_unlock(ptl);
	update_mmu_cache(vmf->address);
	return 0;
}

static vm_fault_t do_anonymous_page(struct vm_fault *vmf)
{
	struct vm_area_struct *vma = vmf->vma;
	struct mm_struct *mm = vma->vm_mm;
	struct folio *f;

	if (unlikely(!vmf->pte))
		vmf->pte = pte_alloc(mm, vmf->pmd, vmf->address);
	if (unlikely(!vmf->pte))
		return VM_FAULT_OOM;
	/* The OOM reaper is at work: a page that it took must not come back as zeroes. */
	if (unlikely(test_bit(MMF_UNSTABLE, &mm->flags)))
		return VM_FAULT_SIGBUS;
	if (!(vmf->flags & FAULT_FLAG_WRITE))
		return do_anon_zero_page(vmf);
	if (unlikely(anon_vma_prepare(vma)))
		return VM_FAULT_OOM;
	f = alloc_user_folio(__GFP_ZERO);
	if (unlikely(!f))
		return VM_FAULT_OOM;
	fault_row(vmf, FAULT_ANON_WRITE);

	spin_lock(&mm->page_table_lock);
	/* Race: two threads, one page. The second to come here gives its own back. */
	if (unlikely(!pte_none(ptep_get(vmf->pte)))) {
		spin_unlock(&mm->page_table_lock);
		folio_put(f);
		return 0;
	}
	VM_BUG_ON(folio_mapped(f));
	folio_add_new_anon_rmap(f, vma, vmf->address);
	add_mm_counter(mm, MM_ANONPAGES, 1);
	folio_add_lru_vma(f, vma);
	set_pte(vmf->pte, make_pte(vmf, &f->page));	/* our reference becomes the PTE's */
	spin_unlock(&mm->page_table_lock);
	update_mmu_cache(vmf->address);
	return 0;
}

/* ---- present, W=0, and a write ---- */

/*
 * Is the PTE the only user of this anonymous folio? => ptl held, so no new PTE can
 * come. One reference can only be ours; a second may be the swap cache's, which we
 * end if no other PTE needs the slot. Whoever else holds one for a moment (reclaim
 * looking at the page) costs a needless copy, never a wrong reuse.
 */
static bool wp_sole_owner(struct folio *f)
{
	bool sole;

	if (!folio_test_anon(f))
		return false;
	if (folio_ref_count(f) == 1)
		return true;
	if (!folio_test(f, PG_swapcache) || folio_ref_count(f) > 2 || !folio_trylock(f))
		return false;
	sole = folio_free_swap(f) && folio_ref_count(f) == 1;
	folio_unlock(f);
	return sole;
}

/* => ptl held. */
static void wp_page_reuse(struct vm_fault *vmf)
{
	lockdep_assert_held(&vmf->vma->vm_mm->page_table_lock);
	VM_BUG_ON(pte_special(vmf->orig_pte));
	count_vm_event(FAULT_WP_REUSE);
	trace_wp(vmf, FAULT_WP_REUSE, NULL);
	count_vm_event(PGREUSE);
	set_pte(vmf->pte, pte_mkyoung(pte_mkdirty(pte_mkwrite(vmf->orig_pte))));
	update_mmu_cache(vmf->address);
}

/* The new copy takes the place of old, which may be NULL for the zero page. => ptl held. */
static void wp_install_copy(struct vm_fault *vmf, struct folio *old, struct folio *new)
{
	struct vm_area_struct *vma = vmf->vma;
	struct mm_struct *mm = vma->vm_mm;

	lockdep_assert_held(&mm->page_table_lock);
	VM_BUG_ON(old == new || folio_mapped(new));
	folio_add_new_anon_rmap(new, vma, vmf->address);
	folio_add_lru_vma(new, vma);
	if (!old || !folio_test_anon(old)) {
		add_mm_counter(mm, MM_ANONPAGES, 1);
		if (old)
			add_mm_counter(mm, mm_counter(old), -1);
	}
	/*
	 * Nobody may read the old page after somebody has written to the new one:
	 * all harts lose the old entry before the new one appears.
	 */
	ptep_get_and_clear(vmf->pte);
	flush_tlb_page(mm, vmf->address);
	set_pte(vmf->pte, make_pte(vmf, &new->page));
	if (!old)
		return;
	folio_remove_rmap(old);
	if (unlikely(vma->vm_flags & VM_LOCKED))
		munlock_folio(old);
}

/* => old has an extra reference of ours; NULL: the zero page. */
static vm_fault_t wp_page_copy(struct vm_fault *vmf, struct folio *old)
{
	struct mm_struct *mm = vmf->vma->vm_mm;
	struct folio *new = NULL;
	int drop = 1;

	if (likely(!anon_vma_prepare(vmf->vma)))
		new = alloc_user_folio(old ? 0 : __GFP_ZERO);
	if (unlikely(!new)) {
		if (old)
			folio_put(old);
		return VM_FAULT_OOM;
	}
	if (old)
		copy_user_page(&new->page, &old->page);
	count_vm_event(FAULT_WP_COPY);
	trace_wp(vmf, FAULT_WP_COPY, new);

	spin_lock(&mm->page_table_lock);
	/* Race: while we copied, another thread copied, or reclaim took the page away. */
	if (likely(pte_same(ptep_get(vmf->pte), vmf->orig_pte))) {
		wp_install_copy(vmf, old, new);
		new = NULL;
		drop = 2;	/* ours and the PTE's */
	}
	spin_unlock(&mm->page_table_lock);
	update_mmu_cache(vmf->address);
	if (unlikely(new))
		folio_put(new);
	if (!old)
		return 0;
	if (unlikely(folio_test(old, PG_swapcache)))
		free_swap_cache(old);
	if (atomic_sub_and_test(drop, &old->_refcount))
		__folio_put(old);
	return 0;
}

/* A shared page: tell its file, then let the program write. => ptl held; dropped on return. */
static __no_lock_check vm_fault_t wp_page_shared(struct vm_fault *vmf)
{
	spinlock_t *ptl = &vmf->vma->vm_mm->page_table_lock;
	struct folio *f;
	vm_fault_t ret;

	vmf->page = pfn_to_page(pte_pfn(vmf->orig_pte));
	f = page_folio(vmf->page);
	folio_get(f);
	spin_unlock(ptl);
	folio_lock(f);
	ret = fault_make_dirty(vmf);
	if (likely(!(ret & (VM_FAULT_ERROR | VM_FAULT_NOPAGE)))) {
		spin_lock(ptl);
		/* Race: truncate or reclaim may have had the folio lock before us. */
		if (likely(pte_same(ptep_get(vmf->pte), vmf->orig_pte)))
			wp_page_reuse(vmf);
		spin_unlock(ptl);
	}
	folio_unlock(f);
	folio_put(f);
	return (ret & ~VM_FAULT_NOPAGE) | fault_throttle_dirtier(vmf);
}

static noinline __no_lock_check vm_fault_t do_wp_page(struct vm_fault *vmf)
{
	spinlock_t *ptl = &vmf->vma->vm_mm->page_table_lock;
	struct folio *old = NULL;

	spin_lock(ptl);
	/* Race: another thread's write came first; reclaim took it; both are settled by a retry. */
	if (unlikely(!pte_same(ptep_get(vmf->pte), vmf->orig_pte))) {
		spin_unlock(ptl);
		return 0;
	}
	if (vmf->vma->vm_flags & VM_SHARED)
		return wp_page_shared(vmf);
	if (!pte_special(vmf->orig_pte)) {
		old = page_folio(pfn_to_page(pte_pfn(vmf->orig_pte)));
		if (wp_sole_owner(old)) {
			wp_page_reuse(vmf);
			spin_unlock(ptl);
			return 0;
		}
		folio_get(old);
	}
	spin_unlock(ptl);
	return wp_page_copy(vmf, old);
}

/* ---- present, allowed ---- */

/*
 * Either this hart's TLB was behind, or it does not set A and D itself (Svade) and
 * wants us to. => always makes progress: the entry is as the access needs it.
 */
static noinline vm_fault_t fault_spurious(struct vm_fault *vmf)
{
	spinlock_t *ptl = &vmf->vma->vm_mm->page_table_lock;
	pte_t entry = pte_mkyoung(vmf->orig_pte);

	VM_BUG_ON(!pte_present(vmf->orig_pte));
	fault_row(vmf, FAULT_SPURIOUS);
	if (vmf->flags & FAULT_FLAG_WRITE)
		entry = pte_mkdirty(entry);
	spin_lock(ptl);
	/* Race: if it has changed, the next access sees the new entry. */
	if (pte_same(ptep_get(vmf->pte), vmf->orig_pte) && !pte_same(entry, vmf->orig_pte))
		ptep_set_access_flags(vmf->pte, entry);
	spin_unlock(ptl);
	update_mmu_cache(vmf->address);
	return 0;
}
