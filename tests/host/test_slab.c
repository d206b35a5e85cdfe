/* SPDX-License-Identifier: MIT */
/*
 * test_slab.c - kmem_cache and kmalloc on fake RAM, with SLUB, SLUB under
 * debug, and SLOB: random traces with patterned objects on several harts,
 * constructors, failure injection, reports, nothing leaked.
 *
 * Linux: lib/slub_kunit.c. Differs: traces against a model; SLOB too.
 */
#include "fake_machine.h"
#include "mm/debug.h"
#include "mm/memblock.h"
#include "mm/page_internal.h"
#include "mm/slab.h"
#include "mm/slab_internal.h"

#define BASE	0x80000000UL

/* Which allocator the group of tests runs with. */
static const char *variant = "";

/* slab_common.c knows only one start: forget all of the last one. */
static void boot(const char *cmdline)
{
	memset(node_data, 0, sizeof(node_data));
	INIT_LIST_HEAD(&slab_caches);
	slab_mutex.owner = NULL;	/* an earlier test may have ended in the middle */
	slab_use_slob = false;
	nr_online_nodes = 0;
	min_free_kbytes = 0;
	current->fail_nth = 0;
	fake_hart(0);
	fake_cmdline = cmdline;
	fake_log_clear();
	fake_ram(BASE, 32UL << 20);
	memblock_reserve(BASE, 1UL << 20);
	free_area_init();
	memblock_free_all();
	page_alloc_enable_reclaim();
	kmem_cache_init();
}

/* Free pages once nothing is cached anywhere. */
static unsigned long settled_free(void)
{
	mm_check_slab();
	slab_shrink_all();
	drain_all_pages();
	mm_check_buddy();
	return nr_free_pages();
}

struct object {
	u8 *p;
	size_t size;
	u8 seed;
	struct kmem_cache *cache;	/* NULL: kmalloc */
};

static void fill(struct object *o)
{
	size_t i;

	for (i = 0; i < o->size; i++)
		o->p[i] = (u8)(o->seed + i * 7);
}

/* Nobody else has written to it. */
static void check(const struct object *o)
{
	size_t i;

	for (i = 0; i < o->size; i++)
		assert_int_equal(o->p[i], (u8)(o->seed + i * 7));
}

static size_t random_size(void)
{
	switch (rnd(8)) {
	case 0:  return 1 + rnd(20000);
	case 1:  return 1UL << rnd(14);
	default: return 1 + rnd(600);
	}
}

static bool get_object(struct object *o, struct kmem_cache **caches, unsigned int nr)
{
	unsigned int which = rnd(nr + 3);
	bool zero = rnd(4) == 0;

	o->cache = which < nr ? caches[which] : NULL;
	o->seed = (u8)rnd(256);
	if (o->cache) {
		o->size = o->cache->object_size;
		o->p = kmem_cache_alloc(o->cache, GFP_KERNEL | (zero ? __GFP_ZERO : 0));
	} else {
		o->size = random_size();
		o->p = kmalloc(o->size, GFP_KERNEL | (zero ? __GFP_ZERO : 0));
		if (o->p && is_power_of_2(o->size))
			assert_true(PTR_IS_ALIGNED(o->p, min(o->size, 64UL)));
		if (o->p)
			assert_true(ksize(o->p) >= o->size);
	}
	if (!o->p)
		return false;
	assert_true(PTR_IS_ALIGNED(o->p, 8));
	if (zero)
		assert_null(memchr_inv(o->p, 0, o->size));
	fill(o);
	return true;
}

static void put_object(struct object *o)
{
	check(o);
	if (o->cache)
		kmem_cache_free(o->cache, o->p);
	else
		kfree(o->p);
}

static void run_trace(unsigned int steps, bool inject)
{
	static struct object have[3000];
	struct kmem_cache *caches[3] = {
		kmem_cache_create("test_24", 24, 0, 0, NULL),
		kmem_cache_create("test_700", 700, 0, SLAB_HWCACHE_ALIGN, NULL),
		kmem_cache_create("test_1000", 1000, 128, SLAB_RECLAIM_ACCOUNT, NULL),
	};
	unsigned int n = 0, i, failed = 0;

	for (i = 0; i < steps; i++) {
		fake_hart(rnd(CONFIG_NR_CPUS));
		if (inject && rnd(10) == 0)
			current->fail_nth = 1 + rnd(3);
		if (n < ARRAY_SIZE(have) && rnd(100) < (i / 3000 % 2 ? 35 : 65)) {
			if (get_object(&have[n], caches, 3))
				n++;
			else
				failed++;
		} else if (n) {
			unsigned int victim = rnd(n);

			put_object(&have[victim]);
			have[victim] = have[--n];
		}
		if (i % 1000 == 0)
			mm_check_slab();
	}
	assert_int_equal(failed > 0, inject);
	current->fail_nth = 0;
	while (n--)
		put_object(&have[n]);
	for (i = 0; i < 3; i++)
		kmem_cache_destroy(caches[i]);
}

static void traces(void **state)
{
	unsigned long before;

	boot(variant);
	before = settled_free();
	run_trace(30000, false);
	assert_int_equal(settled_free(), before);
	assert_false(fake_logged("BUG"));
}

static void traces_with_failures(void **state)
{
	unsigned long before;

	boot(variant);
	before = settled_free();
	run_trace(20000, true);
	assert_int_equal(settled_free(), before);
	assert_false(fake_logged("BUG"));
}

static unsigned int ctor_calls;

static void ctor(void *obj)
{
	memset(obj, 0xc7, 40);
	ctor_calls++;
}

static void constructors(void **state)
{
	struct kmem_cache *s;
	void *p[200];
	int round, i;

	boot(variant);
	ctor_calls = 0;
	s = kmem_cache_create("test_ctor", 40, 0, 0, ctor);
	for (round = 0; round < 3; round++) {
		for (i = 0; i < 200; i++) {
			p[i] = kmem_cache_alloc(s, GFP_KERNEL);
			assert_null(memchr_inv(p[i], 0xc7, 40));
		}
		for (i = 0; i < 200; i++)
			kmem_cache_free(s, p[i]);
	}
	assert_true(ctor_calls >= 200);
	kmem_cache_destroy(s);
	assert_false(fake_logged("BUG"));
}

static void corner_cases(void **state)
{
	unsigned long before;
	char *p, *q;

	boot(variant);
	before = settled_free();
	assert_ptr_equal(kmalloc(0, GFP_KERNEL), ZERO_SIZE_PTR);
	kfree(ZERO_SIZE_PTR);
	kfree(NULL);
	assert_null(kmalloc_array(1UL << 40, 1UL << 40, GFP_KERNEL));
	assert_null(kmalloc((4UL << 20) + 1, GFP_KERNEL));
	assert_null(kmalloc(~0UL, GFP_KERNEL));
	p = kmalloc(1UL << 20, GFP_KERNEL);
	assert_non_null(p);
	assert_int_equal(ksize(p), 1UL << 20);
	kfree(p);
	p = kstrdup("hello", GFP_KERNEL);
	assert_string_equal(p, "hello");
	q = krealloc(p, 5000, GFP_KERNEL);
	assert_string_equal(q, "hello");
	q = krealloc(q, 50000, GFP_KERNEL);
	assert_string_equal(q, "hello");
	assert_ptr_equal(krealloc(q, 10, GFP_KERNEL), q);
	kfree(q);
	p = kstrndup("hello", 2, GFP_KERNEL);
	assert_string_equal(p, "he");
	kfree(p);
	p = krealloc(NULL, 10, GFP_KERNEL);
	assert_non_null(p);
	assert_ptr_equal(krealloc(p, 0, GFP_KERNEL), ZERO_SIZE_PTR);
	assert_int_equal(settled_free(), before);
}

static void destroy_with_objects(void **state)
{
	struct kmem_cache *s;
	void *p;

	if (strstr(variant, "slob"))
		return;
	boot(variant);
	s = kmem_cache_create("test_busy", 100, 0, 0, NULL);
	p = kmem_cache_alloc(s, GFP_KERNEL);
	kmem_cache_destroy(s);
	assert_true(fake_logged("BUG test_busy: objects remaining"));
	kmem_cache_free(s, p);
	kmem_cache_destroy(s);
}

/* Objects freed on another hart than they came from are used again. */
static void free_elsewhere(void **state)
{
	unsigned long pages;
	struct kmem_cache *s;
	void *p[512];
	int round, i;

	boot(variant);
	s = kmem_cache_create("test_far", 64, 0, 0, NULL);
	for (i = 0; i < 512; i++)
		p[i] = kmem_cache_alloc(s, GFP_KERNEL);
	pages = nr_free_pages();
	for (round = 0; round < 20; round++) {
		fake_hart(1);
		for (i = 0; i < 512; i++)
			kmem_cache_free(s, p[i]);
		fake_hart(0);
		for (i = 0; i < 512; i++)
			p[i] = kmem_cache_alloc(s, GFP_KERNEL);
		mm_check_slab();
	}
	assert_true(nr_free_pages() + 24 >= pages);
	for (i = 0; i < 512; i++)
		kmem_cache_free(s, p[i]);
	kmem_cache_destroy(s);
}

static unsigned int rows;
static unsigned long active;

static void count_row(const struct slabinfo *si, void *arg)
{
	rows++;
	assert_true(si->active_objs <= si->num_objs);
	assert_true(si->objects_per_slab > 0 && si->size >= 8);
	if (!strcmp(si->name, "kmalloc-64"))
		active = si->active_objs;
}

static void slabinfo(void **state)
{
	void *p[3];
	int i;

	boot("");
	rows = 0;
	for (i = 0; i < 3; i++)
		p[i] = kmalloc(64, GFP_KERNEL);
	slab_shrink_all();	/* no objects on a hart's freelist any more */
	slab_for_each_info(count_row, NULL);
	assert_int_equal(rows, 14);
	assert_int_equal(active, 3);
	for (i = 0; i < 3; i++)
		kfree(p[i]);
}

/* ---- what debugging finds ---- */

static void finds_overflow(void **state)
{
	u8 *p;

	boot("slub_debug=FZPU,kmalloc-64");
	p = kmalloc(64, GFP_KERNEL);
	p[64] = 0x11;
	kfree(p);
	assert_true(fake_logged("BUG kmalloc-64: Redzone overwritten"));
	assert_true(fake_logged("First byte 0x11 instead of 0xcc"));
	assert_true(fake_logged("Allocated in"));
	assert_true(fake_logged("FIX kmalloc-64: Restoring Redzone"));
	/* Repaired: no second report. */
	fake_log_clear();
	mm_check_slab();
	assert_false(fake_logged("BUG"));
	assert_true(tainted & TAINT_BAD_PAGE);
}

static void finds_use_after_free(void **state)
{
	u8 *p;

	boot("slub_debug=FZPU");
	p = kmalloc(100, GFP_KERNEL);
	kfree(p);
	assert_null(memchr_inv(p, 0x6b, 127));
	assert_int_equal(p[127], 0xa5);
	p[5] = 0;
	assert_ptr_equal(kmalloc(100, GFP_KERNEL), p);
	assert_true(fake_logged("BUG kmalloc-128: Poison overwritten"));
	assert_true(fake_logged("Freed in"));
	kfree(p);
}

/* The default of debug builds: nothing but consistency. */
static void finds_double_free(void **state)
{
	struct kmem_cache *s;
	u8 *p, *q;

	boot("");
	p = kmalloc(64, GFP_KERNEL);
	q = kmalloc(64, GFP_KERNEL);
	kfree(p);
	kfree(p);
	assert_true(fake_logged("BUG kmalloc-64: Object already free"));
	fake_log_clear();
	kfree(q + 8);
	assert_true(fake_logged("BUG kmalloc-64: Invalid object pointer"));
	s = kmem_cache_create("test_wrong", 64, 0, 0, NULL);
	fake_log_clear();
	kmem_cache_free(s, q);
	assert_true(fake_logged("BUG test_wrong: Wrong slab"));
	assert_true(fake_logged("is of cache kmalloc-64"));
	kfree(q);
	mm_check_slab();
	/* Eight bytes leave no room for a cookie: the list is searched. */
	p = kmalloc(8, GFP_KERNEL);
	kfree(p);
	fake_log_clear();
	kfree(p);
	assert_true(fake_logged("BUG kmalloc-8: Object already free"));
	kmem_cache_destroy(s);
}

static void survives_a_broken_link(void **state)
{
	void **p, *q;

	boot("");
	p = kmalloc(64, GFP_KERNEL);
	kfree(p);
	*p = (void *)0x1234;		/* the link to the next free object */
	q = kmalloc(64, GFP_KERNEL);
	assert_true(fake_logged("BUG kmalloc-64: Freepointer corrupt"));
	assert_true(fake_logged("Marking all objects used"));
	assert_non_null(q);
	assert_ptr_not_equal(q, p);
	kfree(q);
}

static void warns_of_wild_kfree(void **state)
{
	struct page *page;

	boot("");
	page = alloc_pages(GFP_KERNEL | __GFP_COMP, 1);
	expect_warn(kfree((char *)page_address(page) + 64));
	__free_pages(page, 1);
}

static const struct CMUnitTest common_tests[] = {
	host_test(traces),
	host_test(traces_with_failures),
	host_test(constructors),
	host_test(corner_cases),
	host_test(destroy_with_objects),
	host_test(free_elsewhere),
};

static const struct CMUnitTest debug_tests[] = {
	host_test(slabinfo),
	host_test(finds_overflow),
	host_test(finds_use_after_free),
	host_test(finds_double_free),
	host_test(survives_a_broken_link),
	host_test(warns_of_wild_kfree),
};

int main(void)
{
	static const char *const variants[] = {
		"", "slub_debug=-", "slub_debug=FZPU", "slub_debug=Z", "slub_debug=P",
		"slab_allocator=slob",
	};
	int failed = 0;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(variants); i++) {
		variant = variants[i];
		printf("with \"%s\": ", variant);
		failed += host_main(common_tests);
	}
	return failed + host_main(debug_tests);
}
