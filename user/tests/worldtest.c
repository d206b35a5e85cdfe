/* SPDX-License-Identifier: MIT */
/*
 * worldtest - what programs rely on besides files and memory: timers with signals and as files,
 * file locks, robust futexes, a program's file that cannot be written while it runs, nice values
 * and scheduling policies.
 *
 * Linux: tools/testing/selftests/{timers,filelock,futex}. Differs: small.
 */
#include <fcntl.h>
#include <linux/futex.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "user/tests/testlib.h"

struct spec {
	struct timespec interval, value;
};

#define MS(n) { 0, (n) * 1000000L }

static volatile sig_atomic_t rang, rang_value;

static void on_ring(int sig, siginfo_t *info, void *context)
{
	rang++;
	rang_value = info->si_code == -2 ? info->si_value.sival_int : -1;
}

static void catch(int sig)
{
	struct sigaction sa = { .sa_sigaction = on_ring, .sa_flags = SA_SIGINFO };

	OK(sigaction(sig, &sa, NULL));
}

/* ---- timers ---- */

static void timer_rings(void)
{
	struct { uint64_t value; int signo, notify, tid; char pad[44]; } ev = {
		.value = 42, .signo = SIGUSR1,
	};
	struct spec once = { .value = MS(2) }, again = { MS(1), MS(1) }, now;
	int id = -1;

	catch(SIGUSR1);
	OK(syscall(SYS_timer_create, CLOCK_MONOTONIC, &ev, &id));
	OK(syscall(SYS_timer_settime, id, 0, &once, NULL));
	while (!rang)
		nap(1);
	EXPECT(42, rang_value);
	OK(syscall(SYS_timer_gettime, id, &now));
	EXPECT(0, now.value.tv_sec + now.value.tv_nsec);
	OK(syscall(SYS_timer_settime, id, 0, &again, NULL));
	while (rang < 4)
		nap(1);
	OK(syscall(SYS_timer_delete, id));
	EXPECT_ERRNO(EINVAL, syscall(SYS_timer_delete, id));
}

/* While the signal waits, further expirations are overruns. */
static void timer_overrun(void)
{
	struct spec again = { MS(1), MS(1) };
	sigset_t set;
	int id;

	sigemptyset(&set);
	sigaddset(&set, SIGALRM);
	OK(sigprocmask(SIG_BLOCK, &set, NULL));
	OK(syscall(SYS_timer_create, CLOCK_REALTIME, NULL, &id));
	OK(syscall(SYS_timer_settime, id, 0, &again, NULL));
	while (syscall(SYS_timer_getoverrun, id) < 3)
		nap(1);
	/* Not deleted: the end of the process does that. */
}

static void timerfd(void)
{
	struct spec again = { MS(1), MS(1) }, off = { MS(0), MS(0) };
	int fd = OK(syscall(SYS_timerfd_create, CLOCK_MONOTONIC, O_NONBLOCK));
	struct pollfd p = { .fd = fd, .events = POLLIN };
	uint64_t ticks = 0;

	EXPECT_ERRNO(EAGAIN, read(fd, &ticks, 8));
	OK(syscall(SYS_timerfd_settime, fd, 0, &again, NULL));
	EXPECT(1, poll(&p, 1, -1));
	EXPECT(8, read(fd, &ticks, 8));
	CHECK(ticks >= 1);
	EXPECT_ERRNO(EINVAL, read(fd, &ticks, 7));
	OK(syscall(SYS_timerfd_settime, fd, 0, &off, NULL));
	EXPECT_ERRNO(EAGAIN, read(fd, &ticks, 8));
	OK(close(fd));
}

/* ---- file locks ---- */

static int lock(int fd, int cmd, int type, long start, long len)
{
	struct flock l = { .l_type = type, .l_start = start, .l_len = len };

	return fcntl(fd, cmd, &l);
}

/* What a child sees: the result of an attempt, as its exit status. */
static int child_lock(int fd, int type, long start, long len)
{
	pid_t pid = OK(fork());

	if (!pid)
		_exit(lock(fd, F_SETLK, type, start, len) ? errno : 0);
	return WEXITSTATUS(child_status(pid));
}

static void record_locks(void)
{
	int fd = temp_file(), copy = OK(dup(fd));
	struct flock l = { .l_type = F_WRLCK };

	OK(lock(fd, F_SETLK, F_WRLCK, 0, 100));
	EXPECT(EAGAIN, child_lock(fd, F_RDLCK, 50, 10));
	EXPECT(0, child_lock(fd, F_WRLCK, 100, 10));
	OK(lock(fd, F_SETLK, F_UNLCK, 40, 20));		/* cut in two */
	EXPECT(0, child_lock(fd, F_WRLCK, 40, 20));
	EXPECT(EAGAIN, child_lock(fd, F_WRLCK, 39, 1));
	EXPECT(EAGAIN, child_lock(fd, F_WRLCK, 60, 1));
	OK(lock(fd, F_SETLK, F_RDLCK, 0, 100));
	EXPECT(0, child_lock(fd, F_RDLCK, 0, 0));
	OK(fcntl(fd, F_GETLK, &l));
	EXPECT(F_UNLCK, l.l_type);			/* our own do not count */
	OK(close(copy));				/* POSIX: all of ours are gone */
	EXPECT(0, child_lock(fd, F_WRLCK, 0, 0));
	OK(close(fd));
}

/* A waits for B's byte while B waits for A's. */
static void lock_deadlock(void)
{
	int fd = temp_file(), fds[2];
	char c;
	pid_t pid;

	OK(pipe(fds));
	OK(lock(fd, F_SETLK, F_WRLCK, 0, 1));
	pid = OK(fork());
	if (!pid) {
		OK(lock(fd, F_SETLK, F_WRLCK, 1, 1));
		write(fds[1], "x", 1);
		_exit(lock(fd, F_SETLKW, F_WRLCK, 0, 1) ? 1 : 0);
	}
	EXPECT(1, read(fds[0], &c, 1));
	/* The child is about to wait: until it does, ours would wait too. */
	wait_until_in(pid, SYS_fcntl);
	EXPECT_ERRNO(EDEADLK, lock(fd, F_SETLKW, F_WRLCK, 1, 1));
	OK(lock(fd, F_SETLK, F_UNLCK, 0, 1));
	EXPECT_EXIT(0, pid);
}

static void flock_whole(void)
{
	char path[] = "/tmp/worldXXXXXX";
	int fd = OK(mkstemp(path)), other = OK(open(path, O_RDWR)), copy = OK(dup(fd));

	OK(flock(fd, LOCK_EX));
	EXPECT_ERRNO(EAGAIN, flock(other, LOCK_SH | LOCK_NB));
	OK(flock(copy, LOCK_SH));			/* the same open file */
	OK(flock(other, LOCK_SH | LOCK_NB));
	OK(flock(other, LOCK_UN));
	OK(flock(fd, LOCK_EX));
	OK(close(fd));
	EXPECT_ERRNO(EAGAIN, flock(other, LOCK_EX | LOCK_NB));
	OK(close(copy));				/* the last of that open file */
	OK(flock(other, LOCK_EX | LOCK_NB));
	OK(close(other));
	OK(unlink(path));
}

/* Each lock of ours in /proc/locks, by the number of the file. */
static void proc_locks(void)
{
	char path[] = "/tmp/worldXXXXXX", text[4096], want[128];
	int fd = OK(mkstemp(path));
	struct stat st;

	OK(fstat(fd, &st));
	OK(lock(fd, F_SETLK, F_WRLCK, 10, 20));
	OK(lock(fd, F_SETLK, F_RDLCK, 50, 0));
	OK(flock(fd, LOCK_EX));
	CHECK(read_file("/proc/locks", text, sizeof(text)) > 0);
	snprintf(want, sizeof(want), ": POSIX  ADVISORY  WRITE %d %02x:%02x:%lu 10 29\n", getpid(),
		 (int)major(st.st_dev), (int)minor(st.st_dev), st.st_ino);
	CHECK(strstr(text, want));
	snprintf(want, sizeof(want), ": POSIX  ADVISORY  READ %d %02x:%02x:%lu 50 EOF\n", getpid(),
		 (int)major(st.st_dev), (int)minor(st.st_dev), st.st_ino);
	CHECK(strstr(text, want));
	snprintf(want, sizeof(want), ": FLOCK  ADVISORY  WRITE %d %02x:%02x:%lu 0 EOF\n", getpid(),
		 (int)major(st.st_dev), (int)minor(st.st_dev), st.st_ino);
	CHECK(strstr(text, want));
	OK(close(fd));
	CHECK(read_file("/proc/locks", text, sizeof(text)) >= 0);
	CHECK(!strstr(text, strrchr(want, ':')));
	OK(unlink(path));
}

/* ---- robust futexes ---- */

struct robust {
	struct robust *next;
	uint32_t word;
};

static void robust_list(void)
{
	struct robust *shared = mmap(NULL, page_size, PROT_READ | PROT_WRITE,
				     MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	pid_t pid;

	CHECK(shared != MAP_FAILED);
	pid = OK(fork());
	if (!pid) {
		static struct { void *next; long offset; void *pending; } head;

		head.next = shared;
		head.offset = offsetof(struct robust, word);
		shared->next = (struct robust *)&head;
		OK(syscall(SYS_set_robust_list, &head, sizeof(head)));
		shared->word = getpid() | 0x80000000;	/* somebody waits */
		nap(20);
		_exit(0);
	}
	while (!__atomic_load_n(&shared->word, __ATOMIC_SEQ_CST))
		nap(1);
	syscall(SYS_futex, &shared->word, FUTEX_WAIT, pid | 0x80000000, NULL, NULL, 0);
	EXPECT_EXIT(0, pid);
	EXPECT(0xc0000000, shared->word);
}

/* ---- a running program ---- */

static void text_busy(void)
{
	EXPECT_ERRNO(ETXTBSY, open("/proc/self/exe", O_WRONLY));
	EXPECT_ERRNO(ETXTBSY, open("/proc/self/exe", O_RDONLY | O_TRUNC));
	EXPECT_ERRNO(ETXTBSY, truncate("/proc/self/exe", 0));
}

struct attr {
	unsigned int size, policy;
	unsigned long flags;
	int nice;
	unsigned int priority;
	unsigned long runtime, deadline, period;
	unsigned int util_min, util_max;
};

static void *nicer(void *arg)
{
	EXPECT(20, syscall(SYS_getpriority, PRIO_PROCESS, 0));
	OK(syscall(SYS_setpriority, PRIO_PROCESS, 0, 7));
	EXPECT(13, syscall(SYS_getpriority, PRIO_PROCESS, 0));
	EXPECT(20, syscall(SYS_getpriority, PRIO_PROCESS, getpid()));
	EXPECT(20, syscall(SYS_getpriority, PRIO_PGRP, 0));	/* the best of all */
	return NULL;
}

/* Nice values are of threads; a child inherits them. */
static void nice_values(void)
{
	pthread_t thread;
	pid_t pid;

	OK(setpgid(0, 0));
	OK(pthread_create(&thread, NULL, nicer, NULL));
	OK(pthread_join(thread, NULL));
	OK(syscall(SYS_setpriority, PRIO_PROCESS, 0, 100));
	pid = OK(fork());
	if (!pid) {
		EXPECT(1, syscall(SYS_getpriority, PRIO_PROCESS, 0));
		OK(syscall(SYS_setpriority, PRIO_PROCESS, 0, -100));
		EXPECT(40, syscall(SYS_getpriority, PRIO_PROCESS, getpid()));
		EXPECT_ERRNO(ESRCH, syscall(SYS_getpriority, PRIO_PROCESS, 1 << 29));
		EXPECT_ERRNO(EINVAL, syscall(SYS_setpriority, 3, 0, 0));
		_exit(0);
	}
	EXPECT_EXIT(0, pid);
}

/* What chrt(1) sets and shows. */
static void sched_attributes(void)
{
	struct attr attr = { .size = 48, .policy = 1, .priority = 42 }, got;
	int prio = 0;

	OK(syscall(SYS_sched_setattr, 0, &attr, 0));
	OK(syscall(SYS_sched_getparam, 0, &prio));
	EXPECT(42, prio);
	memset(&got, 1, sizeof(got));
	OK(syscall(SYS_sched_getattr, 0, &got, sizeof(got), 0));
	EXPECT(56, got.size);
	EXPECT(1, got.policy);
	EXPECT(42, got.priority);
	EXPECT(0, got.util_max);
	attr.policy = 3;
	EXPECT_ERRNO(EINVAL, syscall(SYS_sched_setattr, 0, &attr, 0));
	attr.priority = 0;
	attr.nice = -5;
	OK(syscall(SYS_sched_setattr, 0, &attr, 0));
	EXPECT(25, syscall(SYS_getpriority, PRIO_PROCESS, 0));
	attr.size = 8;
	EXPECT_ERRNO(E2BIG, syscall(SYS_sched_setattr, 0, &attr, 0));
	EXPECT_ERRNO(EINVAL, syscall(SYS_sched_setattr, 0, NULL, 0));
}

/* What is set is told, inherited, and shown; two of them end with execve(2). */
static void prctl_kept(void)
{
	enum { GET_DUMP = 3, SET_DUMP, GET_CAPS = 7, SET_CAPS, SET_NNP = 38, GET_NNP };
	pid_t pid;

	EXPECT(1, syscall(SYS_prctl, GET_DUMP, 0, 0, 0, 0));
	OK(syscall(SYS_prctl, SET_DUMP, 0, 0, 0, 0));
	EXPECT(0, syscall(SYS_prctl, GET_DUMP, 0, 0, 0, 0));
	EXPECT_ERRNO(EINVAL, syscall(SYS_prctl, SET_DUMP, 2, 0, 0, 0));
	OK(syscall(SYS_prctl, SET_CAPS, 1, 0, 0, 0));
	EXPECT_ERRNO(EINVAL, syscall(SYS_prctl, SET_CAPS, 2, 0, 0, 0));
	EXPECT_ERRNO(EINVAL, syscall(SYS_prctl, SET_NNP, 0, 0, 0, 0));
	OK(syscall(SYS_prctl, SET_NNP, 1, 0, 0, 0));
	EXPECT(1, status_kib("NoNewPrivs:"));
	pid = OK(fork());
	if (!pid) {
		EXPECT(1, syscall(SYS_prctl, GET_NNP, 0, 0, 0, 0));
		EXPECT(1, syscall(SYS_prctl, GET_CAPS, 0, 0, 0, 0));
		EXPECT(0, syscall(SYS_prctl, GET_DUMP, 0, 0, 0, 0));
		_exit(0);
	}
	EXPECT_EXIT(0, pid);
}

/* The second versions of calls, as glibc makes them. */
static void second_versions(void)
{
	struct iovec iov = { "hello", 5 };
	struct timespec ms = MS(1), bad = MS(2000);
	int fd = temp_file(), ep = OK(syscall(SYS_epoll_create1, 0));
	char event[16];

	EXPECT(5, syscall(SYS_pwritev2, fd, &iov, 1, -1L, 0L, 0));
	EXPECT(5, lseek(fd, 0, SEEK_CUR));
	EXPECT(5, syscall(SYS_pwritev2, fd, &iov, 1, 1L, 0L, 1));
	EXPECT(5, lseek(fd, 0, SEEK_CUR));
	EXPECT(1, syscall(SYS_preadv2, fd, &(struct iovec){ event, 4 }, 1, -1L, 0L, 0));
	EXPECT('o', event[0]);
	EXPECT_ERRNO(EOPNOTSUPP, syscall(SYS_preadv2, fd, &iov, 1, 0L, 0L, 0x80));
	EXPECT(0, syscall(SYS_epoll_pwait2, ep, event, 1, &ms, NULL, 0));
	ms.tv_nsec = 0;
	EXPECT(0, syscall(SYS_epoll_pwait2, ep, event, 1, &ms, NULL, 0));
	EXPECT_ERRNO(EINVAL, syscall(SYS_epoll_pwait2, ep, event, 1, &bad, NULL, 0));
}

static void odd_calls(void)
{
	EXPECT(0, syscall(SYS_personality, 0xffffffff));
	CHECK(syscall(SYS_membarrier, 0, 0, 0) & 8);
	OK(syscall(SYS_membarrier, 16, 0, 0));
	OK(syscall(SYS_membarrier, 8, 0, 0));
	EXPECT(2 << 13 | 4, syscall(SYS_ioprio_get, 1, 0));
	EXPECT_ERRNO(EINVAL, syscall(SYS_ioprio_set, 1, 0, 9 << 13));
}

static const struct subtest tests[] = {
	{ "timer_rings", timer_rings, T_NOMMU },
	{ "timer_overrun", timer_overrun, 0 },
	{ "timerfd", timerfd, T_NOMMU },
	{ "record_locks", record_locks, 0 },
	{ "lock_deadlock", lock_deadlock, 0 },
	{ "flock_whole", flock_whole, T_NOMMU },
	{ "proc_locks", proc_locks, 0 },
	{ "robust_list", robust_list, 0 },
	{ "text_busy", text_busy, 0 },
	{ "nice_values", nice_values, 0 },
	{ "sched_attributes", sched_attributes, 0 },
	{ "prctl_kept", prctl_kept, 0 },
	{ "second_versions", second_versions, T_NOMMU },
	{ "odd_calls", odd_calls, T_NOMMU },
};

SUITE(worldtest_suite, "worldtest", tests);
