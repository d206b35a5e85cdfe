/* SPDX-License-Identifier: MIT */
/*
 * mutex: a lock that sleeps while it waits. Owner unlocks. Not in interrupts.
 *
 * Linux: include/linux/mutex.h. Differs: strict hand-over in order of arrival, no spinning.
 */
#pragma once
#include "kernel/lock/spinlock.h"
#include "lib/list.h"

struct task_struct;

struct mutex {
	struct task_struct *owner;	/* atomic: NULL = free */
	spinlock_t wait_lock;		/* guards waiters */
	struct list_head waiters;
	u16 rank;
	const char *name;
};

/* mutex_init() - free; `rank` places it in the lock order, `name` is for reports. */
void mutex_init(struct mutex *m, enum lock_rank rank, const char *name);
#define MUTEX_INIT(m, r) { .wait_lock = SPIN_LOCK_INIT(RANK_WAITQ, #m ".wait"), \
	.waiters = LIST_HEAD_INIT((m).waiters), .rank = (r), .name = #m }
#define DEFINE_MUTEX(m, r)	struct mutex m = MUTEX_INIT(m, r)
/* mutex_lock() - take it, sleep as long as it takes. => no spinlocks, not held by current. */
void mutex_lock(struct mutex *m);
/* mutex_lock_interruptible() - 0, or -EINTR when a signal ended the wait. */
int __must_check mutex_lock_interruptible(struct mutex *m);
bool mutex_trylock(struct mutex *m);		/* does not sleep; true if it was got */
void mutex_unlock(struct mutex *m);		/* => held by current */
bool mutex_is_locked(const struct mutex *m);	/* by anybody */
