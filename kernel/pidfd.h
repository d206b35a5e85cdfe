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
/* pidfd_get_task() - the process's leader, counted; NULL: no pidfd, or nothing is left of it. */
struct task_struct *pidfd_get_task(const struct file *f);
/* pidfd_lookup() - the same from a descriptor: 0, -EBADF (no pidfd), -ESRCH. */
int __must_check pidfd_lookup(unsigned int fd, struct task_struct **t);
