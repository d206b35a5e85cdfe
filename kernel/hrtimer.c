/* SPDX-License-Identifier: MIT */
/*
 * One-shot timers with the clock's resolution: a tree by expiry on each hart,
 * whose earliest entry (or the next tick) is programmed into the hart's timer.
 *
 * A callback runs in the timer interrupt with the base unlocked, so that it
 * may arm timers and wake tasks; base->running tells hrtimer_cancel() that it
 * must wait.
 *
 * Locks: base->lock (RANK_TIMER, irq-safe).
 *
 * Linux: kernel/time/hrtimer.c. Differs: one clock base, no soft interrupt.
 */
#include <asm/barrier.h>
#include "kernel/hrtimer.h"
#include "kernel/sched.h"
#include "lib/bug.h"
#include "lib/errno.h"

struct hrtimer_base {
	spinlock_t lock;
	struct rb_root tree;
	struct hrtimer *first;
	struct hrtimer *running;
	u64 programmed;			/* ns: what the hardware was told */
	u64 next_tick;
} __aligned(64);

static struct hrtimer_base bases[CONFIG_NR_CPUS];

void hrtimers_init(void)
{
	for (int i = 0; i < CONFIG_NR_CPUS; i++) {
		spin_lock_init(&bases[i].lock, RANK_TIMER, "hrtimer");
		bases[i].programmed = U64_MAX;
		bases[i].next_tick = U64_MAX;
	}
}

void hrtimer_init(struct hrtimer *t, enum hrtimer_restart (*fn)(struct hrtimer *))
{
	t->function = fn;
	t->cpu = -1;
	t->expires = 0;
}

static void program(struct hrtimer_base *base)
{
	u64 when = base->next_tick;

	if (base->first && base->first->expires < when)
		when = base->first->expires;
	if (when == base->programmed)
		return;
	base->programmed = when;
	clockevent_program(ns_to_cycles(when));
}

/* => base->lock held. */
static void insert(struct hrtimer_base *base, struct hrtimer *t)
{
	struct rb_node **link = &base->tree.rb_node, *parent = NULL;
	bool leftmost = true;

	while (*link) {
		parent = *link;
		if (t->expires < rb_entry(parent, struct hrtimer, node)->expires) {
			link = &parent->rb_left;
		} else {
			link = &parent->rb_right;
			leftmost = false;
		}
	}
	rb_link_node(&t->node, parent, link);
	rb_insert_color(&t->node, &base->tree);
	t->cpu = base - bases;
	if (leftmost)
		base->first = t;
}

/* => base->lock held, t queued on base. */
static void remove(struct hrtimer_base *base, struct hrtimer *t)
{
	struct rb_node *next;

	if (base->first == t) {
		next = rb_next(&t->node);
		base->first = next ? rb_entry(next, struct hrtimer, node) : NULL;
	}
	rb_erase(&t->node, &base->tree);
	t->cpu = -1;
}

/* Take t off whatever base it is on: 1 if it was queued, 0 not, -1 its callback is running. */
static int try_remove(struct hrtimer *t)
{
	unsigned long flags;
	int cpu, ret = 0;

	for (int i = 0; i < CONFIG_NR_CPUS; i++) {
		if (READ_ONCE(bases[i].running) == t)
			return -1;
	}
	cpu = READ_ONCE(t->cpu);
	if (cpu < 0)
		return 0;
	spin_lock_irqsave(&bases[cpu].lock, flags);
	if (t->cpu == cpu) {
		remove(&bases[cpu], t);
		ret = 1;
	} else {
		ret = -1;		/* it expired or moved between the look and the lock */
	}
	spin_unlock_irqrestore(&bases[cpu].lock, flags);
	return ret;
}

int hrtimer_cancel(struct hrtimer *t)
{
	int ret;

	while ((ret = try_remove(t)) < 0)
		cpu_relax();
	return ret;
}

void hrtimer_start(struct hrtimer *t, u64 expires)
{
	struct hrtimer_base *base;
	unsigned long flags;

	if (t->cpu >= 0)
		(void)hrtimer_cancel(t);
	flags = local_irq_save();
	base = &bases[smp_processor_id()];
	spin_lock(&base->lock);
	t->expires = expires;
	insert(base, t);
	if (base->first == t)
		program(base);
	spin_unlock(&base->lock);
	local_irq_restore(flags);
}

u64 hrtimer_remaining(const struct hrtimer *t)
{
	u64 now = ktime_get();

	if (t->cpu < 0)
		return 0;
	return t->expires > now ? t->expires - now : 1;
}

/* From the timer interrupt: run what is due, set up the next interrupt. */
void hrtimer_run_queues(u64 now, u64 next_tick)
{
	struct hrtimer_base *base = &bases[smp_processor_id()];
	struct hrtimer *t;

	spin_lock(&base->lock);
	while ((t = base->first) && t->expires <= now) {
		enum hrtimer_restart again;

		remove(base, t);
		WRITE_ONCE(base->running, t);
		spin_unlock(&base->lock);
		again = t->function(t);
		spin_lock(&base->lock);
		if (again == HRTIMER_RESTART && t->cpu < 0)
			insert(base, t);
		smp_store_release(&base->running, NULL);
	}
	base->next_tick = next_tick;
	base->programmed = U64_MAX;	/* it has fired */
	program(base);
	spin_unlock(&base->lock);
}

/* ---- sleeping until a time ---- */

struct sleeper {
	struct hrtimer timer;
	struct task_struct *task;	/* NULL once the time has come */
};

static enum hrtimer_restart wake_sleeper(struct hrtimer *t)
{
	struct sleeper *s = container_of(t, struct sleeper, timer);
	struct task_struct *task = s->task;

	WRITE_ONCE(s->task, NULL);
	if (task)
		wake_up_state(task, TASK_NORMAL);
	return HRTIMER_NORESTART;
}

int hrtimer_sleep_until(u64 expires, unsigned int state)
{
	struct sleeper s = { .task = current };

	hrtimer_init(&s.timer, wake_sleeper);
	set_current_state(state);
	hrtimer_start(&s.timer, expires);
	if (READ_ONCE(s.task))
		schedule();
	(void)hrtimer_cancel(&s.timer);
	__set_current_state(TASK_RUNNING);
	return s.task ? -EINTR : 0;
}
