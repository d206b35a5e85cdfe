/* SPDX-License-Identifier: MIT */
/*
 * rw_semaphore: many readers or one writer, sleeping. First come, first
 * served: a waiting writer holds back later readers.
 *
 * Linux: include/linux/rwsem.h. Differs: no optimistic spinning. The
 * uncontended paths are one atomic operation.
 */
#pragma once
#include "kernel/lock/spinlock.h"
#include "lib/list.h"

struct rw_semaphore {
	long count;			/* readers in bits 8.., bit 0 writer, bit 1 waiters */
	spinlock_t wait_lock;		/* guards waiters */
	struct list_head waiters;
	struct task_struct *owner;	/* writer, for reports */
	u16 rank;
	const char *name;
};

/* init_rwsem() - free; `rank` places it in the lock order, `name` is for reports. */
void init_rwsem(struct rw_semaphore *sem, enum lock_rank rank, const char *name);
#define RWSEM_INIT(s, r) { .wait_lock = SPIN_LOCK_INIT(RANK_WAITQ, #s ".wait"), \
	.waiters = LIST_HEAD_INIT((s).waiters), .rank = (r), .name = #s }

/*
 * down_read() - take it together with other readers; down_write() - alone.
 *
 * => may sleep; no spinlocks held; not held by current already (a writer that
 *    waits in between would make a second down_read() a deadlock).
 * => _killable: 0, or -EINTR when a fatal signal ended the wait.
 * => _nested: a second one of the same rank; the caller states the order.
 * => _trylock: never sleeps, true if it was got.
 */
void down_read(struct rw_semaphore *sem);
bool down_read_trylock(struct rw_semaphore *sem);
void down_write(struct rw_semaphore *sem);
void down_write_nested(struct rw_semaphore *sem);
int __must_check down_write_killable(struct rw_semaphore *sem);
bool down_write_trylock(struct rw_semaphore *sem);
void up_read(struct rw_semaphore *sem);
void up_write(struct rw_semaphore *sem);
void downgrade_write(struct rw_semaphore *sem);		/* writer becomes reader, without a gap */
bool rwsem_is_locked(const struct rw_semaphore *sem);	/* by anybody */
