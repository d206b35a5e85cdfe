/* SPDX-License-Identifier: MIT */
/*
 * Signals: the types that task_struct and the user ABI share.
 *
 * Linux: include/linux/signal_types.h, uapi/asm-generic/{signal,siginfo}.h.
 */
#pragma once
#include "lib/list.h"
#include "kernel/uapi/signal.h"

typedef struct { unsigned long sig; } sigset_t;	/* bit n-1: signal n */

#define sigmask(sig)	(1UL << ((sig) - 1))
static inline void sigaddset(sigset_t *s, int sig) { s->sig |= sigmask(sig); }
static inline void sigdelset(sigset_t *s, int sig) { s->sig &= ~sigmask(sig); }
static inline bool sigismember(const sigset_t *s, int sig) { return s->sig & sigmask(sig); }
static inline void sigemptyset(sigset_t *s) { s->sig = 0; }

/* As the rt_sigaction system call passes it on riscv64: no restorer. */
struct k_sigaction {
	void *sa_handler;
	unsigned long sa_flags;
	sigset_t sa_mask;
};

struct kernel_siginfo {
	int si_signo, si_errno, si_code;
	int pid;			/* sender or child */
	unsigned int uid;
	int status;			/* SIGCHLD */
	unsigned long addr;		/* SIGSEGV, SIGBUS ... */
	unsigned long value;		/* sigqueue, timers (timerid in pid, overrun in uid) */
	u64 utime, stime;
	bool timer;			/* timer_create(2)'s own: queued in any case */
};

struct sigqueue {
	struct list_head list;
	struct kernel_siginfo info;
};
struct sigpending {
	struct list_head list;		/* struct sigqueue */
	sigset_t signal;
};
