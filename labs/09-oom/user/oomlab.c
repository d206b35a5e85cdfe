/* SPDX-License-Identifier: MIT */
/*
 * oomlab STATE - bring processes to where the OOM killer must decide, and tell who died.
 *
 * The players are processes of a known size that sleep, and hogs that take memory. `at NAME ...`
 * lines wait for the grader to look; TAP lines judge what can be judged from inside.
 *
 * Linux: none.
 */
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tools/labs/guest/lablib.h"
#include "user/tests/testlib.h"

#define REGION (2UL << 20)		/* what one page of PTEs maps */
#define CHUNK 32			/* pages that a hog takes at a time */

/* A child that waits: what it is, how it got ready. */
struct player {
	const char *name;
	pid_t pid;
	char *memory;
	long nr;
};

static void set_adj(int adj)
{
	char text[16];

	snprintf(text, sizeof(text), "%d", adj);
	write_file("/proc/self/oom_score_adj", text);
}

static char *reserve(unsigned long bytes)
{
	char *p = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS |
		       MAP_NORESERVE, -1, 0);

	if (p == MAP_FAILED)
		die("mmap");
	return p;
}

static void touch(char *p, long nr, unsigned long step)
{
	for (long i = 0; i < nr; i++)
		p[i * step] = i | 1;
}

/* A share of RAM in pages. */
static long percent(int share)
{
	return mem_kib("MemTotal:") / 4 * share / 100;
}

/* ---- players ---- */

static int ready[2];

static void is_ready(void)
{
	if (write(ready[1], "r", 1) != 1)
		_exit(9);
}

static void wait_ready(void)
{
	char c;

	if (read(ready[0], &c, 1) != 1)
		die("a player ended before its time");
}

static void sleep_for_ever(void)
{
	for (;;)
		pause();
}

/* nr pages, `step` bytes apart, in memory that the parent has reserved (so it knows where). */
static void start_player(struct player *p, const char *name, long nr, unsigned long step, int adj)
{
	p->name = name;
	p->nr = nr;
	p->memory = reserve(nr * step);
	p->pid = fork();
	if (p->pid < 0)
		die("fork");
	if (!p->pid) {
		set_adj(adj);
		touch(p->memory, nr, step);
		is_ready();
		sleep_for_ever();
	}
	munmap(p->memory, nr * step);
	wait_ready();
}

/* Takes most pages and keeps them, or takes without end. */
static void hog(long most)
{
	for (long taken = 0; !most || taken < most; taken += CHUNK)
		touch(reserve(CHUNK * page_size), CHUNK, page_size);
	is_ready();
	sleep_for_ever();
}

static pid_t start_hog(long most, int adj)
{
	pid_t pid = fork();

	if (!pid) {
		set_adj(adj);
		hog(most);
	}
	if (pid < 0)
		die("fork");
	return pid;
}

static void end(pid_t pid)
{
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

/* Until each of nr hogs has all that it wants, or has died; how many are well. Ends them. */
static int settle(const pid_t *hogs, int nr)
{
	int well = 0, dead = 0;
	siginfo_t info;

	while (well + dead < nr) {
		struct pollfd p = { .fd = ready[0], .events = POLLIN };

		if (poll(&p, 1, 20) == 1) {
			wait_ready();
			well++;
		}
		dead = 0;
		for (int i = 0; i < nr; i++) {
			info.si_pid = 0;
			waitid(P_PID, hogs[i], &info, WEXITED | WNOHANG | WNOWAIT);
			dead += info.si_pid != 0;
		}
	}
	for (int i = 0; i < nr; i++)
		end(hogs[i]);
	return nr - dead;
}

/* ---- the points ---- */

static long score_of(pid_t pid)
{
	char path[40], text[16];

	snprintf(path, sizeof(path), "/proc/%d/oom_score", pid);
	if (read_file(path, text, sizeof(text)) < 0)
		die(path);
	return strtol(text, NULL, 10);
}

static void show_score(const struct player *p)
{
	printf("score %s %d %ld\n", p->name, p->pid, score_of(p->pid));
}

/* A process asleep in vfork(), and its child, which is told of in *child. */
static pid_t start_vfork(volatile pid_t *child)
{
	pid_t pid = must_fork();

	if (!pid && !vfork()) {
		*child = getpid();
		is_ready();
		sleep_for_ever();
	}
	wait_ready();
	return pid;
}

static int scores(void)
{
	struct player fat, sparse, tuned, immune, borrower;
	const struct player init = { "init", 1, NULL, 0 };
	volatile pid_t *child = mmap(NULL, page_size, PROT_READ | PROT_WRITE,
				     MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	pid_t lender;

	start_player(&fat, "fat", 3000, page_size, 0);
	start_player(&sparse, "sparse", 300, REGION, 0);
	start_player(&tuned, "tuned", 100, page_size, 300);
	start_player(&immune, "immune", 1000, page_size, -1000);
	lender = start_vfork(child);
	borrower = (struct player){ "vforked", *child, NULL, 0 };
	/* Its pages go to the swap disk; the points must not go with them. */
	write_file("/proc/sys/vm/swappiness", "200");
	printf("total %ld\n", (mem_kib("MemTotal:") + mem_kib("SwapTotal:")) / 4);
	show_score(&fat);
	show_score(&sparse);
	show_score(&tuned);
	show_score(&immune);
	show_score(&init);
	show_score(&borrower);
	printf("at scores\n");
	looked();
	show_score(&fat);
	printf("at again\n");
	looked();
	kill(*child, SIGKILL);
	end(lender);
	end(fat.pid);
	end(sparse.pid);
	end(tuned.pid);
	end(immune.pid);
	return 0;
}

static int swapped(void)
{
	struct player fat = { "fat", 0, NULL, 3000 };

	fat.memory = reserve(fat.nr * page_size);
	fat.pid = fork();
	if (!fat.pid) {
		touch(fat.memory, fat.nr, page_size);
		if (madvise(fat.memory, fat.nr * page_size, MADV_PAGEOUT))
			_exit(1);
		is_ready();
		sleep_for_ever();
	}
	wait_ready();
	printf("total %ld\n", (mem_kib("MemTotal:") + mem_kib("SwapTotal:")) / 4);
	show_score(&fat);
	printf("at scores\n");
	looked();
	end(fat.pid);
	return 0;
}

/* ---- whom ---- */

static int marked;		/* the grader wants to see the player before the hog starts */

/*
 * A player of `share` % of RAM sleeps, a hog starts. Prints who died first, and waits for the
 * grader while the survivor, if it is the player, still has its memory.
 */
static int duel(int share, int player_adj, int hog_adj)
{
	struct player player;
	pid_t hog_pid, dead;
	int status;

	start_player(&player, "player", percent(share), page_size, player_adj);
	if (marked) {
		printf("at ready %d\n", player.pid);
		looked();
	}
	hog_pid = start_hog(0, hog_adj);
	dead = waitpid(-1, &status, 0);
	/* The hog has room now, but would come back to the killer: it must not. */
	if (dead == player.pid)
		end(hog_pid);
	printf("player %d %p %ld hog %d\n", player.pid, player.memory, player.nr, hog_pid);
	printf("at died %s %d\n", dead == player.pid ? "player" : "hog",
	       WIFSIGNALED(status) ? WTERMSIG(status) : 0);
	looked();
	if (dead != player.pid)
		end(player.pid);
	return 0;
}

/* A small player, to which the grader gives the flag that swapoff has. */
static int origin(void)
{
	marked = 1;
	return duel(5, 0, 0);
}

static int allocating(int hog_adj)
{
	int status;

	write_file("/proc/sys/vm/oom_kill_allocating_task", "1");
	status = duel(50, 0, hog_adj);
	write_file("/proc/sys/vm/oom_kill_allocating_task", "0");
	return status;
}

/* Four hogs on four harts run out together; one death makes room for all of them. */
static int one(void)
{
	long kills = vm_counter("oom_kill");
	struct player victim;
	pid_t hogs[4];
	int status, well;

	start_player(&victim, "victim", percent(40), page_size, 500);
	for (int i = 0; i < 4; i++)
		hogs[i] = start_hog(percent(17), 0);
	well = settle(hogs, 4);
	waitpid(victim.pid, &status, 0);
	puts("1..3");
	tap(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL, "victim-died", 9, status);
	tap(well == 4, "others-went-on", 4, well);
	kills = vm_counter("oom_kill") - kills;
	tap(kills == 1, "one-kill-counted", 1, kills);
	return 0;
}

/* ---- victims that cannot simply run to their end ---- */

/* Sleeps in vfork() while its child, which shares the memory, sleeps too. */
static void vfork_player(long nr, int held)
{
	touch(reserve(nr * page_size), nr, page_size);
	if (!vfork()) {
		is_ready();
		sleep_for_ever();
	}
	_exit(held);
}

/* All who hold its write end have ended when the pipe ends. */
static int shared(void)
{
	struct pollfd end_of_pipe = { .events = POLLIN };
	int alive[2], status;
	long nr = percent(50);
	pid_t victim, hog_pid;
	char c;

	if (pipe(alive) < 0)
		die("pipe");
	victim = fork();
	if (!victim) {
		close(alive[0]);
		vfork_player(nr, alive[1]);
	}
	close(alive[1]);
	end_of_pipe.fd = alive[0];
	wait_ready();
	hog_pid = start_hog(percent(80), -999);
	waitpid(victim, &status, 0);
	puts("1..3");
	tap(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL, "sleeper-died", 9, status);
	/* The pipe ends with its last writer; the time is only for a sharer that lives on. */
	tap(poll(&end_of_pipe, 1, 10000) == 1 && !read(alive[0], &c, 1), "sharer-died", 0, 1);
	tap(settle(&hog_pid, 1), "memory-came-back", 1, 0);
	return 0;
}

/*
 * A victim asleep in vfork(). To its child, which shares the memory, the grader gives process
 * 1's number: it lives on, and its memory must stay.
 */
static int init_shares(void)
{
	long nr = percent(50);
	char *memory = reserve(nr * page_size);
	pid_t victim, sharer, hog_pid;
	int told[2], status;

	if (pipe(told) < 0)
		die("pipe");
	victim = fork();
	if (!victim) {
		set_adj(300);
		touch(memory, nr, page_size);
		if (!vfork()) {
			sharer = getpid();
			if (write(told[1], &sharer, sizeof(sharer)) != sizeof(sharer))
				_exit(9);
			sleep_for_ever();
		}
		_exit(0);
	}
	if (read(told[0], &sharer, sizeof(sharer)) != sizeof(sharer))
		die("the sharer");
	printf("at ready %d %p %ld\n", sharer, memory, nr);
	looked();
	hog_pid = start_hog(percent(80), 0);
	waitpid(victim, &status, 0);
	settle(&hog_pid, 1);
	printf("at ended %d\n", WIFSIGNALED(status) ? WTERMSIG(status) : 0);
	looked();
	kill(sharer, SIGKILL);
	return 0;
}

static void *thread_with_memory(void *nr)
{
	touch(reserve((long)nr * page_size), (long)nr, page_size);
	is_ready();
	sleep_for_ever();
	return NULL;
}

/* Its first thread has ended; the second keeps the memory. */
static int headless(void)
{
	pid_t victim = fork(), hog_pid;
	pthread_t thread;
	int status;

	if (!victim) {
		if (pthread_create(&thread, NULL, thread_with_memory, (void *)percent(50)))
			_exit(1);
		syscall(SYS_exit, 0);
	}
	wait_ready();
	hog_pid = start_hog(percent(80), -999);
	waitpid(victim, &status, 0);
	puts("1..2");
	tap(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL, "process-died", 9, status);
	tap(settle(&hog_pid, 1), "memory-came-back", 1, 0);
	return 0;
}

/* ---- nothing is lost ---- */

/* The whole task, its kernel stack and its place in the tables must go: rows of slabinfo. */
static long nr_tasks_allocated(void)
{
	static char text[65536];
	long active = -1;
	char *row;

	write_file("/proc/sys/vm/drop_caches", "2");
	if (read_file("/proc/slabinfo", text, sizeof(text)) < 0)
		die("/proc/slabinfo");
	row = strstr(text, "\ntask_struct ");
	if (row)
		sscanf(row, "\ntask_struct %ld", &active);
	return active;
}

static int rounds(int nr)
{
	long before = nr_tasks_allocated(), lost = 0, status_ok = 0;
	int status;

	for (int i = 0; i < nr; i++) {
		waitpid(start_hog(0, 500), &status, 0);
		status_ok += WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
	}
	/* A task goes when the last hart has left it. */
	for (int i = 0; i < 50; i++) {
		lost = nr_tasks_allocated() - before;
		if (lost <= 2)
			break;
		nap(10);
	}
	puts("1..2");
	tap(status_ok == nr, "hogs-killed", nr, status_ok);
	tap(lost <= 2, "no-task-lost", 0, lost);
	return 0;
}

/* ---- cost: the points of a large process, in instructions ---- */

static int cost(void)
{
	enum { TIMES = 100 };
	struct player fat;
	char path[40], text[16];
	long begin;
	int fd;

	start_player(&fat, "fat", 3000, page_size, 0);
	snprintf(path, sizeof(path), "/proc/%d/oom_score", fat.pid);
	fd = open(path, O_RDONLY);
	begin = now();
	for (int i = 0; i < TIMES; i++)
		if (pread(fd, text, sizeof(text), 0) <= 0)
			die(path);
	printf("cost points %ld\n", (now() - begin) / TIMES);
	close(fd);
	end(fat.pid);
	return 0;
}

int main(int argc, char **argv)
{
	const char *state = argc == 2 ? argv[1] : "";

	page_size = sysconf(_SC_PAGESIZE);
	if (pipe(ready) < 0)
		die("pipe");
	if (!strcmp(state, "scores"))
		return scores();
	if (!strcmp(state, "swapped"))
		return swapped();
	if (!strcmp(state, "biggest"))
		return duel(50, 0, 0);
	if (!strcmp(state, "adj"))
		return duel(30, 600, 0);
	if (!strcmp(state, "immune"))
		return duel(50, -1000, 0);
	if (!strcmp(state, "allocating"))
		return allocating(0);
	if (!strcmp(state, "allocating-immune"))
		return allocating(-1000);
	if (!strcmp(state, "one"))
		return one();
	if (!strcmp(state, "shared"))
		return shared();
	if (!strcmp(state, "origin"))
		return origin();
	if (!strcmp(state, "init-shares"))
		return init_shares();
	if (!strcmp(state, "headless"))
		return headless();
	if (!strcmp(state, "rounds"))
		return rounds(10);
	if (!strcmp(state, "cost"))
		return cost();
	fprintf(stderr, "usage: oomlab scores|swapped|biggest|adj|immune|allocating|"
		"allocating-immune|one|shared|origin|init-shares|headless|rounds|cost\n");
	return 2;
}
