/* SPDX-License-Identifier: MIT */
/*
 * The slow path of a spinlock: another hart holds it.
 *
 * Waiting reads the word (which stays in this hart's cache) and tries the
 * atomic only when it looks free. A debug build gives up after about ten
 * seconds and says which lock.
 *
 * Linux: kernel/locking/qspinlock.c. Differs: unfair test-and-test-and-set.
 */
#include <asm/barrier.h>
#include "kernel/lock/spinlock.h"
#include "kernel/printk.h"
#include "kernel/time.h"

#define LOCKUP_NSEC	(10 * NSEC_PER_SEC)

void spin_lock_slow(spinlock_t *lock)
{
	u64 start = CONFIG_DEBUG_VM ? ktime_get() : 0;

	do {
		while (READ_ONCE(lock->locked)) {
			cpu_relax();
			if (CONFIG_DEBUG_VM && !oops_in_progress &&
			    ktime_get() - start > LOCKUP_NSEC)
				panic("spinlock %s: waited 10 s", lock->name);
		}
	} while (__atomic_exchange_n(&lock->locked, 1, __ATOMIC_ACQUIRE));
}
