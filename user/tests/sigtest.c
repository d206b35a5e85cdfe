/* SPDX-License-Identifier: MIT */
/*
 * proctest, second half: signals, and pipes between processes. Handlers and their frames, masks,
 * alternate stacks, signals that interrupt or restart calls, queueing, waiting for signals.
 *
 * Linux: tools/testing/selftests/sigaltstack, signal. Differs: written from the manual pages.
 */
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "user/tests/testlib.h"

static volatile sig_atomic_t count, last_sig, last_code, last_pid;

static void handler(int sig, siginfo_t *info, void *context)
{
	count++;
	last_sig = sig;
	last_code = info->si_code;
	last_pid = info->si_pid;
}

static void catch(int sig, int flags)
{
	struct sigaction sa = { .sa_sigaction = handler, .sa_flags = SA_SIGINFO | flags };

	count = 0;
	OK(sigaction(sig, &sa, NULL));
}

static void block(int sig, sigset_t *old)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, sig);
	OK(sigprocmask(SIG_BLOCK, &set, old));
}

static void deliver(void)
{
	catch(SIGUSR1, 0);
	OK(kill(getpid(), SIGUSR1));
	EXPECT(1, count);
	EXPECT(SIGUSR1, last_sig);
	EXPECT(SI_USER, last_code);
	EXPECT(getpid(), last_pid);
	OK(raise(SIGUSR1));
	EXPECT(2, count);
	EXPECT(SI_TKILL, last_code);
	signal(SIGUSR1, SIG_IGN);
	OK(raise(SIGUSR1));
	EXPECT(2, count);
}

static void sigaction_errors(void)
{
	struct sigaction sa = { .sa_handler = SIG_IGN }, old;

	EXPECT_ERRNO(EINVAL, sigaction(SIGKILL, &sa, NULL));
	EXPECT_ERRNO(EINVAL, sigaction(SIGSTOP, &sa, NULL));
	EXPECT_ERRNO(EINVAL, sigaction(65, &sa, NULL));
	EXPECT_ERRNO(EINVAL, sigaction(0, &sa, NULL));
	EXPECT_ERRNO(EFAULT, syscall(SYS_rt_sigaction, SIGUSR1, (void *)8, NULL, 8));
	EXPECT_ERRNO(EINVAL, syscall(SYS_rt_sigaction, SIGUSR1, NULL, NULL, 4));
	catch(SIGUSR2, SA_RESTART);
	OK(sigaction(SIGUSR2, NULL, &old));
	CHECK(old.sa_sigaction == handler);
	CHECK(old.sa_flags & SA_RESTART);
}

static void default_actions(void)
{
	static const int deadly[] = { SIGHUP, SIGINT, SIGTERM, SIGKILL, SIGPIPE, SIGALRM, SIGUSR1 };
	static const int harmless[] = { SIGCHLD, SIGWINCH, SIGURG, SIGCONT };

	for (unsigned int i = 0; i < ARRAY_LEN(deadly); i++) {
		pid_t pid = fork();

		if (!pid) {
			signal(deadly[i], SIG_DFL);
			kill(getpid(), deadly[i]);
			_exit(0);
		}
		EXPECT_KILLED(deadly[i], pid);
	}
	for (unsigned int i = 0; i < ARRAY_LEN(harmless); i++)
		OK(raise(harmless[i]));
}

static void blocking(void)
{
	sigset_t old, pending;

	catch(SIGUSR1, 0);
	block(SIGUSR1, &old);
	OK(raise(SIGUSR1));
	OK(raise(SIGUSR1));
	EXPECT(0, count);
	OK(sigpending(&pending));
	EXPECT(1, sigismember(&pending, SIGUSR1));
	OK(sigprocmask(SIG_SETMASK, &old, NULL));
	/* Ordinary signals do not queue: two are one. */
	EXPECT(1, count);
	EXPECT_ERRNO(EINVAL, sigprocmask(99, &old, NULL));
}

static void realtime_queues(void)
{
	sigset_t old;

	catch(40, 0);
	block(40, &old);
	for (int i = 0; i < 5; i++)
		OK(kill(getpid(), 40));
	EXPECT(0, count);
	OK(sigprocmask(SIG_SETMASK, &old, NULL));
	EXPECT(5, count);
}

static volatile int depth, deepest;

static void nesting(int sig)
{
	if (++depth > deepest)
		deepest = depth;
	if (++count < 3)
		raise(sig);
	depth--;
}

static void masks_in_handler(void)
{
	struct sigaction sa = { .sa_handler = nesting };

	/* Blocked while it is handled: the next one runs only afterwards. */
	count = 0;
	deepest = 0;
	OK(sigaction(SIGUSR1, &sa, NULL));
	OK(raise(SIGUSR1));
	EXPECT(1, deepest);
	EXPECT(3, count);
	count = 0;
	sa.sa_flags = SA_NODEFER;
	OK(sigaction(SIGUSR2, &sa, NULL));
	OK(raise(SIGUSR2));
	EXPECT(3, deepest);
	EXPECT(3, count);
	sa.sa_flags = SA_RESETHAND;
	sa.sa_handler = SIG_IGN;
	catch(SIGUSR2, SA_RESETHAND);
	OK(raise(SIGUSR2));
	OK(sigaction(SIGUSR2, NULL, &sa));
	CHECK(sa.sa_handler == SIG_DFL);
}

static stack_t alt;
static volatile int on_alt;

static void note_stack(int sig)
{
	char here;
	stack_t now;

	sigaltstack(NULL, &now);
	on_alt = &here >= (char *)alt.ss_sp && &here < (char *)alt.ss_sp + alt.ss_size &&
		 (now.ss_flags & SS_ONSTACK);
}

static void altstack(void)
{
	struct sigaction sa = { .sa_handler = note_stack, .sa_flags = SA_ONSTACK };
	stack_t old;

	OK(sigaltstack(NULL, &old));
	CHECK(old.ss_flags & SS_DISABLE);
	alt.ss_sp = pages(8);
	alt.ss_size = 8 * page_size;
	OK(sigaltstack(&alt, NULL));
	OK(sigaction(SIGUSR1, &sa, NULL));
	OK(raise(SIGUSR1));
	EXPECT(1, on_alt);
	alt.ss_size = 64;
	EXPECT_ERRNO(ENOMEM, sigaltstack(&alt, NULL));
	alt.ss_flags = SS_DISABLE;
	OK(sigaltstack(&alt, NULL));
}

/* Registers, also those of the floating-point unit, survive a handler that uses them. */
static void spoil_registers(int sig)
{
	volatile double d = 3.25;

	for (int i = 0; i < 100; i++)
		d = d * 1.5 - 2.0;
	count++;
}

static void registers_kept(void)
{
	struct itimerval often = { { 0, 1000 }, { 0, 1000 } }, never = { { 0, 0 }, { 0, 0 } };
	volatile long loops = 0;
	double sum = 0, want;

	count = 0;
	signal(SIGALRM, spoil_registers);
	OK(setitimer(ITIMER_REAL, &often, NULL));
	for (loops = 0; count < 20 && loops < 500; loops++) {
		sum = 0;
		for (int i = 1; i <= 20000; i++)
			sum += i * 0.5;
		want = 20000.0 * 20001 / 4;
		CHECK(sum == want);
	}
	OK(setitimer(ITIMER_REAL, &never, NULL));
	CHECK(count > 0);
}

static void fault_and_retry(void)
{
	char *p = pages(1);
	struct fault f;

	OK(mprotect(p, page_size, PROT_NONE));
	f = fault_write(p + 7);
	EXPECT_FAULT(SIGSEGV, SEGV_ACCERR, p + 7, f);
}

static char *retry_page;

static void make_writable(int sig, siginfo_t *info, void *context)
{
	count++;
	if (count > 3 || mprotect(retry_page, page_size, PROT_READ | PROT_WRITE) < 0)
		_exit(66);
}

/* A handler that mends the cause and returns: the instruction is done again. */
static void mend_and_return(void)
{
	struct sigaction sa = { .sa_sigaction = make_writable, .sa_flags = SA_SIGINFO };

	count = 0;
	retry_page = pages(1);
	OK(mprotect(retry_page, page_size, PROT_READ));
	OK(sigaction(SIGSEGV, &sa, NULL));
	*(volatile char *)retry_page = 8;
	EXPECT(8, retry_page[0]);
	EXPECT(1, count);
}

static void read_interrupted(const int *fds)
{
	char c;

	catch(SIGUSR1, 0);
	EXPECT_ERRNO(EINTR, read(fds[0], &c, 1));
	EXPECT(1, count);
	_exit(0);
}

static void read_restarted(const int *fds)
{
	char c;

	catch(SIGUSR1, SA_RESTART);
	EXPECT(1, read(fds[0], &c, 1));
	EXPECT('r', c);
	EXPECT(1, count);
	_exit(0);
}

/* A signal ends a blocking read with EINTR, or with SA_RESTART goes unnoticed. */
static void interrupt_read(void)
{
	int fds[2];
	pid_t pid;

	OK(pipe(fds));
	pid = OK(fork());
	if (!pid)
		read_interrupted(fds);
	wait_until_in(pid, SYS_read);
	OK(kill(pid, SIGUSR1));
	EXPECT_EXIT(0, pid);
	pid = OK(fork());
	if (!pid)
		read_restarted(fds);
	wait_until_in(pid, SYS_read);
	OK(kill(pid, SIGUSR1));
	wait_until_in(pid, SYS_read);
	EXPECT(1, write(fds[1], "r", 1));
	EXPECT_EXIT(0, pid);
}

/* A sleep is never restarted; it says how much was left: no less than what did not pass. */
static void sleep_interrupted(void)
{
	const struct timespec want = { .tv_sec = 1000 };
	struct timespec left = { 0 }, a, b;
	long slept;

	catch(SIGUSR1, SA_RESTART);
	OK(clock_gettime(CLOCK_MONOTONIC, &a));
	EXPECT_ERRNO(EINTR, nanosleep(&want, &left));
	OK(clock_gettime(CLOCK_MONOTONIC, &b));
	slept = (b.tv_sec - a.tv_sec) * 1000000000 + b.tv_nsec - a.tv_nsec;
	CHECK(left.tv_sec < 1000);
	CHECK(left.tv_sec * 1000000000 + left.tv_nsec >= 1000 * 1000000000L - slept);
	_exit(0);
}

static void interrupt_sleep(void)
{
	pid_t pid = OK(fork());

	if (!pid)
		sleep_interrupted();
	wait_until_in(pid, SYS_clock_nanosleep);
	OK(kill(pid, SIGUSR1));
	EXPECT_EXIT(0, pid);
}

/*
 * Stopped and continued, a sleep goes on to its end: no handler ran, so no EINTR. It must be long
 * enough to be stopped before it ends, whatever else the machine has to do.
 */
static void sleep_survives_stop(void)
{
	int status = 0;
	pid_t pid;

	for (int seconds = 0; !WIFSTOPPED(status); seconds = 2 * seconds + 1) {
		struct timespec want = { seconds, 200000000 };

		pid = OK(fork());
		if (!pid)
			_exit(nanosleep(&want, NULL) ? errno : 0);
		nap(50);
		OK(kill(pid, SIGSTOP));
		EXPECT(pid, waitpid(pid, &status, WUNTRACED));
		CHECK(WIFSTOPPED(status) || status == 0);
	}
	OK(kill(pid, SIGCONT));
	EXPECT_EXIT(0, pid);
}

/* A signal that is ignored from now on is forgotten, with its siginfo, even where it is blocked. */
static void ignoring_forgets(void)
{
	sigset_t set, old;

	catch(SIGUSR1, 0);
	block(SIGUSR1, &old);
	OK(kill(getpid(), SIGUSR1));
	signal(SIGUSR1, SIG_IGN);
	OK(sigpending(&set));
	EXPECT(0, sigismember(&set, SIGUSR1));
	catch(SIGUSR1, 0);
	OK(kill(getpid(), SIGUSR1));
	OK(sigprocmask(SIG_SETMASK, &old, NULL));
	EXPECT(1, count);
}

/* Nobody can kill process 1. */
static void init_is_immune(void)
{
	if (!on_quire())
		return;
	OK(kill(1, SIGKILL));
	OK(kill(1, SIGSTOP));
	OK(kill(1, SIGTERM));
	nap(20);
	OK(kill(1, 0));
}

static void wait_for_signal(void)
{
	struct timespec short_time = { .tv_nsec = 20000000 };
	siginfo_t info;
	sigset_t set, old;

	catch(SIGUSR1, 0);
	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	block(SIGUSR1, &old);
	EXPECT_ERRNO(EAGAIN, sigtimedwait(&set, &info, &short_time));
	OK(kill(getpid(), SIGUSR1));
	EXPECT(SIGUSR1, sigtimedwait(&set, &info, NULL));
	EXPECT(SIGUSR1, info.si_signo);
	EXPECT(0, count);
	OK(kill(getpid(), SIGUSR1));
	/* The mask is opened, the handler runs, and the mask is back. */
	EXPECT_ERRNO(EINTR, sigsuspend(&old));
	EXPECT(1, count);
	OK(sigprocmask(SIG_SETMASK, NULL, &set));
	EXPECT(1, sigismember(&set, SIGUSR1));
}

static void child_signal(void)
{
	pid_t pid;

	catch(SIGCHLD, SA_RESTART);
	pid = fork();
	if (!pid)
		_exit(4);
	EXPECT_EXIT(4, pid);
	EXPECT(1, count);
	EXPECT(CLD_EXITED, last_code);
	EXPECT(pid, last_pid);
	/* Ignored: children vanish by themselves. */
	signal(SIGCHLD, SIG_IGN);
	pid = fork();
	if (!pid)
		_exit(4);
	EXPECT_ERRNO(ECHILD, waitpid(pid, NULL, 0));
}

static void *wait_in_pause(void *arg)
{
	while (!count)
		nap(1);
	return NULL;
}

static void thread_signal(void)
{
	pthread_t t;

	catch(SIGUSR1, 0);
	EXPECT(0, pthread_create(&t, NULL, wait_in_pause, NULL));
	OK(syscall(SYS_tgkill, getpid(), getpid(), SIGUSR1));
	EXPECT(0, pthread_join(t, NULL));
	EXPECT(1, count);
	EXPECT_ERRNO(ESRCH, syscall(SYS_tgkill, getpid(), 0x3ffffff, SIGUSR1));
	EXPECT_ERRNO(EINVAL, syscall(SYS_tgkill, -1, getpid(), SIGUSR1));
}

static void pipe_basics(void)
{
	char buf[16] = "";
	int fds[2];

	OK(pipe2(fds, O_NONBLOCK));
	EXPECT_ERRNO(EAGAIN, read(fds[0], buf, 1));
	EXPECT(3, write(fds[1], "abc", 3));
	EXPECT(2, read(fds[0], buf, 2));
	EXPECT(1, read(fds[0], buf, 16));
	EXPECT_ERRNO(ESPIPE, lseek(fds[0], 0, SEEK_CUR));
	EXPECT_ERRNO(EBADF, write(fds[0], "x", 1));
	EXPECT_ERRNO(EBADF, read(fds[1], buf, 1));
	close(fds[1]);
	EXPECT(0, read(fds[0], buf, 1));
	OK(pipe(fds));
	close(fds[0]);
	catch(SIGPIPE, 0);
	EXPECT_ERRNO(EPIPE, write(fds[1], "x", 1));
	EXPECT(1, count);
	EXPECT_ERRNO(EINVAL, pipe2(fds, 0x40000000));
	EXPECT_ERRNO(EFAULT, syscall(SYS_pipe2, (void *)8, 0));
}

static void pipe_fills(void)
{
	static char block_of[4096];
	int fds[2];
	long room = 0;
	ssize_t put;

	OK(pipe2(fds, O_NONBLOCK));
	while ((put = write(fds[1], block_of, sizeof(block_of))) > 0)
		room += put;
	EXPECT(EAGAIN, errno);
	EXPECT(65536, room);
	EXPECT(4096, read(fds[0], block_of, 4096));
	EXPECT(4096, write(fds[1], block_of, 4096));
}

static void pipe_stream(void)
{
	static char buf[5000];
	long total = 0, want = 200 * 5000L;
	int fds[2];
	ssize_t got;
	pid_t pid;

	OK(pipe(fds));
	pid = fork();
	if (!pid) {
		close(fds[0]);
		for (int i = 0; i < 200; i++) {
			memset(buf, i, sizeof(buf));
			if (write_all(fds[1], buf, sizeof(buf)) < 0)
				_exit(1);
		}
		_exit(0);
	}
	close(fds[1]);
	while ((got = read(fds[0], buf, 777)) > 0)
		for (ssize_t i = 0; i < got; i++, total++)
			if (buf[i] != (char)(total / 5000))
				FAIL("byte %ld: expected %d got %d", total, (char)(total / 5000),
				     buf[i]);
	EXPECT(want, total);
	EXPECT_EXIT(0, pid);
}

static void poll_pipe(void)
{
	struct pollfd p[2];
	int fds[2];

	OK(pipe(fds));
	p[0] = (struct pollfd){ .fd = fds[0], .events = POLLIN };
	p[1] = (struct pollfd){ .fd = fds[1], .events = POLLOUT };
	EXPECT(1, poll(p, 2, 0));
	EXPECT(0, p[0].revents);
	EXPECT(POLLOUT, p[1].revents);
	EXPECT(0, poll(p, 1, 20));
	EXPECT(1, write(fds[1], "x", 1));
	EXPECT(1, poll(p, 1, 1000));
	EXPECT(POLLIN, p[0].revents);
	close(fds[1]);
	EXPECT(1, poll(p, 1, 0));
	CHECK(p[0].revents & POLLHUP);
	p[0].fd = 77;
	EXPECT(1, poll(p, 1, 0));
	EXPECT(POLLNVAL, p[0].revents);
}

static const struct subtest tests[] = {
	{ "deliver", deliver, T_NOMMU },
	{ "sigaction_errors", sigaction_errors, 0 },
	{ "default_actions", default_actions, 0 },
	{ "blocking", blocking, T_NOMMU },
	{ "realtime_queues", realtime_queues, T_NOMMU },
	{ "masks_in_handler", masks_in_handler, T_NOMMU },
	{ "altstack", altstack, T_NOMMU },
	{ "registers_kept", registers_kept, T_NOMMU },
	{ "fault_and_retry", fault_and_retry, 0 },
	{ "mend_and_return", mend_and_return, 0 },
	{ "interrupt_read", interrupt_read, 0 },
	{ "interrupt_sleep", interrupt_sleep, 0 },
	{ "sleep_survives_stop", sleep_survives_stop, 0 },
	{ "ignoring_forgets", ignoring_forgets, T_NOMMU },
	{ "init_is_immune", init_is_immune, T_NOMMU },
	{ "wait_for_signal", wait_for_signal, T_NOMMU },
	{ "child_signal", child_signal, 0 },
	{ "thread_signal", thread_signal, T_NOMMU },
	{ "pipe_basics", pipe_basics, 0 },
	{ "pipe_fills", pipe_fills, T_NOMMU },
	{ "pipe_stream", pipe_stream, 0 },
	{ "poll_pipe", poll_pipe, T_NOMMU },
};

SUITE(sigtest_suite, "proctest", tests);
