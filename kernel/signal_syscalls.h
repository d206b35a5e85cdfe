/* SPDX-License-Identifier: MIT */
/*
 * System calls about signals; kernel/signal_syscalls.c unless said.
 * Contracts: the man pages of the same names, section 2. Common to all: a signal
 * number out of 1..64 and a sigsetsize other than 8 are EINVAL, a bad pointer is
 * EFAULT.
 *
 * Linux: include/linux/syscalls.h.
 */
#pragma once
#include "kernel/signal_types.h"
#include "kernel/time.h"

/*
 * Sending; sig 0 sends nothing and only asks. ESRCH: nobody there.
 *
 * kill: pid > 0 a process, 0 our group, -1 everybody but us and process 1, < -1 group -pid.
 * tkill, tgkill: one thread, tgkill only if it belongs to that process.
 * ..queueinfo: with a siginfo of the program's own, which may not look like the kernel's (EPERM).
 */
long sys_kill(long pid, long sig);
long sys_tkill(long tid, long sig);
long sys_tgkill(long tgid, long tid, long sig);
long sys_rt_sigqueueinfo(long tgid, long sig, const void *uinfo);
long sys_rt_tgsigqueueinfo(long tgid, long tid, long sig, const void *uinfo);

/* What the process does about a signal, and what the thread blocks. SIGKILL, SIGSTOP: never. */
long sys_rt_sigaction(long sig, const struct k_sigaction *act, struct k_sigaction *old,
		      unsigned long sigsetsize);
long sys_rt_sigprocmask(long how, const sigset_t *set, sigset_t *old, unsigned long sigsetsize);
long sys_rt_sigpending(sigset_t *set, unsigned long sigsetsize);

/*
 * Waiting. rt_sigsuspend: with `set` blocked until a handler has run; always EINTR then.
 * rt_sigtimedwait: takes one of `set` off the queue and returns its number; EAGAIN after the time.
 */
long sys_rt_sigsuspend(const sigset_t *set, unsigned long sigsetsize);
long sys_rt_sigtimedwait(const sigset_t *set, void *uinfo, const struct __kernel_timespec *timeout,
			 unsigned long sigsetsize);

/* The stack for handlers with SA_ONSTACK: EPERM while it is in use, ENOMEM below 2 KiB. */
long sys_sigaltstack(const void *uss, void *uoss);
/* Back from a handler: all registers and the mask from the frame at sp. arch/riscv/signal.c */
long sys_rt_sigreturn(void);
