/* SPDX-License-Identifier: MIT */
/*
 * user/sh/builtin_job.c: jobs, fg, bg, wait and kill.
 *
 * Linux: none (POSIX sh, user portability utilities). Differs: a subset.
 */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "sh.h"

int do_jobs(int argc, char **argv)
{
	struct job *next;

	(void)argc;
	(void)argv;
	while (job_first() && wait_change(0) == 0)
		;
	for (struct job *j = job_first(); j; j = next) {
		next = j->next;
		if (!j->id)
			continue;
		job_print(j);
		j->notified = 1;
		if (job_state(j) == P_DONE)
			job_free(j);
	}
	return 0;
}

/* The job an argument names, with a message if there is none. */
static struct job *find(const char *command, const char *spec)
{
	struct job *j = job_find(spec);

	if (!j)
		complain("%s: %s: no such job", command, spec ? spec : "current");
	return j;
}

static int have_control(const char *command)
{
	if (!sh.job_control)
		complain("%s: no job control here", command);
	return sh.job_control;
}

int do_fg(int argc, char **argv)
{
	struct job *j;

	if (!have_control(argv[0]))
		return 1;
	j = find(argv[0], argc > 1 ? argv[1] : NULL);
	if (!j)
		return 1;
	outf("%s\n", j->text);
	flush_out();
	j->background = 0;
	return job_foreground(j, 1);
}

int do_bg(int argc, char **argv)
{
	struct job *j;

	if (!have_control(argv[0]))
		return 1;
	j = find(argv[0], argc > 1 ? argv[1] : NULL);
	if (!j)
		return 1;
	job_resume_background(j);
	job_print(j);
	return 0;
}

/* Wait for one job and forget it. => its status. */
static int wait_job(struct job *j)
{
	int status;

	while (job_state(j) == P_RUNNING && !sh.interrupted && wait_change(1) == 0)
		traps_run();
	status = job_status(j);
	if (job_state(j) == P_DONE)
		job_free(j);
	return status;
}

static int wait_all(void)
{
	struct job *next;

	for (struct job *j = job_first(); j; j = next) {
		next = j->next;
		if (j->id && job_state(j) != P_STOPPED)
			wait_job(j);
	}
	return 0;
}

int do_wait(int argc, char **argv)
{
	int status = 0;

	if (argc == 1)
		return wait_all();
	for (int i = 1; i < argc; i++) {
		struct job *j = *argv[i] == '%' ? job_find(argv[i])
						: job_find_pid(atoi(argv[i]));

		if (!j)
			complain("wait: %s: not a child of this shell", argv[i]);
		status = j ? wait_job(j) : 127;
	}
	return status;
}

static int list_signals(void)
{
	for (int sig = 1; sig < 32; sig++)
		outf("%2d %-8s%s", sig, sigabbrev_np(sig), sig % 8 == 0 ? "\n" : "");
	outf("\n");
	return 0;
}

static int kill_one(const char *who, int sig)
{
	struct job *j = *who == '%' ? find("kill", who) : NULL;
	char *end;
	long pid = strtol(who, &end, 10);

	if (*who == '%' && !j)
		return 1;
	if (j && sh.job_control) {
		pid = -j->pgid;
	} else if (j) {
		pid = j->procs[0].pid;
	} else if (*end || end == who) {
		complain("kill: %s: not a process or a job", who);
		return 1;
	}
	if (kill(pid, sig) < 0) {
		complain("kill: %s: %s", who, strerror(errno));
		return 1;
	}
	/* A stopped job must run to notice. */
	if (j && job_state(j) == P_STOPPED && sig != SIGKILL)
		kill(pid, SIGCONT);
	return 0;
}

/* kill [-l] [-s SIGNAL | -SIGNAL] PID|%JOB... */
int do_kill(int argc, char **argv)
{
	int sig = SIGTERM, i = 1, result = 0;

	if (argc > 1 && strcmp(argv[1], "-l") == 0)
		return list_signals();
	if (argc > 2 && argv[1][0] == '-' && strcmp(argv[1], "--") != 0) {
		const char *name = strcmp(argv[1], "-s") == 0 ? argv[++i] : argv[1] + 1;

		sig = signal_number(name);
		if (sig < 0) {
			complain("kill: %s: no such signal", name);
			return 1;
		}
		i++;
	}
	if (i >= argc) {
		complain("usage: kill [-SIGNAL] PID|%%JOB...");
		return 2;
	}
	for (; i < argc; i++)
		result |= kill_one(argv[i], sig);
	return result;
}
