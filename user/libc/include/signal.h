/* SPDX-License-Identifier: MIT */
/*
 * signal.h: signals, in the kernel's own layouts, so that nothing is translated.
 */
#pragma once

#include <stdint.h>
#include <sys/types.h>
#include <time.h>

#include "kernel/uapi/signal.h"

#define SIGPOLL		SIGIO
#define SIGRTMAX	_NSIG
#define NSIG		(_NSIG + 1)
#define SIG_ERR		((void (*)(int))-1)
#define SIGSTKSZ	8192

typedef int sig_atomic_t;
typedef void (*sighandler_t)(int);

/* One bit a signal: signal n is bit n - 1. */
typedef struct {
	unsigned long __bits;
} sigset_t;

union sigval {
	int sival_int;
	void *sival_ptr;
};

typedef struct {
	int si_signo;
	int si_errno;
	int si_code;
	int __pad;
	union {
		struct {
			pid_t __pid;
			uid_t __uid;
			union {
				union sigval __value;
				struct {
					int __status;
					long __utime, __stime;
				} __chld;
			} __u;
		} __proc;
		void *__addr;
		char __size[112];
	} __f;
} siginfo_t;
#define si_pid		__f.__proc.__pid
#define si_uid		__f.__proc.__uid
#define si_value	__f.__proc.__u.__value
#define si_status	__f.__proc.__u.__chld.__status
#define si_utime	__f.__proc.__u.__chld.__utime
#define si_stime	__f.__proc.__u.__chld.__stime
#define si_addr		__f.__addr

/* riscv64 has no sa_restorer: the kernel returns through its own page. */
struct sigaction {
	union {
		void (*__handler)(int);
		void (*__sigaction)(int, siginfo_t *, void *);
	} __h;
	unsigned long sa_flags;
	sigset_t sa_mask;
};
#define sa_handler	__h.__handler
#define sa_sigaction	__h.__sigaction

typedef struct {
	void *ss_sp;
	int ss_flags;
	size_t ss_size;
} stack_t;

/* What a SA_SIGINFO handler gets as its third argument. */
typedef struct {
	unsigned long __gregs[32];	/* [0] is pc, [n] is xn */
	struct {
		unsigned long __f[32];
		unsigned int __fcsr;
		unsigned int __reserved[67];
	} __fpregs;
} mcontext_t;

typedef struct __ucontext {
	unsigned long uc_flags;
	struct __ucontext *uc_link;
	stack_t uc_stack;
	sigset_t uc_sigmask;
	char __reserved[120];
	mcontext_t uc_mcontext __attribute__((aligned(16)));
} ucontext_t;

int sigaction(int sig, const struct sigaction *new, struct sigaction *old);
sighandler_t signal(int sig, sighandler_t handler);
int sigprocmask(int how, const sigset_t *set, sigset_t *old);
int sigsuspend(const sigset_t *mask);
int sigpending(sigset_t *set);
int sigtimedwait(const sigset_t *set, siginfo_t *info, const struct timespec *timeout);
int sigwaitinfo(const sigset_t *set, siginfo_t *info);
int sigaltstack(const stack_t *new, stack_t *old);
int kill(pid_t pid, int sig);
int killpg(pid_t pgrp, int sig);
int tgkill(pid_t tgid, pid_t tid, int sig);
int raise(int sig);
int sigemptyset(sigset_t *set);
int sigfillset(sigset_t *set);
int sigaddset(sigset_t *set, int sig);
int sigdelset(sigset_t *set, int sig);
int sigismember(const sigset_t *set, int sig);
