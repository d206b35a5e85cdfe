/* SPDX-License-Identifier: MIT */
/*
 * Selftests of the scheduler: kernel threads, wait queues, completions,
 * time-outs, affinity and moving between harts.
 *
 * A lost wake-up would hang for ever; so every sleep here has a time-out that is
 * far longer than any honest delay, and running into it is the failure.
 *
 * Linux: kernel/sched/, kernel/time/sleep_timeout.c; tools/testing/selftests/sched.
 */
#include "kernel/kthread.h"
#include "kernel/sched.h"
#include "lib/string.h"
#include "tests/kernel/selftest.h"

#define PATIENCE	(10 * HZ)
#define NR_WORKERS	4

/* Sleep until asked to stop; the way every thread that kthread_stop() ends must wait. */
static void wait_for_stop(void)
{
	for (;;) {
		set_current_state(TASK_INTERRUPTIBLE);
		if (kthread_should_stop())
			break;
		schedule();
	}
	__set_current_state(TASK_RUNNING);
}

static unsigned int last_cpu(void)
{
	return __fls(cpu_online_mask);
}

/* ---- kernel threads ---- */

static int return_number(void *data)
{
	wait_for_stop();
	return (int)(long)data;
}

static int kthreads(struct kselftest_ctx *ctx)
{
	struct task_struct *t[NR_WORKERS];

	for (long i = 0; i < NR_WORKERS; i++) {
		t[i] = kthread_run(return_number, (void *)(i * 11), "number/%ld", i);
		if (!EXPECT_TRUE(ctx, t[i]))
			return -ENOMEM;
	}
	for (int i = 0; i < NR_WORKERS; i++)
		EXPECT_EQ(ctx, kthread_stop(t[i]), i * 11);
	return 0;
}

static int complete_it(void *done)
{
	complete(done);
	return 0;
}

/* Threads that end by themselves leave nothing behind (the leak check of the framework). */
static int kthreads_end(struct kselftest_ctx *ctx)
{
	struct completion done;

	init_completion(&done);
	for (int i = 0; i < 20; i++) {
		if (!EXPECT_TRUE(ctx, kthread_run(complete_it, &done, "ends/%d", i)))
			return -ENOMEM;
	}
	for (int i = 0; i < 20; i++)
		wait_for_completion(&done);
	EXPECT_EQ(ctx, done.done, 0u);
	return 0;
}

/* ---- wait queues ---- */

/* A number that goes round: thread n waits until turn % nr is n, then increments it. */
struct ring {
	struct wait_queue_head wq;
	unsigned long turn, laps;
	unsigned int nr;
	int lost;			/* wake-ups that never came */
	struct completion done;
};

struct player {
	struct ring *ring;
	unsigned int me;
	cpumask_t cpus;
};

static int play(void *data)
{
	struct player *p = data;
	struct ring *r = p->ring;

	(void)set_cpus_allowed(current, p->cpus);
	for (unsigned long lap = 0; lap < r->laps; lap++) {
		if (!wait_event_timeout(r->wq, READ_ONCE(r->turn) % r->nr == p->me, PATIENCE)) {
			WRITE_ONCE(r->lost, r->lost + 1);
			break;
		}
		WRITE_ONCE(r->turn, r->turn + 1);
		wake_up_all(&r->wq);
	}
	complete(&r->done);
	return 0;
}

/* pinned: player i stays on hart i, as far as there are so many. */
static int play_ring(struct kselftest_ctx *ctx, unsigned int nr, unsigned long laps, bool pinned)
{
	struct ring r = { .nr = nr, .laps = laps };
	struct player p[8];

	init_waitqueue_head(&r.wq);
	init_completion(&r.done);
	for (unsigned int i = 0; i < nr; i++) {
		cpumask_t all = cpu_online_mask;
		unsigned int cpu = i % (last_cpu() + 1);

		p[i] = (struct player){ &r, i, pinned ? 1UL << cpu : all };
		if (!EXPECT_TRUE(ctx, kthread_run(play, &p[i], "ring/%u", i)))
			return -ENOMEM;
	}
	for (unsigned int i = 0; i < nr; i++)
		wait_for_completion(&r.done);
	EXPECT_EQ(ctx, r.lost, 0);
	EXPECT_EQ(ctx, r.turn, nr * laps);
	return 0;
}

/* Two threads, each on a hart of its own: every step is a wake-up across harts. */
static int ping_pong(struct kselftest_ctx *ctx)
{
	return play_ring(ctx, 2, 300, true);
}

/* More threads than harts, free to move. */
static int wakeup_ring(struct kselftest_ctx *ctx)
{
	return play_ring(ctx, 8, 100, false);
}

struct exclusive {
	struct wait_queue_head wq;
	atomic_t waiting, woken;
};

static int wait_exclusive(void *data)
{
	struct exclusive *x = data;
	DEFINE_WAIT(wait);

	prepare_to_wait_exclusive(&x->wq, &wait, TASK_UNINTERRUPTIBLE);
	atomic_inc(&x->waiting);
	(void)schedule_timeout(PATIENCE);
	finish_wait(&x->wq, &wait);
	atomic_inc(&x->woken);
	wait_for_stop();
	return 0;
}

/* wake_up() wakes one exclusive waiter, wake_up_all() the rest. */
static int wake_one(struct kselftest_ctx *ctx)
{
	struct exclusive x = { .waiting = ATOMIC_INIT(0), .woken = ATOMIC_INIT(0) };
	struct task_struct *t[NR_WORKERS];

	init_waitqueue_head(&x.wq);
	for (int i = 0; i < NR_WORKERS; i++) {
		t[i] = kthread_run(wait_exclusive, &x, "exclusive/%d", i);
		if (!EXPECT_TRUE(ctx, t[i]))
			return -ENOMEM;
	}
	while (atomic_read(&x.waiting) < NR_WORKERS)
		schedule_timeout_uninterruptible(1);
	for (int i = 1; i <= 2; i++) {
		wake_up(&x.wq);
		while (atomic_read(&x.woken) < i)
			schedule_timeout_uninterruptible(1);
		schedule_timeout_uninterruptible(2);	/* would a second one come, too? */
		EXPECT_EQ(ctx, atomic_read(&x.woken), i);
	}
	wake_up_all(&x.wq);
	for (int i = 0; i < NR_WORKERS; i++)
		EXPECT_EQ(ctx, kthread_stop(t[i]), 0);
	EXPECT_EQ(ctx, atomic_read(&x.woken), NR_WORKERS);
	return 0;
}

static int completions(struct kselftest_ctx *ctx)
{
	struct completion c;

	init_completion(&c);
	complete(&c);			/* before anybody waits: counted */
	complete(&c);
	wait_for_completion(&c);
	EXPECT_EQ(ctx, wait_for_completion_killable(&c), 0);
	EXPECT_EQ(ctx, c.done, 0u);
	complete_all(&c);
	for (int i = 0; i < 5; i++)
		wait_for_completion(&c);
	EXPECT_EQ(ctx, c.done, UINT_MAX);
	return 0;
}

/* ---- time-outs ---- */

static int timeouts(struct kselftest_ctx *ctx)
{
	DECLARE_WAIT_QUEUE_HEAD(wq);
	u64 start = ktime_get();
	unsigned long sleeps;

	EXPECT_EQ(ctx, schedule_timeout_uninterruptible(2), 0L);
	EXPECT_GE(ctx, ktime_get() - start, 2 * TICK_NSEC);
	EXPECT_EQ(ctx, wait_event_timeout(wq, false, 1), 0L);
	EXPECT_GE(ctx, wait_event_timeout(wq, true, 0), 1L);
	/* Any state but a sleeping one: schedule() must not sleep at all. */
	sleeps = current->nvcsw;
	__set_current_state(TASK_RUNNING);
	EXPECT_GE(ctx, schedule_timeout(3600 * HZ), 1L);
	EXPECT_EQ(ctx, current->nvcsw, sleeps);
	return 0;
}

/* ---- affinity ---- */

static int affinity_self(struct kselftest_ctx *ctx)
{
	cpumask_t old = current->cpus_mask;
	unsigned int cpu;

	for_each_online_cpu(cpu) {
		EXPECT_EQ(ctx, set_cpus_allowed(current, 1UL << cpu), 0);
		EXPECT_EQ(ctx, smp_processor_id(), (unsigned long)cpu);
		schedule_timeout_uninterruptible(1);	/* the wake-up comes back to it too */
		EXPECT_EQ(ctx, smp_processor_id(), (unsigned long)cpu);
	}
	EXPECT_EQ(ctx, set_cpus_allowed(current, 0), -EINVAL);
	EXPECT_EQ(ctx, set_cpus_allowed(current, 1UL << 63), -EINVAL);
	EXPECT_EQ(ctx, set_cpus_allowed(current, old), 0);
	return 0;
}

struct spinner {
	unsigned long turns;
	unsigned long cpu;		/* where it ran last */
};

static int spin(void *data)
{
	struct spinner *s = data;

	while (!kthread_should_stop()) {
		WRITE_ONCE(s->turns, s->turns + 1);
		WRITE_ONCE(s->cpu, smp_processor_id());
		cond_resched();
	}
	return 0;
}

/* Wait until s has run on cpu. The host may stand still for long: turns count, not time. */
static bool seen_on(struct spinner *s, unsigned int cpu)
{
	for (int i = 0; i < PATIENCE; i++) {
		if (READ_ONCE(s->cpu) == cpu)
			return true;
		schedule_timeout_uninterruptible(1);
	}
	return false;
}

/* Others' tasks move too: those that run, and those that wait in a queue (3 on one hart). */
static int affinity_others(struct kselftest_ctx *ctx)
{
	struct spinner s[3] = { { 0, ~0UL }, { 0, ~0UL }, { 0, ~0UL } };
	struct task_struct *t[3];
	unsigned int cpu;

	for (int i = 0; i < 3; i++) {
		t[i] = kthread_run(spin, &s[i], "spin/%d", i);
		if (!EXPECT_TRUE(ctx, t[i]))
			return -ENOMEM;
	}
	for_each_online_cpu(cpu) {
		for (int i = 0; i < 3; i++)
			EXPECT_EQ(ctx, set_cpus_allowed(t[i], 1UL << cpu), 0);
		for (int i = 0; i < 3; i++)
			EXPECT_TRUE(ctx, seen_on(&s[i], cpu));
		for (int i = 0; i < 3; i++)
			EXPECT_EQ(ctx, READ_ONCE(s[i].cpu), (unsigned long)cpu);
	}
	for (int i = 0; i < 3; i++)
		EXPECT_EQ(ctx, kthread_stop(t[i]), 0);
	return 0;
}

/* A hart of a busy host may stand still for long: wait for the turn, not for a time. */
static bool makes_progress(struct spinner *s)
{
	unsigned long turns = READ_ONCE(s->turns);

	for (int i = 0; i < PATIENCE; i++) {
		schedule_timeout_uninterruptible(1);
		if (READ_ONCE(s->turns) != turns)
			return true;
	}
	return false;
}

/* Threads that never sleep share their hart: each gets its turn, again and again. */
static int fair_share(struct kselftest_ctx *ctx)
{
	struct spinner s[2] = { { 0, ~0UL }, { 0, ~0UL } };
	struct task_struct *t[2];

	for (int i = 0; i < 2; i++) {
		t[i] = kthread_run(spin, &s[i], "share/%d", i);
		if (!EXPECT_TRUE(ctx, t[i]))
			return -ENOMEM;
		EXPECT_EQ(ctx, set_cpus_allowed(t[i], 1UL << last_cpu()), 0);
	}
	for (int i = 0; i < 6; i++)
		EXPECT_TRUE(ctx, makes_progress(&s[i % 2]));
	for (int i = 0; i < 2; i++)
		EXPECT_EQ(ctx, kthread_stop(t[i]), 0);
	return 0;
}

/* The times of a task that has run for years: a third of it in the kernel. */
static int times_of_years(struct kselftest_ctx *ctx)
{
	static struct task_struct old;
	u64 year = 365UL * 24 * 3600 * NSEC_PER_SEC, ut, st;

	old.sum_exec = 3 * year;
	old.utime = 2 * year;
	old.stime = year;
	task_cputime(&old, &ut, &st);
	EXPECT_LE(ctx, st, year + NSEC_PER_SEC);
	EXPECT_GE(ctx, st, year - NSEC_PER_SEC);
	EXPECT_EQ(ctx, ut + st, old.sum_exec);
	return 0;
}

/* Each tick changes the proportion of the two; what was told once is not taken back. */
static int times_never_fall(struct kselftest_ctx *ctx)
{
	static struct task_struct t;
	u64 ut, st, last_ut = 0, last_st = 0;

	memset(&t, 0, sizeof(t));
	for (int half = 0; half < 40; half++) {
		/* In the middle of each tick and right at it; two of the user's, two of ours. */
		if (half % 2)
			*(half % 8 < 4 ? &t.utime : &t.stime) += TICK_NSEC;
		t.sum_exec += half % 2 ? TICK_NSEC / 8 : TICK_NSEC * 7 / 8;
		task_cputime(&t, &ut, &st);
		EXPECT_GE(ctx, ut, last_ut);
		EXPECT_GE(ctx, st, last_st);
		EXPECT_EQ(ctx, ut + st, t.sum_exec);
		last_ut = ut;
		last_st = st;
	}
	/* Nor does it run away from the ticks. */
	EXPECT_LE(ctx, ut, t.utime + 2 * TICK_NSEC);
	EXPECT_LE(ctx, st, t.stime + 2 * TICK_NSEC);
	return 0;
}

extern const struct kselftest sched_tests[];
const struct kselftest sched_tests[] = {
	{ "sched_kthreads", kthreads },
	{ "sched_kthreads_end", kthreads_end },
	{ "sched_ping_pong", ping_pong },
	{ "sched_wakeup_ring", wakeup_ring },
	{ "sched_wake_one", wake_one },
	{ "sched_completions", completions },
	{ "sched_timeouts", timeouts },
	{ "sched_affinity_self", affinity_self },
	{ "sched_affinity_others", affinity_others },
	{ "sched_fair_share", fair_share },
	{ "sched_times_of_years", times_of_years },
	{ "sched_times_never_fall", times_never_fall },
	{ NULL, NULL }
};
