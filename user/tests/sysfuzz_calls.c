/* SPDX-License-Identifier: MIT */
/*
 * sysfuzz's worker: it chooses calls, makes them, clones tasks, and opens the descriptors that
 * the calls work on.
 *
 * A cloned task with memory of its own goes on with the parent's stack; one that shares memory
 * has one of the few stacks, which is free again when the kernel clears its stack_tid.
 *
 * Linux: the idea of trinity. Differs: small.
 */
#include <dirent.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "user/tests/sysfuzz.h"

#define STACK_SIZE (4 * 4096)
#define CHILD_CALLS 30
#define MAX_DEPTH 2
#define LAST_NR 470

/* ---- Making calls ---- */

static const struct fuzz_call *choose_call(struct fuzz *f)
{
	static unsigned int total;
	unsigned int n;

	if (!total)
		for (unsigned int i = 0; i < nr_fuzz_calls; i++)
			total += fuzz_calls[i].weight;
	n = below(f, total);
	for (unsigned int i = 0; ; i++) {
		if (n < fuzz_calls[i].weight)
			return &fuzz_calls[i];
		n -= fuzz_calls[i].weight;
	}
}

static int in_table(int nr)
{
	for (unsigned int i = 0; i < nr_fuzz_calls; i++)
		if (fuzz_calls[i].nr == nr)
			return 1;
	return 0;
}

static void print_call(const struct fuzz *f, int nr, const unsigned long *a)
{
	char line[200];
	int n = snprintf(line, sizeof(line), "%d: %d(%lx, %lx, %lx, %lx, %lx, %lx)\n",
			 (int)getpid(), nr, a[0], a[1], a[2], a[3], a[4], a[5]);

	syscall(SYS_write, 63, line, n);
}

static void make_call(struct fuzz *f)
{
	unsigned long a[6] = { 0 };
	const char *kinds = "xxxxxx";
	int nr;

	f->staged = 0;
	if (one_in(f, 400)) {
		nr = below(f, LAST_NR);		/* known or not, arguments that fit no call */
		if (in_table(nr) && one_in(f, 2))
			return;
	} else {
		const struct fuzz_call *call = choose_call(f);

		nr = call->nr;
		kinds = call->args;
	}
	for (int i = 0; kinds[i]; i++)
		a[i] = make_arg(f, kinds[i]);
	if (!tame(f, nr, a))
		return;
	*f->current_nr = nr;
	if (f->verbose)
		print_call(f, nr, a);
	syscall(nr, a[0], a[1], a[2], a[3], a[4], a[5]);
	++*f->calls;
}

void make_calls(struct fuzz *f, unsigned int nr)
{
	for (unsigned int i = 0; i < nr; i++) {
		if (one_in(f, 150))
			fuzz_clone(f);
		else
			make_call(f);
	}
}

/* ---- Tasks ---- */

/* A task gets numbers of its own, or it would do what its parent does. */
static void be_child(struct fuzz *parent, uint64_t number)
{
	struct itimerval it = { { 0, 4000 }, { 0, 4000 } };
	struct fuzz f = *parent;

	f.rng ^= number;
	f.depth++;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	setitimer(ITIMER_REAL, &it, NULL);
	make_calls(&f, below(&f, CHILD_CALLS));
}

static int thread_main(void *arg)
{
	be_child(arg, 0x5deece66d);
	return 0;
}

/* One that shares the memory, on a stack of its own: a thread, or a process. */
static void clone_sharing(struct fuzz *f, int flags)
{
	int n = below(f, NR_STACKS);

	if (__atomic_exchange_n(&f->stack_tid[n], 1, __ATOMIC_SEQ_CST))
		return;
	flags |= CLONE_VM | CLONE_CHILD_CLEARTID;
	flags &= ~(CLONE_SETTLS | CLONE_CHILD_SETTID);
	if (flags & CLONE_THREAD)
		flags |= CLONE_SIGHAND;
	if (clone(thread_main, f->stacks + (n + 1) * STACK_SIZE, flags, f, &f->stack_tid[n], 0,
		  &f->stack_tid[n]) < 0)
		f->stack_tid[n] = 0;
}

/* One with a copy of the memory, or (vfork) with all of it while this one waits. */
static void clone_copying(struct fuzz *f, unsigned long flags)
{
	unsigned long parent_tid = make_arg(f, 'b'), child_tid = make_arg(f, 'b');
	uint64_t number = rnd(f);
	long pid;

	if (flags & CLONE_VFORK && one_in(f, 2))
		flags |= CLONE_VM;
	flags &= ~(CLONE_SIGHAND | CLONE_THREAD | CLONE_SETTLS);
	pid = syscall(SYS_clone, flags, 0, parent_tid, 0, child_tid);
	if (!pid) {
		be_child(f, number);
		syscall(one_in(f, 2) ? SYS_exit : SYS_exit_group, below(f, 256));
	}
	if (pid > 0 && one_in(f, 2))
		syscall(SYS_wait4, pid, 0, one_in(f, 2) ? WNOHANG : 0, 0);
}

void fuzz_clone(struct fuzz *f)
{
	static const unsigned long flags[] = {
		CLONE_FS, CLONE_FILES, CLONE_VFORK, CLONE_PARENT_SETTID, CLONE_CHILD_SETTID,
		CLONE_CHILD_CLEARTID, CLONE_NEWNS, 0x04000000, 0x20000000, CLONE_SYSVSEM,
	};
	unsigned long set = one_in(f, 4) ? below(f, 65) : SIGCHLD;

	if (f->depth >= MAX_DEPTH)
		return;
	for (int i = below(f, 4); i > 0; i--)
		set |= flags[below(f, ARRAY_LEN(flags))];
	if (one_in(f, 3))
		clone_sharing(f, set | (one_in(f, 2) ? CLONE_THREAD | CLONE_SIGHAND : 0));
	else
		clone_copying(f, set);
	++*f->calls;
}

/* ---- What the calls work on ---- */

static void open_at_next(const char *path, int flags)
{
	open(path, flags | O_NONBLOCK, 0600);
}

/* About 18 descriptors, the lowest free numbers: the table is empty above 2. */
void open_fds(struct fuzz *f)
{
	int fds[2];

	if (f->verbose)
		dup2(2, 63);
	syscall(SYS_close_range, FIRST_FD, f->verbose ? 62 : ~0U, 0);
	for (int fd = 0; fd < FIRST_FD && !f->verbose; fd++)
		dup2(open("/dev/null", O_RDWR), fd);
	syscall(SYS_close_range, FIRST_FD, f->verbose ? 62 : ~0U, 0);
	open_at_next("f0", O_RDWR | O_CREAT);
	open_at_next("f1", O_RDWR | O_CREAT | O_APPEND);
	mkdir("d0", 0700);
	open_at_next("d0", O_RDONLY | O_DIRECTORY);
	for (int i = 0; i < 3; i++)
		syscall(SYS_pipe2, fds, i ? O_NONBLOCK : O_CLOEXEC | O_NONBLOCK);
	open_at_next("/proc/self/maps", O_RDONLY);
	open_at_next("/proc/self", O_RDONLY | O_DIRECTORY);
	open_at_next("/dev/zero", O_RDWR);
	open_at_next("/proc/self/ns/mnt", O_RDONLY);
	syscall(SYS_memfd_create, "fuzz", 2);
	syscall(SYS_eventfd2, 0, O_NONBLOCK);
	syscall(SYS_epoll_create1, 0);
	syscall(SYS_timerfd_create, 1, O_NONBLOCK);
	syscall(SYS_pidfd_open, getpid(), 0);
	open_at_next("/proc/self/ns/pid", O_RDONLY);
	mkfifo("fifo", 0600);
	open_at_next("fifo", O_RDWR);
}

void remove_below(const char *dir)
{
	char path[512];
	struct dirent *d;
	DIR *stream = opendir(dir);

	while (stream && (d = readdir(stream))) {
		if (!strcmp(d->d_name, ".") || !strcmp(d->d_name, ".."))
			continue;
		if (snprintf(path, sizeof(path), "%s/%s", dir, d->d_name) >= (int)sizeof(path))
			continue;
		if (unlink(path) && errno == EISDIR) {
			remove_below(path);
			rmdir(path);
		}
	}
	if (stream)
		closedir(stream);
}
