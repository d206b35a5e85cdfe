/* SPDX-License-Identifier: MIT */
/*
 * What the programs of the labs have in common; see lablib.h.
 *
 * Linux: none.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tools/labs/guest/lablib.h"
#include "user/tests/testlib.h"

const char *looked(void)
{
	static char answer[64];

	fflush(stdout);
	/* read(2) shall find the page there, and this process's own. */
	memset(answer, 0, sizeof(answer));
	if (getenv("LABRUN") && read(STDIN_FILENO, answer, sizeof(answer) - 1) <= 0)
		_exit(1);
	return answer;
}

void tap(int ok, const char *name, long expected, long got)
{
	static int nr;

	printf("%s %d - %s", ok ? "ok" : "not ok", ++nr, name);
	if (!ok)
		printf(": expected %ld got %ld", expected, got);
	putchar('\n');
	fflush(stdout);
}

long now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000L + t.tv_nsec;
}

void write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY);

	if (fd < 0 || write(fd, text, strlen(text)) != (ssize_t)strlen(text))
		die(path);
	close(fd);
}

pid_t must_fork(void)
{
	pid_t pid = fork();

	if (pid < 0)
		die("fork");
	return pid;
}

int wait_for(pid_t pid)
{
	int status;

	while (waitpid(pid, &status, 0) != pid)
		if (errno != EINTR)
			die("waitpid");
	return status;
}

void pin(int hart)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(hart, &set);
	if (sched_setaffinity(0, sizeof(set), &set) < 0)
		die("sched_setaffinity");
}

/* ---- counting ---- */

static pthread_t counter;
static volatile int stop;

static void *count_on(void *arg)
{
	volatile unsigned long *word = arg;

	pin(1);
	while (!stop)
		++*word;
	return NULL;
}

void start_counting(volatile unsigned long *word)
{
	stop = 0;
	pin(0);
	if (pthread_create(&counter, NULL, count_on, (void *)word))
		die("pthread_create");
	while (!*word)
		sched_yield();
}

void stop_counting(void)
{
	stop = 1;
	pthread_join(counter, NULL);
}

/* ---- states ---- */

int run_state(const struct lab_state *states, int nr, int argc, char **argv)
{
	progname = argv[0];
	page_size = sysconf(_SC_PAGESIZE);
	for (int i = 0; argc == 2 && i < nr; i++)
		if (!strcmp(argv[1], states[i].name))
			return states[i].run();
	fprintf(stderr, "usage: %s STATE, which is one of", progname);
	for (int i = 0; i < nr; i++)
		fprintf(stderr, " %s", states[i].name);
	fputc('\n', stderr);
	return 2;
}
