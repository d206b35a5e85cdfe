/* SPDX-License-Identifier: MIT */
/*
 * What glibc builds on: threads with mutexes, condition variables (requeue) and a robust
 * mutex, thread-local storage, posix_spawn, signals on an alternate stack, the vDSO's
 * clock, /proc/self/exe, relocations that are read-only, mmap past the end of a file.
 * Prints "ok NAME" or "not ok NAME" a line; the status is the number of failures.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define NR_THREADS 8
#define ROUNDS 200

extern char **environ;
static int failures;
static __thread int tls = 42;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t turn = PTHREAD_COND_INITIALIZER;
static int whose, total;
static sigjmp_buf back;
static const char *const names[] = { "a", "b" };	/* relocated: .data.rel.ro */

static void tell(const char *name, int ok)
{
	printf("%sok %s\n", ok ? "" : "not ", name);
	failures += !ok;
}

/* Each waits for its turn: all wait on one condition, each broadcast requeues them. */
static void *taking_turns(void *arg)
{
	int me = (int)(long)arg;

	tls += me;
	for (int i = 0; i < ROUNDS; i++) {
		pthread_mutex_lock(&lock);
		while (whose != me)
			pthread_cond_wait(&turn, &lock);
		whose = (whose + 1) % NR_THREADS;
		total++;
		pthread_cond_broadcast(&turn);
		pthread_mutex_unlock(&lock);
	}
	return (void *)(long)tls;
}

static void test_threads(void)
{
	pthread_t t[NR_THREADS];
	void *result;
	int ok = 1;

	for (long i = 0; i < NR_THREADS; i++)
		ok &= !pthread_create(&t[i], NULL, taking_turns, (void *)i);
	for (long i = 0; i < NR_THREADS; i++)
		ok &= !pthread_join(t[i], &result) && (long)result == 42 + i;
	tell("threads", ok && total == NR_THREADS * ROUNDS);
	tell("tls", tls == 42);
}

static void *die_with_lock(void *arg)
{
	pthread_mutex_lock(arg);
	return NULL;
}

/* The robust list is walked by the kernel when a thread ends with a lock in its hand. */
static void test_robust(void)
{
	pthread_mutexattr_t attr;
	pthread_mutex_t robust;
	pthread_t t;

	pthread_mutexattr_init(&attr);
	pthread_mutexattr_setrobust(&attr, PTHREAD_MUTEX_ROBUST);
	pthread_mutex_init(&robust, &attr);
	pthread_create(&t, NULL, die_with_lock, &robust);
	pthread_join(t, NULL);
	tell("robust", pthread_mutex_lock(&robust) == EOWNERDEAD &&
	     !pthread_mutex_consistent(&robust) && !pthread_mutex_unlock(&robust));
}

static void test_spawn(void)
{
	char *argv[] = { "sh", "-c", "exit 7", NULL };
	int status = 0;
	pid_t pid;

	tell("spawn", !posix_spawnp(&pid, "sh", NULL, NULL, argv, environ) &&
	     waitpid(pid, &status, 0) == pid && WEXITSTATUS(status) == 7);
	tell("spawn_missing", posix_spawnp(&pid, "no-such-program", NULL, NULL, argv,
					   environ) == ENOENT);
}

static void on_segv(int sig, siginfo_t *info, void *context)
{
	siglongjmp(back, info->si_addr == (void *)names ? 1 : 2);
}

/* RELRO: what the linker relocated cannot be written any more. */
static void test_relro(void)
{
	struct sigaction act = { .sa_sigaction = on_segv,
				 .sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER };
	stack_t stack = { .ss_sp = malloc(1 << 16), .ss_size = 1 << 16 };
	int got;

	sigaltstack(&stack, NULL);
	sigaction(SIGSEGV, &act, NULL);
	got = sigsetjmp(back, 1);
	if (!got)
		*(const char *volatile *)(size_t)names = "written";
	tell("relro", got == 1 && names[1][0] == 'b');
	signal(SIGSEGV, SIG_DFL);
}

/* The vDSO's clock and the kernel's are one clock. */
static void test_clock(void)
{
	struct timespec a, b, c;
	int ok = getauxval(AT_SYSINFO_EHDR) != 0;

	for (int i = 0; i < 1000; i++) {
		clock_gettime(CLOCK_MONOTONIC, &a);
		syscall(SYS_clock_gettime, CLOCK_MONOTONIC, &b);
		clock_gettime(CLOCK_MONOTONIC, &c);
		ok &= a.tv_sec < b.tv_sec || (a.tv_sec == b.tv_sec && a.tv_nsec <= b.tv_nsec);
		ok &= b.tv_sec < c.tv_sec || (b.tv_sec == c.tv_sec && b.tv_nsec <= c.tv_nsec);
	}
	tell("clock", ok);
}

static void test_files(const char *argv0)
{
	char exe[256] = "", text[8] = "";
	int fd = open("/tmp/glibc-test", O_RDWR | O_CREAT | O_TRUNC, 0600);
	char *map;

	tell("self_exe", readlink("/proc/self/exe", exe, sizeof(exe) - 1) > 0 &&
	     !strcmp(strrchr(exe, '/') + 1, argv0));
	tell("write", write(fd, "hello", 5) == 5);
	map = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	memcpy(map, "J", 1);
	tell("mmap_read", pread(fd, text, 5, 0) == 5 && !strcmp(text, "Jello"));
	if (!sigsetjmp(back, 1)) {
		map[4096] = 1;
		tell("sigbus", 0);
	} else {
		tell("sigbus", 1);
	}
	unlink("/tmp/glibc-test");
}

int main(int argc, char **argv)
{
	struct sigaction bus = { .sa_sigaction = on_segv, .sa_flags = SA_SIGINFO };

	setvbuf(stdout, NULL, _IOLBF, 0);
	sigaction(SIGBUS, &bus, NULL);
	test_threads();
	test_robust();
	test_spawn();
	test_relro();
	test_clock();
	test_files(argv[0]);
	return failures;
}
