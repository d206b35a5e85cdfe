/* SPDX-License-Identifier: MIT */
/*
 * Mutexes. owner is the lock word: NULL free, else the task; the low bit says
 * that somebody waits, so unlock must hand over.
 *
 * Invariant: with waiters, the lock never becomes free: unlock gives it to the
 * first waiter, who finds itself owner when it wakes. So nobody starves.
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

/* A waiter gave up. If it was already handed the lock, the lock stays taken: 0, else -EINTR. */
static int mutex_cancel(struct mutex *m, struct mutex_waiter *w)
{
	unsigned long flags;
	int ret = 0;

	spin_lock_irqsave(&m->wait_lock, flags);
	if (owner_task((unsigned long)READ_ONCE(m->owner)) != current) {
		list_del(&w->list);
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
		if (owner_task((unsigned long)READ_ONCE(m->owner)) == current)
			break;
		if (signal_pending_state(state, current)) {
			__set_current_state(TASK_RUNNING);
			return mutex_cancel(m, &w);
		}
		schedule();
	}
	__set_current_state(TASK_RUNNING);
	return 0;
}

static int mutex_lock_state(struct mutex *m, unsigned int state, bool nested)
{
	int ret = 0;

	if (CONFIG_LOCK_RANK)
		lock_rank_acquire(m, m->rank, m->name, nested);
	if (unlikely(!mutex_trylock_fast(m)))
		ret = mutex_lock_slow(m, state);
	if (CONFIG_LOCK_RANK && ret)
		lock_rank_release(m, m->rank, m->name);
	return ret;
}

void mutex_lock(struct mutex *m)
{
	(void)mutex_lock_state(m, TASK_UNINTERRUPTIBLE, false);
}

void mutex_lock_nested(struct mutex *m)
{
	(void)mutex_lock_state(m, TASK_UNINTERRUPTIBLE, true);
}

int mutex_lock_interruptible(struct mutex *m)
{
	return mutex_lock_state(m, TASK_INTERRUPTIBLE, false);
}

int mutex_lock_killable(struct mutex *m)
{
	return mutex_lock_state(m, TASK_KILLABLE, false);
}

bool mutex_trylock(struct mutex *m)
{
	if (!mutex_trylock_fast(m))
		return false;
	if (CONFIG_LOCK_RANK)
		lock_rank_acquire(m, m->rank, m->name, true);
	return true;
}

static void mutex_hand_over(struct mutex *m)
{
	struct task_struct *next = NULL;
	struct mutex_waiter *w;
	unsigned long flags, word = 0;

	spin_lock_irqsave(&m->wait_lock, flags);
	w = list_first_entry_or_null(&m->waiters, struct mutex_waiter, list);
	if (w) {
		next = w->task;
		get_task_struct(next);	/* w is gone as soon as next runs */
		list_del(&w->list);
		word = (unsigned long)next | (list_empty(&m->waiters) ? 0 : MUTEX_WAITERS);
	}
	smp_store_release(&m->owner, (struct task_struct *)word);
	spin_unlock_irqrestore(&m->wait_lock, flags);
	if (next) {
		wake_up_state(next, TASK_NORMAL | TASK_WAKEKILL);
		put_task_struct(next);
	}
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
