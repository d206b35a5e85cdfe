/* SPDX-License-Identifier: MIT */
/*
 * tasktest - what happens to a process while it is in the middle of something else: stopped when
 * it is to die, in execve() when it is to stop, watched through a pidfd when another of its
 * threads becomes its leader; timers that share one signal; threads that work on timers at once.
 *
 * Linux: tools/testing/selftests/{timers,pidfd}. Differs: written from the manual pages.
 */
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "user/tests/testlib.h"

#define GUARD_SECONDS	100	/* what hangs is ended by an alarm */
#define RT_SIGNAL	40
#define SIGEV_SIGNAL	0

struct spec {
	struct timespec interval, value;
};

#define MS(n) { 0, (n) * 1000000L }

/* ---- stopping ---- */

/* A stopped process takes no signal but SIGKILL: what else ends it waits until it goes on. */
static void term_waits_for_cont(void)
{
	int status;
	pid_t pid = OK(fork());

	if (!pid)
		for (;;)
			pause();
	OK(kill(pid, SIGSTOP));
	EXPECT(pid, waitpid(pid, &status, WUNTRACED));
	CHECK(WIFSTOPPED(status));
	OK(kill(pid, SIGTERM));
	nap(50);
	EXPECT(0, waitpid(pid, &status, WNOHANG));
	OK(kill(pid, SIGCONT));
	EXPECT_KILLED(SIGTERM, pid);
}

/* Two MiB of arguments take execve() a while to gather, before it ends the other threads. */
static void *exec_slowly(void *arg)
{
	static char text[100 << 10];
	char *args[16] = { "sleep", "1000" };
	char *env[16] = { NULL };

	memset(text, 'x', sizeof(text) - 1);
	for (int i = 0; i < 15; i++)
		env[i] = text;
	write(*(int *)arg, "x", 1);
	execve("/bin/sleep", args, env);
	_exit(127);
}

/* A stop that comes while one thread is in execve(): the process stops, and its parent is told. */
static void stop_during_exec(void)
{
	int fds[2], status;
	char c;

	alarm(GUARD_SECONDS);
	for (int round = 0; round < 20; round++) {
		pid_t pid;

		OK(pipe(fds));
		pid = OK(fork());
		if (!pid) {
			pthread_t t;

			pthread_create(&t, NULL, exec_slowly, &fds[1]);
			for (;;)
				pause();
		}
		EXPECT(1, read(fds[0], &c, 1));
		OK(kill(pid, SIGSTOP));
		EXPECT(pid, waitpid(pid, &status, WUNTRACED));
		CHECK(WIFSTOPPED(status) && WSTOPSIG(status) == SIGSTOP);
		OK(kill(pid, SIGCONT));
		OK(kill(pid, SIGKILL));
		EXPECT_KILLED(SIGKILL, pid);
		close(fds[0]);
		close(fds[1]);
	}
}

/* ---- execve() by a thread that is not the leader ---- */

static void *exec_sleep(void *arg)
{
	execl("/bin/sleep", "sleep", "1000", NULL);
	_exit(127);
}

static void *set_pdeathsig_and_exec(void *arg)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	return exec_sleep(NULL);
}

/* What was asked for at the parent's death is the process's, whichever thread execs. */
static void pdeathsig_over_exec(void)
{
	int fds[2], gate[2];
	char c;
	pid_t parent;

	alarm(GUARD_SECONDS);
	OK(pipe(fds));
	OK(pipe(gate));
	parent = OK(fork());
	if (!parent) {
		pthread_t t;

		fcntl(gate[1], F_SETFD, FD_CLOEXEC);
		if (fork()) {
			close(gate[1]);
			_exit(read(gate[0], &c, 1) != 0);	/* the exec has closed it */
		}
		pthread_create(&t, NULL, set_pdeathsig_and_exec, NULL);
		for (;;)
			pause();
	}
	close(gate[1]);
	close(fds[1]);
	EXPECT_EXIT(0, parent);
	EXPECT(0, read(fds[0], &c, 1));		/* the end of the only writer left */
}

/* A pidfd finds its process at any moment, also while the leader changes. */
static void pidfd_over_exec(void)
{
	alarm(GUARD_SECONDS);
	for (int round = 0; round < 60; round++) {
		struct pollfd p = { .events = 0 };
		int fds[2], fd;
		pid_t pid;

		OK(pipe(fds));
		fcntl(fds[1], F_SETFD, FD_CLOEXEC);
		pid = OK(fork());
		if (!pid) {
			pthread_t t;

			pthread_create(&t, NULL, exec_sleep, NULL);
			for (;;)
				pause();
		}
		close(fds[1]);
		p.fd = fds[0];
		fd = OK(syscall(SYS_pidfd_open, pid, 0));
		do {
			for (int i = 0; i < 32; i++)
				OK(syscall(SYS_pidfd_send_signal, fd, 0, NULL, 0));
		} while (!poll(&p, 1, 0));	/* POLLHUP: the new program runs */
		OK(syscall(SYS_pidfd_send_signal, fd, SIGKILL, NULL, 0));
		EXPECT_KILLED(SIGKILL, pid);
		close(fd);
		close(fds[0]);
	}
}

/* execve() looks at what a file is before it opens it: a FIFO would wait for a writer. */
static void exec_of_a_fifo(void)
{
	char *const args[] = { "x", NULL };

	alarm(GUARD_SECONDS);
	unlink("/tmp/tasktest-fifo");
	OK(mkfifo("/tmp/tasktest-fifo", 0700));
	EXPECT_ERRNO(EACCES, execv("/tmp/tasktest-fifo", args));
	EXPECT_ERRNO(EACCES, execv("/dev/tty", args));
	OK(unlink("/tmp/tasktest-fifo"));
}

/* An argument has at most 128 KiB, its end included, wherever in the pages of strings it begins. */
static void longest_argument(void)
{
	const long max = 128 << 10;
	char *text = malloc(max + 1), *args[] = { "true", text, NULL };
	pid_t pid;

	CHECK(text);
	memset(text, 'x', max);
	text[max] = '\0';
	pid = OK(fork());
	if (!pid)
		_exit(execv("/bin/true", args) < 0 && errno == E2BIG ? 5 : 1);
	EXPECT_EXIT(5, pid);
	text[max - 1] = '\0';
	pid = OK(fork());
	if (!pid) {
		execv("/bin/true", args);
		_exit(1);
	}
	EXPECT_EXIT(0, pid);
}

/* ---- timers ---- */

/* The number of a new timer that sends sig with this value. */
static int new_timer(int sig, uint64_t value)
{
	struct { uint64_t value; int signo, notify, tid; char pad[44]; } ev = {
		.value = value, .signo = sig, .notify = SIGEV_SIGNAL,
	};
	int id = -1;

	OK(syscall(SYS_timer_create, CLOCK_MONOTONIC, &ev, &id));
	return id;
}

static void block(int sig, sigset_t *set)
{
	sigemptyset(set);
	sigaddset(set, sig);
	OK(sigprocmask(SIG_BLOCK, set, NULL));
}

/* Three timers with one signal, all expired before it is taken. */
static void hear_all(int sig)
{
	const struct spec soon = { .value = MS(1) };
	unsigned int seen = 0;
	siginfo_t info;
	sigset_t set;

	block(sig, &set);
	for (int i = 0; i < 3; i++)
		OK(syscall(SYS_timer_settime, new_timer(sig, i), 0, &soon, NULL));
	nap(50);
	for (int i = 0; i < 3; i++) {
		EXPECT(sig, sigwaitinfo(&set, &info));
		seen |= 1U << info.si_value.sival_int;
	}
	EXPECT(7, seen);
}

/* The C library's SIGEV_THREAD does so with all of its timers: each must be heard. */
static void timers_share_a_signal(void)
{
	alarm(GUARD_SECONDS);
	hear_all(RT_SIGNAL);
	hear_all(SIGUSR1);
}

/* The signal tells how often the timer has expired while it waited to be taken. */
static void overrun_in_the_signal(void)
{
	const struct spec again = { MS(1), MS(1) }, off = { MS(0), MS(0) };
	siginfo_t info;
	sigset_t set;
	int id;

	alarm(GUARD_SECONDS);
	block(RT_SIGNAL, &set);
	id = new_timer(RT_SIGNAL, 5);
	OK(syscall(SYS_timer_settime, id, 0, &again, NULL));
	while (syscall(SYS_timer_getoverrun, id) < 3)
		nap(1);
	EXPECT(RT_SIGNAL, sigwaitinfo(&set, &info));
	EXPECT(5, info.si_value.sival_int);
	CHECK((int)info.si_uid >= 3);		/* si_overrun lies there */
	OK(syscall(SYS_timer_settime, id, 0, &off, NULL));
	OK(syscall(SYS_timer_delete, id));
}

static int own_timer, setter_failed;
static volatile int setter_stops;

static void *set_and_set(void *arg)
{
	const struct spec later = { .value = { 1000, 0 } };

	while (!setter_stops)
		setter_failed |= syscall(SYS_timer_settime, own_timer, 0, &later, NULL);
	return NULL;
}

/* While one thread sets its timer, another one's new timer is a different one. */
static void timers_of_two_threads(void)
{
	struct spec now;
	pthread_t t;
	int id;

	own_timer = new_timer(RT_SIGNAL, 1);
	CHECK(!pthread_create(&t, NULL, set_and_set, NULL));
	for (int i = 0; i < 5000; i++) {
		id = new_timer(RT_SIGNAL, 2);
		CHECK(id != own_timer);
		OK(syscall(SYS_timer_delete, id));
		OK(syscall(SYS_timer_gettime, own_timer, &now));
	}
	setter_stops = 1;
	pthread_join(t, NULL);
	EXPECT(0, setter_failed);
}

/* ---- queues ---- */

static int queue_signal(int sig)
{
	siginfo_t info = { .si_signo = sig, .si_code = SI_QUEUE };

	return syscall(SYS_rt_sigqueueinfo, getpid(), sig, &info);
}

/* What a program queues and does not take would use up all memory. Timers need no place. */
static void queue_limit(void)
{
	const struct rlimit few = { 20, 20 };
	siginfo_t info;
	sigset_t set;
	int n = 0;

	alarm(GUARD_SECONDS);
	OK(setrlimit(RLIMIT_SIGPENDING, &few));
	block(RT_SIGNAL, &set);
	while (n < 100 && !queue_signal(RT_SIGNAL))
		n++;
	EXPECT(EAGAIN, errno);
	CHECK(n > 0 && n <= 20);		/* others' count as well */
	EXPECT_ERRNO(EAGAIN, queue_signal(RT_SIGNAL));
	OK(kill(getpid(), RT_SIGNAL));
	hear_all(RT_SIGNAL + 1);
	for (; n; n--)
		EXPECT(RT_SIGNAL, sigwaitinfo(&set, &info));
	OK(queue_signal(RT_SIGNAL));
}

/* ---- the clock ---- */

static void set_clock_back(const struct timespec *was)
{
	int err = errno;

	clock_settime(CLOCK_REALTIME, was);
	errno = err;
}

/* The wall clock began before the machine did: earlier, or in a far future, it cannot be. */
static void impossible_clocks(void)
{
	const struct timespec epoch = { 0, 0 }, far = { 1L << 40, 0 };
	const struct timeval far_tv = { 1L << 40, 0 };
	struct timespec was, ts = { 0, 0 };

	OK(clock_gettime(CLOCK_REALTIME, &was));
	if (!clock_settime(CLOCK_REALTIME, &epoch) || !clock_settime(CLOCK_REALTIME, &far) ||
	    !syscall(SYS_settimeofday, &far_tv, NULL)) {
		set_clock_back(&was);
		FAIL("an impossible time was accepted");
	}
	EXPECT_ERRNO(EINVAL, clock_settime(CLOCK_REALTIME, &epoch));
	OK(clock_settime(CLOCK_REALTIME, &was));
	/* A clock that exists and cannot be slept by is another error than one that does not. */
	EXPECT(-EOPNOTSUPP, -clock_nanosleep(CLOCK_MONOTONIC_RAW, 0, &ts, NULL));
	EXPECT(-EINVAL, -clock_nanosleep(99, 0, &ts, NULL));
}

#define CLOCK_STEP	300			/* ns: what two readings of the clock take */

/* When the machine was started: also if that was at the very beginning of a second. */
static void boot_time_stands_still(void)
{
	struct timespec was, now;
	long wrong = 0;

	OK(clock_gettime(CLOCK_REALTIME, &was));
	for (long ns = 0; ns < 100 * CLOCK_STEP && !wrong; ns += CLOCK_STEP) {
		long btime;

		OK(clock_gettime(CLOCK_MONOTONIC, &now));
		now.tv_sec += was.tv_sec;
		now.tv_nsec += ns;
		now.tv_sec += now.tv_nsec / 1000000000;
		now.tv_nsec %= 1000000000;
		OK(clock_settime(CLOCK_REALTIME, &now));
		btime = file_field("/proc/stat", "btime");
		for (int i = 0; i < 5; i++)
			wrong |= file_field("/proc/stat", "btime") - btime;
	}
	set_clock_back(&was);
	EXPECT(0, wrong);
}

static const struct subtest tests[] = {
	{ "term_waits_for_cont", term_waits_for_cont, 0 },
	{ "stop_during_exec", stop_during_exec, 0 },
	{ "pdeathsig_over_exec", pdeathsig_over_exec, 0 },
	{ "pidfd_over_exec", pidfd_over_exec, 0 },
	{ "exec_of_a_fifo", exec_of_a_fifo, 0 },
	{ "longest_argument", longest_argument, 0 },
	{ "timers_share_a_signal", timers_share_a_signal, T_NOMMU },
	{ "overrun_in_the_signal", overrun_in_the_signal, T_NOMMU },
	{ "timers_of_two_threads", timers_of_two_threads, 0 },
	{ "queue_limit", queue_limit, T_NOMMU },
	{ "impossible_clocks", impossible_clocks, T_QUIRE },
	{ "boot_time_stands_still", boot_time_stands_still, T_QUIRE },
};

SUITE(tasktest_suite, "tasktest", tests);
