/* SPDX-License-Identifier: MIT */
/*
 * One-shot timers with the clock's resolution: a tree by expiry on each hart,
 * whose earliest entry (or the next tick) is programmed into the hart's timer.
 *
 * timer->cpu names the base whose lock guards the timer, queued or not. It only
 * changes under that lock, so lock_base() finds it by "look, lock, look again".
 *
 * A callback runs in the timer interrupt with the base unlocked, so that it may
 * arm timers and wake tasks. base->running names it meanwhile, and the timer
 * stays with that base until the callback is over: whoever cancels it sees, under
 * one lock, that it must wait. Once hrtimer_cancel() has returned, nobody touches
 * the timer any more, and its memory (often a stack) may go. Another hart may arm it
 * meanwhile, which puts it into the tree: so the callback must not change the key by
 * which it is sorted there, expires, and leaves its wish in next.
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
	struct hrtimer *first;		/* leftmost in the tree */
	struct hrtimer *running;	/* its callback is being called */
	u64 programmed;			/* ns: what the hardware was told */
	u64 next_tick;			/* ns */
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
	t->expires = 0;
	t->queued = false;
	t->cpu = smp_processor_id();
}

/* => irqs off. The base that t belongs to, locked. */
static __no_lock_check struct hrtimer_base *lock_base(const struct hrtimer *t)
{
	for (;;) {
		struct hrtimer_base *base = &bases[READ_ONCE(t->cpu)];

		spin_lock(&base->lock);
		if (likely(base == &bases[t->cpu]))
			return base;
		spin_unlock(&base->lock);	/* another hart took it over meanwhile */
	}
}

/* Tell the hardware of this hart the next event. => base->lock held. */
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
static void enqueue(struct hrtimer_base *base, struct hrtimer *t)
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
	t->queued = true;
	if (leftmost)
		base->first = t;
}

/* => base->lock held. True if it was queued. */
static bool dequeue(struct hrtimer_base *base, struct hrtimer *t)
{
	if (!t->queued)
		return false;
	if (base->first == t) {
		struct rb_node *next = rb_next(&t->node);

		base->first = next ? rb_entry(next, struct hrtimer, node) : NULL;
	}
	rb_erase(&t->node, &base->tree);
	t->queued = false;
	return true;
}

__no_lock_check int hrtimer_cancel(struct hrtimer *t)
{
	if (!t->expires)		/* never started: a process that ends without a timer */
		return 0;
	for (;;) {
		unsigned long flags = local_irq_save();
		struct hrtimer_base *base = lock_base(t);
		bool running = base->running == t, removed = false;

		if (!running)
			removed = dequeue(base, t);
		spin_unlock_irqrestore(&base->lock, flags);
		if (!running)
			return removed;
		cpu_relax();		/* it may arm itself again: only then is it known */
	}
}

__no_lock_check void hrtimer_start(struct hrtimer *t, u64 expires)
{
	unsigned long flags = local_irq_save();
	struct hrtimer_base *mine = &bases[smp_processor_id()], *base;

	/* Move it to this hart, unless its callback runs elsewhere just now. */
	for (;;) {
		base = lock_base(t);
		(void)dequeue(base, t);
		if (likely(base == mine || base->running == t))
			break;
		WRITE_ONCE(t->cpu, smp_processor_id());
		spin_unlock(&base->lock);
	}
	t->expires = expires;
	enqueue(base, t);
	/* The other hart programs its own hardware when the callback is over. */
	if (base == mine && base->first == t)
		program(base);
	spin_unlock_irqrestore(&base->lock, flags);
}

u64 hrtimer_remaining(const struct hrtimer *t)
{
	u64 now = ktime_get(), expires = READ_ONCE(t->expires);

	if (!READ_ONCE(t->queued))
		return 0;
	return expires > now ? expires - now : 1;
}

/* Call t's function without the lock. => base->lock held, t first in the tree. */
static void run_timer(struct hrtimer_base *base, struct hrtimer *t) __requires(&base->lock)
{
	enum hrtimer_restart again;

	base->running = t;
	(void)dequeue(base, t);
	spin_unlock(&base->lock);
	again = t->function(t);
	spin_lock(&base->lock);
	/* NORESTART: the callback may even have freed t. */
	if (again == HRTIMER_RESTART && !t->queued) {
		t->expires = t->next;
		enqueue(base, t);
	}
	base->running = NULL;
}

void hrtimer_run_queues(u64 now, u64 next_tick)
{
	struct hrtimer_base *base = &bases[smp_processor_id()];

	spin_lock(&base->lock);
	while (base->first && base->first->expires <= now)
		run_timer(base, base->first);
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
	wake_up_process(task);
	return HRTIMER_NORESTART;
}

int hrtimer_sleep_until(u64 expires)
{
	struct sleeper s = { .task = current };

	if (expires == U64_MAX) {
		schedule();
		return -EINTR;
	}
	hrtimer_init(&s.timer, wake_sleeper);
	hrtimer_start(&s.timer, expires);
	schedule();			/* returns at once if the time is over already */
	(void)hrtimer_cancel(&s.timer);
	__set_current_state(TASK_RUNNING);
	return s.task ? -EINTR : 0;
}
