/* SPDX-License-Identifier: MIT */
/*
 * Reading processes from /proc (contracts in procinfo.h).
 *
 * A process may end between any two reads: then it is left out, which is no error. The name in
 * /proc/PID/stat may hold blanks and parentheses, so the fields begin behind the last ")".
 *
 * Linux: procps library/readproc.c. Differs: only what ps and top print.
 */
#include <ctype.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "user/procinfo.h"
#include "user/util.h"

/* Fields 4.. of stat, behind the state letter, as numbers. */
#define NR_FIELDS 24
enum {
	F_PPID, F_PGRP, F_SESSION, F_TTY, F_TPGID, F_FLAGS, F_MINFLT, F_CMINFLT, F_MAJFLT,
	F_CMAJFLT, F_UTIME, F_STIME, F_CUTIME, F_CSTIME, F_PRIORITY, F_NICE, F_THREADS,
	F_ITREAL, F_START, F_VSIZE, F_RSS,
};

static int parse_stat(char *text, struct proc *p)
{
	long f[NR_FIELDS] = { 0 };
	char *open = strchr(text, '('), *close = strrchr(text, ')');
	char *s;

	if (!open || !close || close < open || !close[1])
		return -1;
	snprintf(p->comm, sizeof(p->comm), "%.*s", (int)(close - open - 1), open + 1);
	p->state = close[2];
	s = close + 3;
	for (int i = 0; i < NR_FIELDS; i++)
		f[i] = strtoul(s, &s, 10);
	p->ppid = f[F_PPID];
	p->pgrp = f[F_PGRP];
	p->session = f[F_SESSION];
	p->tty = f[F_TTY];
	p->tpgid = (int)f[F_TPGID];
	p->minflt = f[F_MINFLT];
	p->majflt = f[F_MAJFLT];
	p->utime = f[F_UTIME];
	p->stime = f[F_STIME];
	p->priority = f[F_PRIORITY];
	p->nice = f[F_NICE];
	p->nr_threads = f[F_THREADS];
	p->start = f[F_START];
	p->vsize = f[F_VSIZE];
	p->rss = f[F_RSS] * (sysconf(_SC_PAGESIZE) / 1024);
	return 0;
}

static void read_command(const char *dir, struct proc *p)
{
	char path[64];
	ssize_t len;

	snprintf(path, sizeof(path), "%s/cmdline", dir);
	len = read_file(path, p->command, sizeof(p->command));
	if (len <= 0) {
		snprintf(p->command, sizeof(p->command), "[%s]", p->comm);
		return;
	}
	/* Each argument ends with a NUL; a newline in one would tear the table. */
	for (ssize_t i = 0; i < len; i++)
		if (!isprint((unsigned char)p->command[i]))
			p->command[i] = ' ';
	while (len && p->command[len - 1] == ' ')
		p->command[--len] = '\0';
}

int proc_read(int pid, struct proc *p)
{
	char dir[32], path[64], text[1024];
	struct stat st;
	unsigned long shared = 0;

	memset(p, 0, sizeof(*p));
	p->pid = pid;
	snprintf(dir, sizeof(dir), "/proc/%d", pid);
	snprintf(path, sizeof(path), "%s/stat", dir);
	if (read_file(path, text, sizeof(text)) <= 0 || parse_stat(text, p) < 0)
		return -1;
	if (!stat(dir, &st))
		p->uid = st.st_uid;
	snprintf(path, sizeof(path), "%s/statm", dir);
	if (read_file(path, text, sizeof(text)) > 0)
		sscanf(text, "%*u %*u %lu", &shared);
	p->shared = shared * (sysconf(_SC_PAGESIZE) / 1024);
	read_command(dir, p);
	return 0;
}

static int by_pid(const void *a, const void *b)
{
	return ((const struct proc *)a)->pid - ((const struct proc *)b)->pid;
}

int procs_read(struct proc **out)
{
	struct proc *procs = NULL;
	struct dirent *de;
	int nr = 0, room = 0;
	DIR *dir = opendir("/proc");

	if (!dir)
		die("/proc");
	while ((de = readdir(dir))) {
		if (!isdigit((unsigned char)de->d_name[0]))
			continue;
		if (nr == room) {
			room = room ? room * 2 : 32;
			procs = realloc(procs, room * sizeof(*procs));
			if (!procs)
				die("processes");
		}
		nr += !proc_read(atoi(de->d_name), &procs[nr]);
	}
	closedir(dir);
	if (nr)
		qsort(procs, nr, sizeof(*procs), by_pid);
	*out = procs;
	return nr;
}

/* Move procs[from] and what is a descendant of it to procs[to...]; returns the next free place. */
static int place(struct proc *procs, int nr, int to, int from, int depth)
{
	struct proc p = procs[from];

	memmove(&procs[to + 1], &procs[to], (from - to) * sizeof(p));
	p.depth = depth;
	procs[to++] = p;
	for (int i = to; i < nr; i++)
		if (procs[i].ppid == p.pid && procs[i].pid != p.pid)
			to = place(procs, nr, to, i, depth + 1);
	return to;
}

static int has_parent(const struct proc *procs, int nr, int child)
{
	for (int i = 0; i < nr; i++)
		if (i != child && procs[i].pid == procs[child].ppid)
			return 1;
	return 0;
}

void procs_tree(struct proc *procs, int nr)
{
	int to = 0;

	for (int i = 0; i < nr; i++)
		if (i >= to && !has_parent(procs, nr, i))
			to = place(procs, nr, to, i, 0);
}

const char *proc_stat_flags(const struct proc *p, char *buf)
{
	char *s = buf;

	*s++ = p->state;
	if (p->nice)
		*s++ = p->nice < 0 ? '<' : 'N';
	if (p->session == p->pid)
		*s++ = 's';
	if (p->nr_threads > 1)
		*s++ = 'l';
	if (p->tpgid > 0 && p->tpgid == p->pgrp)
		*s++ = '+';
	*s = '\0';
	return buf;
}
