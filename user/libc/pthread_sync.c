/* SPDX-License-Identifier: MIT */
/*
 * user/libc/pthread_sync.c: mutexes, condition variables, barriers, once.
 *
 * A mutex is the lock of lock.c. A condition variable is a counter: a waiter
 * notes it while it still holds the mutex and sleeps only as long as it has not
 * changed, so a signal between unlock and sleep is never lost.
 *
 * Linux: man 7 futex. Differs: mutexes are plain (not recursive, not robust), and
 * for threads of one process only.
 */
#include <errno.h>
#include <limits.h>
#include <linux/futex.h>
#include <pthread.h>
#include "internal.h"

int pthread_mutex_init(pthread_mutex_t *m, const pthread_mutexattr_t *attr)
{
	(void)attr;
	m->__state = 0;
	return 0;
}

int pthread_mutex_destroy(pthread_mutex_t *m)
{
	return m->__state ? EBUSY : 0;
}

int pthread_mutex_lock(pthread_mutex_t *m)
{
	__lock(&m->__state);
	return 0;
}

int pthread_mutex_trylock(pthread_mutex_t *m)
{
	int free = 0;

	return __atomic_compare_exchange_n(&m->__state, &free, 1, 0, __ATOMIC_ACQUIRE,
					   __ATOMIC_RELAXED) ? 0 : EBUSY;
}

int pthread_mutex_unlock(pthread_mutex_t *m)
{
	__unlock(&m->__state);
	return 0;
}

int pthread_cond_init(pthread_cond_t *c, const pthread_condattr_t *attr)
{
	(void)attr;
	c->__seq = 0;
	return 0;
}

int pthread_cond_destroy(pthread_cond_t *c)
{
	(void)c;
	return 0;
}

int pthread_cond_timedwait(pthread_cond_t *c, pthread_mutex_t *m,
			   const struct timespec *abstime)
{
	int seq = __atomic_load_n(&c->__seq, __ATOMIC_RELAXED);
	int op = FUTEX_WAIT_BITSET | FUTEX_PRIVATE_FLAG | FUTEX_CLOCK_REALTIME;
	long result;

	pthread_mutex_unlock(m);
	result = __futex_wait(&c->__seq, seq, abstime, op);
	pthread_mutex_lock(m);
	return result == -ETIMEDOUT ? ETIMEDOUT : 0;
}

int pthread_cond_wait(pthread_cond_t *c, pthread_mutex_t *m)
{
	return pthread_cond_timedwait(c, m, NULL);
}

int pthread_cond_signal(pthread_cond_t *c)
{
	__atomic_fetch_add(&c->__seq, 1, __ATOMIC_RELEASE);
	__futex_wake(&c->__seq, 1);
	return 0;
}

int pthread_cond_broadcast(pthread_cond_t *c)
{
	__atomic_fetch_add(&c->__seq, 1, __ATOMIC_RELEASE);
	__futex_wake(&c->__seq, INT_MAX);
	return 0;
}

int pthread_barrier_init(pthread_barrier_t *b, const pthread_barrierattr_t *attr,
			 unsigned int count)
{
	(void)attr;
	if (!count)
		return EINVAL;
	*b = (pthread_barrier_t){ .__count = count };
	return 0;
}

int pthread_barrier_wait(pthread_barrier_t *b)
{
	int last = 0;
	unsigned int round;

	pthread_mutex_lock(&b->__lock);
	round = b->__round;
	if (++b->__arrived == b->__count) {
		b->__arrived = 0;
		b->__round++;
		last = 1;
		pthread_cond_broadcast(&b->__turn);
	}
	while (b->__round == round)
		pthread_cond_wait(&b->__turn, &b->__lock);
	pthread_mutex_unlock(&b->__lock);
	return last ? PTHREAD_BARRIER_SERIAL_THREAD : 0;
}

int pthread_barrier_destroy(pthread_barrier_t *b)
{
	(void)b;
	return 0;
}

/* 0: not yet. 1: somebody is at it. 2: done. */
int pthread_once(pthread_once_t *once, void (*func)(void))
{
	int state = 0;

	if (__atomic_compare_exchange_n(once, &state, 1, 0, __ATOMIC_ACQUIRE,
					__ATOMIC_ACQUIRE)) {
		func();
		__atomic_store_n(once, 2, __ATOMIC_RELEASE);
		__futex_wake(once, INT_MAX);
		return 0;
	}
	while (__atomic_load_n(once, __ATOMIC_ACQUIRE) != 2)
		__futex_wait(once, 1, NULL, FUTEX_WAIT | FUTEX_PRIVATE_FLAG);
	return 0;
}
