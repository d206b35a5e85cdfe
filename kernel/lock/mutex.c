/* SPDX-License-Identifier: MIT */
/*
 * Mutexes. owner is the lock word: NULL free, else the task; the low bit says
 * that somebody waits, so unlock must hand over.
 *
 * Invariant: with waiters, the lock never becomes free: unlock gives it to the
 * first waiter, who finds itself owner when it wakes. So nobody starves.
 *
 * The one who hands over wakes the new owner under wait_lock, and the new owner
 * takes wait_lock once before it goes on: so it cannot end while it is being
 * woken, and neither can the mutex, if the new owner frees it.
 *
 * Locks: wait_lock (RANK_WAITQ, irq-safe) guards waiters and hand-over.
 *
 * Linux: kernel/locking/mutex.c. Differs: always hand-over, no spinning.
 */
#include <asm/barrier.h>
#include "kernel/lock/mutex.h"
#include "kernel/sched.h"
#include "kernel/signal.h"
#include "lib/errno.h"

#define MUTEX_WAITERS	1UL

struct mutex_waiter {
	struct list_head list;
	struct task_struct *task;
};

static struct task_struct *owner_task(unsigned long word)
{
	return (struct task_struct *)(word & ~MUTEX_WAITERS);
}

void mutex_init(struct mutex *m, enum lock_rank rank, const char *name)
{
	m->owner = NULL;
	spin_lock_init(&m->wait_lock, RANK_WAITQ, name);
	INIT_LIST_HEAD(&m->waiters);
	m->rank = rank;
	m->name = name;
}

/* The whole of an uncontended mutex_lock(). */
static bool mutex_trylock_fast(struct mutex *m)
{
	return cmpxchg(&m->owner, NULL, current) == NULL;
}

/* Take the lock or mark it contended. => wait_lock held; true if it was got. */
static bool mutex_try_or_mark(struct mutex *m)
{
	for (;;) {
		struct task_struct *old = READ_ONCE(m->owner);

		if (!old) {
			if (mutex_trylock_fast(m))
				return true;
			continue;
		}
		if ((unsigned long)old & MUTEX_WAITERS)
			return false;
		if (cmpxchg(&m->owner, old,
			    (struct task_struct *)((unsigned long)old | MUTEX_WAITERS)) == old)
			return false;
	}
}

static bool mutex_is_ours(const struct mutex *m)
{
	return owner_task((unsigned long)smp_load_acquire(&m->owner)) == current;
}

/* The end of waiting. 0: the lock was handed over, be it at the last moment; else -EINTR. */
static int mutex_stop_waiting(struct mutex *m, struct mutex_waiter *w)
{
	unsigned long flags;
	int ret = 0;

	__set_current_state(TASK_RUNNING);
	spin_lock_irqsave(&m->wait_lock, flags);
	if (!mutex_is_ours(m)) {
		list_del(&w->list);	/* a stale waiters bit only costs unlock a look */
		ret = -EINTR;
	}
	spin_unlock_irqrestore(&m->wait_lock, flags);
	return ret;
}

static int mutex_lock_slow(struct mutex *m, unsigned int state)
{
	struct mutex_waiter w = { .task = current };
	unsigned long flags;

	might_sleep();
	spin_lock_irqsave(&m->wait_lock, flags);
	if (mutex_try_or_mark(m)) {
		spin_unlock_irqrestore(&m->wait_lock, flags);
		return 0;
	}
	list_add_tail(&w.list, &m->waiters);
	spin_unlock_irqrestore(&m->wait_lock, flags);
	for (;;) {
		set_current_state(state);
		if (mutex_is_ours(m) || signal_pending_state(state, current))
			break;
		schedule();
	}
	return mutex_stop_waiting(m, &w);
}

static int mutex_lock_state(struct mutex *m, unsigned int state)
{
	int ret = 0;

	if (CONFIG_LOCK_RANK)
		lock_rank_acquire(m, m->rank, m->name, false);
	if (unlikely(!mutex_trylock_fast(m)))
		ret = mutex_lock_slow(m, state);
	if (CONFIG_LOCK_RANK && ret)
		lock_rank_release(m, m->rank, m->name);
	return ret;
}

void mutex_lock(struct mutex *m)
{
	(void)mutex_lock_state(m, TASK_UNINTERRUPTIBLE);
}

int mutex_lock_interruptible(struct mutex *m)
{
	return mutex_lock_state(m, TASK_INTERRUPTIBLE);
}

bool mutex_trylock(struct mutex *m)
{
	if (!mutex_trylock_fast(m))
		return false;
	if (CONFIG_LOCK_RANK)
		lock_rank_acquire(m, m->rank, m->name, true);
	return true;
}

/* Unlock with waiters: the first one becomes the owner before anybody can take the lock. */
static void mutex_hand_over(struct mutex *m)
{
	struct task_struct *next = NULL;
	unsigned long flags, word = 0;
	struct mutex_waiter *w;

	spin_lock_irqsave(&m->wait_lock, flags);
	w = list_first_entry_or_null(&m->waiters, struct mutex_waiter, list);
	if (w) {
		next = w->task;
		list_del(&w->list);
		word = (unsigned long)next | (list_empty(&m->waiters) ? 0 : MUTEX_WAITERS);
	}
	smp_store_release(&m->owner, (struct task_struct *)word);
	if (next)
		wake_up_process(next);
	spin_unlock_irqrestore(&m->wait_lock, flags);
}

void mutex_unlock(struct mutex *m)
{
	struct task_struct *me = current;

	if (CONFIG_LOCK_RANK)
		lock_rank_release(m, m->rank, m->name);
	if (unlikely(cmpxchg(&m->owner, me, NULL) != me))
		mutex_hand_over(m);
}

bool mutex_is_locked(const struct mutex *m)
{
	return READ_ONCE(m->owner) != NULL;
}
