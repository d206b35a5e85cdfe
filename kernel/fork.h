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
};
/* kernel_clone() - *pid of the new task, already running. -EINVAL, -EAGAIN, -ENOMEM. May sleep (vfork). */
int __must_check kernel_clone(struct kernel_clone_args *args, pid_t *pid);
extern int max_threads;			/* kernel.threads-max: fork() says EAGAIN above */
void fork_init(void);
void do_exit(long code) __noreturn;			/* code as wait status */
void do_group_exit(int exit_code) __noreturn;
void mm_release(struct task_struct *t, struct mm_struct *mm);	/* vfork_done, clear_child_tid */
/* exec_mmap() - exec.c: current goes on in a new mm and drops the old one. */
void exec_mmap(struct mm_struct *mm);
/* do_execve() - argv/envp are user pointers; on success current runs the new program. -errno else. */
int __must_check do_execve(const char *filename, const char __user *const __user *argv,
			   const char __user *const __user *envp);
int __must_check kernel_execve(const char *filename, const char *const *argv, const char *const *envp);
/* de_thread() - all other threads of the process are gone afterwards: 0 or -EINTR/-EAGAIN. */
int __must_check de_thread(struct task_struct *t);
void exit_files(struct task_struct *t);
void exit_fs(struct task_struct *t);
int __must_check copy_files(u64 clone_flags, struct task_struct *t);	/* kernel/fs/file.c */
int __must_check copy_fs(u64 clone_flags, struct task_struct *t);
void do_close_on_exec(struct files_struct *files);
void getrusage_of(struct task_struct *p, int who, struct rusage *r);
