/* SPDX-License-Identifier: MIT */
/*
 * pthread.h: threads: the small part most programs use.
 */
#pragma once

#include <sched.h>
#include <stddef.h>
#include <time.h>

typedef struct __tcb *pthread_t;

typedef struct {
	size_t __stack_size;		/* 0: the default */
	int __detached;
} pthread_attr_t;

/* 0 free, 1 taken, 2 taken and somebody may be waiting. */
typedef struct {
	int __state;
} pthread_mutex_t;

/* Counts the signals given, so that a waiter can tell whether one came. */
typedef struct {
	int __seq;
} pthread_cond_t;

typedef struct {
	pthread_mutex_t __lock;
	pthread_cond_t __turn;
	unsigned int __count, __arrived, __round;
} pthread_barrier_t;

typedef int pthread_once_t;
typedef int pthread_mutexattr_t;
typedef int pthread_condattr_t;
typedef int pthread_barrierattr_t;

#define PTHREAD_MUTEX_INITIALIZER	{ 0 }
#define PTHREAD_COND_INITIALIZER	{ 0 }
#define PTHREAD_ONCE_INIT		0
#define PTHREAD_BARRIER_SERIAL_THREAD	(-1)
#define PTHREAD_CREATE_JOINABLE		0
#define PTHREAD_CREATE_DETACHED		1

/* All return 0 or an errno value. */
int pthread_create(pthread_t *thread, const pthread_attr_t *attr, void *(*func)(void *),
		   void *arg);
int pthread_join(pthread_t thread, void **result);
int pthread_detach(pthread_t thread);
void pthread_exit(void *result) __attribute__((noreturn));
pthread_t pthread_self(void);
int pthread_equal(pthread_t a, pthread_t b);

int pthread_attr_init(pthread_attr_t *attr);
int pthread_attr_destroy(pthread_attr_t *attr);
int pthread_attr_setstacksize(pthread_attr_t *attr, size_t size);
int pthread_attr_setdetachstate(pthread_attr_t *attr, int state);

int pthread_mutex_init(pthread_mutex_t *m, const pthread_mutexattr_t *attr);
int pthread_mutex_destroy(pthread_mutex_t *m);
int pthread_mutex_lock(pthread_mutex_t *m);
int pthread_mutex_trylock(pthread_mutex_t *m);
int pthread_mutex_unlock(pthread_mutex_t *m);

int pthread_cond_init(pthread_cond_t *c, const pthread_condattr_t *attr);
int pthread_cond_destroy(pthread_cond_t *c);
int pthread_cond_wait(pthread_cond_t *c, pthread_mutex_t *m);
/* abstime is on CLOCK_REALTIME. */
int pthread_cond_timedwait(pthread_cond_t *c, pthread_mutex_t *m,
			   const struct timespec *abstime);
int pthread_cond_signal(pthread_cond_t *c);
int pthread_cond_broadcast(pthread_cond_t *c);

int pthread_barrier_init(pthread_barrier_t *b, const pthread_barrierattr_t *attr,
			 unsigned int count);
int pthread_barrier_wait(pthread_barrier_t *b);
int pthread_barrier_destroy(pthread_barrier_t *b);
int pthread_once(pthread_once_t *once, void (*func)(void));
