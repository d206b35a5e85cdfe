/* SPDX-License-Identifier: MIT */
/*
 * nommulab STATE - bring processes into a state and wait there while the grader looks.
 *
 * At each point it prints "at NAME PID WORDS" and reads a line from the console. It never
 * needs fork, so that it runs without an MMU; nothing is buffered, as a child of vfork works in its
 * parent's memory.
 *
 * Linux: none.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tools/labs/guest/lablib.h"
#include "user/tests/testlib.h"
#include "user/util.h"

#define PAGE 4096UL

static char *self;

static void say(const char *format, ...)
{
	char line[160];
	va_list args;
	int n;

	va_start(args, format);
	n = vsnprintf(line, sizeof(line), format, args);
	va_end(args);
	if (write(STDOUT_FILENO, line, n) != n)
		_exit(99);
}

/* A mark with up to two words. */
static void at(const char *where, const volatile void *a, const volatile void *b)
{
	say("at %s %d %p %p\n", where, getpid(), a, b);
	looked();
}

static char *map(unsigned long pages)
{
	char *p = mmap(NULL, pages * PAGE, PROT_READ | PROT_WRITE, MAP_ANONYMOUS | MAP_PRIVATE, -1,
		       0);

	if (p == MAP_FAILED)
		die("mmap");
	return p;
}

/* Become another instance of this program. */
static __noreturn void exec_self(char *state, char *word)
{
	char *const args[] = { self, state, word, NULL };

	execvp(self, args);
	_exit(127);
}

static pid_t spawn(char *state, char *word)
{
	pid_t pid = vfork();

	if (!pid)
		exec_self(state, word);
	if (pid < 0)
		die("vfork");
	return pid;
}

/* The wait status, as a shell has it. */
static int ended_with(pid_t pid)
{
	int status;

	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			die("waitpid");
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

/* ---- programs: four of them at the same time ---- */

#define NR_PROGRAMS 4
#define NR_BSS (5 * PAGE + 123)

static char untouched[NR_BSS];			/* bss: only the grader looks at it */
static char *pointer_into_bss = untouched + 77;	/* a relocation in .data */

/* Pointers in read-only data: each had to be relocated. */
static const char *const words[] = { "a", "quire", "is", "a", "gathering", "of", "sheets" };

/* One of them: it says that it is ready, and ends when its standard input does. */
static int resident(void)
{
	char *p = map(7), c;
	size_t letters = 0;

	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		letters += strlen(words[i]);
	memset(p, getpid(), 7 * PAGE);
	if (letters != 26 || pointer_into_bss != untouched + 77)
		_exit(1);
	if (write(3, "r", 1) != 1)
		_exit(1);
	return read(STDIN_FILENO, &c, 1) != 0;
}

/* Its standard input is the pipe `hold`, its descriptor 3 the one to say "ready" into. */
static pid_t start_resident(int hold, int ready)
{
	pid_t pid = vfork();

	if (pid)
		return pid;
	dup2(hold, STDIN_FILENO);
	dup2(ready, 100);
	for (int fd = 3; fd < 20; fd++)
		close(fd);
	dup2(100, 3);
	close(100);
	exec_self("resident", NULL);
}

static int programs(void)
{
	int hold[2], ready[2], failed = 0;
	pid_t pids[NR_PROGRAMS];
	char c;

	if (pipe(hold) < 0 || pipe(ready) < 0)
		die("pipe");
	for (int i = 0; i < NR_PROGRAMS; i++) {
		pids[i] = start_resident(hold[0], ready[1]);
		if (pids[i] < 0 || read(ready[0], &c, 1) != 1)
			die("program");
	}
	at("ready", untouched, words);
	close(hold[0]);
	close(hold[1]);
	for (int i = 0; i < NR_PROGRAMS; i++)
		failed |= ended_with(pids[i]);
	at("gone", NULL, NULL);
	return failed;
}

/* ---- mmap ---- */

#define MAPPED 33		/* pages: not a power of two */
#define FILE_BYTES (2 * PAGE + 1000)

static int make_file(const char *name)
{
	int fd = open(name, O_RDWR | O_CREAT | O_TRUNC, 0600);
	char page[PAGE];

	for (size_t done = 0; done < FILE_BYTES; done += PAGE) {
		size_t n = FILE_BYTES - done < PAGE ? FILE_BYTES - done : PAGE;

		memset(page, 'a' + done / PAGE, sizeof(page));
		if (write(fd, page, n) != (ssize_t)n)
			die("write");
	}
	return fd;
}

static int mmap_state(void)
{
	int fd = make_file("/tmp/nommu"), failed = 0;
	char *memory, *file, c = 0;

	at("before", NULL, NULL);
	memory = map(MAPPED);
	/* From its second page on, and a page more than there is. */
	file = mmap(NULL, 3 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, PAGE);
	if (file == MAP_FAILED)
		die("mmap");
	at("mapped", memory, file);
	file[5] = 'X';
	failed |= pread(fd, &c, 1, PAGE + 5) != 1 || c != 'b';
	failed |= munmap(memory, MAPPED * PAGE) || munmap(file, 3 * PAGE);
	at("unmapped", memory, file);
	return failed;
}

/* ---- munmap ---- */

#define BLOCK 64

static int not_pages(char *p, unsigned long bytes)
{
	return munmap(p, bytes) < 0 && errno == EINVAL;
}

static int munmap_state(void)
{
	char *p = map(BLOCK);
	int failed = 0;

	if (!not_pages(p, 0) || !not_pages(p + 8, PAGE) || !not_pages(p, ~0UL - PAGE)) {
		say("munmap of what is no range of pages gave no EINVAL (see munmap(2))\n");
		return 1;
	}
	for (int i = 0; i < BLOCK; i++)
		memset(p + i * PAGE, i + 1, PAGE);
	at("taken", p, NULL);
	failed |= munmap(p, 7 * PAGE + 1);	/* the length is rounded up */
	failed |= munmap(p + 56 * PAGE, 8 * PAGE);
	failed |= munmap(p + 24 * PAGE, 16 * PAGE);
	at("holes", p, NULL);
	for (int i = 8; i < 56; i++)
		if (i < 24 || i >= 40)
			failed |= p[i * PAGE + 9] != i + 1;
	/* Over both pieces and the hole between them; to unmap what is not there is fine. */
	failed |= munmap(p + 12 * PAGE, 40 * PAGE);
	at("pieces", p, NULL);
	failed |= munmap(p, BLOCK * PAGE);
	failed |= munmap(p, BLOCK * PAGE);
	at("gone", p, NULL);
	return failed;
}

/* ---- fails: what mmap refuses, and an allocation of it that fails ---- */

static int refused(void *p, int why)
{
	return p == MAP_FAILED && errno == why;
}

static char *try_map(unsigned long bytes)
{
	return mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}

/* Limits: on the address space, and on the number of mappings. */
static int over_limits(void)
{
	struct rlimit all, some = { 4 << 20, 4 << 20 };
	int failed = 0, fd = open("/proc/sys/vm/max_map_count", O_RDWR);
	char old[16];
	ssize_t n = read(fd, old, sizeof(old));

	if (n <= 0 || getrlimit(RLIMIT_AS, &all) < 0)
		die("limits");
	some.rlim_max = all.rlim_max;
	failed |= setrlimit(RLIMIT_AS, &some) || !refused(try_map(4 << 20), ENOMEM);
	failed |= setrlimit(RLIMIT_AS, &all);
	failed |= pwrite(fd, "1\n", 2, 0) != 2 || !refused(try_map(PAGE), ENOMEM);
	failed |= pwrite(fd, old, n, 0) != n;
	close(fd);
	return failed;
}

static int mmap_fails(void)
{
	int fd = make_file("/tmp/nommu"), failed = 0, prot = PROT_READ | PROT_WRITE;
	char *p;

	failed |= !refused(try_map(0), EINVAL);
	failed |= !refused(try_map(~0UL - 5), ENOMEM);
	failed |= !refused(try_map(1UL << 30), ENOMEM);
	failed |= !refused(mmap(self, PAGE, prot, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0),
			   EINVAL);
	failed |= !refused(mmap(NULL, PAGE, prot, MAP_SHARED, fd, 0), ENODEV);
	if (failed) {
		say("mmap gave another errno than EINVAL, ENOMEM or ENODEV (see mmap(2))\n");
		return 1;
	}
	if (over_limits()) {
		say("mmap went over RLIMIT_AS or vm.max_map_count, or gave no ENOMEM\n");
		return 1;
	}
	at("start", NULL, NULL);
	for (int i = 0; i < 3000; i++)		/* one block of 64 MiB is more than there is */
		failed |= !refused(try_map(64UL << 20), ENOMEM);
	at("refused", NULL, NULL);
	do {
		at("before", NULL, NULL);
		p = mmap(NULL, 3 * PAGE, prot, MAP_PRIVATE, fd, 0);
		at(p == MAP_FAILED ? "failed" : "mapped", p, NULL);
	} while (p == MAP_FAILED);
	do {				/* what is left is two mappings: that needs memory */
		at("before", NULL, NULL);
		failed = munmap(p + PAGE, PAGE);
		at(failed ? "failed" : "cut", p, NULL);
	} while (failed && errno == ENOMEM);
	return failed || munmap(p, 3 * PAGE);
}

/* ---- badread: a file of 16 pages on a disk that cannot read the seventh ---- */

static int badread(void)
{
	int fd, failed = 0;
	char *p;

	if (mount("/dev/vda", "/mnt", "ext2", MS_RDONLY, NULL) < 0)
		die("mount");
	fd = open("/mnt/data", O_RDONLY);
	p = mmap(NULL, 6 * PAGE, PROT_READ, MAP_PRIVATE, fd, 0);
	failed |= p == MAP_FAILED || p[5 * PAGE] != 'd';
	for (int round = 0; round < 40 && !failed; round++) {
		failed |= !refused(mmap(NULL, 16 * PAGE, PROT_READ, MAP_PRIVATE, fd, 0), EIO);
		if (!round)
			at("first", NULL, NULL);
	}
	if (failed)
		say("mmap of a file that cannot be read gave no EIO\n");
	else
		at("last", NULL, NULL);
	return failed;
}

/* ---- vfork ---- */

static volatile int parent_ran, child_ran;

static int vfork_state(void)
{
	pid_t pid;

	at("before", &parent_ran, &child_ran);
	pid = vfork();
	if (!pid) {
		child_ran = 1;
		at("child", &parent_ran, &child_ran);
		at("again", &parent_ran, &child_ran);
		exec_self("execed", NULL);
	}
	parent_ran = 1;
	return ended_with(pid) != 5 || !child_ran;
}

static int execed(void)
{
	at("execed", NULL, NULL);
	return 5;
}

/* The child ends without another program: by itself, or by a signal. */
static int vfork_exit(void)
{
	char *p = map(16);
	int failed = 0;
	pid_t pid;

	memset(p, 9, 16 * PAGE);
	for (int round = 0; round < 2; round++) {
		pid = vfork();
		if (!pid) {
			p[round] = 42;
			at("child", p, NULL);
			if (round)
				raise(SIGKILL);
			_exit(7);
		}
		at("parent", p, NULL);
		failed |= ended_with(pid) != (round ? 128 + SIGKILL : 7) || p[round] != 42;
		at("waited", p, NULL);
	}
	return failed;
}

/* The middle one of three: it is killed while it waits in vfork, its child lives on. */
static int orphan_parent(void)
{
	if (!vfork()) {
		at("child", NULL, NULL);
		kill(getppid(), SIGKILL);
		at("orphan", NULL, NULL);
		_exit(0);
	}
	return 0;
}

static volatile int may_kill;		/* the grader says so */

/* The middle one again, on another hart than its child. */
static int late_parent(void)
{
	pin(1);
	if (!vfork()) {
		pin(0);
		at("leaving", NULL, NULL);
		_exit(0);
	}
	for (;;)
		pause();
}

/* It is killed while its child, which the grader holds there, tells it that it may go on. */
static int late_kill(void)
{
	pid_t pid;

	at("late", &may_kill, NULL);
	pid = spawn("late-parent", NULL);
	while (!may_kill)
		nap(1);
	kill(pid, SIGKILL);
	at("killed", NULL, NULL);
	return ended_with(pid) != 128 + SIGKILL;
}

static int orphan(void)
{
	pid_t pid;
	int status;

	pin(0);		/* all three: when the child runs, its parent sleeps */
	pid = spawn("orphan-parent", NULL);
	status = ended_with(pid);
	pin(1);

	if (status != 128 + SIGKILL) {
		say("the parent of a vfork was not killed: status %d\n", status);
		return 1;
	}
	at("end", NULL, NULL);
	return late_kill();
}

/* ---- thread: clone with a stack and a thread pointer of the child's own ---- */

static void *in_thread(void *word)
{
	*(int *)word = 1;
	return NULL;
}

static int thread(void)
{
	pthread_t t;
	int ran = 0;

	at("before", NULL, NULL);
	__asm__ volatile("fmv.d.x fs3, %0" : : "r"(0x1234567890abcdefUL));
	if (pthread_create(&t, NULL, in_thread, &ran))
		die("pthread_create");
	pthread_join(t, NULL);
	return !ran;
}

/* ---- fork ---- */

static int fork_state(void)
{
	int failed = 0;
	pid_t pid;

	if (fork() >= 0 || errno != EINVAL) {	/* the first fills caches */
		say("fork gave no EINVAL\n");
		_exit(1);
	}
	at("before", NULL, NULL);
	for (int i = 0; i < 500 && !failed; i++) {
		pid = fork();
		if (!pid)
			_exit(1);
		failed |= pid >= 0 || errno != EINVAL;
	}
	at("after", NULL, NULL);
	return failed || ended_with(spawn("nothing", NULL));
}

/* With an MMU: a child with memory of its own. */
static int fork_mmu(void)
{
	volatile int word = 1;
	pid_t pid = fork();

	if (!pid) {
		word = 2;
		at("child", &word, NULL);
		_exit(3);
	}
	return ended_with(pid) != 3 || word != 1;
}

/* ---- rounds ---- */

static int rounds(void)
{
	int failed = 0;

	for (int i = 0; i < 1020; i++) {
		if (i == 20)
			at("start", NULL, NULL);
		failed |= ended_with(spawn("nothing", NULL));
	}
	at("end", NULL, NULL);
	return failed;
}

static int nothing(void)
{
	return 0;
}

/* ---- peek: write into another process's memory ---- */

static const char stranger[] = "changed by a stranger";

static int peek(void)
{
	char *p = map(64) + 32 * PAGE, address[32];
	int status;

	strcpy(p, "belongs to the victim");
	at("before", p, NULL);
	snprintf(address, sizeof(address), "%lx", (unsigned long)p);
	status = ended_with(spawn("intrude", address));
	say("status %d\n", status);
	at("after", p, NULL);
	return 0;
}

static int intrude(const char *address)
{
	memcpy((char *)strtoul(address, NULL, 16), stranger, sizeof(stranger));
	return 0;
}

/* ---- cost ---- */

static pid_t vfork_and_exit(void)
{
	pid_t pid = vfork();

	if (!pid)
		_exit(0);
	return pid;
}

/* The least of some tries: a tick may fall into one of them. */
static long vfork_cost(void)
{
	long best = -1;

	for (int i = 0; i < 5; i++) {
		long begin = now();
		pid_t pid = vfork_and_exit();

		begin = now() - begin;
		ended_with(pid);
		if (best < 0 || begin < best)
			best = begin;
	}
	return best;
}

static int cost(void)
{
	long begin, small = vfork_cost();
	char *p[4];

	for (int i = 0; i < 4; i++)
		p[i] = map(1000);	/* one block has at most 4 MiB */
	printf("cost vfork %ld\n", small);
	printf("cost vfork-of-16M %ld\n", vfork_cost());
	begin = now();
	for (int i = 0; i < 4; i++)
		munmap(p[i], 1000 * PAGE);
	printf("cost munmap-a-page %ld\n", (now() - begin) / 4000);
	return 0;
}

static const struct lab_state states[] = {
	{ "programs", programs }, { "resident", resident },
	{ "mmap", mmap_state },   { "munmap", munmap_state },
	{ "fails", mmap_fails },  { "badread", badread },
	{ "vfork", vfork_state }, { "execed", execed },
	{ "orphan", orphan },	  { "orphan-parent", orphan_parent },
	{ "late-parent", late_parent },
	{ "thread", thread },	  { "vfork-exit", vfork_exit },
	{ "fork", fork_state },   { "fork-mmu", fork_mmu },
	{ "rounds", rounds },	  { "nothing", nothing },
	{ "peek", peek },	  { "cost", cost },
};

int main(int argc, char **argv)
{
	self = argv[0];
	if (argc == 3 && !strcmp(argv[1], "intrude"))
		return intrude(argv[2]);
	return run_state(states, ARRAY_LEN(states), argc, argv);
}
