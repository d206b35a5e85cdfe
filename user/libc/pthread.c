/* SPDX-License-Identifier: MIT */
/*
 * user/libc/pthread.c: threads: tasks that share one address space.
 *
 * A thread is made by clone() with everything shared. It gets one mapping:
 *
 *	| guard page | stack, growing down ......... | TCB | __thread variables |
 *
 * Its end is a hand-over to the kernel: CLONE_CHILD_CLEARTID makes the kernel
 * set tcb->tid to 0 and wake a futex there once the task no longer uses the
 * stack. pthread_join() sleeps on that and may then unmap everything.
 *
 * Linux: man 7 pthreads, man 2 clone. Differs: no cancellation, no keys, no
 * priorities; the default stack is 256 KiB so that it fits a machine without
 * MMU, where it is real memory from the start.
 */
#include <errno.h>
#include <linux/futex.h>
#include <pthread.h>
#include <signal.h>
#include <sys/mman.h>
#include "internal.h"

#define GUARD		4096UL
#define DEFAULT_STACK	(256UL << 10)
#define THREAD_FLAGS	(CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD | \
			 CLONE_SYSVSEM | CLONE_SETTLS | CLONE_PARENT_SETTID | \
			 CLONE_CHILD_CLEARTID)

pthread_t pthread_self(void)
{
	return __self();
}

int pthread_equal(pthread_t a, pthread_t b)
{
	return a == b;
}

/* The new thread begins here. */
static int thread_main(void *arg)
{
	struct __tcb *self = arg;

	pthread_exit(self->func(self->arg));
}

int pthread_create(pthread_t *thread, const pthread_attr_t *attr, void *(*func)(void *),
		   void *arg)
{
	size_t stack = attr && attr->__stack_size ? attr->__stack_size : DEFAULT_STACK;
	size_t size = (GUARD + stack + __tls_bytes() + 4095) & ~4095UL;
	struct __tcb *tcb;
	char *map, *top;
	long tid;

	map = mmap(NULL, size, PROT_READ | PROT_WRITE,
		   MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);
	if (map == MAP_FAILED)
		return EAGAIN;
	mprotect(map, GUARD, PROT_NONE);	/* without an MMU there is no guard */
	top = map + size - __tls_bytes();
	tcb = __tls_setup(top);
	tcb->func = func;
	tcb->arg = arg;
	tcb->map = map;
	tcb->map_size = size;
	tcb->detached = attr && attr->__detached;
	*thread = tcb;
	tid = __clone(thread_main, top, THREAD_FLAGS, tcb, &tcb->tid, tcb + 1, &tcb->tid);
	if (tid < 0) {
		munmap(map, size);
		return -tid;
	}
	return 0;
}

void pthread_exit(void *result)
{
	struct __tcb *self = __self();
	sigset_t all;

	self->result = result;
	/* 0: joinable. 1: detached. 2: ended, and pthread_detach() must clean up. */
	if (!self->map || __atomic_exchange_n(&self->detached, 2, __ATOMIC_ACQ_REL) == 0) {
		for (;;)
			__syscall(__NR_exit, 0);
	}
	/* No handler may run on a stack that is about to go, nor may the kernel write. */
	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, NULL);
	__syscall(__NR_set_tid_address, NULL);
	__unmap_exit(self->map, self->map_size);
}

int pthread_join(pthread_t thread, void **result)
{
	int tid;

	/* The kernel wakes without the private flag, so wait without it as well. */
	while ((tid = __atomic_load_n(&thread->tid, __ATOMIC_ACQUIRE)) != 0)
		__futex_wait(&thread->tid, tid, NULL, FUTEX_WAIT);
	if (result)
		*result = thread->result;
	if (thread->map)
		munmap(thread->map, thread->map_size);
	return 0;
}

int pthread_detach(pthread_t thread)
{
	if (__atomic_exchange_n(&thread->detached, 1, __ATOMIC_ACQ_REL) == 2)
		return pthread_join(thread, NULL);
	return 0;
}

int pthread_attr_init(pthread_attr_t *attr)
{
	*attr = (pthread_attr_t){ 0 };
	return 0;
}

int pthread_attr_destroy(pthread_attr_t *attr)
{
	(void)attr;
	return 0;
}

int pthread_attr_setstacksize(pthread_attr_t *attr, size_t size)
{
	if (size < 16384)
		return EINVAL;
	attr->__stack_size = size;
	return 0;
}

int pthread_attr_setdetachstate(pthread_attr_t *attr, int state)
{
	attr->__detached = state;
	return 0;
}
