/* SPDX-License-Identifier: MIT */
/*
 * oom - fill memory until the OOM killer has to choose, and see whom it takes.
 *
 * The first hog takes the most and then holds it; more hogs come until memory and swap are full.
 * The kernel's choice is the highest badness: resident + swapped + page-table pages, moved by
 * oom_score_adj. It is visible before as /proc/PID/oom_score, and after in the victim's wait
 * status, in the oom_kill counter and in the kernel's log.
 *
 * Linux: mm/oom_kill.c, oom_badness(). Differs: nothing to be seen from here.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/klog.h>
#include <sys/wait.h>
#include <unistd.h>

#include "user/demos/demo.h"
#include "user/util.h"

#define MAX_HOGS 16
#define STEP (MIB / 2)
/* Action numbers of syslog(2). */
#define LOG_READ_ALL 3
#define LOG_SIZE 10

static struct hog {
	pid_t pid;
	long score, rss;	/* as seen last before the end */
	int dead;
} hogs[MAX_HOGS];
static int nr_hogs;

/* The parent only watches: it must not be taken (-1000). Its children may be (0). */
static void set_score_adj(const char *value)
{
	FILE *f = fopen("/proc/self/oom_score_adj", "w");

	if (f) {
		fputs(value, f);
		fclose(f);
	}
}

/* Take memory step by step up to a limit; tell the parent after each step. */
static void hog(size_t limit, int pipe_fd)
{
	char state = 'g';
	long self = getpid();

	for (size_t taken = 0; taken < limit; taken += STEP) {
		char *p = map_pages(STEP);

		/* Different pages, so that nothing can merge or compress them away. */
		for (size_t i = 0; i < STEP; i += sizeof(long))
			*(long *)(p + i) = (long)(taken + i) * 2654435761L ^ self;
		if (write(pipe_fd, &state, 1) != 1)
			_exit(1);
	}
	state = 'f';
	if (write(pipe_fd, &state, 1) != 1)
		_exit(1);
	for (;;)
		pause();
}

/* Note each hog's size and score; a dying one has no memory any more and keeps the last ones. */
static void show_hogs(void)
{
	char path[64], status[4096], score[32];

	for (int i = 0; i < nr_hogs; i++) {
		struct hog *h = &hogs[i];

		if (h->dead)
			continue;
		snprintf(path, sizeof(path), "/proc/%d/oom_score", h->pid);
		if (read_file(path, score, sizeof(score)) <= 0)
			continue;
		snprintf(path, sizeof(path), "/proc/%d/status", h->pid);
		if (read_file(path, status, sizeof(status)) <= 0 || field(status, "VmRSS:") < 0)
			continue;
		h->score = strtol(score, NULL, 10);
		h->rss = field(status, "VmRSS:") + field(status, "VmSwap:");
	}
}

/* Wait for a dead hog without hanging; returns its index or -1. */
static int reap(int *status)
{
	pid_t pid = waitpid(-1, status, WNOHANG);

	for (int i = 0; i < nr_hogs && pid > 0; i++)
		if (hogs[i].pid == pid) {
			hogs[i].dead = 1;
			return i;
		}
	return -1;
}

/* Start one hog and watch until it is full or somebody dies; returns the dead one or -1. */
static int grow(size_t limit, int *status)
{
	int fds[2], victim;
	char state = 'g';
	pid_t pid;

	if (pipe(fds) < 0)
		die("pipe");
	pid = fork();
	if (pid < 0)
		cannot("fork: %s", strerror(errno));
	if (!pid) {
		close(fds[0]);
		set_score_adj("0");
		hog(limit, fds[1]);
	}
	close(fds[1]);
	hogs[nr_hogs++].pid = pid;
	do {
		if (read(fds[0], &state, 1) != 1)
			state = 'd';
		show_hogs();
		victim = reap(status);
	} while (state == 'g' && victim < 0);
	/* The pipe of a dying hog closes a moment before it can be waited for. */
	for (int tries = 0; state == 'd' && victim < 0 && tries < 100; tries++) {
		usleep(20000);
		victim = reap(status);
	}
	close(fds[0]);
	return victim;
}

static void table(int victim)
{
	int best = 0;

	say("%8s %12s %10s", "PID", "RSS+swap KiB", "oom_score");
	for (int i = 0; i < nr_hogs; i++) {
		say("%8d %12ld %10ld%s", hogs[i].pid, hogs[i].rss, hogs[i].score,
		    i == victim ? "  <- killed" : "");
		if (hogs[i].score > hogs[best].score)
			best = i;
	}
	claim(hogs[victim].score == hogs[best].score, "the victim had the highest score");
}

static void show_log(void)
{
	int size = klogctl(LOG_SIZE, NULL, 0);
	char *log = size > 0 ? malloc(size + 1) : NULL;
	int len = log ? klogctl(LOG_READ_ALL, log, size) : -1;
	int found = 0;

	if (len < 0) {
		say("the kernel's log cannot be read: %s", strerror(errno));
		return;
	}
	log[len] = '\0';
	for (char *line = strtok(log, "\n"); line; line = strtok(NULL, "\n"))
		if (strstr(line, "Out of memory") || strstr(line, "Killed process") ||
		    strstr(line, "invoked oom-killer")) {
			found++;
			say("  dmesg: %s", line);
		}
	claim(found > 0, "the log tells of it (dmesg shows the whole report)");
	free(log);
}

static void end_all(void)
{
	for (int i = 0; i < nr_hogs; i++)
		if (!hogs[i].dead) {
			kill(hogs[i].pid, SIGKILL);
			waitpid(hogs[i].pid, NULL, 0);
		}
}

int main(int argc, char **argv)
{
	long all = meminfo("MemAvailable:") + meminfo("SwapFree:");
	long kills = vmstat("oom_kill"), unused = meminfo("MemFree:");
	int victim = -1, status = 0;
	size_t limit;

	prog_init(argc, argv, "oom\nFill memory until the OOM killer picks a process.");
	if (!on_quire() && (argc < 2 || strcmp(argv[1], "--really")))
		cannot("this would fill all memory of a machine that is not Quire");
	set_score_adj("-1000");
	say("memory and swap left: %ld KiB, oom_kill %ld", all, kills);
	while (victim < 0 && nr_hogs < MAX_HOGS) {
		/* The first takes the most, so the choice is clear when it comes. */
		limit = (nr_hogs ? all / 4 : all / 10 * 4) * KIB;
		victim = grow(limit, &status);
	}
	claim(victim >= 0, "the OOM killer chose one of %d hogs", nr_hogs);
	if (victim >= 0) {
		table(victim);
		claim(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL,
		      "its wait status says: killed by signal %d (SIGKILL is 9)", WTERMSIG(status));
	}
	end_all();
	kills = vmstat("oom_kill") - kills;
	claim(kills >= 1, "oom_kill in /proc/vmstat went up by %ld", kills);
	show_log();
	claim(meminfo("MemFree:") + 4096 >= unused || vmstat("pswpout") > 0,
	      "free memory: %ld KiB before, %ld after", unused, meminfo("MemFree:"));
	return demo_status();
}
