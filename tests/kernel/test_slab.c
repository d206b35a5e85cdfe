/* SPDX-License-Identifier: MIT */
/*
 * Selftests of kmem_cache and kmalloc, on several harts.
 *
 * What SLUB's debugging reports is tested in tests/host/test_slab.c: here the
 * kernel must not get tainted.
 *
 * Linux: lib/slub_kunit.c.
 */
#include "kernel/kthread.h"
#include "kernel/sched.h"
#include "lib/random.h"
#include "lib/string.h"
#include "mm/slab_internal.h"
#include "tests/kernel/selftest.h"

static int slab_sizes(struct kselftest_ctx *ctx)
{
	size_t size;

	for (size = 1; size <= 3 * KMALLOC_MAX_CACHE_SIZE; size += size < 300 ? 1 : size / 7) {
		u8 *p = kmalloc(size, GFP_KERNEL);

		if (!EXPECT_TRUE(ctx, p))
			return 0;
		EXPECT_GE(ctx, ksize(p), size);
		EXPECT_EQ(ctx, (unsigned long)p % 8, 0UL);
		memset(p, 0x11, size);
		kfree(p);
		p = kzalloc(size, GFP_KERNEL);
		if (!EXPECT_TRUE(ctx, p))
			return 0;
		EXPECT_TRUE(ctx, !memchr_inv(p, 0, size));
		kfree(p);
	}
	return 0;
}

static int slab_corner_cases(struct kselftest_ctx *ctx)
{
	char *p;

	EXPECT_EQ(ctx, (long)kmalloc(0, GFP_KERNEL), (long)ZERO_SIZE_PTR);
	kfree(ZERO_SIZE_PTR);
	kfree(NULL);
	EXPECT_TRUE(ctx, !kmalloc_array(1UL << 33, 1UL << 33, GFP_KERNEL));
	EXPECT_TRUE(ctx, !kmalloc(~0UL, GFP_KERNEL));
	p = kstrdup("quire", GFP_KERNEL);
	if (!EXPECT_TRUE(ctx, p))
		return 0;
	EXPECT_EQ(ctx, strcmp(p, "quire"), 0);
	p = krealloc(p, 9000, GFP_KERNEL);
	if (EXPECT_TRUE(ctx, p))
		EXPECT_EQ(ctx, strcmp(p, "quire"), 0);
	kfree(p);
	return 0;
}

static int nr_constructed;

static void construct(void *obj)
{
	memset(obj, 0xc7, 40);
	nr_constructed++;
}

/* The same object again and again: at most a slab for each hart, not one constructor a call. */
static void check_constructed_once(struct kselftest_ctx *ctx, struct kmem_cache *s)
{
	void *held = kmem_cache_alloc(s, GFP_KERNEL);
	int i;

	if (!EXPECT_TRUE(ctx, held))
		return;
	nr_constructed = 0;
	for (i = 0; i < 2000; i++)
		kmem_cache_free(s, kmem_cache_alloc(s, GFP_KERNEL));
	EXPECT_LE(ctx, nr_constructed, virt_to_slab(held)->objects * (int)nr_cpu_ids);
	kmem_cache_free(s, held);
}

static int slab_ctor(struct kselftest_ctx *ctx)
{
	struct kmem_cache *s = kmem_cache_create("selftest_ctor", 40, 0, 0, construct);
	void *p[64];
	int round, i;

	nr_constructed = 0;
	if (!EXPECT_TRUE(ctx, s))
		return 0;
	for (round = 0; round < 3; round++) {
		for (i = 0; i < 64; i++) {
			p[i] = kmem_cache_alloc(s, GFP_KERNEL);
			EXPECT_TRUE(ctx, p[i] && !memchr_inv(p[i], 0xc7, 40));
		}
		for (i = 0; i < 64; i++)
			kmem_cache_free(s, p[i]);
	}
	EXPECT_GE(ctx, nr_constructed, 64);
	if (!slab_use_slob)
		check_constructed_once(ctx, s);
	kmem_cache_destroy(s);
	return 0;
}

/* All objects are free, and this hart has had them all: each slab goes, and its pages are told. */
static void check_pages_freed(struct kselftest_ctx *ctx, struct kmem_cache *s)
{
	unsigned long flags = local_irq_save(), slabs;

	slub_flush_this_cpu(s);
	local_irq_restore(flags);
	slabs = atomic_long_read(&s->node[0].nr_slabs);
	EXPECT_NE(ctx, slabs, 0UL);
	EXPECT_NE(ctx, s->order, 0U);
	EXPECT_EQ(ctx, slub_free_empty(s), slabs << s->order);
}

/* Empty slabs go back to the buddy without anybody asking. */
static int slab_shrinks(struct kselftest_ctx *ctx)
{
	struct kmem_cache *s;
	void **chain = NULL, **p;
	int i;

	if (slab_use_slob)
		return KSELFTEST_SKIP;	/* its pages belong to no cache */
	s = kmem_cache_create("selftest_shrink", 700, 0, 0, NULL);
	if (!EXPECT_TRUE(ctx, s))
		return 0;
	for (i = 0; i < 1000; i++) {
		p = kmem_cache_alloc(s, GFP_KERNEL);
		if (!EXPECT_TRUE(ctx, p))
			break;
		*p = chain;
		chain = p;
	}
	EXPECT_NE(ctx, kmem_cache_shrink(s), 0);
	while (chain) {
		p = chain;
		chain = *p;
		kmem_cache_free(s, p);
	}
	check_pages_freed(ctx, s);
	EXPECT_EQ(ctx, kmem_cache_shrink(s), 0);
	kmem_cache_destroy(s);
	return 0;
}

static int slab_injected_failure(struct kselftest_ctx *ctx)
{
	void *p;
	int i;

	if (!CONFIG_FAIL_ALLOC)
		return KSELFTEST_SKIP;
	kfree(kmalloc(100, GFP_KERNEL));	/* there is an object to be had */
	for (i = 0; i < 200; i++) {
		current->fail_nth = 1;
		p = kmalloc(100, GFP_KERNEL);
		current->fail_nth = 0;
		EXPECT_TRUE(ctx, !p);
		kfree(p);
	}
	return 0;
}

/* The large slab is refused: one of the smallest order does, with the objects that fit into it. */
static int slab_injected_smaller(struct kselftest_ctx *ctx)
{
	struct kmem_cache *s;
	struct slab *slab;
	size_t bytes;
	void *p;

	if (!CONFIG_FAIL_ALLOC || slab_use_slob)
		return KSELFTEST_SKIP;
	s = kmem_cache_create("selftest_smaller", 700, 0, 0, NULL);
	if (!EXPECT_TRUE(ctx, s))
		return 0;
	EXPECT_NE(ctx, s->order, s->min_order);
	current->fail_nth = 2;		/* the first to ask is the slab allocator itself */
	p = kmem_cache_alloc(s, GFP_KERNEL);
	current->fail_nth = 0;
	if (EXPECT_TRUE(ctx, p)) {
		slab = virt_to_slab(p);
		bytes = folio_nr_pages((struct folio *)slab_page(slab)) * PAGE_SIZE;
		EXPECT_EQ(ctx, bytes, PAGE_SIZE << s->min_order);
		EXPECT_EQ(ctx, slab->objects, bytes / s->size);
	}
	kmem_cache_free(s, p);
	kmem_cache_destroy(s);
	return 0;
}

/* ---- objects made on one hart and freed on another ---- */

#define NR_WORKERS	4
#define NR_SLOTS	256

/* A shared table: whoever finds an object in a slot takes it out and frees it. */
static void *slots[NR_SLOTS];
static atomic_t worker_errors;
static struct kmem_cache *churn_cache;

static void *make_object(u32 kind)
{
	u32 *p = kind % 2 ? kmem_cache_alloc(churn_cache, GFP_KERNEL) :
			    kmalloc(16 + kind % 500, GFP_KERNEL);

	if (p) {
		p[0] = kind;
		p[3] = ~kind;
	}
	return p;
}

static void free_object(u32 *p)
{
	u32 kind = p[0];

	if (p[3] != ~kind)
		atomic_inc(&worker_errors);
	p[3] = 0;
	if (kind % 2)
		kmem_cache_free(churn_cache, p);
	else
		kfree(p);
}

static int churn(void *data)
{
	struct rnd_state rnd;
	int n;

	prandom_seed_state(&rnd, (unsigned long)data);
	for (n = 0; n < 8000; n++) {
		void *new = make_object((u32)prandom_u64_state(&rnd));
		void *old = xchg(&slots[prandom_below(&rnd, NR_SLOTS)], new);

		if (old)
			free_object(old);
		if (n % 512 == 0)
			yield();
	}
	while (!kthread_should_stop())
		schedule_timeout_uninterruptible(1);
	return 0;
}

static int slab_parallel(struct kselftest_ctx *ctx)
{
	struct task_struct *worker[NR_WORKERS];
	unsigned long i;

	churn_cache = kmem_cache_create("selftest_churn", 48, 0, 0, NULL);
	if (!EXPECT_TRUE(ctx, churn_cache))
		return 0;
	atomic_set(&worker_errors, 0);
	for (i = 0; i < NR_WORKERS; i++)
		worker[i] = kthread_run(churn, (void *)i, "churn/%lu", i);
	for (i = 0; i < NR_WORKERS; i++)
		if (EXPECT_TRUE(ctx, worker[i]))
			kthread_stop(worker[i]);
	for (i = 0; i < NR_SLOTS; i++) {
		if (slots[i])
			free_object(slots[i]);
		slots[i] = NULL;
	}
	EXPECT_EQ(ctx, atomic_read(&worker_errors), 0);
	kmem_cache_destroy(churn_cache);
	return 0;
}

const struct kselftest slab_tests[] = {
	{ "slab_sizes", slab_sizes },
	{ "slab_corner_cases", slab_corner_cases },
	{ "slab_ctor", slab_ctor },
	{ "slab_shrinks", slab_shrinks },
	{ "slab_injected_failure", slab_injected_failure },
	{ "slab_injected_smaller", slab_injected_smaller },
	{ "slab_parallel", slab_parallel },
	{ NULL, NULL },
};
