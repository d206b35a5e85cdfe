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

void mutex_init(struct mutex *m, enum lock_rank rank, const char *name);
#define MUTEX_INIT(m, r) { .wait_lock = SPIN_LOCK_INIT(RANK_WAITQ, #m ".wait"), \
	.waiters = LIST_HEAD_INIT((m).waiters), .rank = (r), .name = #m }
#define DEFINE_MUTEX(m, r)	struct mutex m = MUTEX_INIT(m, r)
void mutex_lock(struct mutex *m);
void mutex_lock_nested(struct mutex *m);
int __must_check mutex_lock_interruptible(struct mutex *m);	/* 0 or -EINTR */
int __must_check mutex_lock_killable(struct mutex *m);		/* 0 or -EINTR */
bool mutex_trylock(struct mutex *m);
void mutex_unlock(struct mutex *m);
bool mutex_is_locked(const struct mutex *m);
