/* SPDX-License-Identifier: MIT */
/* What ps and top know about processes: /proc/PID/stat, cmdline and the owner of the folder. */
#pragma once

#include <sys/types.h>

struct proc {
	int pid, ppid, pgrp, session, tty, tpgid;
	char state;			/* R S D Z T I, as the kernel says it */
	unsigned long minflt, majflt;
	unsigned long utime, stime;	/* clock ticks, 100 a second */
	unsigned long start;		/* ticks after boot */
	unsigned long vsize;		/* bytes */
	unsigned long rss, shared;	/* KiB */
	long priority, nice;
	int nr_threads;
	unsigned int uid;
	char comm[32];
	char command[160];		/* the arguments, or [comm] where there are none */
	int depth;			/* in the tree; set by procs_tree() */
};

/* proc_read() - fill *p for one process; -1 if it has gone. */
int proc_read(int pid, struct proc *p);

/*
 * procs_read() - all processes in order of pid, as a malloc'ed array.
 *
 * => returns their number; exits if /proc cannot be read.
 */
int procs_read(struct proc **out);

/* procs_tree() - reorder so that children follow their parent; sets depth. */
void procs_tree(struct proc *procs, int nr);

/* proc_stat_flags() - STAT as ps prints it: the state letter and < N s l +. buf holds 8. */
const char *proc_stat_flags(const struct proc *p, char *buf);
