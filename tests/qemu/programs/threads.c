/* SPDX-License-Identifier: MIT */
/*
 * Threads and processes as glibc makes them, a step further than glibc.c: futexes called by
 * hand (requeue, wake-op, bit sets, timeouts), a robust mutex of two processes, cancellation,
 * barriers, semaphores, guard pages, posix_spawn with its file actions and attributes.
 * Prints "ok NAME" or "not ok NAME" a line; the status is the number of failures.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <spawn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define WAITERS 6

extern char **environ;
static int failures;
static uint32_t first, second;
static int woken;

static void tell(const char *name, int ok)
{
	printf("%sok %s\n", ok ? "" : "not ", name);
	failures += !ok;
}

static long futex(uint32_t *word, int op, uint32_t value, unsigned long timeout_or_count,
		  uint32_t *word2, uint32_t value3)
{
	return syscall(SYS_futex, word, op | FUTEX_PRIVATE_FLAG, value, timeout_or_count, word2,
		       value3);
}

/* ---- Futexes ---- */

static void *wait_once(void *arg)
{
	futex(&first, FUTEX_WAIT, 0, 0, NULL, 0);
	__atomic_fetch_add(&woken, 1, __ATOMIC_SEQ_CST);
	return NULL;
}

/* Until all wait: requeueing all tells how many there are, without changing anything for them. */
static void until_all_wait(uint32_t *word)
{
	while (futex(word, FUTEX_CMP_REQUEUE, 0, WAITERS, word, 0) < WAITERS)
		sched_yield();
}

static void until_woken(int n)
{
	while (__atomic_load_n(&woken, __ATOMIC_SEQ_CST) < n)
		sched_yield();
}

static void test_requeue(void)
{
	pthread_t t[WAITERS];
	int ok = 1;

	for (int i = 0; i < WAITERS; i++)
		pthread_create(&t[i], NULL, wait_once, NULL);
	until_all_wait(&first);
	ok &= futex(&first, FUTEX_CMP_REQUEUE, 1, WAITERS, &second, 1) == -1 && errno == EAGAIN;
	ok &= futex(&first, FUTEX_CMP_REQUEUE, 1, 2, &second, 0) == 3;	/* 1 woken, 2 moved */
	until_woken(1);
	ok &= futex(&second, FUTEX_WAKE, WAITERS, 0, NULL, 0) == 2;
	until_woken(3);
	/* Adds 5 to second, wakes one of first; and of second, if it was 0, all: nobody. */
	ok &= futex(&first, FUTEX_WAKE_OP, 1, WAITERS, &second,
		    FUTEX_OP(FUTEX_OP_ADD, 5, FUTEX_OP_CMP_EQ, 0)) == 1 && second == 5;
	until_woken(4);
	ok &= futex(&first, FUTEX_WAKE_BITSET, WAITERS, 0, NULL, 2) == 2;
	for (int i = 0; i < WAITERS; i++)
		pthread_join(t[i], NULL);
	tell("requeue", ok && woken == WAITERS);
}

static void test_futex_errors(void)
{
	struct timespec soon = { 0, 5000000 }, past = { 1, 0 };
	int ok = 1;

	ok &= futex(&first, FUTEX_WAIT, 7, 0, NULL, 0) == -1 && errno == EAGAIN;
	ok &= futex(&first, FUTEX_WAIT, 0, (unsigned long)&soon, NULL, 0) == -1 &&
	      errno == ETIMEDOUT;
	ok &= futex(&first, FUTEX_WAIT_BITSET, 0, (unsigned long)&past, NULL, -1) == -1 &&
	      errno == ETIMEDOUT;
	ok &= futex(&first, FUTEX_WAIT_BITSET, 0, 0, NULL, 0) == -1 && errno == EINVAL;
	ok &= futex((uint32_t *)((char *)&first + 1), FUTEX_WAIT, 0, 0, NULL, 0) == -1 &&
	      errno == EINVAL;
	ok &= futex((uint32_t *)4096, FUTEX_WAIT, 0, 0, NULL, 0) == -1 && errno == EFAULT;
	tell("futex_errors", ok);
}

/* ---- Locks between processes ---- */

/* Killed with the lock in its hand: the next owner is told, in another process. */
static void test_robust_process(void)
{
	pthread_mutex_t *lock = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
				     MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	volatile int *taken = (int *)(lock + 1);
	pthread_mutexattr_t attr;
	pid_t pid;

	pthread_mutexattr_init(&attr);
	pthread_mutexattr_setrobust(&attr, PTHREAD_MUTEX_ROBUST);
	pthread_mutexattr_setpshared(&attr, PTHREAD_PROCESS_SHARED);
	pthread_mutex_init(lock, &attr);
	pid = fork();
	if (!pid) {
		pthread_mutex_lock(lock);
		*taken = 1;
		pause();
	}
	while (!*taken)
		sched_yield();
	tell("robust_busy", pthread_mutex_trylock(lock) == EBUSY);
	kill(pid, SIGKILL);
	tell("robust_process", pthread_mutex_lock(lock) == EOWNERDEAD &&
	     !pthread_mutex_consistent(lock) && !pthread_mutex_unlock(lock));
	waitpid(pid, NULL, 0);
	munmap(lock, 4096);
}

/* A ping-pong of two processes over two semaphores in shared memory. */
static void test_semaphores(void)
{
	sem_t *sem = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	volatile int *ball = (int *)(sem + 2);
	struct timespec when;
	int status = -1, ok;

	sem_init(&sem[0], 1, 0);
	sem_init(&sem[1], 1, 0);
	if (!fork()) {
		for (int i = 0; i < 500; i++) {
			sem_wait(&sem[0]);
			++*ball;
			sem_post(&sem[1]);
		}
		_exit(0);
	}
	for (int i = 0; i < 500; i++) {
		sem_post(&sem[0]);
		sem_wait(&sem[1]);
		++*ball;
	}
	ok = wait(&status) > 0 && !status && *ball == 1000;
	clock_gettime(CLOCK_REALTIME, &when);
	when.tv_sec--;
	tell("semaphores", ok && sem_timedwait(&sem[0], &when) == -1 && errno == ETIMEDOUT);
	munmap(sem, 4096);
}

/* ---- Threads ---- */

static pthread_barrier_t barrier;
static pthread_key_t key;
static int leaders, destroyed, cleaned;

static void destroy(void *value)
{
	__atomic_fetch_add(&destroyed, 1, __ATOMIC_SEQ_CST);
}

static void *meet(void *arg)
{
	pthread_setspecific(key, arg);
	for (int i = 0; i < 20; i++)
		if (pthread_barrier_wait(&barrier) == PTHREAD_BARRIER_SERIAL_THREAD)
			__atomic_fetch_add(&leaders, 1, __ATOMIC_SEQ_CST);
	return NULL;
}

static void clean(void *arg)
{
	cleaned++;
}

static void *sleep_for_ever(void *arg)
{
	pthread_cleanup_push(clean, NULL);
	for (;;)
		pause();
	pthread_cleanup_pop(0);
	return NULL;
}

static void test_threads(void)
{
	pthread_t t[WAITERS];
	void *result = NULL;

	pthread_key_create(&key, destroy);
	pthread_barrier_init(&barrier, NULL, WAITERS);
	for (long i = 0; i < WAITERS; i++)
		pthread_create(&t[i], NULL, meet, (void *)(i + 1));
	for (int i = 0; i < WAITERS; i++)
		pthread_join(t[i], NULL);
	tell("barrier", leaders == 20 && destroyed == WAITERS);
	pthread_create(&t[0], NULL, sleep_for_ever, NULL);
	pthread_cancel(t[0]);
	pthread_join(t[0], &result);
	tell("cancel", result == PTHREAD_CANCELED && cleaned == 1);
}

/* Below a thread's stack lies a guard: running into it is a fault, not a neighbour's data. */
static int go_down(volatile char *above, int depth)
{
	volatile char page[4096];

	page[0] = above ? *above + 1 : 1;
	return depth ? go_down(page, depth - 1) + page[0] : page[0];
}

static void *overflow(void *arg)
{
	return (void *)(long)go_down(NULL, 100000);
}

static void test_guard(void)
{
	struct rlimit none = { 0, 0 };
	pthread_attr_t attr;
	int status = 0;
	pthread_t t;
	pid_t pid = fork();

	if (!pid) {
		setrlimit(RLIMIT_CORE, &none);
		pthread_attr_init(&attr);
		pthread_attr_setstacksize(&attr, 128 << 10);
		pthread_create(&t, &attr, overflow, NULL);
		pthread_join(t, NULL);
		_exit(0);
	}
	tell("guard", waitpid(pid, &status, 0) == pid && WIFSIGNALED(status) &&
	     WTERMSIG(status) == SIGSEGV);
}

/* ---- posix_spawn ---- */

/* A program that tells its group, its mask and its files: as the attributes ask. */
static void test_spawn(void)
{
	char *argv[] = { "grep", "-h", "NSpgid\\|SigBlk\\|Linux", "/proc/self/status", "-", NULL };
	posix_spawn_file_actions_t actions;
	char text[256] = "", want[64];
	posix_spawnattr_t attr;
	int out[2], status = 0, ok;
	sigset_t mask;
	ssize_t n, got = 0;
	pid_t pid;

	ok = !pipe2(out, O_CLOEXEC);
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_addopen(&actions, 0, "/proc/sys/kernel/ostype", O_RDONLY, 0);
	posix_spawn_file_actions_adddup2(&actions, out[1], 1);
	posix_spawnattr_init(&attr);
	sigemptyset(&mask);
	sigaddset(&mask, SIGUSR2);
	posix_spawnattr_setsigmask(&attr, &mask);
	posix_spawnattr_setpgroup(&attr, 0);
	posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK);
	ok &= !posix_spawnp(&pid, "grep", &actions, &attr, argv, environ);
	close(out[1]);
	while ((n = read(out[0], text + got, sizeof(text) - 1 - got)) > 0)
		got += n;
	ok &= waitpid(pid, &status, 0) == pid && !status;
	snprintf(want, sizeof(want), "NSpgid:\t%d\nSigBlk:\t0000000000000800\nLinux\n", (int)pid);
	tell("spawn", ok && !strcmp(text, want));
}

int main(int argc, char **argv)
{
	setvbuf(stdout, NULL, _IOLBF, 0);
	test_requeue();
	test_futex_errors();
	test_robust_process();
	test_semaphores();
	test_threads();
	test_guard();
	test_spawn();
	return failures;
}
