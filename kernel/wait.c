/* SPDX-License-Identifier: MIT */
/*
 * Wait queues, completions, and sleeping for a time.
 *
 * The rule that makes sleeping safe: queue yourself and set the state, THEN
 * test the condition, then schedule(). A waker that changes the condition
 * after your test finds you queued with the sleeping state set and undoes it.
 * Nothing may set the sleeping state again between the test and schedule(): it
 * would wipe out just that wake-up.
 *
 * A waker works on the entry and the task under the queue's lock. Each waiter
 * takes the lock once more before it goes on (finish_wait(), completion_take()),
 * so it cannot take away its stack, or end, under the waker's hands.
 *
 * Locks: wait_queue_head->lock (RANK_WAITQ, irq-safe).
 *
 * Linux: kernel/sched/wait.c, completion.c, kernel/time/sleep_timeout.c.
 */
#include "kernel/sched.h"
#include "kernel/signal.h"
#include "kernel/wait.h"
#include "lib/errno.h"

void init_waitqueue_head(struct wait_queue_head *wq)
{
	spin_lock_init(&wq->lock, RANK_WAITQ, "waitqueue");
	INIT_LIST_HEAD(&wq->head);
}

void add_wait_queue(struct wait_queue_head *wq, struct wait_queue_entry *e)
{
	unsigned long flags;

	spin_lock_irqsave(&wq->lock, flags);
	list_add(&e->entry, &wq->head);
	spin_unlock_irqrestore(&wq->lock, flags);
}

void remove_wait_queue(struct wait_queue_head *wq, struct wait_queue_entry *e)
{
	unsigned long flags;

	spin_lock_irqsave(&wq->lock, flags);
	list_del_init(&e->entry);
	spin_unlock_irqrestore(&wq->lock, flags);
}

/* Queue the entry if it is not queued, and set the state while wakers are locked out. */
static void prepare(struct wait_queue_head *wq, struct wait_queue_entry *e, unsigned int state,
		    bool exclusive)
{
	unsigned long flags;

	e->flags = exclusive ? WQ_FLAG_EXCLUSIVE : 0;
	spin_lock_irqsave(&wq->lock, flags);
	if (list_empty(&e->entry)) {
		if (exclusive)		/* behind the others: wake-ups stop at the first of these */
			list_add_tail(&e->entry, &wq->head);
		else
			list_add(&e->entry, &wq->head);
	}
	set_current_state(state);
	spin_unlock_irqrestore(&wq->lock, flags);
}

void prepare_to_wait(struct wait_queue_head *wq, struct wait_queue_entry *e, unsigned int state)
{
	prepare(wq, e, state, false);
}

void prepare_to_wait_exclusive(struct wait_queue_head *wq, struct wait_queue_entry *e,
			       unsigned int state)
{
	prepare(wq, e, state, true);
}

void finish_wait(struct wait_queue_head *wq, struct wait_queue_entry *e)
{
	unsigned long flags;

	__set_current_state(TASK_RUNNING);
	/* The lock even if off the list: the waker may still be using our entry. */
	spin_lock_irqsave(&wq->lock, flags);
	list_del_init(&e->entry);
	spin_unlock_irqrestore(&wq->lock, flags);
}

int default_wake_function(struct wait_queue_entry *e, unsigned int mode, void *key)
{
	return wake_up_state(e->private, mode);
}

/* A waiter that was woken is off the queue, so the next wake-up goes to another one. */
int autoremove_wake_function(struct wait_queue_entry *e, unsigned int mode, void *key)
{
	int woken = default_wake_function(e, mode, key);

	if (woken)
		list_del_init(&e->entry);
	return woken;
}

void __wake_up(struct wait_queue_head *wq, unsigned int mode, int nr, void *key)
{
	struct wait_queue_entry *e, *next;
	unsigned long flags;

	spin_lock_irqsave(&wq->lock, flags);
	list_for_each_entry_safe(e, next, &wq->head, entry) {
		unsigned int exclusive = e->flags & WQ_FLAG_EXCLUSIVE;

		if (e->func(e, mode, key) && exclusive && !--nr)
			break;
	}
	spin_unlock_irqrestore(&wq->lock, flags);
}

/* ---- completions: done counts the waiters that may pass, UINT_MAX lets all pass ---- */

void init_completion(struct completion *c)
{
	c->done = 0;
	init_waitqueue_head(&c->wait);
}

static void complete_n(struct completion *c, unsigned int add, int wake)
{
	struct wait_queue_entry *e, *next;
	unsigned long flags;

	/* Under the lock to the end: the waiter may own the memory of c. */
	spin_lock_irqsave(&c->wait.lock, flags);
	c->done = add == UINT_MAX ? UINT_MAX : c->done + add;
	list_for_each_entry_safe(e, next, &c->wait.head, entry) {
		if (e->func(e, TASK_NORMAL, NULL) && !--wake)
			break;
	}
	spin_unlock_irqrestore(&c->wait.lock, flags);
}

void complete(struct completion *c)
{
	complete_n(c, 1, 1);
}

void complete_all(struct completion *c)
{
	complete_n(c, UINT_MAX, 0);
}

/* Use up one complete(). False: there is none, wait. */
static bool completion_take(struct completion *c)
{
	unsigned long flags;
	bool done;

	spin_lock_irqsave(&c->wait.lock, flags);
	done = c->done;
	if (done && c->done != UINT_MAX)
		c->done--;
	spin_unlock_irqrestore(&c->wait.lock, flags);
	return done;
}

void wait_for_completion(struct completion *c)
{
	while (!completion_take(c))
		wait_event(c->wait, READ_ONCE(c->done));
}

int wait_for_completion_killable(struct completion *c)
{
	while (!completion_take(c)) {
		int err = wait_event_killable(c->wait, READ_ONCE(c->done));

		if (err)
			return err;
	}
	return 0;
}

/* ---- for a time ---- */

long schedule_timeout(long timeout)
{
	u64 now, end;

	if (timeout == MAX_SCHEDULE_TIMEOUT) {
		schedule();
		return timeout;
	}
	now = ktime_get();
	end = timeout < (long)(KTIME_MAX / TICK_NSEC) ? now + timeout * TICK_NSEC : U64_MAX;
	(void)hrtimer_sleep_until(end);
	now = ktime_get();
	return now >= end ? 0 : (long)((end - now + TICK_NSEC - 1) / TICK_NSEC);
}

long schedule_timeout_uninterruptible(long timeout)
{
	__set_current_state(TASK_UNINTERRUPTIBLE);
	return schedule_timeout(timeout);
}
