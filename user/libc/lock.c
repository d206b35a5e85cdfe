/* SPDX-License-Identifier: MIT */
/*
 * user/libc/lock.c: the library's own lock, over futex(2).
 *
 * 0 is free, 1 taken, 2 taken and somebody may sleep on it. Taking a free lock
 * and giving up one nobody waits for need no system call: that is the point of
 * a futex. A waiter always leaves 2 behind, because it cannot know whether
 * others sleep too; the worst that follows is one wake-up too many.
 *
 * Linux: man 7 futex. Differs: nothing.
 */
#include <linux/futex.h>
#include "internal.h"

long __futex_wait(int *addr, int value, const void *timeout, int op)
{
	return __syscall(__NR_futex, addr, op, value, timeout, NULL, FUTEX_BITSET_MATCH_ANY);
}

long __futex_wake(int *addr, int nr)
{
	return __syscall(__NR_futex, addr, FUTEX_WAKE | FUTEX_PRIVATE_FLAG, nr, NULL, NULL, 0);
}

void __lock(int *lock)
{
	int state = 0;

	if (__atomic_compare_exchange_n(lock, &state, 1, 0, __ATOMIC_ACQUIRE,
					__ATOMIC_RELAXED))
		return;
	while (__atomic_exchange_n(lock, 2, __ATOMIC_ACQUIRE) != 0)
		__futex_wait(lock, 2, NULL, FUTEX_WAIT | FUTEX_PRIVATE_FLAG);
}

void __unlock(int *lock)
{
	if (__atomic_exchange_n(lock, 0, __ATOMIC_RELEASE) == 2)
		__futex_wake(lock, 1);
}
