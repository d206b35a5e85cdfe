/* SPDX-License-Identifier: MIT */
/*
 * test_vma_more.c - random traces as in test_vma.c, of the calls that one does not make: mlock,
 * munlock, mlockall, brk, more kinds of mremap and madvise, stacks that grow; and any of them
 * may meet an allocation that fails, a limit, or strict overcommit.
 *
 * The model is weaker, as a call may fail in the middle: it knows for each page of a window
 * whether it is mapped and which word a program wrote there. What kind of mapping a page
 * belongs to is asked of the VMA. After each step all counters are computed anew from VMAs and
 * page tables, and compared.
 *
 * Linux: tools/testing/vma. Differs: pages, forks and failures too.
 */
#include "fake_mm.h"
#include "kernel/fs/fs.h"
#include "kernel/sched.h"
#include "kernel/uapi/mman.h"
#include "kernel/uapi/signal.h"
#include "mm/mm_syscalls.h"
#include "mm/pgtable.h"
#include "mm/vma.h"

#define NR		120			/* pages of the window */
#define WINDOW		(0x40000000UL - NR / 2 * PAGE_SIZE)	/* across a 1 GiB border */
#define WINDOW_END	(WINDOW + NR * PAGE_SIZE)
#define HEAP		(WINDOW + NR / 4 * PAGE_SIZE + 100)
#define NR_PROCS	4
#define ANON		(MAP_PRIVATE | MAP_ANONYMOUS)

struct mpage {
	bool mapped;
	bool own;		/* private, written by the program */
	unsigned long value;	/* then */
};

struct proc {
	struct mm_struct *mm;
	struct mpage page[NR];
};

static struct proc procs[NR_PROCS];
static long committed_before;

static unsigned long va(unsigned int i) { return WINDOW + i * PAGE_SIZE; }

static struct vm_area_struct *vma_at(struct proc *p, unsigned int i)
{
	return vma_lookup(p->mm, va(i));
}

/* ---- counters, computed anew ---- */

struct sums {
	unsigned long total, locked, data, exec, stack, account;
	unsigned long anon, file, tables;
};

static struct sums sum_vmas(struct mm_struct *mm)
{
	struct sums s = { 0 };
	struct vm_area_struct *vma;

	for_each_vma(mm, vma) {
		unsigned long n = vma_pages(vma), f = vma->vm_flags;

		s.total += n;
		s.locked += f & VM_LOCKED ? n : 0;
		s.account += f & VM_ACCOUNT ? n : 0;
		if ((f & (VM_EXEC | VM_WRITE | VM_GROWSDOWN)) == VM_EXEC)
			s.exec += n;
		else if (f & VM_GROWSDOWN)
			s.stack += n;
		else if ((f & (VM_WRITE | VM_SHARED)) == VM_WRITE)
			s.data += n;
	}
	return s;
}

/* A table must serve some VMA, an entry must be inside one. */
static void sum_table(struct mm_struct *mm, pmd_t *pmd, unsigned long base, struct sums *s)
{
	assert_non_null(find_vma_intersection(mm, base, base + PMD_SIZE));
	s->tables++;
	for (unsigned long addr = base; addr < base + PMD_SIZE; addr += PAGE_SIZE) {
		pte_t pte = ptep_get(pte_offset(pmd, addr));

		if (pte_none(pte))
			continue;
		assert_non_null(vma_lookup(mm, addr));
		if (pte_special(pte))
			continue;
		if (folio_test_anon(page_folio(pfn_to_page(pte_pfn(pte)))))
			s->anon++;
		else
			s->file++;
	}
}

static void sum_tables(struct mm_struct *mm, struct sums *s)
{
	for (unsigned long gib = 0; gib < TASK_SIZE; gib += PGDIR_SIZE) {
		pgd_t *pgd = mm->pgd + pgd_index(gib);

		if (pgd_none(*pgd))
			continue;
		assert_non_null(find_vma_intersection(mm, gib, gib + PGDIR_SIZE));
		s->tables++;
		for (unsigned long addr = gib; addr < gib + PGDIR_SIZE; addr += PMD_SIZE)
			if (!pmd_none(*pmd_offset(pgd, addr)))
				sum_table(mm, pmd_offset(pgd, addr), addr, s);
	}
}

static void check_sums(struct mm_struct *mm)
{
	struct sums s = sum_vmas(mm);

	mm_check_vmas(mm);
	sum_tables(mm, &s);
	assert_int_equal(mm->total_vm, s.total);
	assert_int_equal(mm->locked_vm, s.locked);
	assert_int_equal(mm->data_vm, s.data);
	assert_int_equal(mm->exec_vm, s.exec);
	assert_int_equal(mm->stack_vm, s.stack);
	assert_int_equal(atomic_long_read(&mm->rss_stat[MM_ANONPAGES]), s.anon);
	assert_int_equal(atomic_long_read(&mm->rss_stat[MM_FILEPAGES]), s.file);
	assert_int_equal(atomic_long_read(&mm->pgtables_bytes), s.tables * PAGE_SIZE);
}

static void check_commit(void)
{
	long sum = committed_before;

	for (struct proc *p = procs; p < procs + NR_PROCS; p++)
		if (p->mm)
			sum += sum_vmas(p->mm).account;
	assert_int_equal(vm_committed(), sum);
}

/* ---- pages against the model ---- */

/*
 * What a load would see, if no fault has to be made for it. A copy of a page of the file may
 * have been made ahead of use, and the file written since.
 */
static void check_page(struct proc *p, unsigned int i)
{
	const struct mpage *m = &p->page[i];
	struct vm_area_struct *vma = vma_at(p, i);
	pte_t *pte = walk_pte(p->mm, va(i));
	unsigned long word;

	assert_int_equal(!!vma, m->mapped);
	if (!vma || !pte || pte_none(ptep_get(pte))) {
		assert_false(m->own);
		return;
	}
	word = *(unsigned long *)pfn_to_virt(pte_pfn(ptep_get(pte)));
	if (m->own)
		assert_int_equal(word, m->value);
	else if (!vma->vm_file)
		assert_int_equal(word, 0);
	else if (!folio_test_anon(page_folio(pfn_to_page(pte_pfn(ptep_get(pte))))))
		assert_int_equal(word, *fake_file_data(linear_page_index(vma, va(i))));
}

static void check_proc(struct proc *p)
{
	check_sums(p->mm);
	for (unsigned int i = 0; i < NR; i++)
		check_page(p, i);
}

static void set_mapped(struct proc *p, unsigned int first, unsigned int n)
{
	while (n--)
		p->page[first++] = (struct mpage){ .mapped = true };
}

static void set_unmapped(struct proc *p, unsigned int first, unsigned int n)
{
	memset(&p->page[first], 0, n * sizeof(p->page[0]));
}

/* A call failed that may have unmapped all of this range, or nothing. */
static void sync_unmapped(struct proc *p, unsigned int first, unsigned int n)
{
	for (unsigned int i = first; i < first + n; i++)
		if (!vma_at(p, i))
			set_unmapped(p, i, 1);
}

/* ---- the calls ---- */

static void op_mmap(struct proc *p, unsigned int first, unsigned int n)
{
	static const unsigned long kinds[] = {
		ANON, ANON, ANON | MAP_NORESERVE, ANON | MAP_GROWSDOWN, ANON | MAP_LOCKED,
		MAP_PRIVATE, MAP_SHARED,
	};
	unsigned long flags = MAP_FIXED | kinds[rnd(ARRAY_SIZE(kinds))];
	unsigned long pgoff = rnd(FAKE_FILE_PAGES);

	if (sys_mmap(va(first), n * PAGE_SIZE, rnd(8), flags, 3, pgoff << PAGE_SHIFT) < 0)
		sync_unmapped(p, first, n);
	else
		set_mapped(p, first, n);
}

static void op_munmap(struct proc *p, unsigned int first, unsigned int n)
{
	if (!sys_munmap(va(first), n * PAGE_SIZE))
		set_unmapped(p, first, n);
}

/* The mapping is at `at` now, or still. Its first n pages are what they were, holes too. */
static void model_moved(struct proc *p, unsigned long at, unsigned int len,
			const struct mpage *old, unsigned int n)
{
	for (unsigned int i = 0; i < len; i++) {
		unsigned long addr = at + i * PAGE_SIZE;

		if (addr >= WINDOW && addr < WINDOW_END)
			p->page[(addr - WINDOW) >> PAGE_SHIFT] =
				i < n ? old[i] : (struct mpage){ .mapped = true };
	}
	/* What lies outside is of no use here. */
	if (at < WINDOW)
		assert_int_equal(sys_munmap(at, min(len * PAGE_SIZE, WINDOW - at)), 0);
	assert_int_equal(sys_munmap(WINDOW_END, NR * PAGE_SIZE), 0);
}

/* The old place is free, or could not be split off for want of memory: then it is empty. */
static void model_left(struct proc *p, unsigned int first, unsigned int n)
{
	for (unsigned int i = first; i < first + n; i++)
		p->page[i] = (struct mpage){ .mapped = vma_at(p, i) };
}

static unsigned long random_place(unsigned int to)
{
	static const unsigned long odd[] = { 0, PAGE_SIZE, 1, -PAGE_SIZE, -PAGE_SIZE + 1, -1UL };

	return rnd(4) ? va(to) : odd[rnd(ARRAY_SIZE(odd))];
}

static void op_mremap(struct proc *p, unsigned int first, unsigned int n)
{
	static const unsigned long kinds[] = {
		0, MREMAP_MAYMOVE, MREMAP_MAYMOVE | MREMAP_FIXED,
		MREMAP_MAYMOVE | MREMAP_DONTUNMAP, MREMAP_MAYMOVE | MREMAP_FIXED | MREMAP_DONTUNMAP,
	};
	unsigned long flags = kinds[rnd(ARRAY_SIZE(kinds))];
	unsigned int to = rnd(NR), len = 1 + rnd(min(NR - to, 30u)), keep;
	unsigned long place = flags & MREMAP_FIXED ? va(to) : random_place(to);
	struct mpage old[NR];
	long ret;

	if (!rnd(10))
		n = 0;			/* the same pages of a shared mapping once more */
	else if (flags & MREMAP_DONTUNMAP && n <= NR - to)
		len = n;
	keep = min(n, len);
	memcpy(old, &p->page[first], keep * sizeof(old[0]));
	ret = sys_mremap(va(first), n * PAGE_SIZE, len * PAGE_SIZE, flags, place);
	current->fail_nth = 0;
	if (ret < 0) {
		if (flags & MREMAP_FIXED)
			sync_unmapped(p, to, len);
		if (len < n)
			sync_unmapped(p, first + len, n - len);
		return;
	}
	assert_true(ret >= (long)MMAP_MIN_ADDR && !offset_in_page(ret));
	if (len < n)
		set_unmapped(p, first + len, n - len);
	if (flags & MREMAP_DONTUNMAP)
		set_mapped(p, first, n);
	else
		model_left(p, first, keep);
	model_moved(p, ret, len, old, keep);
}

/* It stops at a hole in the sense that nothing goes there, at a locked VMA in any sense. */
static void op_dontneed(struct proc *p, unsigned int first, unsigned int n)
{
	bool locked_too = rnd(2);

	for (unsigned int i = first; i < first + n; i++) {
		struct vm_area_struct *vma = vma_at(p, i);

		if (vma && (vma->vm_flags & VM_LOCKED) && !locked_too)
			break;
		p->page[i].own = false;
	}
	(void)sys_madvise(va(first), n * PAGE_SIZE, locked_too ? MADV_DONTNEED_LOCKED :
			  MADV_DONTNEED);
}

/* Calls that change no page, whether they work or not. */
static void op_harmless(struct proc *p, unsigned int first, unsigned int n)
{
	static const int advices[] = {
		MADV_NORMAL, MADV_RANDOM, MADV_DONTFORK, MADV_DOFORK, MADV_DOFORK,
		MADV_WIPEONFORK, MADV_KEEPONFORK, MADV_KEEPONFORK, MADV_POPULATE_READ,
		MADV_POPULATE_WRITE,
	};
	unsigned long start = va(first), len = n * PAGE_SIZE;

	switch (rnd(10)) {
	case 0: case 1: (void)sys_mlock(start, len); break;
	case 2: (void)sys_mlock2(start, len, MLOCK_ONFAULT); break;
	case 3: case 4: (void)sys_munlock(start, len); break;
	case 5: (void)sys_mlockall(1 + rnd(7)); break;
	case 6: (void)sys_munlockall(); break;
	case 7: (void)sys_madvise(start, len, advices[rnd(ARRAY_SIZE(advices))]); break;
	default: (void)sys_mprotect(start, len, rnd(8));
	}
}

static unsigned int heap_page(unsigned long brk)
{
	return (PAGE_ALIGN(brk) - WINDOW) >> PAGE_SHIFT;
}

static void op_brk(struct proc *p)
{
	unsigned long old = p->mm->brk, new = HEAP + rnd(30 * PAGE_SIZE);
	unsigned int from = heap_page(old), to = heap_page(new);

	if (sys_brk(new) != (long)new) {
		assert_int_equal(p->mm->brk, old);
		return;
	}
	if (to > from)
		set_mapped(p, from, to - from);
	else
		set_unmapped(p, to, from - to);
}

static void op_fork(struct proc *p)
{
	struct proc *child = &procs[rnd(NR_PROCS)];

	if (child->mm)
		return;
	if (dup_mm(p->mm, &child->mm)) {
		child->mm = NULL;
		return;
	}
	memcpy(child->page, p->page, sizeof(p->page));
	for (unsigned int i = 0; i < NR; i++) {
		struct vm_area_struct *vma = vma_at(p, i);

		if (vma && (vma->vm_flags & VM_DONTCOPY))
			set_unmapped(child, i, 1);
		else if (vma && (vma->vm_flags & VM_WIPEONFORK))
			child->page[i].own = false;
	}
	check_proc(child);
}

static void op_exit(struct proc *p)
{
	mmput(p->mm);
	p->mm = NULL;
	set_unmapped(p, 0, NR);
}

/* ---- loads and stores ---- */

/* The si_code that the VMA at page i, not NULL, is good for. */
static int expected_code(const struct vm_area_struct *vma, unsigned int i, bool write)
{
	if (!(vma->vm_flags & (write ? VM_WRITE : VM_READ | VM_WRITE)))
		return SEGV_ACCERR;
	if (vma->vm_file && linear_page_index(vma, va(i)) >= FAKE_FILE_PAGES)
		return BUS_ADRERR;
	return 0;
}

/* A stack grows down to page i, and through what was a hole. */
static void model_grown(struct proc *p, unsigned int i)
{
	for (; i < NR && !p->page[i].mapped && vma_at(p, i); i++)
		set_mapped(p, i, 1);
}

static void op_access(struct proc *p, unsigned int i, bool write)
{
	bool failing = current->fail_nth, hole = !p->page[i].mapped;
	unsigned long value = rnd64();
	int code = fake_user_access(p->mm, va(i), write, &value);
	struct vm_area_struct *vma = vma_at(p, i);

	model_grown(p, i);
	if (!vma || (hole && !(vma->vm_flags & VM_GROWSDOWN)))
		assert_true(code == SEGV_MAPERR && !vma);
	else if (!code || !failing)
		assert_int_equal(code, expected_code(vma, i, write));
	if (!code && write && !(vma->vm_flags & VM_SHARED))
		p->page[i] = (struct mpage){ .mapped = true, .own = true, .value = value };
}

/* ---- traces ---- */

/* Now and then memory is short, in one of several ways; else everything is allowed. */
static void random_trouble(void)
{
	unsigned long *limit = &current->signal->rlim[RLIMIT_MEMLOCK].rlim_cur;
	unsigned int what = rnd(20);

	current->fail_nth = what < 5 ? 1 + rnd(1 + rnd(30)) : 0;
	*limit = what == 5 ? rnd(NR) * PAGE_SIZE : RLIM_INFINITY;
	sysctl_max_map_count = what == 6 ? rnd(40) : 65530;
	sysctl_overcommit_memory = what == 7 ? 2 : 0;
	sysctl_overcommit_kbytes = (1 + rnd(NR)) * 4;
}

static void step(struct proc *p)
{
	unsigned int first = rnd(NR), n = 1 + rnd(min(NR - first, 24u)), what = rnd(100);

	random_trouble();
	if (what < 12)
		op_mmap(p, first, n);
	else if (what < 20)
		op_munmap(p, first, n);
	else if (what < 35)
		op_harmless(p, first, n);
	else if (what < 48)
		op_mremap(p, first, n);
	else if (what < 52)
		op_dontneed(p, first, n);
	else if (what < 56)
		op_brk(p);
	else if (what < 59)
		op_fork(p);
	else if (what < 60)
		op_exit(p);
	else
		while (n--)
			op_access(p, first++, rnd(2));
	current->fail_nth = 0;
}

static void start_proc(struct proc *p)
{
	p->mm = mm_alloc();
	assert_non_null(p->mm);
	p->mm->mmap_base = WINDOW_END;
	p->mm->start_brk = p->mm->brk = HEAP;
}

static void all_is_back(unsigned long nr_free)
{
	for (int i = 0; i < FAKE_FILE_PAGES; i++)
		assert_int_equal(page_count(virt_to_page(fake_file_data(i))), 1);
	assert_int_equal(atomic_read(&fake_file.f_count), 0);
	assert_int_equal(vm_committed(), committed_before);
	assert_int_equal(node_page_state(NODE_DATA(0), NR_ANON_MAPPED), 0);
	assert_int_equal(node_page_state(NODE_DATA(0), NR_PAGETABLE), 0);
	assert_int_equal(node_page_state(NODE_DATA(0), NR_MLOCK), 0);
	assert_int_equal(fake_settled_free(), nr_free);
	assert_false(fake_logged("BUG"));
}

static void calls_fail_without_a_trace(void **state)
{
	unsigned long nr_free;

	fake_machine_boot();
	sysctl_stack_guard_gap = 3;
	nr_free = fake_settled_free();
	committed_before = vm_committed();
	for (unsigned int i = 0; i < 20000; i++) {
		struct proc *p = &procs[rnd(NR_PROCS)];

		if (!p->mm && p == procs)
			start_proc(p);
		if (!p->mm)
			continue;
		current->mm = p->mm;
		step(p);
		check_commit();
		if (p->mm)
			check_proc(p);
	}
	for (struct proc *p = procs; p < procs + NR_PROCS; p++) {
		if (p->mm)
			check_proc(p);
		if (p->mm)
			op_exit(p);
	}
	sysctl_stack_guard_gap = 256;
	all_is_back(nr_free);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		host_test(calls_fail_without_a_trace),
	};

	return host_main(tests);
}
