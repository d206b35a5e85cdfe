/* SPDX-License-Identifier: MIT */
/*
 * stresstest - storms: many threads and processes do to one mm, one file or one swap disk what
 * is only right if every lock and every TLB flush is where it must be. `stresstest [-l] [NAME]...`
 * as usertests; each storm lasts about a second, or $STRESS_MS.
 *
 * How a stale translation is found: a thread counts in a page without a pause. Once another
 * thread has taken the page away (mprotect, munmap, fork, mremap) the count must stand still, and
 * a frame that now belongs to somebody else must keep what its new owner put there. The SIGSEGV
 * of the counting thread only yields: the store is tried again until the page is back.
 *
 * The storms on swap and on the OOM killer are in stressswap.c.
 *
 * Linux: tools/testing/selftests/mm has pieces of it. Differs: one program, bounded time.
 */
#include <fcntl.h>
#include <linux/futex.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "user/tests/stress.h"

#define NR_WRITERS 3
#define RW (PROT_READ | PROT_WRITE)
#define ANON (MAP_PRIVATE | MAP_ANONYMOUS)

static volatile int stop;
static long deadline_ms;

static long now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

void start_clock(void)
{
	const char *ms = getenv("STRESS_MS");

	deadline_ms = now_ms() + (ms ? parse_long(ms) : 1000);
}

int more_time(void)
{
	return now_ms() < deadline_ms;
}

unsigned long next_random(unsigned long *seed)
{
	*seed = *seed * 6364136223846793005UL + 1442695040888963407UL;
	return *seed >> 33;
}

static void pin_to(int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu % sysconf(_SC_NPROCESSORS_ONLN), &set);
	sched_setaffinity(0, sizeof(set), &set);
}

static void yield_handler(int sig)
{
	sched_yield();
}

static void on_fault(void (*handler)(int))
{
	struct sigaction sa = { .sa_handler = handler };

	OK(sigaction(SIGSEGV, &sa, NULL));
	OK(sigaction(SIGBUS, &sa, NULL));
}

pthread_t start_thread(void *(*func)(void *), void *arg)
{
	pthread_t thread;

	EXPECT(0, pthread_create(&thread, NULL, func, arg));
	return thread;
}

/* ---- Stale translations ---- */

/* The page the writers count in: one word each. */
static volatile unsigned long *target;

static void *count_in_target(void *arg)
{
	long me = (long)arg;

	pin_to(me + 1);
	while (!stop)
		target[me]++;
	return NULL;
}

static pthread_t writers[NR_WRITERS];

static void start_writers(void)
{
	on_fault(yield_handler);
	target = (volatile unsigned long *)pages(1);
	pin_to(0);
	for (long i = 0; i < NR_WRITERS; i++)
		writers[i] = start_thread(count_in_target, (void *)i);
	start_clock();
}

static void stop_writers(void)
{
	stop = 1;
	for (int i = 0; i < NR_WRITERS; i++)
		pthread_join(writers[i], NULL);
}

static void let_run(int turns)
{
	for (volatile int i = 0; i < turns * 100; i++)
		;
}

static void wait_for_counting(void)
{
	unsigned long before = target[0];

	for (int i = 0; i < 1000 && target[0] == before; i++)
		sched_yield();
}

/* Do the words stand still? */
static int stands_still(const volatile unsigned long *w)
{
	unsigned long seen[NR_WRITERS];

	for (int i = 0; i < NR_WRITERS; i++)
		seen[i] = w[i];
	let_run(20);
	for (int i = 0; i < NR_WRITERS; i++)
		if (w[i] != seen[i])
			return 0;
	return 1;
}

static void mprotect_stops_writers(void)
{
	start_writers();
	while (more_time()) {
		wait_for_counting();
		OK(mprotect((void *)target, page_size, PROT_READ));
		CHECK(stands_still(target));
		OK(mprotect((void *)target, page_size, RW));
	}
	stop_writers();
}

/* The frames that munmap or MADV_DONTNEED freed serve at once as somebody's zeroed pages. */
static void freed_frame_is_not_written(void)
{
	for (start_writers(); more_time(); ) {
		char *other;

		wait_for_counting();
		munmap((void *)target, page_size);
		other = pages(4);
		for (int i = 0; i < 4; i++)
			*(volatile char *)(other + i * page_size + page_size / 2) = 1;
		let_run(5);
		for (int i = 0; i < 4; i++)
			for (int j = 0; j < NR_WRITERS; j++)
				EXPECT(0, ((unsigned long *)(other + i * page_size))[j]);
		/* mmap takes the highest hole, so that other may well be where target was. */
		CHECK(mmap((void *)target, page_size, RW, ANON | MAP_FIXED, -1, 0) == target);
		if ((char *)target < other || (char *)target >= other + 4 * page_size)
			munmap(other, 4 * page_size);
	}
	stop_writers();
}

static void fork_snapshot_stands_still(void)
{
	for (start_writers(); more_time(); ) {
		pid_t pid;

		wait_for_counting();
		pid = fork();
		if (!pid) {
			int still = stands_still(target);

			target[0] = 0;
			_exit(!still);
		}
		EXPECT_EXIT(0, pid);
	}
	stop_writers();
}

static void mremap_takes_page_away(void)
{
	volatile unsigned long *home;
	char *away = pages(1);

	start_writers();
	home = target;
	while (more_time()) {
		wait_for_counting();
		CHECK(mremap((void *)home, page_size, page_size, MREMAP_MAYMOVE | MREMAP_FIXED,
			     away) == away);
		CHECK(stands_still((unsigned long *)away));
		CHECK(mremap(away, page_size, page_size, MREMAP_MAYMOVE | MREMAP_FIXED, home) ==
		      home);
	}
	stop_writers();
}

/* Reclaim takes pages from under the writers: no count may ever be lost. */
static void pageout_loses_nothing(void)
{
	unsigned long last[NR_WRITERS] = { 0 };

	for (start_writers(); more_time(); ) {
		madvise((void *)target, page_size, MADV_PAGEOUT);
		for (int i = 0; i < NR_WRITERS; i++) {
			unsigned long count = target[i];

			CHECK(count >= last[i]);
			last[i] = count;
		}
	}
	stop_writers();
}

/* ---- One mm, many threads and forks ---- */

#define ARENA_PAGES 64

static char *arena;

/* Anything may happen to the arena; only the kernel's own state is at stake. */
static void *shake_arena(void *arg)
{
	unsigned long seed = (unsigned long)arg * 77 + 5;

	while (more_time()) {
		long first = next_random(&seed) % ARENA_PAGES;
		long nr = 1 + next_random(&seed) % (ARENA_PAGES - first);
		char *p = arena + first * page_size;

		switch (next_random(&seed) % 8) {
		case 0: munmap(p, nr * page_size); break;
		case 1: mprotect(p, nr * page_size, PROT_READ); break;
		case 2: mprotect(p, nr * page_size, RW); break;
		case 3: madvise(p, nr * page_size, MADV_DONTNEED); break;
		case 4: madvise(p, nr * page_size, MADV_PAGEOUT); break;
		case 5: madvise(p, nr * page_size, MADV_FREE); break;
		case 6: mlock(p, page_size); munlock(p, page_size); break;
		default: mmap(p, nr * page_size, RW, ANON | MAP_FIXED, -1, 0); break;
		}
		/* The kernel's own accesses fault in the same storm. */
		syscall(SYS_getcwd, p, page_size);
	}
	return NULL;
}

static void *fork_often(void *arg)
{
	while (more_time()) {
		pid_t pid = fork();

		if (!pid) {
			stop = 0;
			_exit(3);
		}
		if (pid > 0)
			EXPECT_EXIT(3, pid);
	}
	return NULL;
}

static void *spawn_often(void *arg)
{
	static char *argv[] = { "true", NULL };

	while (more_time()) {
		pid_t pid = vfork();

		if (!pid) {
			execv("/bin/true", argv);
			_exit(9);
		}
		if (pid > 0)
			EXPECT_EXIT(0, pid);
	}
	return NULL;
}

static void one_mm_many_threads(void)
{
	pthread_t t[6];

	arena = pages(ARENA_PAGES);
	start_clock();
	for (long i = 0; i < 4; i++)
		t[i] = start_thread(shake_arena, (void *)i);
	t[4] = start_thread(fork_often, NULL);
	t[5] = start_thread(spawn_often, NULL);
	for (int i = 0; i < 6; i++)
		pthread_join(t[i], NULL);
}

/* ---- Ends of processes ---- */

static void *exec_here(void *arg)
{
	static char *argv[] = { "true", NULL };

	execv("/bin/true", argv);
	return NULL;
}

static void *exit_here(void *arg)
{
	let_run((long)arg);
	_exit(5);
}

static void *spin_and_fork(void *arg)
{
	for (;;) {
		pid_t pid = fork();

		if (!pid)
			_exit(0);
		waitpid(pid, NULL, 0);
	}
}

/* A threaded child; a thread that is not the leader execs, or two exit, or all get SIGKILL. */
static pid_t threaded_child(int kind, int turn)
{
	pid_t pid = fork();

	if (pid)
		return pid;
	for (int i = 0; i < 2; i++)
		start_thread(kind == 1 ? exit_here : spin_and_fork, (void *)(long)(turn % 7));
	if (kind == 0)
		start_thread(exec_here, NULL);
	for (;;)
		getppid();
}

static void threads_exec(void)
{
	start_clock();
	for (int n = 0; more_time(); n++)
		EXPECT_EXIT(0, threaded_child(0, n));
}

static void threads_exit(void)
{
	start_clock();
	for (int n = 0; more_time(); n++)
		EXPECT_EXIT(5, threaded_child(1, n));
}

static void threads_killed(void)
{
	start_clock();
	for (int n = 0; more_time(); n++) {
		pid_t pid = threaded_child(2, n);

		let_run(n % 50 * 10);
		OK(kill(pid, SIGKILL));
		EXPECT_KILLED(SIGKILL, pid);
	}
}

/* ---- Files that shrink under their mappings ---- */

static void *store_to_file(void *arg)
{
	unsigned long seed = (unsigned long)arg;

	while (!stop)
		arena[next_random(&seed) % ARENA_PAGES * page_size] = 1;
	return NULL;
}

/* A file that is as long as the arena, mapped there, with threads that store into it. */
static int store_to_new_file(void)
{
	int fd = temp_file();

	OK(ftruncate(fd, ARENA_PAGES * page_size));
	arena = mmap(NULL, ARENA_PAGES * page_size, RW, MAP_SHARED, fd, 0);
	CHECK(arena != MAP_FAILED);
	on_fault(yield_handler);
	for (long i = 0; i < NR_WRITERS; i++)
		writers[i] = start_thread(store_to_file, (void *)i);
	return fd;
}

static void truncate_under_mapping(void)
{
	int fd = store_to_new_file();
	char c;

	start_clock();
	for (long n = 0; more_time(); n++) {
		OK(ftruncate(fd, n * 7 % ARENA_PAGES * page_size + n % page_size));
		let_run(3);
		OK(ftruncate(fd, ARENA_PAGES * page_size));
		/* What lay behind the end reads as zero or as what was stored since. */
		EXPECT(1, pread(fd, &c, 1, (ARENA_PAGES - 1) * page_size));
		CHECK(c == 0 || c == 1);
	}
	OK(ftruncate(fd, ARENA_PAGES * page_size));
	stop_writers();
}

/* A fault behind the end must not take away what is written into the file meanwhile. */
static void write_after_truncate(void)
{
	int fd = store_to_new_file();
	char c;

	for (start_clock(); more_time();) {
		OK(ftruncate(fd, ARENA_PAGES * page_size));
		let_run(1);
		OK(ftruncate(fd, 0));
		EXPECT(1, pwrite(fd, "x", 1, 0));
		EXPECT(1, pread(fd, &c, 1, 0));
		CHECK(c == 'x' || c == 1);
	}
	OK(ftruncate(fd, ARENA_PAGES * page_size));
	stop_writers();
}

/* ---- Ping-pong ---- */

static int wake_word;
static volatile sig_atomic_t signals_seen;

static void count_signal(int sig)
{
	signals_seen++;
}

static void *futex_pong(void *arg)
{
	struct timespec limit = { .tv_nsec = 1000000 };

	while (!stop) {
		syscall(SYS_futex, &wake_word, FUTEX_WAIT, 0, &limit, NULL, 0);
		syscall(SYS_futex, &wake_word, FUTEX_WAKE, 1, NULL, NULL, 0);
		kill(getpid(), SIGUSR1);
	}
	return NULL;
}

static void ping_pong(void)
{
	struct sigaction sa = { .sa_handler = count_signal, .sa_flags = SA_RESTART };
	int ping[2], pong[2];
	long turns = 0;
	pid_t pid;
	char c = 'x';

	OK(pipe(ping));
	OK(pipe(pong));
	OK(sigaction(SIGUSR1, &sa, NULL));
	pid = fork();
	if (!pid) {
		close(ping[1]);
		while (read(ping[0], &c, 1) == 1)
			EXPECT(1, write(pong[1], &c, 1));
		_exit(0);
	}
	for (int i = 0; i < NR_WRITERS; i++)
		writers[i] = start_thread(futex_pong, NULL);
	/* So many turns at least, however slow the machine is: fewer would show nothing. */
	for (start_clock(); more_time() || turns <= 10 || signals_seen <= 10; turns++) {
		EXPECT(1, write(ping[1], &c, 1));
		EXPECT(1, read(pong[0], &c, 1));
	}
	stop_writers();
	close(ping[1]);
	EXPECT_EXIT(0, pid);
}

static const struct subtest tests[] = {
	{ "mprotect_stops_writers", mprotect_stops_writers, 0 },
	{ "freed_frame_is_not_written", freed_frame_is_not_written, 0 },
	{ "fork_snapshot_stands_still", fork_snapshot_stands_still, 0 },
	{ "mremap_takes_page_away", mremap_takes_page_away, 0 },
	{ "pageout_loses_nothing", pageout_loses_nothing, 0 },
	{ "one_mm_many_threads", one_mm_many_threads, 0 },
	{ "threads_exec", threads_exec, 0 },
	{ "threads_exit", threads_exit, 0 },
	{ "threads_killed", threads_killed, 0 },
	{ "truncate_under_mapping", truncate_under_mapping, 0 },
	{ "write_after_truncate", write_after_truncate, 0 },
	{ "ping_pong", ping_pong, 0 },
};

static SUITE(stresstest_suite, "stresstest", tests);

int main(int argc, char **argv)
{
	static const struct suite *const suites[] = { &stresstest_suite, &stressswap_suite };

	prog_init(argc, argv, "stresstest [-l] [NAME]...\n"
		"Storms on memory, processes and swap; $STRESS_MS is how long each one lasts.");
	if (argc > 1 && !strcmp(argv[1], "-l")) {
		list_suites(suites, ARRAY_LEN(suites));
		return 0;
	}
	return run_suites(suites, ARRAY_LEN(suites), argv + 1, argc - 1);
}
