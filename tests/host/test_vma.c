/* SPDX-License-Identifier: MIT */
/*
 * test_vma.c - address spaces on the fake machine: random traces of mmap, munmap,
 * mprotect, mremap, madvise, fork, exit and memory accesses, in several processes,
 * against a model that knows for each page of a small window what is there.
 *
 * The VMA tree, the page tables, COW, rmap counts and the page allocator are the
 * real ones; the program's loads and stores go through the page tables it got.
 *
 * Linux: tools/testing/vma. Differs: pages and forks too.
 */
#include <asm/tlbflush.h>
#include "fake_mm.h"
#include "kernel/fs/fs.h"
#include "kernel/sched.h"
#include "kernel/uapi/mman.h"
#include "kernel/uapi/signal.h"
#include "mm/memblock.h"
#include "mm/mm_syscalls.h"
#include "mm/page_internal.h"
#include "mm/pgtable.h"
#include "mm/slab.h"
#include "mm/vma.h"

#define NR		160			/* pages of the window */
#define WINDOW		(0x40000000UL - NR / 2 * PAGE_SIZE)	/* across a 1 GiB border */
#define NR_PROCS	4

enum kind { NONE, ANON, FILE_PRIVATE, FILE_SHARED };

/* What the model knows of one page of one process. */
struct mpage {
	enum kind kind;
	unsigned int prot;
	bool charged;		/* private, and was writable since it had no page of its own */
	bool own;		/* has a value of its own: private, written */
	unsigned long value;
	unsigned long pgoff;	/* in the file */
};

struct proc {
	struct mm_struct *mm;
	struct mpage page[NR];
};

static struct proc procs[NR_PROCS];

static unsigned long va(unsigned int i) { return WINDOW + i * PAGE_SIZE; }

static void run_as(struct proc *p)
{
	current->mm = p->mm;
}

/* ---- a program's load or store ---- */

static unsigned long model_value(const struct mpage *m)
{
	if (m->own || m->kind == ANON)
		return m->value;
	return *fake_file_data(m->pgoff);
}

static void op_access(struct proc *p, unsigned int i, bool write)
{
	struct mpage *m = &p->page[i];
	unsigned long value = rnd64();
	int code = fake_user_access(p->mm, va(i), write, &value);

	if (m->kind == NONE) {
		assert_int_equal(code, SEGV_MAPERR);
		return;
	}
	if (!(m->prot & (write ? PROT_WRITE : PROT_READ | PROT_WRITE))) {
		assert_int_equal(code, SEGV_ACCERR);
		return;
	}
	if (m->kind != ANON && m->pgoff >= FAKE_FILE_PAGES) {
		assert_int_equal(code, BUS_ADRERR);
		return;
	}
	assert_int_equal(code, 0);
	if (!write) {
		assert_int_equal(value, model_value(m));
	} else if (m->kind == FILE_SHARED) {
		assert_int_equal(value, *fake_file_data(m->pgoff));
	} else {
		m->own = true;
		m->value = value;
	}
}

/* ---- the calls, and what they do to the model ---- */

static unsigned int random_prot(void)
{
	static const unsigned int prots[] = { PROT_NONE, PROT_READ, PROT_READ | PROT_WRITE };

	return prots[rnd(ARRAY_SIZE(prots))];
}

static void model_clear(struct proc *p, unsigned int first, unsigned int n)
{
	memset(&p->page[first], 0, n * sizeof(p->page[0]));
}

static void op_mmap(struct proc *p, unsigned int first, unsigned int n)
{
	enum kind kind = ANON + rnd(3);
	unsigned int prot = random_prot(), pgoff = rnd(FAKE_FILE_PAGES), i;
	unsigned long flags = MAP_FIXED | (kind == FILE_SHARED ? MAP_SHARED : MAP_PRIVATE) |
			      (kind == ANON ? MAP_ANONYMOUS : 0);
	long ret = sys_mmap(va(first), n * PAGE_SIZE, prot, flags, 3,
			    (unsigned long)pgoff << PAGE_SHIFT);

	assert_int_equal(ret, va(first));
	model_clear(p, first, n);
	for (i = 0; i < n; i++)
		p->page[first + i] = (struct mpage){
			.kind = kind, .prot = prot, .pgoff = pgoff + i,
			.charged = kind != FILE_SHARED && (prot & PROT_WRITE),
		};
}

static bool range_mapped(const struct proc *p, unsigned int first, unsigned int n)
{
	for (unsigned int i = first; i < first + n; i++)
		if (p->page[i].kind == NONE)
			return false;
	return true;
}

/* Anonymous memory that cannot have a page of its own yet. Asked of the real thing. */
static bool is_fresh(struct proc *p, unsigned int i)
{
	struct vm_area_struct *vma = vma_lookup(p->mm, va(i));

	return p->page[i].kind == ANON && vma && !vma->anon_vma;
}

static void op_mprotect(struct proc *p, unsigned int first, unsigned int n)
{
	unsigned int prot = random_prot(), i;
	bool fresh[NR];
	long ret;

	for (i = first; i < first + n; i++)
		fresh[i] = is_fresh(p, i);
	ret = sys_mprotect(va(first), n * PAGE_SIZE, prot);
	assert_int_equal(ret, range_mapped(p, first, n) ? 0 : -ENOMEM);
	for (i = first; i < first + n; i++) {
		struct mpage *m = &p->page[i];

		if (m->kind == NONE)
			break;		/* the first hole ends it */
		if (m->prot != prot && fresh[i])
			m->charged = false;
		m->prot = prot;
		if (m->kind != FILE_SHARED && (prot & PROT_WRITE))
			m->charged = true;
	}
}

static void op_dontneed(struct proc *p, unsigned int first, unsigned int n)
{
	long ret = sys_madvise(va(first), n * PAGE_SIZE, MADV_DONTNEED);

	assert_int_equal(ret, range_mapped(p, first, n) ? 0 : -ENOMEM);
	for (unsigned int i = first; i < first + n; i++) {
		p->page[i].own = false;
		p->page[i].value = 0;
	}
}

/* Is [first, first + n) in one VMA, as mremap wants it? Asked of the real thing. */
static bool one_vma(struct proc *p, unsigned int first, unsigned int n)
{
	struct vm_area_struct *vma = vma_lookup(p->mm, va(first));

	return vma && vma->vm_end >= va(first + n);
}

static void op_mremap(struct proc *p, unsigned int first, unsigned int n)
{
	unsigned int to = rnd(NR), len = 1 + rnd(NR - to), i, keep = min(n, len);
	bool overlap = to < first + n && first < to + len, ok = one_vma(p, first, keep);
	struct mpage saved[NR], last = p->page[first];
	unsigned long pgoff = p->page[first].pgoff;
	long ret = sys_mremap(va(first), n * PAGE_SIZE, len * PAGE_SIZE,
			      MREMAP_MAYMOVE | MREMAP_FIXED, va(to));

	if (last.kind == NONE || overlap) {
		assert_int_equal(ret, last.kind == NONE ? -EFAULT : -EINVAL);
		return;
	}
	/* The target is unmapped first, then the tail, whatever happens after that. */
	model_clear(p, to, len);
	if (len < n)
		model_clear(p, first + len, n - len);
	if (!ok) {
		assert_int_equal(ret, -EFAULT);
		return;
	}
	assert_int_equal(ret, va(to));
	memcpy(saved, &p->page[first], keep * sizeof(saved[0]));
	model_clear(p, first, keep);
	for (i = 0; i < len; i++) {
		struct mpage *m = &p->page[to + i];

		*m = i < keep ? saved[i] : last;
		m->pgoff = pgoff + i;
		if (i >= keep) {
			m->own = false;
			m->value = 0;
		}
	}
}

static void op_fork(struct proc *p)
{
	struct proc *child = &procs[rnd(NR_PROCS)];

	if (child->mm)
		return;
	assert_int_equal(dup_mm(p->mm, &child->mm), 0);
	memcpy(child->page, p->page, sizeof(p->page));
	mm_check_vmas(child->mm);
}

static void op_exit(struct proc *p)
{
	mmput(p->mm);
	p->mm = NULL;
	model_clear(p, 0, NR);
}

/* ---- checks ---- */

static bool same_mapping(const struct mpage *a, const struct mpage *b)
{
	return a->kind == b->kind && a->prot == b->prot && a->charged == b->charged &&
	       (a->kind == ANON || a->pgoff + 1 == b->pgoff);
}

static void check_proc(struct proc *p, bool exact)
{
	int runs = 0;

	mm_check_vmas(p->mm);
	for (unsigned int i = 0; i < NR; i++) {
		const struct mpage *m = &p->page[i];
		struct vm_area_struct *vma = vma_lookup(p->mm, va(i));

		assert_int_equal(!!vma, m->kind != NONE);
		if (!vma)
			continue;
		if (!i || !same_mapping(m - 1, m))
			runs++;
		assert_int_equal(vma->vm_flags & 7, m->prot);
		assert_int_equal(!!vma->vm_file, m->kind != ANON);
		assert_int_equal(!!(vma->vm_flags & VM_SHARED), m->kind == FILE_SHARED);
		if (m->kind != ANON)
			assert_int_equal(linear_page_index(vma, va(i)), m->pgoff);
	}
	assert_true(p->mm->map_count >= runs);
	if (exact)	/* no line more in /proc/PID/maps than needed */
		assert_int_equal(p->mm->map_count, runs);
}

static void step(struct proc *p, bool pages)
{
	unsigned int first = rnd(NR), n = 1 + rnd(min(NR - first, 24u));
	unsigned int what = rnd(pages ? 100 : 40);

	run_as(p);
	if (what < 14) {
		op_mmap(p, first, n);
	} else if (what < 24) {
		assert_int_equal(sys_munmap(va(first), n * PAGE_SIZE), 0);
		model_clear(p, first, n);
	} else if (what < 40) {
		op_mprotect(p, first, n);
	} else if (what < 44) {
		op_mremap(p, first, n);
	} else if (what < 47) {
		op_dontneed(p, first, n);
	} else if (what < 49) {
		op_fork(p);
	} else if (what < 50) {
		op_exit(p);
		return;
	} else {
		while (n--)
			op_access(p, first++, rnd(2));
	}
}

static void random_trace(bool pages, unsigned int steps)
{
	unsigned long before, committed;

	fake_machine_boot();
	before = fake_settled_free();
	committed = vm_committed();
	for (unsigned int i = 0; i < steps; i++) {
		struct proc *p = &procs[pages ? rnd(NR_PROCS) : 0];

		if (!p->mm && (i == 0 || p == procs)) {
			p->mm = mm_alloc();
			assert_non_null(p->mm);
		}
		if (!p->mm)
			continue;
		step(p, pages);
		for (struct proc *q = procs; q < procs + NR_PROCS; q++)
			if (q->mm && (!pages || rnd(8) == 0))
				check_proc(q, !pages);
	}
	for (struct proc *p = procs; p < procs + NR_PROCS; p++)
		if (p->mm)
			op_exit(p);
	for (int i = 0; i < FAKE_FILE_PAGES; i++) {
		struct page *page = virt_to_page(fake_file_data(i));

		assert_int_equal(page_count(page), 1);
		assert_int_equal(atomic_read(&page->_mapcount), -1);
	}
	assert_int_equal(atomic_read(&fake_file.f_count), 0);
	assert_int_equal(vm_committed(), committed);
	assert_int_equal(node_page_state(NODE_DATA(0), NR_ANON_MAPPED), 0);
	assert_int_equal(node_page_state(NODE_DATA(0), NR_PAGETABLE), 0);
	assert_int_equal(fake_settled_free(), before);
	assert_false(fake_logged("BUG"));
}

static void vmas_merge_to_the_fewest(void **state) { random_trace(false, 20000); }
static void pages_follow_the_model(void **state) { random_trace(true, 40000); }

/* ---- gap search ---- */

static void find_gap_slowly(struct mm_struct *mm, unsigned long len, unsigned long high,
			    unsigned long *addr)
{
	struct vm_area_struct *vma;

	for (*addr = high - len; ; *addr -= PAGE_SIZE) {
		vma = find_vma(mm, *addr);
		if (!vma || vm_start_gap(vma) >= *addr + len)
			return;
		/* Inside a stack's guard gap, below the start of the stack? */
	}
}

static void gaps_are_found_from_the_top(void **state)
{
	struct proc *p = &procs[0];
	unsigned long addr, slow, high = WINDOW + NR * PAGE_SIZE;

	fake_machine_boot();
	p->mm = mm_alloc();
	run_as(p);
	for (int i = 0; i < 3000; i++) {
		unsigned int first = rnd(NR), n = 1 + rnd(min(NR - first, 6u));
		unsigned long len = (1 + rnd(12)) * PAGE_SIZE;

		if (rnd(2))
			sys_mmap(va(first), n * PAGE_SIZE, rnd(4),
				 MAP_FIXED | MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		else
			assert_int_equal(sys_munmap(va(first), n * PAGE_SIZE), 0);
		assert_int_equal(find_gap_topdown(p->mm, len, MMAP_MIN_ADDR, high, &addr), 0);
		find_gap_slowly(p->mm, len, high, &slow);
		assert_int_equal(addr, slow);
	}
	/* Nothing free between two borders. */
	sys_mmap(va(0), NR * PAGE_SIZE, 0, MAP_FIXED | MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	assert_int_equal(find_gap_topdown(p->mm, PAGE_SIZE, WINDOW, high, &addr), -ENOMEM);
	op_exit(p);
}

/* ---- the errors of the man pages ---- */

static void errors_are_linux_s(void **state)
{
	struct proc *p = &procs[0];
	unsigned long a = va(0);
	const unsigned long fixed = MAP_FIXED | MAP_PRIVATE | MAP_ANONYMOUS;

	fake_machine_boot();
	p->mm = mm_alloc();
	run_as(p);
	assert_int_equal(sys_mmap(a, 0, 3, fixed, -1, 0), -EINVAL);
	assert_int_equal(sys_mmap(a + 1, PAGE_SIZE, 3, fixed, -1, 0), -EINVAL);
	assert_int_equal(sys_mmap(a, PAGE_SIZE, 3, MAP_ANONYMOUS, -1, 0), -EINVAL);
	assert_int_equal(sys_mmap(a, PAGE_SIZE, 3, MAP_PRIVATE, 99, 0), -EBADF);
	assert_int_equal(sys_mmap(a, PAGE_SIZE, 3, MAP_PRIVATE, 3, 1), -EINVAL);
	assert_int_equal(sys_mmap(a, TASK_SIZE * 2, 3, fixed, -1, 0), -ENOMEM);
	assert_int_equal(sys_mmap(0, ~0UL, 3, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), -ENOMEM);
	assert_int_equal(sys_mmap(0, PAGE_SIZE, 3, fixed, -1, 0), -EPERM);
	assert_int_equal(sys_mmap(TASK_SIZE, PAGE_SIZE, 3, fixed, -1, 0), -ENOMEM);
	assert_int_equal(sys_mmap(0, PAGE_SIZE, 3, MAP_PRIVATE, 3, -PAGE_SIZE), -EOVERFLOW);
	fake_file.f_mode = FMODE_READ;
	assert_int_equal(sys_mmap(0, PAGE_SIZE, 3, MAP_SHARED, 3, 0), -EACCES);
	assert_int_equal(sys_mmap(a, PAGE_SIZE, 1, MAP_SHARED | MAP_FIXED, 3, 0), a);
	assert_int_equal(sys_mprotect(a, PAGE_SIZE, 3), -EACCES);
	fake_file.f_mode = FMODE_READ | FMODE_WRITE;
	assert_int_equal(sys_mmap(a, PAGE_SIZE, 3, fixed | MAP_FIXED_NOREPLACE, -1, 0), -EEXIST);
	assert_int_equal(sys_munmap(a + 1, PAGE_SIZE), -EINVAL);
	assert_int_equal(sys_munmap(a, 0), -EINVAL);
	assert_int_equal(sys_munmap(TASK_SIZE, PAGE_SIZE), -EINVAL);
	assert_int_equal(sys_mprotect(a + 1, PAGE_SIZE, 3), -EINVAL);
	assert_int_equal(sys_mprotect(a, PAGE_SIZE, 64), -EINVAL);
	assert_int_equal(sys_mprotect(a, 0, 3), 0);
	assert_int_equal(sys_mprotect(va(50), PAGE_SIZE, 3), -ENOMEM);
	assert_int_equal(sys_mremap(va(50), PAGE_SIZE, PAGE_SIZE, 0, 0), -EFAULT);
	assert_int_equal(sys_mremap(a, PAGE_SIZE, 0, 0, 0), -EINVAL);
	assert_int_equal(sys_mremap(a, PAGE_SIZE, PAGE_SIZE, MREMAP_FIXED, va(9)), -EINVAL);
	assert_int_equal(sys_madvise(a, PAGE_SIZE, 1000), -EINVAL);
	assert_int_equal(sys_madvise(va(50), PAGE_SIZE, MADV_DONTNEED), -ENOMEM);
	assert_int_equal(sys_mlock2(a, PAGE_SIZE, 2), -EINVAL);
	assert_int_equal(sys_mlockall(0), -EINVAL);
	assert_int_equal(sys_mlockall(MCL_ONFAULT), -EINVAL);
	op_exit(p);
}

/* ---- no memory, at every possible place ---- */

static void fork_survives_every_failure(void **state)
{
	struct proc *p = &procs[0];
	unsigned long before, value, i;
	struct mm_struct *child;
	int nth, err = -ENOMEM;

	fake_machine_boot();
	p->mm = mm_alloc();
	run_as(p);
	for (i = 0; i < NR; i += 3) {
		sys_mmap(va(i), PAGE_SIZE, 3, MAP_FIXED | MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		value = i;
		assert_int_equal(fake_user_access(p->mm, va(i), true, &value), 0);
	}
	before = fake_settled_free();
	for (nth = 1; err; nth++) {
		current->fail_nth = nth;
		err = dup_mm(p->mm, &child);
		current->fail_nth = 0;
		if (err)
			assert_int_equal(err, -ENOMEM);
		else
			mmput(child);
		assert_int_equal(fake_settled_free(), before);
	}
	assert_true(nth > NR / 3);
	for (i = 0; i < NR; i += 3) {
		assert_int_equal(fake_user_access(p->mm, va(i), false, &value), 0);
		assert_int_equal(value, i);
	}
	op_exit(p);
}

/* ---- stack and heap ---- */

static void stack_grows_to_its_limit(void **state)
{
	struct proc *p = &procs[0];
	unsigned long value = 1, top = TASK_SIZE, guard = sysctl_stack_guard_gap << PAGE_SHIFT;
	struct vm_area_struct *vma;
	unsigned long below;

	fake_machine_boot();
	p->mm = mm_alloc();
	run_as(p);
	assert_int_equal(mm_setup_stack(p->mm, top, &vma), 0);
	assert_int_equal(vma->vm_end - vma->vm_start, 132 << 10);
	assert_int_equal(fake_user_access(p->mm, top - (1 << 20), true, &value), 0);
	assert_int_equal(vma->vm_start, top - (1 << 20));
	assert_int_equal(fake_user_access(p->mm, top - (8UL << 20), true, &value), 0);
	assert_int_equal(fake_user_access(p->mm, top - (8UL << 20) - 8, true, &value), SEGV_MAPERR);
	/* Not nearer than the guard gap to what lies below. */
	current->signal->rlim[RLIMIT_STACK].rlim_cur = RLIM_INFINITY;
	below = top - (16UL << 20);
	assert_int_equal(sys_mmap(below, PAGE_SIZE, 3, MAP_FIXED | MAP_PRIVATE | MAP_ANONYMOUS,
				  -1, 0), below);
	assert_int_equal(fake_user_access(p->mm, below + guard, true, &value), SEGV_MAPERR);
	assert_int_equal(fake_user_access(p->mm, below + guard + PAGE_SIZE, true, &value), 0);
	current->signal->rlim[RLIMIT_STACK].rlim_cur = 8UL << 20;
	mm_check_vmas(p->mm);
	op_exit(p);
}

static void brk_moves_or_stays(void **state)
{
	struct proc *p = &procs[0];
	unsigned long start = va(3) + 100, value = 7;

	fake_machine_boot();
	p->mm = mm_alloc();
	run_as(p);
	p->mm->start_brk = p->mm->brk = start;
	assert_int_equal(sys_brk(0), start);
	assert_int_equal(sys_brk(start + 3 * PAGE_SIZE), start + 3 * PAGE_SIZE);
	assert_int_equal(p->mm->map_count, 1);
	assert_int_equal(fake_user_access(p->mm, va(5), true, &value), 0);
	assert_int_equal(sys_brk(start + 2 * PAGE_SIZE), start + 2 * PAGE_SIZE);
	assert_int_equal(sys_brk(start + 9 * PAGE_SIZE), start + 9 * PAGE_SIZE);
	assert_int_equal(p->mm->map_count, 1);
	sys_mmap(va(20), PAGE_SIZE, 3, MAP_FIXED | MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	assert_int_equal(sys_brk(va(19)), va(19));
	assert_int_equal(sys_brk(va(19) + 1), va(19));		/* one page of distance */
	current->signal->rlim[RLIMIT_DATA].rlim_cur = 4 * PAGE_SIZE;
	assert_int_equal(sys_brk(start + PAGE_SIZE), start + PAGE_SIZE);
	assert_int_equal(sys_brk(start + 5 * PAGE_SIZE), start + PAGE_SIZE);
	current->signal->rlim[RLIMIT_DATA].rlim_cur = RLIM_INFINITY;
	mm_check_vmas(p->mm);
	op_exit(p);
}

/* No hart can store into a page of a file by the time writeback hears that it is dirty. */
static void dirty_pages_are_flushed_first(void **state)
{
	struct proc *p = &procs[0];
	unsigned long value = 1, before;

	fake_machine_boot();
	p->mm = mm_alloc();
	run_as(p);
	assert_int_equal(sys_mmap(va(0), PAGE_SIZE, 3, MAP_FIXED | MAP_SHARED, 3, 0), va(0));
	assert_int_equal(fake_user_access(p->mm, va(0), true, &value), 0);
	before = fake_tlb_flushes;
	fake_flushes_when_dirtied = 0;
	assert_int_equal(sys_munmap(va(0), PAGE_SIZE), 0);
	assert_true(fake_flushes_when_dirtied > before);
	op_exit(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		host_test(vmas_merge_to_the_fewest),
		host_test(pages_follow_the_model),
		host_test(gaps_are_found_from_the_top),
		host_test(errors_are_linux_s),
		host_test(fork_survives_every_failure),
		host_test(stack_grows_to_its_limit),
		host_test(brk_moves_or_stays), host_test(dirty_pages_are_flushed_first),
	};

	return host_main(tests);
}
