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
#define ERESTART_RESTARTBLOCK	516	/* EINTR if a handler ran, else go on by restart_block */

/*
 * send_sig_info() - send sig to the process of t (group) or to that thread. sig 0 only asks.
 *
 * => tasklist_lock held or t is current: else execve could exchange t's sighand meanwhile.
 *    Interrupts may do so too.
 * => 0, or -EAGAIN: no memory for a queued real-time signal. Kernel threads take none.
 */
int send_sig_info(int sig, const struct kernel_siginfo *info, struct task_struct *t, bool group);
/* send_sig() - from the kernel, to the process; otherwise as above. */
int send_sig(int sig, struct task_struct *t);
/* force_sig() - current cannot refuse it: a blocked or ignored one gets its default action. */
void force_sig(int sig);
/* force_sig_fault() - the same with the address and code of the fault. */
void force_sig_fault(int sig, int code, unsigned long addr);
/* kill_pgrp() - to all processes of a group: 0 or -ESRCH. Takes tasklist_lock; any context. */
int kill_pgrp(pid_t pgrp, int sig, const struct kernel_siginfo *info);
/* __kill_pgrp() - the same. => tasklist_lock held. */
int __kill_pgrp(pid_t pgrp, int sig, const struct kernel_siginfo *info);
/* recalc_sigpending() - make current's TIF_SIGPENDING tell the truth. => siglock held. */
void recalc_sigpending(void);
/* flush_signals() - drop all that is pending: kernel threads. */
void flush_signals(struct task_struct *t);
/*
 * flush_sigqueue() - drop all, flush_sigqueue_mask(): those in mask.
 * => siglock held, or nobody else knows the set.
 */
void flush_sigqueue(struct sigpending *pending);
void flush_sigqueue_mask(struct sigpending *pending, unsigned long mask);
/* signal_wake_up() - t shall look at its signals; fatal: wherever it sleeps. => siglock held. */
void signal_wake_up(struct task_struct *t, bool fatal);
/*
 * exit_signals() - current takes no more signals: other threads get what it leaves. True for one
 * thread of a process only: the last one that comes here.
 */
bool exit_signals(void);
/*
 * do_notify_parent() - t has ended: signal `sig` to its parent (0: none), and wake it.
 * true: nobody wants the status, reap it now. => tasklist_lock held.
 */
bool do_notify_parent(struct task_struct *t, int sig);
/* do_notify_parent_cldstop() - t's process has stopped or goes on. => tasklist_lock held. */
void do_notify_parent_cldstop(struct task_struct *t, bool stopped);
struct ksignal { struct k_sigaction ka; struct kernel_siginfo info; int sig; };
/*
 * get_signal() - the next signal for which a handler runs; default actions are done in here, so it
 * may not return. false: no more signals. => may sleep.
 */
bool get_signal(struct ksignal *ksig);
/* signal_setup_done() - after the frame was written: block sa_mask. failed: SIGSEGV. */
void signal_setup_done(bool failed, struct ksignal *ksig);
/* set_current_blocked() - what current blocks from now on; SIGKILL and SIGSTOP are taken out. */
void set_current_blocked(sigset_t *set);
/* copy_siginfo_to_user() - 128 bytes in Linux's layout. 0 or -EFAULT. */
int copy_siginfo_to_user(void __user *to, const struct kernel_siginfo *info);
/* copy_siginfo_from_user() - the other way, for sigqueue(). 0 or -EFAULT. */
int copy_siginfo_from_user(struct kernel_siginfo *info, const void __user *from);
/* do_work_pending() - arch/riscv/signal.c: all work before returning to user mode. From entry.S. */
void do_work_pending(struct pt_regs *regs);
/* zap_other_threads() - SIGKILL to all threads of p's process but p. => siglock held. */
void zap_other_threads(struct task_struct *p);
/* copy_sighand(), copy_signal() - for kernel_clone(): share or copy current's. 0 or -ENOMEM. */
int __must_check copy_sighand(u64 flags, struct task_struct *t);
int __must_check copy_signal(u64 flags, struct task_struct *t);
/* unshare_sighand() - for execve: current's actions are its own afterwards. 0 or -ENOMEM. */
int __must_check unshare_sighand(void);
/* put_sighand(), put_signal() - give back one reference. */
void put_sighand(struct sighand_struct *s);
void put_signal(struct signal_struct *s);
/* sig_handler_ignored() - is it ignored, by SIG_IGN or by default? => siglock held. */
bool sig_handler_ignored(const struct task_struct *t, int sig);
/*
 * is_orphaned_pgrp() - job control: nobody could continue the group, or only because of `dying`
 * (NULL: nobody dies), whose children have a new parent already. => tasklist_lock held.
 */
bool is_orphaned_pgrp(pid_t pgrp, const struct task_struct *dying);
/* signals_init() - the slab caches. */
void signals_init(void);
/* free_sigqueue() - one that has been taken off its list. */
void free_sigqueue(struct sigqueue *q);
/* nr_queued_signals() - how many wait, to all processes. */
unsigned long nr_queued_signals(void);
/* dequeue_signal() - take the next pending signal not in mask: its number or 0. => siglock held. */
int dequeue_signal(const sigset_t *mask, struct kernel_siginfo *info);
/* itimer_expired() - ITIMER_REAL's callback (kernel/itimer.c). */
enum hrtimer_restart itimer_expired(struct hrtimer *t);
/*
 * run_cpu_timers() - the tick found current's process running, and signal->cpu_timers: send what is
 * due of ITIMER_VIRTUAL, ITIMER_PROF and RLIMIT_CPU. => interrupts off.
 */
void run_cpu_timers(void);
