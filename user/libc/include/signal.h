/* SPDX-License-Identifier: MIT */
/*
 * signal.h: signals, in the kernel's own layouts, so that nothing is translated.
 */
#pragma once

#include <stdint.h>
#include <sys/types.h>
#include <time.h>

#define SIGHUP		1
#define SIGINT		2
#define SIGQUIT		3
#define SIGILL		4
#define SIGTRAP		5
#define SIGABRT		6
#define SIGBUS		7
#define SIGFPE		8
#define SIGKILL		9
#define SIGUSR1		10
#define SIGSEGV		11
#define SIGUSR2		12
#define SIGPIPE		13
#define SIGALRM		14
#define SIGTERM		15
#define SIGSTKFLT	16
#define SIGCHLD		17
#define SIGCONT		18
#define SIGSTOP		19
#define SIGTSTP		20
#define SIGTTIN		21
#define SIGTTOU		22
#define SIGURG		23
#define SIGXCPU		24
#define SIGXFSZ		25
#define SIGVTALRM	26
#define SIGPROF		27
#define SIGWINCH	28
#define SIGIO		29
#define SIGPOLL		SIGIO
#define SIGPWR		30
#define SIGSYS		31
#define SIGRTMIN	32
#define SIGRTMAX	64
#define NSIG		65
#define _NSIG		65

#define SIG_DFL		((void (*)(int))0)
#define SIG_IGN		((void (*)(int))1)
#define SIG_ERR		((void (*)(int))-1)

#define SIG_BLOCK	0
#define SIG_UNBLOCK	1
#define SIG_SETMASK	2

#define SA_NOCLDSTOP	0x00000001
#define SA_NOCLDWAIT	0x00000002
#define SA_SIGINFO	0x00000004
#define SA_ONSTACK	0x08000000
#define SA_RESTART	0x10000000
#define SA_NODEFER	0x40000000
#define SA_RESETHAND	0x80000000

#define SI_USER		0
#define SI_KERNEL	128
#define SI_QUEUE	(-1)
#define SI_TIMER	(-2)
#define SI_TKILL	(-6)
#define ILL_ILLOPC	1
#define FPE_INTDIV	1
#define SEGV_MAPERR	1
#define SEGV_ACCERR	2
#define BUS_ADRALN	1
#define BUS_ADRERR	2
#define BUS_OBJERR	3
#define TRAP_BRKPT	1
#define CLD_EXITED	1
#define CLD_KILLED	2
#define CLD_DUMPED	3
#define CLD_TRAPPED	4
#define CLD_STOPPED	5
#define CLD_CONTINUED	6

#define SS_ONSTACK	1
#define SS_DISABLE	2
#define MINSIGSTKSZ	2048
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
