/* SPDX-License-Identifier: MIT */
/*
 * proctest, first half: processes. fork, vfork, threads, exec, waiting with all its variants,
 * usage figures, pipes between processes, futexes, groups and sleeping.
 *
 * Linux: tools/testing/selftests/{clone3,core,futex}. Differs: written from the manual pages.
 */
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "user/tests/testlib.h"

#define FUTEX_WAIT_OP 0
#define FUTEX_WAKE_OP 1
#define FUTEX_REQUEUE_OP 3
#define FUTEX_WAIT_BITSET_OP 9
#define REALTIME 256	/* FUTEX_CLOCK_REALTIME */
#define NR_THREADS 4

static void exit_status(void)
{
	static const int codes[] = { 0, 1, 42, 255, 256 + 7 };

	for (unsigned int i = 0; i < ARRAY_LEN(codes); i++) {
		pid_t pid = fork();

		if (!pid)
			_exit(codes[i]);
		EXPECT_EXIT(codes[i] & 255, pid);
	}
}

static void wait_variants(void)
{
	int status;
	pid_t a, b;

	EXPECT_ERRNO(ECHILD, waitpid(-1, NULL, 0));
	a = fork();
	if (!a)
		_exit(1);
	b = fork();
	while (!b)
		pause();
	EXPECT(a, waitpid(a, &status, 0));
	EXPECT(0, waitpid(-1, &status, WNOHANG));
	EXPECT_ERRNO(ECHILD, waitpid(a, &status, 0));
	EXPECT_ERRNO(ECHILD, waitpid(getpid(), &status, 0));
	EXPECT_ERRNO(EINVAL, waitpid(-1, &status, 0x40));
	OK(kill(b, SIGKILL));
	EXPECT(b, waitpid(-1, &status, 0));
	CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
}

static void waitid_info(void)
{
	siginfo_t info;
	pid_t pid = fork();

	if (!pid)
		_exit(9);
	memset(&info, 0xff, sizeof(info));
	/* Looking without taking: the child can be waited for again. */
	OK(waitid(P_PID, pid, &info, WEXITED | WNOWAIT));
	EXPECT(pid, info.si_pid);
	EXPECT(SIGCHLD, info.si_signo);
	EXPECT(CLD_EXITED, info.si_code);
	EXPECT(9, info.si_status);
	OK(waitid(P_ALL, 0, &info, WEXITED));
	EXPECT(pid, info.si_pid);
	EXPECT_ERRNO(ECHILD, waitid(P_ALL, 0, &info, WEXITED));
	EXPECT_ERRNO(EINVAL, waitid(P_ALL, 0, &info, 0));
}

static void stop_and_continue(void)
{
	int status;
	pid_t pid = fork();

	if (!pid)
		for (;;)
			pause();
	OK(kill(pid, SIGSTOP));
	EXPECT(pid, waitpid(pid, &status, WUNTRACED));
	CHECK(WIFSTOPPED(status) && WSTOPSIG(status) == SIGSTOP);
	EXPECT(0, waitpid(pid, &status, WNOHANG | WUNTRACED));
	OK(kill(pid, SIGCONT));
	EXPECT(pid, waitpid(pid, &status, WCONTINUED));
	CHECK(WIFCONTINUED(status));
	OK(kill(pid, SIGTERM));
	EXPECT_KILLED(SIGTERM, pid);
}

static void orphans(void)
{
	int fds[2];
	pid_t parent, new_parent = 0;

	OK(pipe(fds));
	parent = fork();
	if (!parent) {
		parent = getpid();
		if (!fork()) {
			while ((new_parent = getppid()) == parent)
				nap(1);
			_exit(write(fds[1], &new_parent, sizeof(new_parent)) < 0);
		}
		_exit(0);
	}
	EXPECT_EXIT(0, parent);
	EXPECT((long)sizeof(new_parent), read(fds[0], &new_parent, sizeof(new_parent)));
	/* Whoever adopts it, it is not the dead parent; on Quire it is init. */
	CHECK(new_parent != parent);
	if (on_quire())
		EXPECT(1, new_parent);
}

/* A stopped job whose shell goes away: SIGHUP ends it, SIGCONT lets it take that. */
static void orphaned_group(void)
{
	int fds[2], status;
	pid_t shell, job;
	char c;

	OK(pipe(fds));
	shell = fork();
	if (!shell) {
		setsid();
		job = fork();
		if (!job) {
			setpgid(0, 0);
			raise(SIGSTOP);
			_exit(0);
		}
		_exit(waitpid(job, &status, WUNTRACED) != job || !WIFSTOPPED(status));
	}
	OK(close(fds[1]));
	EXPECT_EXIT(0, shell);
	EXPECT(0, read(fds[0], &c, 1));		/* nobody has the other end any more */
	OK(close(fds[0]));
}

static void vfork_shares(void)
{
	volatile int value = 1;
	pid_t pid = vfork();

	if (!pid) {
		value = 2;
		_exit(3);
	}
	EXPECT_EXIT(3, pid);
	EXPECT(2, value);
}

/* The output of a program comes back through a pipe. */
static void exec_program(void)
{
	char *const args[] = { "echo", "one", "two words", NULL };
	char buf[64] = "";
	int fds[2];
	pid_t pid;

	OK(pipe(fds));
	pid = vfork();
	if (!pid) {
		dup2(fds[1], 1);
		execvp("echo", args);
		_exit(127);
	}
	close(fds[1]);
	EXPECT_EXIT(0, pid);
	CHECK(read(fds[0], buf, sizeof(buf) - 1) > 0);
	EXPECT(0, strcmp(buf, "one two words\n"));
}

static void exec_errors(void)
{
	char *const args[] = { "x", NULL };
	int fd;

	EXPECT_ERRNO(ENOENT, execv("/no/such/program", args));
	EXPECT_ERRNO(ENOENT, execv("", args));
	EXPECT_ERRNO(EACCES, execv("/tmp", args));
	fd = OK(open("/tmp/proctest-exec", O_RDWR | O_CREAT | O_TRUNC, 0600));
	EXPECT(4, write(fd, "junk", 4));
	EXPECT_ERRNO(EACCES, execv("/tmp/proctest-exec", args));
	OK(fchmod(fd, 0700));
	close(fd);
	EXPECT_ERRNO(ENOEXEC, execv("/tmp/proctest-exec", args));
	unlink("/tmp/proctest-exec");
	EXPECT_ERRNO(EFAULT, syscall(SYS_execve, (char *)8, args, NULL));
	EXPECT_ERRNO(EFAULT, syscall(SYS_execve, "/proc/self/exe", (char **)8, NULL));
}

static void close_on_exec(void)
{
	char *const args[] = { "sh", "-c", "echo x >&7", NULL };
	int status;
	pid_t pid;

	OK(dup2(1, 7));
	OK(fcntl(7, F_SETFD, FD_CLOEXEC));
	EXPECT(FD_CLOEXEC, fcntl(7, F_GETFD));
	pid = fork();
	if (!pid) {
		close(2);
		execvp("sh", args);
		_exit(0);
	}
	status = child_status(pid);
	CHECK(WIFEXITED(status) && WEXITSTATUS(status) != 0);
}

static void rusage_counts(void)
{
	struct rusage use;
	int status;
	char *p;
	pid_t pid = fork();

	if (!pid) {
		p = pages(1000);
		for (int i = 0; i < 1000; i++)
			p[i * page_size] = 1;
		_exit(0);
	}
	EXPECT(pid, wait4(pid, &status, 0, &use));
	CHECK(use.ru_minflt >= 1000 && use.ru_minflt < 1400);
	CHECK(use.ru_maxrss >= 4000);
	OK(getrusage(RUSAGE_CHILDREN, &use));
	CHECK(use.ru_minflt >= 1000);
	EXPECT_ERRNO(EINVAL, getrusage(77, &use));
}

static void cpu_time(void)
{
	struct timespec a, b;
	struct rusage use;
	long ms;

	OK(clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &a));
	do {
		OK(clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &b));
		ms = (b.tv_sec - a.tv_sec) * 1000 + (b.tv_nsec - a.tv_nsec) / 1000000;
	} while (ms < 100);
	OK(getrusage(RUSAGE_SELF, &use));
	CHECK(use.ru_utime.tv_sec * 1000 + use.ru_utime.tv_usec / 1000 +
	      use.ru_stime.tv_sec * 1000 + use.ru_stime.tv_usec / 1000 >= 50);
}

static volatile long shared_sum;
static pthread_mutex_t sum_lock = PTHREAD_MUTEX_INITIALIZER;

static void *add_many(void *arg)
{
	for (int i = 0; i < 5000; i++) {
		pthread_mutex_lock(&sum_lock);
		shared_sum++;
		pthread_mutex_unlock(&sum_lock);
	}
	return arg;
}

static void threads(void)
{
	pthread_t t[NR_THREADS];
	void *result;

	for (int round = 0; round < 5; round++) {
		shared_sum = 0;
		for (long i = 0; i < NR_THREADS; i++)
			EXPECT(0, pthread_create(&t[i], NULL, add_many, (void *)i));
		for (long i = 0; i < NR_THREADS; i++) {
			EXPECT(0, pthread_join(t[i], &result));
			EXPECT(i, (long)result);
		}
		EXPECT(NR_THREADS * 5000, shared_sum);
	}
}

static volatile pid_t thread_pid, thread_tid;

static void *note_ids(void *arg)
{
	thread_pid = getpid();
	thread_tid = syscall(SYS_gettid);
	return NULL;
}

static void thread_ids(void)
{
	pthread_t t;

	EXPECT(getpid(), syscall(SYS_gettid));
	EXPECT(0, pthread_create(&t, NULL, note_ids, NULL));
	EXPECT(0, pthread_join(t, NULL));
	EXPECT(getpid(), thread_pid);
	CHECK(thread_tid != thread_pid);
}

static void *sleep_long(void *arg)
{
	for (;;)
		nap(1000);
	return NULL;
}

static void *exit_all(void *arg)
{
	exit(5);
}

/* exit_group ends every thread of the process, wherever it is; a fatal signal too. */
static void threads_end_together(void)
{
	for (int kill_it = 0; kill_it < 2; kill_it++) {
		pid_t pid = fork();

		if (!pid) {
			pthread_t t;

			pthread_create(&t, NULL, sleep_long, NULL);
			pthread_create(&t, NULL, kill_it ? sleep_long : exit_all, NULL);
			sleep_long(NULL);
		}
		if (kill_it) {
			nap(100);
			OK(kill(pid, SIGKILL));
			EXPECT_KILLED(SIGKILL, pid);
		} else {
			EXPECT_EXIT(5, pid);
		}
	}
}

static void *exec_exit(void *arg)
{
	execlp("sh", "sh", "-c", "exit 6", NULL);
	_exit(127);
}

/* The new program has the process to itself, under the old pid, whichever thread execs. */
static void exec_from_thread(void)
{
	for (int leader_ends = 0; leader_ends < 2; leader_ends++) {
		pid_t pid = fork();

		if (!pid) {
			pthread_t t;

			pthread_create(&t, NULL, sleep_long, NULL);
			pthread_create(&t, NULL, exec_exit, NULL);
			if (leader_ends)
				pthread_exit(NULL);
			sleep_long(NULL);
		}
		EXPECT_EXIT(6, pid);
	}
}

/* An interval timer belongs to the process, not to the program. */
static void alarm_survives_exec(void)
{
	pid_t pid = fork();

	if (!pid) {
		struct itimerval it = { .it_value = { .tv_usec = 100000 } };

		setitimer(ITIMER_REAL, &it, NULL);
		execlp("sleep", "sleep", "10", NULL);
		_exit(127);
	}
	EXPECT_KILLED(SIGALRM, pid);
}

static int futex_word;

static void *wake_later(void *arg)
{
	nap(50);
	__atomic_store_n(&futex_word, 1, __ATOMIC_SEQ_CST);
	syscall(SYS_futex, &futex_word, FUTEX_WAKE_OP, 1, NULL, NULL, 0);
	return NULL;
}

static void futex_calls(void)
{
	struct timespec short_time = { .tv_nsec = 20000000 };
	pthread_t t;

	futex_word = 0;
	EXPECT_ERRNO(EAGAIN, syscall(SYS_futex, &futex_word, FUTEX_WAIT_OP, 1, NULL, NULL, 0));
	EXPECT_ERRNO(ETIMEDOUT, syscall(SYS_futex, &futex_word, FUTEX_WAIT_OP, 0, &short_time,
					NULL, 0));
	EXPECT(0, syscall(SYS_futex, &futex_word, FUTEX_WAKE_OP, 10, NULL, NULL, 0));
	/* Only a moment has a clock; the time of FUTEX_WAIT is a distance. */
	EXPECT_ERRNO(EAGAIN, syscall(SYS_futex, &futex_word, FUTEX_WAIT_BITSET_OP | REALTIME, 1,
				     &short_time, NULL, -1));
	EXPECT_ERRNO(ENOSYS, syscall(SYS_futex, &futex_word, FUTEX_WAIT_OP | REALTIME, 1,
				     &short_time, NULL, 0));
	EXPECT_ERRNO(ENOSYS, syscall(SYS_futex, &futex_word, FUTEX_WAKE_OP | REALTIME, 1, NULL,
				     NULL, 0));
	EXPECT_ERRNO(EINVAL, syscall(SYS_futex, (char *)&futex_word + 1, FUTEX_WAIT_OP, 0, NULL,
				     NULL, 0));
	EXPECT_ERRNO(EFAULT, syscall(SYS_futex, (void *)4096, FUTEX_WAIT_OP, 0, NULL, NULL, 0));
	EXPECT(0, pthread_create(&t, NULL, wake_later, NULL));
	while (!__atomic_load_n(&futex_word, __ATOMIC_SEQ_CST))
		syscall(SYS_futex, &futex_word, FUTEX_WAIT_OP, 0, NULL, NULL, 0);
	EXPECT(0, pthread_join(t, NULL));
}

/* Wait for the word to change. */
static pid_t futex_waiter(int *word)
{
	pid_t pid = fork();

	if (pid)
		return pid;
	while (!__atomic_load_n(word, __ATOMIC_SEQ_CST))
		syscall(SYS_futex, word, FUTEX_WAIT_OP, 0, NULL, NULL, 0);
	_exit(0);
}

/*
 * Between processes, in shared memory that neither had touched before the fork. To requeue them
 * to the same word tells how many wait: each once, however many are asked for.
 */
static void futex_shared(void)
{
	int *word = (int *)mmap(NULL, page_size, PROT_READ | PROT_WRITE,
				MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	pid_t a = futex_waiter(word), b = futex_waiter(word);
	long n;

	while ((n = syscall(SYS_futex, word, FUTEX_REQUEUE_OP, 0, 9, word, 0)) < 2)
		sched_yield();
	EXPECT(2, n);
	__atomic_store_n(word, 1, __ATOMIC_SEQ_CST);
	EXPECT(2, syscall(SYS_futex, word, FUTEX_WAKE_OP, 9, NULL, NULL, 0));
	EXPECT_EXIT(0, a);
	EXPECT_EXIT(0, b);
}

static void groups(void)
{
	int fds[2];
	pid_t pid;
	char c;

	OK(pipe(fds));
	pid = fork();
	if (!pid) {
		if (setpgid(0, 0) < 0 || getpgid(0) != getpid())
			_exit(1);
		if (!fork())
			(void)!write(fds[1], "x", 1);
		for (;;)
			pause();
	}
	OK(close(fds[1]));
	EXPECT(1, read(fds[0], &c, 1));		/* both are there */
	EXPECT(pid, getpgid(pid));
	OK(kill(-pid, SIGTERM));
	EXPECT_KILLED(SIGTERM, pid);
	EXPECT(0, read(fds[0], &c, 1));		/* nobody has the other end any more */
	OK(close(fds[0]));
	pid = fork();
	if (!pid) {
		if (setsid() != getpid() || getsid(0) != getpid() || getpgid(0) != getpid())
			_exit(1);
		_exit(setsid() != -1);
	}
	EXPECT_EXIT(0, pid);
	EXPECT_ERRNO(ESRCH, kill(0x3ffffff, 0));
	EXPECT_ERRNO(EINVAL, kill(getpid(), 99));
}

static void sleeping(void)
{
	struct timespec want = { .tv_nsec = 50000000 }, a, b;
	long ms;

	OK(clock_gettime(CLOCK_MONOTONIC, &a));
	OK(nanosleep(&want, NULL));
	OK(clock_gettime(CLOCK_MONOTONIC, &b));
	ms = (b.tv_sec - a.tv_sec) * 1000 + (b.tv_nsec - a.tv_nsec) / 1000000;
	CHECK(ms >= 50);
	want.tv_nsec = 1000000000;
	EXPECT_ERRNO(EINVAL, nanosleep(&want, NULL));
	want.tv_sec = -1;
	want.tv_nsec = 0;
	EXPECT_ERRNO(EINVAL, nanosleep(&want, NULL));
	EXPECT_ERRNO(EFAULT, syscall(SYS_clock_nanosleep, CLOCK_MONOTONIC, 0, (void *)8, NULL));
}

static void affinity(void)
{
	cpu_set_t set, all;

	CPU_ZERO(&all);
	OK(sched_getaffinity(0, sizeof(all), &all));
	CHECK(CPU_COUNT(&all) >= 1);
	for (int cpu = 0; cpu < 8; cpu++) {
		if (!CPU_ISSET(cpu, &all))
			continue;
		CPU_ZERO(&set);
		CPU_SET(cpu, &set);
		OK(sched_setaffinity(0, sizeof(set), &set));
		sched_yield();
		EXPECT(cpu, sched_getcpu());
	}
	CPU_ZERO(&set);
	EXPECT_ERRNO(EINVAL, sched_setaffinity(0, sizeof(set), &set));
	OK(sched_setaffinity(0, sizeof(all), &all));
}

static void many_children(void)
{
	pid_t pids[100];

	for (unsigned int i = 0; i < ARRAY_LEN(pids); i++) {
		pids[i] = fork();
		if (!pids[i])
			_exit(i);
		CHECK(pids[i] > 0);
	}
	/* In the opposite order, so that most wait as zombies. */
	for (int i = ARRAY_LEN(pids) - 1; i >= 0; i--)
		EXPECT_EXIT(i, pids[i]);
}

static const struct subtest tests[] = {
	{ "exit_status", exit_status, 0 },
	{ "wait_variants", wait_variants, 0 },
	{ "waitid_info", waitid_info, 0 },
	{ "stop_and_continue", stop_and_continue, 0 },
	{ "orphans", orphans, 0 },
	{ "orphaned_group", orphaned_group, 0 },
	{ "vfork_shares", vfork_shares, T_NOMMU },
	{ "exec_program", exec_program, T_NOMMU },
	{ "exec_errors", exec_errors, 0 },
	{ "close_on_exec", close_on_exec, 0 },
	{ "rusage_counts", rusage_counts, 0 },
	{ "cpu_time", cpu_time, T_NOMMU },
	{ "threads", threads, T_NOMMU },
	{ "thread_ids", thread_ids, T_NOMMU },
	{ "threads_end_together", threads_end_together, 0 },
	{ "exec_from_thread", exec_from_thread, 0 },
	{ "alarm_survives_exec", alarm_survives_exec, 0 },
	{ "futex_calls", futex_calls, 0 },
	{ "futex_shared", futex_shared, 0 },
	{ "groups", groups, 0 },
	{ "sleeping", sleeping, T_NOMMU },
	{ "affinity", affinity, T_NOMMU },
	{ "many_children", many_children, 0 },
};

SUITE(proctest_suite, "proctest", tests);
