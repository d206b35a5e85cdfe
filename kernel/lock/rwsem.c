/* SPDX-License-Identifier: MIT */
/*
 * Reader-writer semaphores.
 *
 * count: bit 0 a writer holds it, bit 1 tasks wait, from bit 8 on the number
 * of readers. The uncontended paths are one atomic operation each; everything
 * else happens under wait_lock. A release that leaves the semaphore free while
 * tasks wait grants it to the first of them: one writer, or all readers up to
 * the next writer. Granted tasks find w->granted set and are off the list.
 *
 * The releaser wakes under wait_lock, and the woken task takes wait_lock once
 * before it goes on: so it cannot end while it is being woken.
 *
 * Locks: wait_lock (RANK_WAITQ, irq-safe) guards waiters and granted; count is
 * atomic.
 *
 * Linux: kernel/locking/rwsem.c. Differs: grant by the releaser only, no
 * optimistic spinning, no lock stealing past waiters.
 */
#include <asm/atomic.h>
#include <asm/barrier.h>
#include "kernel/lock/rwsem.h"
#include "kernel/sched.h"
#include "kernel/signal.h"
#include "lib/errno.h"

#define RW_WRITER	1L
#define RW_WAITERS	2L
#define RW_READER	256L

struct rwsem_waiter {
	struct list_head list;
	struct task_struct *task;
	bool write;
	bool granted;
};

void init_rwsem(struct rw_semaphore *sem, enum lock_rank rank, const char *name)
{
	sem->count = 0;
	spin_lock_init(&sem->wait_lock, RANK_WAITQ, name);
	INIT_LIST_HEAD(&sem->waiters);
	sem->owner = NULL;
	sem->rank = rank;
	sem->name = name;
}

/* => wait_lock held. w is on the stack of a task that waits for this lock. */
static void grant(struct rwsem_waiter *w)
{
	list_del(&w->list);
	smp_store_release(&w->granted, true);
	wake_up_process(w->task);
}

/* Give the semaphore to whoever may have it now. => wait_lock held. */
static void grant_waiters(struct rw_semaphore *sem)
{
	struct rwsem_waiter *w;

	while (!list_empty(&sem->waiters)) {
		w = list_first_entry(&sem->waiters, struct rwsem_waiter, list);
		if (w->write) {
			/* Only if nobody is in: the one change that needs a compare. */
			if (cmpxchg(&sem->count, RW_WAITERS, RW_WAITERS | RW_WRITER) == RW_WAITERS)
				grant(w);
			break;
		}
		if (__atomic_add_fetch(&sem->count, RW_READER, __ATOMIC_SEQ_CST) & RW_WRITER) {
			__atomic_fetch_sub(&sem->count, RW_READER, __ATOMIC_SEQ_CST);
			break;
		}
		grant(w);
	}
	if (list_empty(&sem->waiters))
		__atomic_fetch_and(&sem->count, ~RW_WAITERS, __ATOMIC_SEQ_CST);
}

/* The end of waiting: 0 if it was granted, be it at the last moment, else -EINTR. */
static int rwsem_stop_waiting(struct rw_semaphore *sem, struct rwsem_waiter *w)
{
	unsigned long flags;
	int ret = 0;

	__set_current_state(TASK_RUNNING);
	spin_lock_irqsave(&sem->wait_lock, flags);
	if (!w->granted) {
		list_del(&w->list);
		grant_waiters(sem);	/* we may have held back others */
		ret = -EINTR;
	}
	spin_unlock_irqrestore(&sem->wait_lock, flags);
	return ret;
}

static int rwsem_wait(struct rw_semaphore *sem, bool write, unsigned int state)
{
	struct rwsem_waiter w = { .task = current, .write = write };
	unsigned long flags;

	might_sleep();
	spin_lock_irqsave(&sem->wait_lock, flags);
	list_add_tail(&w.list, &sem->waiters);
	__atomic_fetch_or(&sem->count, RW_WAITERS, __ATOMIC_SEQ_CST);
	grant_waiters(sem);			/* it may have become free meanwhile */
	spin_unlock_irqrestore(&sem->wait_lock, flags);
	for (;;) {
		set_current_state(state);
		if (smp_load_acquire(&w.granted) || signal_pending_state(state, current))
			break;
		schedule();
	}
	return rwsem_stop_waiting(sem, &w);
}

/* One more reader, unless somebody writes or waits. */
static bool try_read(struct rw_semaphore *sem)
{
	long old = READ_ONCE(sem->count);

	while (!(old & (RW_WRITER | RW_WAITERS))) {
		if (__atomic_compare_exchange_n(&sem->count, &old, old + RW_READER, false,
						__ATOMIC_ACQUIRE, __ATOMIC_RELAXED))
			return true;
	}
	return false;
}

static int write_lock(struct rw_semaphore *sem, unsigned int state, bool nested)
{
	int ret = 0;

	if (CONFIG_LOCK_RANK)
		lock_rank_acquire(sem, sem->rank, sem->name, nested);
	if (unlikely(cmpxchg(&sem->count, 0L, RW_WRITER) != 0))
		ret = rwsem_wait(sem, true, state);
	if (!ret)
		sem->owner = current;
	else if (CONFIG_LOCK_RANK)
		lock_rank_release(sem, sem->rank, sem->name);
	return ret;
}

void down_read(struct rw_semaphore *sem)
{
	/* The rank is recorded before we wait, as for any lock. */
	if (CONFIG_LOCK_RANK)
		lock_rank_acquire(sem, sem->rank, sem->name, false);
	if (unlikely(!try_read(sem)))
		(void)rwsem_wait(sem, false, TASK_UNINTERRUPTIBLE);
}

bool down_read_trylock(struct rw_semaphore *sem)
{
	if (!try_read(sem))
		return false;
	if (CONFIG_LOCK_RANK)
		lock_rank_acquire(sem, sem->rank, sem->name, true);
	return true;
}

void down_write(struct rw_semaphore *sem)
{
	(void)write_lock(sem, TASK_UNINTERRUPTIBLE, false);
}

void down_write_nested(struct rw_semaphore *sem)
{
	(void)write_lock(sem, TASK_UNINTERRUPTIBLE, true);
}

int down_write_killable(struct rw_semaphore *sem)
{
	return write_lock(sem, TASK_KILLABLE, false);
}

bool down_write_trylock(struct rw_semaphore *sem)
{
	if (cmpxchg(&sem->count, 0L, RW_WRITER) != 0)
		return false;
	if (CONFIG_LOCK_RANK)
		lock_rank_acquire(sem, sem->rank, sem->name, true);
	sem->owner = current;
	return true;
}

/* Slow half of the three releases below. */
static void rwsem_wake(struct rw_semaphore *sem)
{
	unsigned long flags;

	spin_lock_irqsave(&sem->wait_lock, flags);
	grant_waiters(sem);
	spin_unlock_irqrestore(&sem->wait_lock, flags);
}

void up_read(struct rw_semaphore *sem)
{
	if (CONFIG_LOCK_RANK)
		lock_rank_release(sem, sem->rank, sem->name);
	if (unlikely(__atomic_sub_fetch(&sem->count, RW_READER, __ATOMIC_RELEASE) == RW_WAITERS))
		rwsem_wake(sem);
}

void up_write(struct rw_semaphore *sem)
{
	if (CONFIG_LOCK_RANK)
		lock_rank_release(sem, sem->rank, sem->name);
	sem->owner = NULL;
	if (unlikely(__atomic_sub_fetch(&sem->count, RW_WRITER, __ATOMIC_RELEASE) & RW_WAITERS))
		rwsem_wake(sem);
}

void downgrade_write(struct rw_semaphore *sem)
{
	sem->owner = NULL;
	if (__atomic_add_fetch(&sem->count, RW_READER - RW_WRITER, __ATOMIC_RELEASE) & RW_WAITERS)
		rwsem_wake(sem);		/* readers at the head may come in too */
}

bool rwsem_is_locked(const struct rw_semaphore *sem)
{
	return READ_ONCE(sem->count) & ~RW_WAITERS;
}
