/* SPDX-License-Identifier: MIT */
/*
 * Processes as files: see pidfd.c.
 *
 * Linux: include/linux/pid.h.
 */
#pragma once
#include "kernel/sched.h"
#include "lib/types.h"

struct file;

/* pidfd_create() - a file for the process. flags: O_NONBLOCK or 0. 0 or -ENFILE. */
int __must_check pidfd_create(struct signal_struct *sig, unsigned int flags, struct file **f);
/* A descriptor for a process that is being made: nobody can use it yet. fd -1: none. */
struct pidfd_reserved {
	struct file *file;
	int fd;
};
/* pidfd_prepare() - reserve one, and tell the program its number. 0 or -errno. */
int __must_check pidfd_prepare(struct signal_struct *sig, int __user *where,
			       struct pidfd_reserved *r);
/* pidfd_finish() - the process is there (err 0), or not: give the descriptor back. */
void pidfd_finish(struct pidfd_reserved *r, int err);
/*
 * process_leader() - the leader, which another thread's execve() may exchange as soon as the lock
 * is dropped; NULL: the process has been reaped. => tasklist_lock held.
 */
struct task_struct *process_leader(const struct signal_struct *sig);
/* pidfd_get_task() - the process's leader, counted; NULL: no pidfd, or nothing is left of it. */
struct task_struct *pidfd_get_task(const struct file *f);
/*
 * proc_pid_dir_task() - the process whose directory in /proc is open as f, counted; NULL: it is no
 * such directory. (fs/proc/base.c)
 */
struct task_struct *proc_pid_dir_task(const struct file *f);
/* pidfd_lookup() - as pidfd_get_task(), from a descriptor: 0, -EBADF (no pidfd), -ESRCH. */
int __must_check pidfd_lookup(unsigned int fd, struct task_struct **t);
