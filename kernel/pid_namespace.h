/* SPDX-License-Identifier: MIT */
/*
 * PID namespaces: in each, numbers begin with 1, and process 1 is an init of its own. It reaps
 * the orphans, gets no signal it has not asked for but from outside, and its end is everybody's.
 *
 * Linux: include/linux/pid_namespace.h, kernel/pid_namespace.c.
 */
#pragma once
#include "kernel/nsproxy.h"

struct pid_namespace {
	struct ns_common ns;
	struct pid_namespace *parent;		/* counted */
	unsigned int level;			/* 0: the first one */
	struct task_struct *child_reaper;	/* (T) leader of its process 1; else NULL */
	struct task_struct *zapper;		/* (T) waits for the others to go */
	int last_pid;				/* (T) */
	int nr_pids;				/* (T) tasks that have a number here */
	bool dying;				/* (T) its init ends: no new tasks */
	bool wrapped;				/* (T) numbers are being used again */
	unsigned long *pid_map;			/* (T) used numbers */
};

extern struct pid_namespace init_pid_ns;

static inline void get_pid_ns(struct pid_namespace *ns)
{
	if (ns != &init_pid_ns)
		ns_get(&ns->ns);
}
/* put_pid_ns() - does not sleep. */
static inline void put_pid_ns(struct pid_namespace *ns)
{
	if (ns != &init_pid_ns)
		ns_put(&ns->ns);
}

/* create_pid_ns() - below parent. 0, -ENOSPC (too deep), -ENOMEM. */
int __must_check create_pid_ns(struct pid_namespace *parent, struct pid_namespace **ns);
/* pid_ns_contains() - is inner outer itself, or in it at any depth? */
bool pid_ns_contains(const struct pid_namespace *outer, const struct pid_namespace *inner);
/* zap_pid_ns() - current is the last thread of ns's init: all others die, and are waited for. */
void zap_pid_ns(struct pid_namespace *ns);

/* pid_nr_ns() - the number as seen in ns, 0 if not there. */
static inline pid_t pid_nr_ns(const struct pid_numbers *p, const struct pid_namespace *ns)
{
	return p->at[ns->level].ns == ns->ns.inum ? p->at[ns->level].nr : 0;
}
static inline pid_t task_pid_nr_ns(const struct task_struct *t, const struct pid_namespace *ns)
{
	return pid_nr_ns(&t->pids, ns);
}
static inline pid_t task_tgid_nr_ns(const struct task_struct *t, const struct pid_namespace *ns)
{
	return pid_nr_ns(&t->group_leader->pids, ns);
}
/* pgrp_of_nr() - the process group that ns calls nr, by its first number; -1: no such group. */
pid_t pgrp_of_nr(pid_t nr, const struct pid_namespace *ns);
/* pgrp_nr_ns() - the reverse: what ns calls group pgrp, 0 if it does not see it. */
pid_t pgrp_nr_ns(pid_t pgrp, const struct pid_namespace *ns);
