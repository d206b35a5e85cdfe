/* SPDX-License-Identifier: MIT */
/*
 * Selftests of spinlocks, mutexes and rw_semaphores: exclusion under load on
 * all harts, hand-over in order, readers together and writers alone.
 *
 * That a wrong lock order is caught cannot be tested here: it is a panic.
 *
 * Linux: kernel/locking/test-ww_mutex.c, locktorture.c.
 */
#include "kernel/kthread.h"
#include "kernel/lock/mutex.h"
#include "kernel/lock/rwsem.h"
#include "kernel/random.h"
#include "kernel/sched.h"
#include "tests/kernel/selftest.h"

#define MAX_WORKERS	8
#define ROUNDS		2000

/* What the workers of a test share. `inside` etc. are only looked at to find a second one. */
struct arena {
	spinlock_t spin;
	struct mutex mutex;
	struct rw_semaphore sem;
	unsigned long counter;		/* incremented without atomics, under the lock */
	unsigned long mirror;		/* always equal to counter, but for a writer's moment */
	atomic_t writers, readers, errors;
	struct completion done;
};

static void arena_init(struct arena *a)
{
	*a = (struct arena){ .counter = 0 };
	spin_lock_init(&a->spin, RANK_SPIN, "test.spin");
	mutex_init(&a->mutex, RANK_PROC, "test.mutex");
	init_rwsem(&a->sem, RANK_PROC, "test.sem");
	init_completion(&a->done);
}

static unsigned int nr_workers(void)
{
	return min_t(unsigned int, 2 * (unsigned int)hweight64(cpu_online_mask), MAX_WORKERS);
}

/* Run fn in twice as many threads as there are harts; all have ended when it returns. */
static int run_workers(struct kselftest_ctx *ctx, struct arena *a, int (*fn)(void *))
{
	unsigned int nr = nr_workers(), started = 0;

	while (started < nr && kthread_run(fn, a, "locker/%u", started))
		started++;
	for (unsigned int i = 0; i < started; i++)
		wait_for_completion(&a->done);
	EXPECT_EQ(ctx, started, nr);
	EXPECT_EQ(ctx, atomic_read(&a->errors), 0);
	return 0;
}

/* The body of every critical section: count, in a way that only exclusion makes right. */
static void count_alone(struct arena *a, bool sleep)
{
	unsigned long n = a->counter;

	if (atomic_inc_return(&a->writers) != 1 || atomic_read(&a->readers))
		atomic_inc(&a->errors);
	WRITE_ONCE(a->counter, n + 1);
	if (sleep)
		yield();
	WRITE_ONCE(a->mirror, n + 1);
	atomic_dec(&a->writers);
}

/* ---- spinlocks ---- */

static int spin_worker(void *data)
{
	struct arena *a = data;
	unsigned long flags;

	for (int i = 0; i < ROUNDS; i++) {
		if (i & 1) {
			spin_lock_irqsave(&a->spin, flags);
			count_alone(a, false);
			spin_unlock_irqrestore(&a->spin, flags);
		} else {
			while (!spin_trylock(&a->spin))
				cond_resched();
			count_alone(a, false);
			spin_unlock(&a->spin);
		}
	}
	complete(&a->done);
	return 0;
}

static int spinlocks(struct kselftest_ctx *ctx)
{
	struct arena a;

	arena_init(&a);
	run_workers(ctx, &a, spin_worker);
	EXPECT_EQ(ctx, a.counter, (unsigned long)nr_workers() * ROUNDS);
	EXPECT_TRUE(ctx, !spin_is_locked(&a.spin));
	return 0;
}

/* ---- mutexes ---- */

static int mutex_worker(void *data)
{
	struct arena *a = data;

	for (int i = 0; i < ROUNDS; i++) {
		if (i % 5)
			mutex_lock(&a->mutex);
		else if (!mutex_trylock(&a->mutex))
			mutex_lock(&a->mutex);
		count_alone(a, i % 16 == 0);
		mutex_unlock(&a->mutex);
	}
	complete(&a->done);
	return 0;
}

static int mutex_load(struct kselftest_ctx *ctx)
{
	struct arena a;

	arena_init(&a);
	run_workers(ctx, &a, mutex_worker);
	EXPECT_EQ(ctx, a.counter, (unsigned long)nr_workers() * ROUNDS);
	EXPECT_TRUE(ctx, !mutex_is_locked(&a.mutex));
	return 0;
}

struct queuer {
	struct arena *arena;
	unsigned long order;		/* which one got the lock first, second ... */
};

static int queue_up(void *data)
{
	struct queuer *q = data;

	mutex_lock(&q->arena->mutex);
	q->order = ++q->arena->counter;
	mutex_unlock(&q->arena->mutex);
	complete(&q->arena->done);
	return 0;
}

static int waiters(struct mutex *m)
{
	struct list_head *at;
	unsigned long flags;
	int n = 0;

	spin_lock_irqsave(&m->wait_lock, flags);
	list_for_each(at, &m->waiters)
		n++;
	spin_unlock_irqrestore(&m->wait_lock, flags);
	return n;
}

/* First come, first served; and a mutex with waiters cannot be snatched. */
static int mutex_order(struct kselftest_ctx *ctx)
{
	struct queuer q[4];
	struct arena a;

	arena_init(&a);
	mutex_lock(&a.mutex);
	for (int i = 0; i < 4; i++) {
		q[i] = (struct queuer){ &a, 0 };
		if (!EXPECT_TRUE(ctx, kthread_run(queue_up, &q[i], "queue/%d", i)))
			return -ENOMEM;
		while (waiters(&a.mutex) <= i)
			schedule_timeout_uninterruptible(1);
	}
	EXPECT_EQ(ctx, a.counter, 0UL);
	mutex_unlock(&a.mutex);
	for (int i = 0; i < 4; i++)
		wait_for_completion(&a.done);
	for (int i = 0; i < 4; i++)
		EXPECT_EQ(ctx, q[i].order, i + 1UL);
	return 0;
}

/* ---- rw_semaphores ---- */

static void look_together(struct arena *a)
{
	atomic_inc(&a->readers);
	if (atomic_read(&a->writers) || READ_ONCE(a->counter) != READ_ONCE(a->mirror))
		atomic_inc(&a->errors);
	atomic_dec(&a->readers);
}

static void rwsem_round(struct arena *a, unsigned int dice)
{
	if (dice < 5) {
		down_read(&a->sem);
		look_together(a);
		if (dice == 0)
			yield();
		up_read(&a->sem);
	} else if (dice < 6) {
		if (!down_read_trylock(&a->sem))
			return;
		look_together(a);
		up_read(&a->sem);
	} else {
		down_write(&a->sem);
		count_alone(a, dice == 6);
		if (dice == 7) {
			downgrade_write(&a->sem);
			look_together(a);
			up_read(&a->sem);
		} else {
			up_write(&a->sem);
		}
	}
}

static int rwsem_worker(void *data)
{
	struct arena *a = data;

	for (int i = 0; i < ROUNDS; i++)
		rwsem_round(a, get_random_u64() % 9);
	complete(&a->done);
	return 0;
}

static int rwsem_load(struct kselftest_ctx *ctx)
{
	struct arena a;

	arena_init(&a);
	run_workers(ctx, &a, rwsem_worker);
	EXPECT_EQ(ctx, a.counter, a.mirror);
	EXPECT_TRUE(ctx, !rwsem_is_locked(&a.sem));
	EXPECT_EQ(ctx, a.sem.count, 0L);
	return 0;
}

static int write_once(void *data)
{
	struct arena *a = data;

	down_write(&a->sem);
	count_alone(a, true);
	up_write(&a->sem);
	complete(&a->done);
	return 0;
}

/* A reader does not shut out readers, a waiting writer does: so it gets its turn. */
static int rwsem_writer_waits(struct kselftest_ctx *ctx)
{
	struct arena a;

	arena_init(&a);
	down_read(&a.sem);
	if (!EXPECT_TRUE(ctx, kthread_run(write_once, &a, "writer")))
		return -ENOMEM;
	while (!READ_ONCE(a.sem.waiters.next) || list_empty(&a.sem.waiters))
		schedule_timeout_uninterruptible(1);
	EXPECT_TRUE(ctx, !down_read_trylock(&a.sem));
	EXPECT_TRUE(ctx, !down_write_trylock(&a.sem));
	EXPECT_EQ(ctx, a.counter, 0UL);
	up_read(&a.sem);
	wait_for_completion(&a.done);
	EXPECT_EQ(ctx, a.counter, 1UL);
	EXPECT_TRUE(ctx, down_write_trylock(&a.sem));
	EXPECT_TRUE(ctx, !down_read_trylock(&a.sem));
	up_write(&a.sem);
	return 0;
}

/* ---- the record of held locks ---- */

static int held_locks(struct kselftest_ctx *ctx)
{
	unsigned int depth = current->lock_depth;
	struct arena a;

	if (!CONFIG_LOCK_RANK)
		return KSELFTEST_SKIP;
	arena_init(&a);
	mutex_lock(&a.mutex);
	spin_lock(&a.spin);
	EXPECT_EQ(ctx, current->lock_depth, depth + 2);
	EXPECT_TRUE(ctx, lock_rank_held(&a.spin) && lock_rank_held(&a.mutex));
	/* Released out of order, which is fine: only taking has an order. */
	spin_unlock(&a.spin);
	EXPECT_TRUE(ctx, !lock_rank_held(&a.spin));
	mutex_unlock(&a.mutex);
	EXPECT_EQ(ctx, current->lock_depth, depth);
	return 0;
}

extern const struct kselftest lock_tests[];
const struct kselftest lock_tests[] = {
	{ "lock_spinlocks", spinlocks },
	{ "lock_mutex_load", mutex_load },
	{ "lock_mutex_order", mutex_order },
	{ "lock_rwsem_load", rwsem_load },
	{ "lock_rwsem_writer_waits", rwsem_writer_waits },
	{ "lock_held_locks", held_locks },
	{ NULL, NULL }
};
