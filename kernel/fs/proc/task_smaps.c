/* SPDX-License-Identifier: MIT */
/*
 * /proc/PID/smaps, smaps_rollup and pagemap: the page tables, counted and read.
 *
 * A page mapped by n PTEs counts 1/n to each one's Pss; the sum of all Pss is
 * the memory really used. Fractions are kept in 1/4096 of a byte.
 *
 * Rss splits in two ways. By sharing: a page is private if this is its only PTE.
 * By state: dirty if its content exists nowhere else, so it must be written before
 * it can be taken away. The zero page and the vDSO belong to nobody and count as
 * nothing.
 *
 * Walking does not fault anything in: what is swapped out is told by its swap entry.
 *
 * Locks: mmap_lock read, the page-table lock inside walk_page_range().
 *
 * Linux: fs/proc/task_mmu.c. Differs: no soft-dirty bits, no huge pages.
 */
#include "kernel/fs/internal.h"
#include "kernel/fs/proc/internal.h"
#include "kernel/fs/proc/task_maps.h"
#include "lib/string.h"
#include "mm/mm.h"
#include "mm/pgtable.h"
#include "mm/slab.h"
#include "mm/swap.h"

#define PSS_SHIFT	12

struct smaps_stats {
	struct vm_area_struct *vma;
	/* bytes */
	unsigned long rss, shared_clean, shared_dirty, private_clean, private_dirty;
	unsigned long referenced, anonymous, lazyfree, swap, locked;
	/* bytes << PSS_SHIFT */
	u64 pss, pss_dirty, pss_anon, pss_file, pss_shmem, swap_pss;
};

/* A slot has as many users as PTEs refer to it, in whatever process. */
static void account_swap(struct smaps_stats *s, swp_entry_t e)
{
	int users = swp_swapcount(e);

	s->swap += PAGE_SIZE;
	s->swap_pss += (PAGE_SIZE << PSS_SHIFT) / (users > 1 ? users : 1);
}

/*
 * A page counts as dirty by its PTE or by its folio: the PTE's bit moves to the folio when
 * the page is unmapped somewhere or looked at by reclaim.
 */
static void account_page(struct smaps_stats *s, struct folio *f, pte_t pte)
{
	int mapcount = folio_mapcount(f);
	bool dirty = pte_dirty(pte) || folio_test(f, PG_dirty);
	u64 share = (PAGE_SIZE << PSS_SHIFT) / (mapcount > 1 ? mapcount : 1);

	s->rss += PAGE_SIZE;
	s->pss += share;
	if (dirty)
		s->pss_dirty += share;
	if (folio_test_anon(f)) {
		s->anonymous += PAGE_SIZE;
		s->pss_anon += share;
		if (!folio_test(f, PG_swapbacked) && !dirty)
			s->lazyfree += PAGE_SIZE;
	} else if (folio_test(f, PG_swapbacked)) {
		s->pss_shmem += share;
	} else {
		s->pss_file += share;
	}
	if (pte_young(pte) || folio_test(f, PG_referenced))
		s->referenced += PAGE_SIZE;
	if (s->vma->vm_flags & VM_LOCKED)
		s->locked += share >> PSS_SHIFT;
	if (mapcount > 1)
		*(dirty ? &s->shared_dirty : &s->shared_clean) += PAGE_SIZE;
	else
		*(dirty ? &s->private_dirty : &s->private_clean) += PAGE_SIZE;
}

/* => page-table lock: the folio cannot go while its PTE is there. */
static int account_pte(pte_t *ptep, unsigned long addr, void *arg)
{
	pte_t pte = ptep_get(ptep);

	if (is_swap_pte(pte))
		account_swap(arg, pte_to_swp_entry(pte));
	else if (pte_present(pte) && !pte_special(pte) && pfn_valid(pte_pfn(pte)))
		account_page(arg, page_folio(pfn_to_page(pte_pfn(pte))), pte);
	return 0;
}

/* Adds to s: rollup gathers all mappings in one. */
static void gather(struct smaps_stats *s, struct vm_area_struct *vma)
{
	s->vma = vma;
	walk_page_range(vma->vm_mm, vma->vm_start, vma->vm_end, account_pte, NULL, s);
}

/* Numbers end in column 24. pmap -X makes a column of each such line. */
static void line(struct seq_file *m, const char *name, unsigned long bytes)
{
	size_t n = strlen(name);

	seq_printf(m, "%s:%*lu kB\n", name, (int)(23 - n), bytes >> 10);
}

static void show_stats(struct seq_file *m, const struct smaps_stats *s, bool rollup)
{
	line(m, "Rss", s->rss);
	line(m, "Pss", s->pss >> PSS_SHIFT);
	line(m, "Pss_Dirty", s->pss_dirty >> PSS_SHIFT);
	if (rollup) {
		line(m, "Pss_Anon", s->pss_anon >> PSS_SHIFT);
		line(m, "Pss_File", s->pss_file >> PSS_SHIFT);
		line(m, "Pss_Shmem", s->pss_shmem >> PSS_SHIFT);
	}
	line(m, "Shared_Clean", s->shared_clean);
	line(m, "Shared_Dirty", s->shared_dirty);
	line(m, "Private_Clean", s->private_clean);
	line(m, "Private_Dirty", s->private_dirty);
	line(m, "Referenced", s->referenced);
	line(m, "Anonymous", s->anonymous);
	line(m, "KSM", 0);
	line(m, "LazyFree", s->lazyfree);
	line(m, "AnonHugePages", 0);
	line(m, "ShmemPmdMapped", 0);
	line(m, "FilePmdMapped", 0);
	line(m, "Shared_Hugetlb", 0);
	line(m, "Private_Hugetlb", 0);
	line(m, "Swap", s->swap);
	line(m, "SwapPss", s->swap_pss >> PSS_SHIFT);
	line(m, "Locked", s->locked);
}

/* Two letters a flag, as proc(5) lists them. */
static void show_vm_flags(struct seq_file *m, unsigned long flags)
{
	static const struct { unsigned long bit; const char *name; } names[] = {
		{ VM_READ, "rd" }, { VM_WRITE, "wr" }, { VM_EXEC, "ex" }, { VM_SHARED, "sh" },
		{ VM_MAYREAD, "mr" }, { VM_MAYWRITE, "mw" }, { VM_MAYEXEC, "me" },
		{ VM_MAYSHARE, "ms" }, { VM_GROWSDOWN, "gd" }, { VM_PFNMAP, "pf" },
		{ VM_LOCKED, "lo" }, { VM_SEQ_READ, "sr" }, { VM_RAND_READ, "rr" },
		{ VM_DONTCOPY, "dc" }, { VM_DONTEXPAND, "de" }, { VM_ACCOUNT, "ac" },
		{ VM_NORESERVE, "nr" }, { VM_WIPEONFORK, "wf" }, { VM_DONTDUMP, "dd" },
		{ VM_MERGEABLE, "mg" },
	};

	seq_puts(m, "THPeligible:           0\nVmFlags: ");
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		if (flags & names[i].bit)
			seq_printf(m, "%s ", names[i].name);
	}
	seq_putc(m, '\n');
}

int proc_pid_smaps(struct seq_file *m, void *v)
{
	struct mm_struct *mm = get_task_mm(m->private);
	struct vm_area_struct *vma;
	struct smaps_stats s;

	if (!mm)
		return 0;
	mmap_read_lock(mm);
	for_each_vma(mm, vma) {
		memset(&s, 0, sizeof(s));
		gather(&s, vma);
		show_map_line(m, vma);
		line(m, "Size", vma->vm_end - vma->vm_start);
		line(m, "KernelPageSize", PAGE_SIZE);
		line(m, "MMUPageSize", PAGE_SIZE);
		show_stats(m, &s, false);
		show_vm_flags(m, vma->vm_flags);
	}
	mmap_read_unlock(mm);
	mmput(mm);
	return 0;
}

/* The sum over all mappings, for programs that want one Pss and not a megabyte of text. */
int proc_pid_smaps_rollup(struct seq_file *m, void *v)
{
	struct mm_struct *mm = get_task_mm(m->private);
	unsigned long start = 0, end = 0;
	size_t begin = m->count;
	struct vm_area_struct *vma;
	struct smaps_stats s;

	if (!mm)
		return -ESRCH;
	memset(&s, 0, sizeof(s));
	mmap_read_lock(mm);
	for_each_vma(mm, vma) {
		if (!end)
			start = vma->vm_start;
		end = vma->vm_end;
		gather(&s, vma);
	}
	mmap_read_unlock(mm);
	mmput(mm);
	seq_printf(m, "%08lx-%08lx ---p 00000000 00:00 0", start, end);
	pad_to_name(m, begin);
	seq_puts(m, "[rollup]\n");
	show_stats(m, &s, true);
	return 0;
}

/*
 * ---- pagemap: 8 bytes a page ----
 *
 * Entry n, at offset 8 n, is about virtual page n: bits 0-54 the page frame, or for a
 * swapped page its area (5 bits) and slot. Reading it is how a program can see itself
 * being moved.
 */

#define PM_PFRAME_MASK	((1UL << 55) - 1)
#define PM_MMAP_EXCLUSIVE (1UL << 56)	/* no other PTE maps it */
#define PM_FILE		(1UL << 61)	/* of a file, or shared anonymous memory */
#define PM_SWAP		(1UL << 62)
#define PM_PRESENT	(1UL << 63)
#define PM_BATCH	512		/* entries translated at a time */

struct pagemap { u64 *entries; unsigned long start; };

/* => page-table lock. */
static u64 pagemap_entry(pte_t pte)
{
	struct folio *f;
	u64 e;

	if (is_swap_pte(pte)) {
		swp_entry_t s = pte_to_swp_entry(pte);

		return PM_SWAP | (swp_type(s) & 31) | swp_offset(s) << 5;
	}
	if (!pte_present(pte))
		return 0;
	e = PM_PRESENT | (pte_pfn(pte) & PM_PFRAME_MASK);
	if (pte_special(pte) || !pfn_valid(pte_pfn(pte)))
		return e;
	f = page_folio(pfn_to_page(pte_pfn(pte)));
	if (!folio_test_anon(f))
		e |= PM_FILE;
	if (folio_mapcount(f) == 1)
		e |= PM_MMAP_EXCLUSIVE;
	return e;
}

/* Pages without a page table are not visited: their entries stay 0. */
static int pagemap_pte(pte_t *ptep, unsigned long addr, void *arg)
{
	struct pagemap *pm = arg;

	pm->entries[(addr - pm->start) >> PAGE_SHIFT] = pagemap_entry(ptep_get(ptep));
	return 0;
}

/* Entries for n pages from addr on. */
static void pagemap_fill(struct mm_struct *mm, struct pagemap *pm, unsigned long addr, size_t n)
{
	memset(pm->entries, 0, n * sizeof(u64));
	pm->start = addr;
	if (addr >= TASK_SIZE)
		return;
	mmap_read_lock(mm);
	walk_page_range(mm, addr, min_t(unsigned long, addr + n * PAGE_SIZE, TASK_SIZE),
			pagemap_pte, NULL, pm);
	mmap_read_unlock(mm);
}

/* Copying out may fault, which needs the mmap_lock: so fill a buffer first, then copy. */
static ssize_t pagemap_copy(struct mm_struct *mm, struct pagemap *pm, struct kiocb *iocb,
			    struct iov_iter *to)
{
	ssize_t done = 0;

	while (to->count >= sizeof(u64) &&
	       (u64)iocb->ki_pos / sizeof(u64) < TASK_SIZE >> PAGE_SHIFT) {
		size_t n = min(to->count / sizeof(u64), (size_t)PM_BATCH);
		size_t bytes = n * sizeof(u64);

		pagemap_fill(mm, pm, iocb->ki_pos / sizeof(u64) << PAGE_SHIFT, n);
		if (copy_to_iter(pm->entries, bytes, to) != bytes)
			return done ? done : -EFAULT;
		iocb->ki_pos += bytes;
		done += bytes;
	}
	return done;
}

/* Behind the last page of user space it ends; a process without memory has none at all. */
static ssize_t pagemap_read(struct kiocb *iocb, struct iov_iter *to)
{
	struct task_struct *t = proc_task(iocb->ki_filp->f_inode);
	struct mm_struct *mm;
	struct pagemap pm;
	ssize_t ret;

	if (iocb->ki_pos < 0 || iocb->ki_pos % sizeof(u64) || to->count % sizeof(u64))
		return -EINVAL;
	mm = get_task_mm(t);
	if (!mm)
		return 0;
	pm.entries = kmalloc(PM_BATCH * sizeof(u64), GFP_KERNEL);
	ret = pm.entries ? pagemap_copy(mm, &pm, iocb, to) : -ENOMEM;
	kfree(pm.entries);
	mmput(mm);
	return ret;
}

const struct file_operations proc_pagemap_fops = {
	.read_iter = pagemap_read, .llseek = no_seek_end_llseek,
};
