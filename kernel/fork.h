/* SPDX-License-Identifier: MIT */
/*
 * Making and ending tasks: everything is kernel_clone().
 *
 * Linux: include/linux/sched/task.h, kernel/fork.c, exit.c.
 */
#pragma once
#include "kernel/sched.h"
#include "kernel/uapi/sched.h"

struct kernel_clone_args {
	u64 flags;			/* CLONE_* without the signal byte */
	int exit_signal;
	unsigned long stack, stack_size;	/* user sp = stack + stack_size; 0: parent's */
	unsigned long tls;
	int __user *parent_tid, *child_tid, *pidfd;
	int (*fn)(void *);		/* kernel thread */
	void *fn_arg;
	const char *name;
	void *kthread;			/* its kthread_data */
	struct task_struct *task;	/* set by kernel_clone(); without a reference */
};
/*
 * kernel_clone() - *pid of the new task, already running. -EINVAL, -EAGAIN, -ENOMEM, -EINTR,
 * -ERESTARTNOINTR. May sleep; with CLONE_VFORK until the child execs or exits.
 */
int __must_check kernel_clone(struct kernel_clone_args *args, pid_t *pid);
extern int max_threads;			/* kernel.threads-max: fork() says EAGAIN above */
/* fork_init() - the slab cache of tasks, and how many there may be. */
void fork_init(void);
/* do_exit() - the calling thread ends; code as wait status. */
void do_exit(long code) __noreturn;
/* do_group_exit() - the whole process ends. */
void do_group_exit(int exit_code) __noreturn;
/* mm_release() - t leaves mm: tells those who wait for that (vfork, clear_child_tid). */
void mm_release(struct task_struct *t, struct mm_struct *mm);
/* complete_vfork_done() - t leaves its memory: its parent goes on, if it waits in vfork. fork.c */
void complete_vfork_done(struct task_struct *t);
/* exec_mmap() - exec.c: current goes on in a new mm and drops the old one. */
void exec_mmap(struct mm_struct *mm);
/* do_execve() - argv/envp are user pointers; on success current runs the new program. -errno. */
int __must_check do_execve(const char *filename, const char __user *const __user *argv,
			   const char __user *const __user *envp);
/* kernel_execve() - the same for strings of the kernel's own: process 1. */
int __must_check kernel_execve(const char *filename, const char *const *argv,
			       const char *const *envp);
/* exit_files(), exit_fs() - t gives up its table or directories. kernel/fs. */
void exit_files(struct task_struct *t);
void exit_fs(struct task_struct *t);
/* copy_files(), copy_fs() - t gets current's, shared or copied. 0 or -ENOMEM. kernel/fs. */
int __must_check copy_files(u64 clone_flags, struct task_struct *t);
int __must_check copy_fs(u64 clone_flags, struct task_struct *t);
/* do_close_on_exec() - close what has FD_CLOEXEC. => nobody shares files. kernel/fs/file.c */
void do_close_on_exec(struct files_struct *files);
/* getrusage_of() - RUSAGE_* of a process or thread. kernel/wait4.c */
void getrusage_of(struct task_struct *p, int who, struct rusage *r);
