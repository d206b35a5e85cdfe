/* SPDX-License-Identifier: MIT */
/*
 * user/sh/jobs.c: which processes belong together, and what became of them.
 *
 * A job is a pipeline. With job control each job is a process group, and the
 * terminal belongs to one group at a time: Ctrl-C and Ctrl-Z reach that group
 * only. The shell gives the terminal to a foreground job and takes it back when
 * the job has ended or stopped.
 *
 * Every job, also the foreground one, is on one list; wait_change() is the only
 * place that calls wait, and files each news under the job it belongs to.
 *
 * Linux: none (POSIX sh, job control; man 4 tty_ioctl). Differs: -
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>
#include "sh.h"

static struct job *jobs;		/* newest first */
static struct termios shell_modes;	/* the terminal as the shell wants it */

struct job *job_new(const char *text)
{
	struct job *j = xmalloc(sizeof(*j));

	*j = (struct job){ .next = jobs, .text = xstrdup(text ? text : "") };
	jobs = j;
	return j;
}

static struct proc *add_proc(struct job *j)
{
	j->procs = xrealloc(j->procs, (j->nr + 1) * sizeof(*j->procs));
	j->procs[j->nr] = (struct proc){ 0 };
	return &j->procs[j->nr++];
}

void job_add(struct job *j, pid_t pid)
{
	struct proc *p = add_proc(j);

	p->pid = pid;
	if (!j->pgid)
		j->pgid = pid;
	if (sh.job_control)
		setpgid(pid, j->pgid);	/* the child does so too: whoever is first */
}

void job_add_done(struct job *j, int status)
{
	struct proc *p = add_proc(j);

	p->state = P_DONE;
	p->status = status << 8;
}

void job_free(struct job *j)
{
	for (struct job **p = &jobs; *p; p = &(*p)->next) {
		if (*p == j) {
			*p = j->next;
			break;
		}
	}
	free(j->procs);
	free(j->text);
	free(j);
}

enum proc_state job_state(const struct job *j)
{
	enum proc_state state = P_DONE;

	for (int i = 0; i < j->nr; i++) {
		if (j->procs[i].state == P_RUNNING)
			return P_RUNNING;
		if (j->procs[i].state == P_STOPPED)
			state = P_STOPPED;
	}
	return state;
}

int status_of(int status)
{
	if (WIFSTOPPED(status))
		return 128 + WSTOPSIG(status);
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

int job_status(const struct job *j)
{
	return j->nr ? status_of(j->procs[j->nr - 1].status) : 0;
}

struct job *job_first(void)
{
	return jobs;
}

/* The current job (nr 0) or the one before it (nr 1): stopped ones come first. */
static struct job *current_job(int nr)
{
	for (int stopped = 1; stopped >= 0; stopped--) {
		for (struct job *j = jobs; j; j = j->next) {
			if (!j->id || (job_state(j) == P_STOPPED) != stopped)
				continue;
			if (nr-- == 0)
				return j;
		}
	}
	return NULL;
}

/* %1, %%, %+, %-, %name; without % a name is none of ours. */
struct job *job_find(const char *spec)
{
	if (!spec || strcmp(spec, "%%") == 0 || strcmp(spec, "%+") == 0 ||
	    strcmp(spec, "%") == 0)
		return current_job(0);
	if (strcmp(spec, "%-") == 0)
		return current_job(1);
	for (struct job *j = jobs; j; j = j->next) {
		if (!j->id || *spec != '%')
			continue;
		if (j->id == atoi(spec + 1) ||
		    strncmp(j->text, spec + 1, strlen(spec + 1)) == 0)
			return j;
	}
	return NULL;
}

struct job *job_find_pid(pid_t pid)
{
	for (struct job *j = jobs; j; j = j->next) {
		for (int i = 0; i < j->nr; i++) {
			if (j->procs[i].pid == pid)
				return j;
		}
	}
	return NULL;
}

void job_keep(struct job *j)
{
	int id = 1;

	for (struct job *other = jobs; other; other = other->next) {
		if (other->id >= id)
			id = other->id + 1;
	}
	if (!j->id)
		j->id = id;
	j->background = 1;
}

static void file_change(pid_t pid, int status)
{
	struct job *j = job_find_pid(pid);

	for (int i = 0; j && i < j->nr; i++) {
		struct proc *p = &j->procs[i];

		if (p->pid != pid)
			continue;
		p->status = status;
		p->state = WIFSTOPPED(status) ? P_STOPPED
			   : WIFCONTINUED(status) ? P_RUNNING : P_DONE;
		j->notified = 0;
	}
}

/* No children are left: whatever we still wait for will never report. */
static void all_done(void)
{
	for (struct job *j = jobs; j; j = j->next) {
		for (int i = 0; i < j->nr; i++)
			j->procs[i].state = P_DONE;
	}
}

int wait_change(int block)
{
	int options = block ? 0 : WNOHANG, status;
	pid_t pid;

	if (sh.job_control)
		options |= WUNTRACED | WCONTINUED;
	pid = waitpid(-1, &status, options);
	if (pid > 0)
		file_change(pid, status);
	else if (pid < 0 && errno == ECHILD)
		all_done();
	return pid > 0 || (pid < 0 && errno == EINTR) ? 0 : -1;
}

void terminal_take_back(void)
{
	if (!sh.job_control)
		return;
	tcsetpgrp(sh.tty, getpgrp());
	tcsetattr(sh.tty, TCSADRAIN, &shell_modes);
}

static void mark_running(struct job *j)
{
	for (int i = 0; i < j->nr; i++) {
		if (j->procs[i].state == P_STOPPED)
			j->procs[i].state = P_RUNNING;
	}
	j->notified = 1;
}

/* Say what a signal did to a foreground job, where that is of interest. */
static void tell_signal(const struct job *j)
{
	int status = j->nr ? j->procs[j->nr - 1].status : 0;
	int sig = WTERMSIG(status);

	if (!WIFSIGNALED(status))
		return;
	if (sig == SIGINT) {
		if (sh.interactive) {
			write(STDERR_FILENO, "\n", 1);
			sh.interrupted = 1;	/* also ends the loop it ran in */
		}
	} else if (sig != SIGPIPE) {
		dprintf(STDERR_FILENO, "%s\n", strsignal(sig));
	}
}

int job_foreground(struct job *j, int resume)
{
	int status;

	if (sh.job_control && j->pgid && resume)
		tcsetpgrp(sh.tty, j->pgid);
	if (resume) {
		mark_running(j);
		kill(-j->pgid, SIGCONT);
	}
	while (job_state(j) == P_RUNNING && wait_change(1) == 0)
		;
	terminal_take_back();
	status = job_status(j);
	if (job_state(j) == P_STOPPED) {
		job_keep(j);
		write(STDERR_FILENO, "\n", 1);
		job_print(j);
		flush_out();
		j->notified = 1;
		return status;
	}
	tell_signal(j);
	job_free(j);
	return status;
}

void job_resume_background(struct job *j)
{
	mark_running(j);
	kill(-j->pgid, SIGCONT);
}

void job_print(const struct job *j)
{
	enum proc_state state = job_state(j);
	int status = j->nr ? j->procs[j->nr - 1].status : 0;
	char mark = j == current_job(0) ? '+' : j == current_job(1) ? '-' : ' ';
	char what[40];

	if (state == P_RUNNING)
		strcpy(what, "Running");
	else if (state == P_STOPPED)
		strcpy(what, "Stopped");
	else if (WIFSIGNALED(status))
		snprintf(what, sizeof(what), "%s", strsignal(WTERMSIG(status)));
	else if (WEXITSTATUS(status))
		snprintf(what, sizeof(what), "Exit %d", WEXITSTATUS(status));
	else
		strcpy(what, "Done");
	outf("[%d]%c  %-22s  %s%s\n", j->id, mark, what, j->text,
	     state == P_RUNNING ? " &" : "");
}

void jobs_notify(void)
{
	struct job *next;

	while (job_first() && wait_change(0) == 0)
		;
	for (struct job *j = jobs; j; j = next) {
		next = j->next;
		if (!j->id || j->notified || job_state(j) == P_RUNNING)
			continue;
		job_print(j);
		j->notified = 1;
		if (job_state(j) == P_DONE)
			job_free(j);
	}
	flush_out();
}

void jobs_forget(void)
{
	while (jobs)
		job_free(jobs);
}

/*
 * Take part in job control: wait until we are in the foreground, lead a group,
 * and own the terminal. Any of it may be impossible, and then there is none.
 */
void jobs_init(void)
{
	pid_t owner;

	sh.tty = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 10);
	if (sh.tty < 0 || tcgetattr(sh.tty, &shell_modes) < 0)
		return;
	while ((owner = tcgetpgrp(sh.tty)) > 0 && owner != getpgrp())
		kill(0, SIGTTIN);
	if (owner < 0)
		return;
	signals_init();
	setpgid(0, 0);
	sh.job_control = tcsetpgrp(sh.tty, getpgrp()) == 0;
}
