/* SPDX-License-Identifier: MIT */
/*
 * The public face of mm/: page and folio helpers, VMAs, faults, address spaces.
 *
 * Linux: include/linux/mm.h.
 */
#pragma once
#include "lib/bug.h"
#include "lib/errno.h"
#include "lib/kernel.h"
#include "mm/gfp.h"
#include "mm/mm_types.h"
#include "mm/mmzone.h"
#include "mm/page_alloc.h"

/* ---- folios ---- */
static inline struct folio *page_folio(struct page *page)
{
	return (struct folio *)(test_bit(PG_tail, &page->flags) ? page->head : page);
}
static inline unsigned int folio_order(const struct folio *f)
{
	return test_bit(PG_head, &f->flags) ? f->order : 0;
}
static inline long folio_nr_pages(const struct folio *f) { return 1L << folio_order(f); }
static inline int folio_ref_count(const struct folio *f) { return atomic_read(&f->_refcount); }
static inline int page_count(const struct page *p) { return atomic_read(&p->_refcount); }
static inline int folio_mapcount(const struct folio *f) { return atomic_read(&f->_mapcount) + 1; }
static inline bool folio_mapped(const struct folio *f) { return folio_mapcount(f) > 0; }
static inline void folio_get(struct folio *f) { atomic_inc(&f->_refcount); }
static inline void get_page(struct page *p) { folio_get(page_folio(p)); }
static inline bool folio_try_get(struct folio *f) { return atomic_inc_not_zero(&f->_refcount); }
/* __folio_put() - the last reference is gone: off the LRU and back to the buddy. */
void __folio_put(struct folio *f);
static inline void folio_put(struct folio *f)
{
	if (atomic_dec_and_test(&f->_refcount))
		__folio_put(f);
}
static inline void put_page(struct page *p) { folio_put(page_folio(p)); }
static inline bool folio_test_anon(const struct folio *f)
{
	return (unsigned long)f->mapping & PAGE_MAPPING_ANON;
}
static inline unsigned long folio_pfn(const struct folio *f) { return page_to_pfn(&f->page); }
static inline void *folio_address(const struct folio *f) { return page_address(&f->page); }

/* folio_test_X(), folio_set_X() ... written out as one generic form: folio_test(f, PG_dirty). */
static inline bool folio_test(const struct folio *f, enum pageflags bit)
{
	return test_bit(bit, &f->flags);
}
static inline void folio_set(struct folio *f, enum pageflags bit) { set_bit(bit, &f->flags); }
static inline void folio_clear(struct folio *f, enum pageflags bit)
{
	clear_bit(bit, &f->flags);
}
static inline bool folio_test_set(struct folio *f, enum pageflags bit)
{
	return test_and_set_bit(bit, &f->flags);
}
static inline bool folio_test_clear(struct folio *f, enum pageflags bit)
{
	return test_and_clear_bit(bit, &f->flags);
}

/*
 * The folio lock (PG_locked): held while identity (mapping, index) or content
 * (I/O) changes. folio_lock() sleeps; unlock may come from an interrupt (end
 * of read). Defined in mm/filemap.c (mm/folio_wait.c).
 */
void folio_lock(struct folio *f);
static inline bool folio_trylock(struct folio *f)
{
	return !test_and_set_bit(PG_locked, &f->flags);
}
void folio_unlock(struct folio *f);
void folio_wait_locked(struct folio *f);
void folio_wait_writeback(struct folio *f);
/* folio_end_read() - sets uptodate on success, unlocks. Any context. */
void folio_end_read(struct folio *f, bool success);
void folio_start_writeback(struct folio *f);		/* => locked; sets the flag, counts */
void folio_end_writeback(struct folio *f);	/* clears writeback, wakes; any context */

static inline void copy_user_page(struct page *to, struct page *from)
{
	copy_page(page_address(to), page_address(from));
}
extern struct page *empty_zero_page;	/* mapped read-only, special, for anonymous reads */

/* ---- address spaces (mm/mm_struct.c: life; mm/mmap.c: vmas; nommu.c for !MMU) ---- */
extern struct mm_struct init_mm;
struct mm_struct *mm_alloc(void);			/* empty, mm_users 1; NULL: no memory */
/* dup_mm() - copy for fork: -ENOMEM; -EINVAL without an MMU. => takes oldmm->mmap_lock. */
int __must_check dup_mm(struct mm_struct *oldmm, struct mm_struct **new);
void mmput(struct mm_struct *mm);			/* may sleep */
void mmdrop(struct mm_struct *mm);
static inline void mmget(struct mm_struct *mm) { atomic_inc(&mm->mm_users); }
static inline bool mmget_not_zero(struct mm_struct *mm)
{
	return atomic_inc_not_zero(&mm->mm_users);
}
static inline void mmgrab(struct mm_struct *mm) { atomic_inc(&mm->mm_count); }
static inline void mmap_read_lock(struct mm_struct *mm) { down_read(&mm->mmap_lock); }
static inline void mmap_read_unlock(struct mm_struct *mm) { up_read(&mm->mmap_lock); }
static inline bool mmap_read_trylock(struct mm_struct *mm)
{
	return down_read_trylock(&mm->mmap_lock);
}
static inline void mmap_write_lock(struct mm_struct *mm) { down_write(&mm->mmap_lock); }
static inline int mmap_write_lock_killable(struct mm_struct *mm)
{
	return down_write_killable(&mm->mmap_lock);
}
static inline void mmap_write_unlock(struct mm_struct *mm) { up_write(&mm->mmap_lock); }

static inline unsigned long get_mm_counter(const struct mm_struct *mm, int member)
{
	long v = atomic_long_read(&mm->rss_stat[member]);

	return v < 0 ? 0 : v;
}
static inline void add_mm_counter(struct mm_struct *mm, int member, long n)
{
	atomic_long_add(n, &mm->rss_stat[member]);
}
static inline unsigned long get_mm_rss(const struct mm_struct *mm)
{
	return get_mm_counter(mm, MM_FILEPAGES) + get_mm_counter(mm, MM_ANONPAGES) +
	       get_mm_counter(mm, MM_SHMEMPAGES);
}
/* Which rss counter a folio belongs to. */
static inline int mm_counter(const struct folio *f)
{
	if (folio_test_anon(f))
		return MM_ANONPAGES;
	return test_bit(PG_swapbacked, &f->flags) ? MM_SHMEMPAGES : MM_FILEPAGES;
}
void update_hiwater(struct mm_struct *mm);

/* ---- VMAs. => mmap_lock held (read to look, write to change) ---- */
/* find_vma() - the first vma that ends above addr (it may begin above addr too), or NULL. */
struct vm_area_struct *find_vma(struct mm_struct *mm, unsigned long addr);
static inline struct vm_area_struct *vma_lookup(struct mm_struct *mm, unsigned long addr)
{
	struct vm_area_struct *vma = find_vma(mm, addr);

	return vma && vma->vm_start <= addr ? vma : NULL;
}
/* find_vma_prev() - find_vma(), and in *prev the vma below it (of all, if it found none). */
struct vm_area_struct *find_vma_prev(struct mm_struct *mm, unsigned long addr,
				     struct vm_area_struct **prev);
/* vma_first(), vma_next(), vma_prev() - in order of address; NULL when there is none. */
struct vm_area_struct *vma_first(struct mm_struct *mm);
struct vm_area_struct *vma_next(struct vm_area_struct *vma);
struct vm_area_struct *vma_prev(struct vm_area_struct *vma);
#define for_each_vma(mm, vma)	for ((vma) = vma_first(mm); (vma); (vma) = vma_next(vma))
static inline bool vma_is_anonymous(const struct vm_area_struct *vma) { return !vma->vm_ops; }
static inline unsigned long vma_pages(const struct vm_area_struct *vma)
{
	return (vma->vm_end - vma->vm_start) >> PAGE_SHIFT;
}
static inline pgoff_t linear_page_index(const struct vm_area_struct *vma, unsigned long addr)
{
	return ((addr - vma->vm_start) >> PAGE_SHIFT) + vma->vm_pgoff;
}

/*
 * do_mmap() - map len bytes; *addr is the result. => mmap_lock held for write.
 * prot PROT_*, flags MAP_*, pgoff in pages; file NULL for anonymous. -errno as mmap(2).
 */
int __must_check do_mmap(struct file *file, unsigned long hint, unsigned long len,
			 unsigned long prot, unsigned long flags, unsigned long pgoff,
			 unsigned long *addr);
/* vm_mmap() - the same, takes the lock itself, and populates if MAP_POPULATE. */
int __must_check vm_mmap(struct file *file, unsigned long hint, unsigned long len,
			 unsigned long prot, unsigned long flags, unsigned long offset,
			 unsigned long *addr);
/* do_munmap() - => mmap_lock held for write; vm_munmap() takes it. Errors as munmap(2). */
int __must_check do_munmap(struct mm_struct *mm, unsigned long start, size_t len);
int __must_check vm_munmap(unsigned long start, size_t len);
/* vm_brk() - anonymous memory at a fixed place for a program's bss. */
int __must_check vm_brk(unsigned long addr, unsigned long len, unsigned long vm_flags);
/* setup_arg_pages-like: the stack vma of a new program, top at stack_top. */
int __must_check mm_setup_stack(struct mm_struct *mm, unsigned long stack_top,
				struct vm_area_struct **vma);
/* install_special_mapping() - kernel-owned pages (vDSO) at a fixed user address. */
int __must_check install_special_mapping(struct mm_struct *mm, unsigned long addr,
					 unsigned long len, unsigned long vm_flags,
					 struct page **pages, const char *name);
void exit_mmap(struct mm_struct *mm);
/*
 * __mm_populate() - fault a range in ahead of use: 0, or -errno where it stopped. With
 * ignore_errors only a fatal signal stops it: a VMA that cannot be filled is left, the next one
 * is tried. mm_populate() - the same as far as it goes; faults do the rest. => no locks.
 */
int __must_check __mm_populate(struct mm_struct *mm, unsigned long start, unsigned long len,
			       bool ignore_errors);
static inline void mm_populate(struct mm_struct *mm, unsigned long start, unsigned long len)
{
	(void)!__mm_populate(mm, start, len, true);
}
/* access_remote_vm() - read or write another mm's memory; bytes done. Sleeps, takes mmap_lock. */
int access_remote_vm(struct mm_struct *mm, unsigned long addr, void *buf, int len, bool write);
/* get_user_page() - fault the page at addr in, take a reference. => mmap_lock held for reading. */
int __must_check get_user_page(struct mm_struct *mm, unsigned long addr, bool write,
			       struct page **page);

/* ---- faults (mm/fault.c) ---- */
/*
 * handle_mm_fault() - resolve a fault on vma at address. => mmap_lock read held;
 * on VM_FAULT_RETRY it has been dropped. May sleep.
 */
vm_fault_t handle_mm_fault(struct vm_area_struct *vma, unsigned long address, unsigned int flags);
/*
 * mm_user_fault() - the whole of a user-address fault, for arch/riscv/fault.c:
 * finds the vma, grows the stack, checks permission, retries. Returns 0 when the
 * access can be repeated, else VM_FAULT_SIGSEGV/SIGBUS/OOM with *si_code set.
 */
vm_fault_t mm_user_fault(struct mm_struct *mm, unsigned long address, unsigned int flags,
			 int *si_code);
pgprot_t vm_get_page_prot(unsigned long vm_flags);
/* ---- memory accounting (mm/util.c) ---- */
extern int sysctl_overcommit_memory, sysctl_overcommit_ratio;
extern int sysctl_max_map_count;
extern unsigned long sysctl_stack_guard_gap;	/* pages */
extern unsigned long sysctl_overcommit_kbytes;
extern unsigned long sysctl_user_reserve_kbytes, sysctl_admin_reserve_kbytes;
int __must_check vm_enough_memory(struct mm_struct *mm, long pages);	/* charges; -ENOMEM */
void vm_unacct_memory(long pages);
unsigned long vm_commit_limit(void);
unsigned long vm_committed(void);
/* may_expand_vm() - RLIMIT_AS, RLIMIT_DATA. */
bool may_expand_vm(struct mm_struct *mm, unsigned long vm_flags, unsigned long npages);

/* mm_init() - boot: everything from memblock to slab and vmalloc, in order (mm/mm_init.c). */
void mm_core_init(void);
void mm_cache_init(void);	/* caches of mm_struct, vma and anon_vma; for mm_late_init() */
void mm_late_init(void);	/* caches for vmas and mms, kswapd, ...: after the scheduler */
