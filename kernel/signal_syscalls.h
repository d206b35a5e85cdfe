/* SPDX-License-Identifier: MIT */
/*
 * System calls about signals; kernel/signal_syscalls.c unless said.
 * Contracts: the man pages of the same names, section 2.
 *
 * Linux: include/linux/syscalls.h.
 */
#pragma once
#include "kernel/signal_types.h"
#include "kernel/time.h"

long sys_kill(long pid, long sig);
long sys_tkill(long tid, long sig);
long sys_tgkill(long tgid, long tid, long sig);
long sys_rt_sigqueueinfo(long tgid, long sig, const void *uinfo);
long sys_rt_tgsigqueueinfo(long tgid, long tid, long sig, const void *uinfo);
long sys_rt_sigaction(long sig, const struct k_sigaction *act, struct k_sigaction *old,
		      unsigned long sigsetsize);
long sys_rt_sigprocmask(long how, const sigset_t *set, sigset_t *old, unsigned long sigsetsize);
long sys_rt_sigpending(sigset_t *set, unsigned long sigsetsize);
long sys_rt_sigsuspend(const sigset_t *set, unsigned long sigsetsize);
long sys_rt_sigtimedwait(const sigset_t *set, void *uinfo, const struct __kernel_timespec *timeout,
			 unsigned long sigsetsize);
long sys_sigaltstack(const void *uss, void *uoss);
long sys_rt_sigreturn(void);		/* arch/riscv/signal.c */
