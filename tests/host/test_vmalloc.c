/* SPDX-License-Identifier: MIT */
/*
 * test_vmalloc.c - kernel virtual memory on the fake machine: areas never
 * overlap and keep their guard page, first fit, page tables, stacks, failures.
 * The addresses exist in the fake page tables only.
 *
 * Linux: lib/test_vmalloc.c. Differs: traces against a model.
 */
#include "fake_machine.h"
#include <asm/processor.h>
#include <asm/tlbflush.h>
#include "mm/memblock.h"
#include "mm/page_internal.h"
#include "mm/pgtable.h"
#include "mm/slab.h"
#include "mm/vmalloc.h"

#define BASE	0x80000000UL
#define NR	200

static void boot(void)
{
	static bool done;

	/* vmalloc keeps its tree for ever, as in the kernel: one boot for all tests. */
	if (done)
		return;
	done = true;
	fake_ram(BASE, 64UL << 20);
	memblock_reserve(BASE, 1UL << 20);
	/* A console is mapped before there is a buddy. */
	assert_non_null(ioremap(0x10000000, 256));
	free_area_init();
	memblock_free_all();
	page_alloc_enable_reclaim();
	kmem_cache_init();
	vmalloc_init();
}

static unsigned long settled_free(void)
{
	vmap_stack_purge();
	slab_shrink_all();
	drain_all_pages();
	return nr_free_pages();
}

struct range {
	char *p;
	size_t size;
};

static struct range have[NR];
static unsigned int nr_have;

static void check_ranges(void)
{
	unsigned int i, j;

	for (i = 0; i < nr_have; i++) {
		const struct range *r = &have[i];
		size_t len = PAGE_ALIGN(r->size), off;

		for (off = 0; off < len; off += PAGE_SIZE)
			assert_non_null(vmalloc_to_page(r->p + off));
		assert_null(vmalloc_to_page(r->p + len));
		for (j = 0; j < i; j++)
			assert_true(have[j].p + PAGE_ALIGN(have[j].size) < r->p ||
				    r->p + len < have[j].p);
	}
}

static void random_traces(void **state)
{
	unsigned long before, step;

	boot();
	free_page((unsigned long)get_zeroed_page(GFP_KERNEL));
	before = settled_free();
	for (step = 0; step < 4000; step++) {
		struct range *r = &have[nr_have];

		if (nr_have < NR && rnd(100) < (step / 500 % 2 ? 35 : 65)) {
			r->size = 1 + rnd(rnd(8) ? 20000 : 300000);
			r->p = rnd(2) ? vmalloc(r->size) : vzalloc(r->size);
			assert_non_null(r->p);
			assert_true(is_vmalloc_addr(r->p));
			nr_have++;
		} else if (nr_have) {
			r = &have[rnd(nr_have)];
			vfree(r->p);
			*r = have[--nr_have];
		}
		if (step % 100 == 0)
			check_ranges();
	}
	while (nr_have)
		vfree(have[--nr_have].p);
	/* Page tables stay; there are few of them. */
	assert_in_range(settled_free(), before - 32, before);
	before = settled_free();
	assert_int_equal(vmalloc_nr_pages(), 0);
	vfree(vmalloc(1 << 20));
	assert_int_equal(settled_free(), before);
}

static void first_fit(void **state)
{
	char *a, *b, *c;

	boot();
	a = vmalloc(3 * PAGE_SIZE);
	b = vmalloc(PAGE_SIZE);
	c = vmalloc(PAGE_SIZE);
	assert_ptr_equal(b, a + 4 * PAGE_SIZE);
	vfree(a);
	a = vmalloc(3 * PAGE_SIZE);
	assert_ptr_equal(b, a + 4 * PAGE_SIZE);
	vfree(a);
	vfree(b);
	vfree(c);
}

static void stacks(void **state)
{
	unsigned long before, flushes;
	char *s[20];
	int i;

	boot();
	before = settled_free();
	for (i = 0; i < 20; i++) {
		s[i] = vmap_stack_alloc();
		assert_non_null(s[i]);
		assert_int_equal((unsigned long)s[i] & (2 * THREAD_SIZE - 1), 0);
		assert_null(vmalloc_to_page(s[i] - 1));
		assert_non_null(vmalloc_to_page(s[i] + THREAD_SIZE - 1));
		assert_null(vmalloc_to_page(s[i] + THREAD_SIZE));
		assert_true(stack_guard_hit((unsigned long)s[i] - 8));
		assert_true(stack_guard_hit((unsigned long)s[i] - THREAD_SIZE + 8));
		assert_false(stack_guard_hit((unsigned long)s[i] + 8));
	}
	for (i = 0; i < 20; i++)
		vmap_stack_free(s[i]);
	/* The next fork gets a stack that is still mapped. */
	flushes = fake_tlb_flushes;
	s[0] = vmap_stack_alloc();
	assert_ptr_equal(s[0], s[3]);
	assert_int_equal(fake_tlb_flushes, flushes);
	vmap_stack_free(s[0]);
	assert_in_range(settled_free(), before - 8, before);
	before = settled_free();
	vmap_stack_free(vmap_stack_alloc());
	assert_int_equal(settled_free(), before);
}

static void devices(void **state)
{
	char *p;

	boot();
	p = ioremap(0x10001234, 0x100);
	assert_int_equal((unsigned long)p & (PAGE_SIZE - 1), 0x234);
	assert_int_equal(kernel_page_pfn((unsigned long)p), 0x10001);
	assert_null(vmalloc_to_page(p));	/* no struct page */
	iounmap(p);
	assert_int_equal(kernel_page_pfn((unsigned long)p), 0);
	/* Large and aligned: by 2 MiB leaves. */
	p = ioremap(0x40000000, 3UL << 20);
	assert_int_equal((unsigned long)p & (PMD_SIZE - 1), 0);
	assert_int_equal(kernel_page_pfn((unsigned long)p + (1UL << 20)), 0x40100);
	assert_int_equal(kernel_page_pfn((unsigned long)p + (5UL << 19)), 0x40280);
	iounmap(p);
	assert_int_equal(kernel_page_pfn((unsigned long)p), 0);
	assert_null(ioremap(0x40000000, 0));
}

static void failures(void **state)
{
	unsigned long before;
	int n, failed = 0;

	boot();
	vfree(vmalloc(40 * PAGE_SIZE));
	before = settled_free();
	for (n = 1; n < 60; n++) {
		void *p;

		current->fail_nth = n;
		p = n % 2 ? vmalloc(40 * PAGE_SIZE) : vmap_stack_alloc();
		current->fail_nth = 0;
		failed += !p;
		if (n % 2)
			vfree(p);
		else
			vmap_stack_free(p);
		assert_int_equal(settled_free(), before);
	}
	assert_true(failed > 10);
	assert_null(vmalloc(0));
	assert_null(vmalloc(1UL << 40));
	assert_null(vmalloc(~0UL));
	vfree(NULL);
	expect_warn(vfree((void *)(VMALLOC_START + (1UL << 29))));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		host_test(random_traces),
		host_test(first_fit),
		host_test(stacks),
		host_test(devices),
		host_test(failures),
	};

	return host_main(tests);
}
