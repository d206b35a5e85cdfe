/* SPDX-License-Identifier: MIT */
/*
 * Selftests of high-resolution timers: never early, in order, cancelled for
 * good, and cancelled while the callback runs on another hart.
 *
 * Linux: kernel/time/hrtimer.c.
 */
#include <asm/barrier.h>
#include "kernel/kthread.h"
#include "kernel/random.h"
#include "kernel/sched.h"
#include "kernel/time.h"
#include "tests/kernel/selftest.h"

#define NR_TIMERS	16
#define US		NSEC_PER_USEC
#define MS		NSEC_PER_MSEC
#define PATIENCE	(20 * HZ)	/* far longer than the host stands still */

/* A timer and what its callback saw. */
struct probe {
	struct hrtimer timer;
	u64 fired_at;
	int runs, restarts;		/* restarts: how often it shall arm itself again */
	u64 interval;
	int started, finished;		/* the slow callback */
	int rank;			/* among all that fired: 1, 2 ... */
};

static int nr_fired;			/* all timers of a test are armed on one hart */

static enum hrtimer_restart record(struct hrtimer *t)
{
	struct probe *p = container_of(t, struct probe, timer);

	p->fired_at = ktime_get();
	p->rank = ++nr_fired;
	WRITE_ONCE(p->runs, p->runs + 1);
	if (p->runs > p->restarts)
		return HRTIMER_NORESTART;
	t->next = t->expires + p->interval;
	return HRTIMER_RESTART;
}

static void probe_init(struct probe *p, enum hrtimer_restart (*fn)(struct hrtimer *))
{
	*p = (struct probe){ .runs = 0 };
	hrtimer_init(&p->timer, fn);
}

/*
 * Run the rest of the test on one hart, whose timers then fire before a sleep there ends: another
 * hart may stand still meanwhile. Returns what to restore.
 */
static cpumask_t pin(unsigned int cpu)
{
	cpumask_t old = current->cpus_mask;

	(void)set_cpus_allowed(current, 1UL << cpu);
	return old;
}

/* Armed in random order, they fire in order of time, each once, none early. */
static int in_order(struct kselftest_ctx *ctx)
{
	static struct probe p[NR_TIMERS];
	cpumask_t old = pin(0);
	u64 base = ktime_get() + 2 * MS;
	unsigned long flags;

	nr_fired = 0;
	flags = local_irq_save();	/* none fires before all are armed */
	for (int i = 0; i < NR_TIMERS; i++) {
		probe_init(&p[i], record);
		hrtimer_start(&p[i].timer, base + get_random_u64() % (20 * MS));
	}
	local_irq_restore(flags);
	schedule_timeout_uninterruptible(4);
	EXPECT_EQ(ctx, nr_fired, NR_TIMERS);
	for (int i = 0; i < NR_TIMERS; i++) {
		EXPECT_EQ(ctx, p[i].runs, 1);
		EXPECT_GE(ctx, p[i].fired_at, p[i].timer.expires);
		EXPECT_EQ(ctx, hrtimer_remaining(&p[i].timer), 0UL);
		for (int j = 0; j < i; j++) {
			if (p[i].timer.expires < p[j].timer.expires)
				EXPECT_LE(ctx, p[i].rank, p[j].rank);
		}
	}
	(void)set_cpus_allowed(current, old);
	return 0;
}

static int cancel(struct kselftest_ctx *ctx)
{
	cpumask_t old = pin(0);
	unsigned long flags;
	struct probe p;
	int first;

	probe_init(&p, record);
	EXPECT_EQ(ctx, hrtimer_cancel(&p.timer), 0);
	hrtimer_start(&p.timer, ktime_get() + 3600 * NSEC_PER_SEC);
	EXPECT_GE(ctx, hrtimer_remaining(&p.timer), 1UL);
	EXPECT_EQ(ctx, hrtimer_cancel(&p.timer), 1);
	flags = local_irq_save();	/* it cannot fire before it is cancelled */
	hrtimer_start(&p.timer, ktime_get() + 5 * MS);
	first = hrtimer_cancel(&p.timer);
	local_irq_restore(flags);
	EXPECT_EQ(ctx, first, 1);
	EXPECT_EQ(ctx, hrtimer_cancel(&p.timer), 0);
	schedule_timeout_uninterruptible(2);
	EXPECT_EQ(ctx, p.runs, 0);
	hrtimer_start(&p.timer, 0);	/* long past: at once */
	schedule_timeout_uninterruptible(1);
	EXPECT_EQ(ctx, p.runs, 1);
	EXPECT_EQ(ctx, hrtimer_cancel(&p.timer), 0);
	(void)set_cpus_allowed(current, old);
	return 0;
}

/* Started again while armed: only the new time counts, be it earlier or later. */
static int rearm(struct kselftest_ctx *ctx)
{
	cpumask_t old = pin(0);
	unsigned long flags;
	struct probe p;
	u64 now;

	probe_init(&p, record);
	flags = local_irq_save();	/* the first does not fire before the second */
	now = ktime_get();
	hrtimer_start(&p.timer, now + 5 * MS);
	hrtimer_start(&p.timer, now + 30 * MS);
	local_irq_restore(flags);
	schedule_timeout_uninterruptible(1);
	EXPECT_TRUE(ctx, p.runs == 0 || ktime_get() >= now + 30 * MS);
	hrtimer_start(&p.timer, ktime_get() + MS);
	schedule_timeout_uninterruptible(4);
	EXPECT_EQ(ctx, hrtimer_cancel(&p.timer), 0);
	EXPECT_LE(ctx, p.runs, 2);
	EXPECT_GE(ctx, p.runs, 1);
	(void)set_cpus_allowed(current, old);
	return 0;
}

static int restart(struct kselftest_ctx *ctx)
{
	cpumask_t old = pin(0);
	struct probe p;
	u64 start;

	probe_init(&p, record);
	p.restarts = 9;
	p.interval = 500 * US;
	start = ktime_get();
	hrtimer_start(&p.timer, start + p.interval);
	schedule_timeout_uninterruptible(2);
	EXPECT_EQ(ctx, hrtimer_cancel(&p.timer), 0);
	EXPECT_EQ(ctx, p.runs, 10);
	EXPECT_GE(ctx, p.fired_at - start, 10 * p.interval);
	(void)set_cpus_allowed(current, old);
	return 0;
}

/* ---- two harts ---- */

static enum hrtimer_restart slow(struct hrtimer *t)
{
	struct probe *p = container_of(t, struct probe, timer);
	u64 end = ktime_get() + 3 * MS;

	WRITE_ONCE(p->started, p->started + 1);
	while (ktime_get() < end)
		cpu_relax();
	WRITE_ONCE(p->finished, p->finished + 1);
	return HRTIMER_NORESTART;
}

static int arm_here(void *data)
{
	struct probe *p = data;

	(void)set_cpus_allowed(current, 1UL << __fls(cpu_online_mask));
	hrtimer_start(&p->timer, ktime_get() + 200 * US);
	for (;;) {
		set_current_state(TASK_INTERRUPTIBLE);
		if (kthread_should_stop())
			break;
		schedule();
	}
	__set_current_state(TASK_RUNNING);
	return 0;
}

/* hrtimer_cancel() returns only when the callback on the other hart has ended. */
static int cancel_waits(struct kselftest_ctx *ctx)
{
	cpumask_t old = current->cpus_mask;
	struct task_struct *t;
	struct probe p;

	if (cpu_online_mask == 1)
		return KSELFTEST_SKIP;
	(void)pin(0);
	for (int i = 1; i <= 5; i++) {
		probe_init(&p, slow);
		t = kthread_run(arm_here, &p, "arm");
		if (!EXPECT_TRUE(ctx, t))
			return -ENOMEM;
		while (!READ_ONCE(p.started))
			cpu_relax();
		EXPECT_EQ(ctx, hrtimer_cancel(&p.timer), 0);
		EXPECT_EQ(ctx, READ_ONCE(p.finished), 1);
		EXPECT_EQ(ctx, kthread_stop(t), 0);
	}
	(void)set_cpus_allowed(current, old);
	return 0;
}

/* It wants to run again in an hour; the first time it waits until `finished`. */
static enum hrtimer_restart hourly(struct hrtimer *t)
{
	struct probe *p = container_of(t, struct probe, timer);

	WRITE_ONCE(p->started, p->started + 1);
	while (!READ_ONCE(p->finished))
		cpu_relax();
	t->next = t->expires + 3600 * NSEC_PER_SEC;
	return HRTIMER_RESTART;
}

/* Armed while its callback runs on another hart: that time counts, not the callback's. */
static int armed_meanwhile(struct kselftest_ctx *ctx)
{
	cpumask_t old = current->cpus_mask;
	struct task_struct *t;
	struct probe p;
	u64 end;

	if (__fls(cpu_online_mask) == 0)
		return KSELFTEST_SKIP;
	(void)pin(0);
	probe_init(&p, hourly);
	t = kthread_run(arm_here, &p, "arm");
	if (!EXPECT_TRUE(ctx, t))
		return -ENOMEM;
	while (!READ_ONCE(p.started))
		cpu_relax();
	hrtimer_start(&p.timer, ktime_get() + 2 * MS);
	WRITE_ONCE(p.finished, 1);
	end = ktime_get() + PATIENCE * TICK_NSEC;
	while (READ_ONCE(p.started) < 2 && ktime_get() < end)
		schedule_timeout_uninterruptible(1);
	(void)hrtimer_cancel(&p.timer);
	EXPECT_EQ(ctx, p.started, 2);
	EXPECT_EQ(ctx, kthread_stop(t), 0);
	(void)set_cpus_allowed(current, old);
	return 0;
}

struct tug {
	struct hrtimer timer;
	atomic_t runs;
	struct completion done;
};

static enum hrtimer_restart count_run(struct hrtimer *t)
{
	atomic_inc(&container_of(t, struct tug, timer)->runs);
	return HRTIMER_NORESTART;
}

static int tug_worker(void *data)
{
	struct tug *tug = data;

	for (int i = 0; i < 3000; i++) {
		if (get_random_u64() % 4)
			hrtimer_start(&tug->timer, ktime_get() + get_random_u64() % (20 * US));
		else
			(void)hrtimer_cancel(&tug->timer);
		if (i % 64 == 0)
			yield();
	}
	complete(&tug->done);
	return 0;
}

/* All harts start and cancel the same timer: it moves between their queues and never gets lost. */
static int tug_of_war(struct kselftest_ctx *ctx)
{
	unsigned int nr = 2 * hweight64(cpu_online_mask);
	cpumask_t old;
	struct tug tug = { .runs = ATOMIC_INIT(0) };
	int runs;

	hrtimer_init(&tug.timer, count_run);
	init_completion(&tug.done);
	for (unsigned int i = 0; i < nr; i++) {
		if (!EXPECT_TRUE(ctx, kthread_run(tug_worker, &tug, "tug/%u", i)))
			return -ENOMEM;
	}
	for (unsigned int i = 0; i < nr; i++)
		wait_for_completion(&tug.done);
	old = pin(0);
	(void)hrtimer_cancel(&tug.timer);
	runs = atomic_read(&tug.runs);
	schedule_timeout_uninterruptible(1);
	EXPECT_EQ(ctx, atomic_read(&tug.runs), runs);
	hrtimer_start(&tug.timer, ktime_get() + US);
	schedule_timeout_uninterruptible(1);
	EXPECT_EQ(ctx, atomic_read(&tug.runs), runs + 1);
	EXPECT_EQ(ctx, hrtimer_cancel(&tug.timer), 0);
	(void)set_cpus_allowed(current, old);
	return 0;
}

/* ---- sleeping ---- */

static enum hrtimer_restart wake_main(struct hrtimer *t)
{
	wake_up_process(init_pid1);	/* the task that runs the selftests */
	return HRTIMER_NORESTART;
}

static int sleeping(struct kselftest_ctx *ctx)
{
	struct hrtimer alarm;
	u64 end;

	for (u64 ns = 10 * US; ns < 20 * MS; ns *= 3) {
		end = ktime_get() + ns;
		set_current_state(TASK_UNINTERRUPTIBLE);
		EXPECT_EQ(ctx, hrtimer_sleep_until(end), 0);
		EXPECT_GE(ctx, ktime_get(), end);
	}
	/* Woken earlier by somebody else. */
	hrtimer_init(&alarm, wake_main);
	set_current_state(TASK_INTERRUPTIBLE);	/* before: the alarm may go off at once */
	hrtimer_start(&alarm, ktime_get() + MS);
	end = ktime_get() + PATIENCE * TICK_NSEC;
	EXPECT_EQ(ctx, hrtimer_sleep_until(end), -EINTR);
	EXPECT_LE(ctx, ktime_get(), end);
	(void)hrtimer_cancel(&alarm);
	/* Woken before it slept: the wake-up is not lost. */
	set_current_state(TASK_INTERRUPTIBLE);
	wake_up_process(current);
	end = ktime_get() + PATIENCE * TICK_NSEC;
	EXPECT_EQ(ctx, hrtimer_sleep_until(end), -EINTR);
	EXPECT_LE(ctx, ktime_get(), end);
	return 0;
}

extern const struct kselftest hrtimer_tests[];
const struct kselftest hrtimer_tests[] = {
	{ "hrtimer_in_order", in_order },
	{ "hrtimer_cancel", cancel },
	{ "hrtimer_rearm", rearm },
	{ "hrtimer_restart", restart },
	{ "hrtimer_cancel_waits", cancel_waits },
	{ "hrtimer_armed_meanwhile", armed_meanwhile },
	{ "hrtimer_tug_of_war", tug_of_war },
	{ "hrtimer_sleeping", sleeping },
	{ NULL, NULL }
};
