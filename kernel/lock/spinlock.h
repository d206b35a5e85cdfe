/* SPDX-License-Identifier: MIT */
/*
 * Spinlocks: mutual exclusion between harts, for short times, without
 * sleeping. A lock that is also taken in an interrupt must always be taken
 * with the _irqsave or _irq form.
 *
 * Linux: include/linux/spinlock.h. Differs: test-and-set, no queue (the fast
 * path is one amoswap); the kernel is not preemptible, so nothing to disable.
 */
#pragma once
#include <asm/irqflags.h>
#include "kernel/lock/rank.h"
#include "lib/kernel.h"
#include "lib/types.h"

typedef struct __capability("spinlock") spinlock {
	u32 locked;
	u16 rank;			/* enum lock_rank */
	u16 cpu;			/* debug: holder + 1 */
	const char *name;		/* for reports */
} spinlock_t;

#define SPIN_LOCK_INIT(r, n)	{ .rank = (r), .name = (n) }
#define DEFINE_SPINLOCK(x, r)	spinlock_t x = SPIN_LOCK_INIT(r, #x)

static inline void spin_lock_init(spinlock_t *lock, enum lock_rank rank, const char *name)
{
	*lock = (spinlock_t)SPIN_LOCK_INIT(rank, name);
}

void spin_lock_slow(spinlock_t *lock);	/* wait until it was got; debug: reports a lock-up */
/* Debug hooks (kernel/lock/rank.c); compiled away unless CONFIG_LOCK_RANK. */
void lock_rank_acquire(const void *lock, unsigned int rank, const char *name, bool nested);
void lock_rank_release(const void *lock, unsigned int rank, const char *name);
bool lock_rank_held(const void *lock);
/* might_sleep() - debug: panic if a spinlock is held or interrupts are off. */
void __might_sleep(const char *file, int line);
#define might_sleep()	do { if (CONFIG_LOCK_RANK) __might_sleep(__FILE__, __LINE__); } while (0)

static inline bool spin_trylock(spinlock_t *lock) __try_acquires(true, lock) __no_lock_check
{
	if (__atomic_exchange_n(&lock->locked, 1, __ATOMIC_ACQUIRE))
		return false;
	if (CONFIG_LOCK_RANK)		/* a trylock cannot deadlock: recorded, order not checked */
		lock_rank_acquire(lock, lock->rank, lock->name, true);
	return true;
}
static inline void spin_lock(spinlock_t *lock) __acquires(lock) __no_lock_check
{
	if (CONFIG_LOCK_RANK)
		lock_rank_acquire(lock, lock->rank, lock->name, false);
	if (unlikely(__atomic_exchange_n(&lock->locked, 1, __ATOMIC_ACQUIRE)))
		spin_lock_slow(lock);
}
/* spin_lock_nested() - a second lock of the same rank; the caller states the order in a comment. */
static inline void spin_lock_nested(spinlock_t *lock) __acquires(lock) __no_lock_check
{
	if (CONFIG_LOCK_RANK)
		lock_rank_acquire(lock, lock->rank, lock->name, true);
	if (unlikely(__atomic_exchange_n(&lock->locked, 1, __ATOMIC_ACQUIRE)))
		spin_lock_slow(lock);
}
/* __spin_unlock() - the bare release of a lock whose record is gone already (scheduler). */
static inline void __spin_unlock(spinlock_t *lock)
{
	/* A release store; gcc would make __atomic_store_n an amoswap with a fence. */
	__atomic_thread_fence(__ATOMIC_RELEASE);
	WRITE_ONCE(lock->locked, 0);
}
static inline void spin_unlock(spinlock_t *lock) __releases(lock) __no_lock_check
{
	if (CONFIG_LOCK_RANK)
		lock_rank_release(lock, lock->rank, lock->name);
	__spin_unlock(lock);
}
static inline unsigned long __spin_lock_irqsave(spinlock_t *lock) __acquires(lock)
{
	unsigned long flags = local_irq_save();

	spin_lock(lock);
	return flags;
}
#define spin_lock_irqsave(lock, flags)	((flags) = __spin_lock_irqsave(lock))
static inline void spin_unlock_irqrestore(spinlock_t *lock, unsigned long flags)
	__releases(lock)
{
	spin_unlock(lock);
	local_irq_restore(flags);
}
static inline void spin_lock_irq(spinlock_t *lock) __acquires(lock)
{
	local_irq_disable();
	spin_lock(lock);
}
static inline void spin_unlock_irq(spinlock_t *lock) __releases(lock)
{
	spin_unlock(lock);
	local_irq_enable();
}
static inline bool spin_is_locked(const spinlock_t *lock) { return READ_ONCE(lock->locked); }
#define lockdep_assert_held(lock) \
	do { if (CONFIG_LOCK_RANK) assert_lock_held((lock), #lock, __FILE__, __LINE__); } while (0)
/* assert_lock_held() - debug: panic unless current holds it. */
void assert_lock_held(const void *lock, const char *what, const char *file, int line);
