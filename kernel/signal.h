/* SPDX-License-Identifier: MIT */
/*
 * Sending, blocking and delivering signals.
 *
 * Linux: include/linux/sched/signal.h, kernel/signal.c; arch/riscv/kernel/signal.c
 * for the frame.
 */
#pragma once
#include "kernel/sched.h"

/* Kernel-internal error codes of system calls that a signal interrupted. */
#define ERESTARTSYS		512	/* restart if SA_RESTART, else EINTR */
#define ERESTARTNOINTR		513	/* always restart */
#define ERESTARTNOHAND		514	/* restart only if no handler ran */
#define ERESTART_RESTARTBLOCK	516	/* relative sleeps: EINTR if a handler ran, else go on (restart_syscall) */

/* send_sig_info() - to the process of t (group) or to that thread. 0, -EAGAIN, -ESRCH. Any context. */
int send_sig_info(int sig, const struct kernel_siginfo *info, struct task_struct *t, bool group);
int send_sig(int sig, struct task_struct *t);		/* from the kernel, to the process */
void force_sig(int sig);				/* current cannot refuse it */
void force_sig_fault(int sig, int code, unsigned long addr);
int kill_pgrp(pid_t pgrp, int sig, const struct kernel_siginfo *info);	/* 0 or -ESRCH; takes tasklist_lock */
int __kill_pgrp(pid_t pgrp, int sig, const struct kernel_siginfo *info);	/* tasklist_lock held */
void recalc_sigpending(void);				/* => siglock held */
void flush_signals(struct task_struct *t);		/* kernel threads */
void flush_sigqueue(struct sigpending *pending);
void signal_wake_up(struct task_struct *t, bool fatal);	/* => siglock held */
/* do_notify_parent() - t has ended: SIGCHLD and wake-up. true: nobody wants the status, reap it now. => tasklist_lock */
bool do_notify_parent(struct task_struct *t, int sig);
void do_notify_parent_cldstop(struct task_struct *t, bool stopped); /* => tasklist_lock */
/* get_signal() - next signal to deliver to a handler; default actions are done here. false: none. */
struct ksignal { struct k_sigaction ka; struct kernel_siginfo info; int sig; };
bool get_signal(struct ksignal *ksig);
/* signal_setup_done() - after the frame was written: block sa_mask etc. */
void signal_setup_done(bool failed, struct ksignal *ksig);
void set_current_blocked(sigset_t *set);
/* copy_siginfo_to_user() - 128 bytes in Linux's layout. 0 or -EFAULT. */
int copy_siginfo_to_user(void __user *to, const struct kernel_siginfo *info);
int copy_siginfo_from_user(struct kernel_siginfo *info, const void __user *from);
/* arch/riscv/signal.c: work before returning to user mode (reschedule, signals). From entry.S. */
void do_work_pending(struct pt_regs *regs);
void zap_other_threads(struct task_struct *t);		/* => siglock, tasklist: SIGKILL to the other threads */
int __must_check copy_sighand(u64 flags, struct task_struct *t);
int __must_check copy_signal(u64 flags, struct task_struct *t);
void put_sighand(struct sighand_struct *s);
void put_signal(struct signal_struct *s);
bool sig_ignored_by(struct task_struct *t, int sig);
/* is_current_pgrp_orphaned() - job control: nobody could continue it. => tasklist_lock. */
bool is_orphaned_pgrp(pid_t pgrp);
void signals_init(void);
void free_sigqueue(struct sigqueue *q);
/* dequeue_signal() - take the next pending signal not in mask: its number or 0. => siglock held. */
int dequeue_signal(const sigset_t *mask, struct kernel_siginfo *info);
/* itimer_expired() - ITIMER_REAL's callback (kernel/itimer.c). */
enum hrtimer_restart itimer_expired(struct hrtimer *t);
