/* SPDX-License-Identifier: MIT */
/*
 * user/libc/signal.c: signals.
 *
 * The structures in <signal.h> are the kernel's, so these are little more than
 * the system calls. A handler returns into a page of the kernel's (the vDSO), which
 * calls rt_sigreturn: no code for that is needed here.
 *
 * Linux: man 2 sigaction, sigprocmask, sigsuspend, kill. Differs: nothing.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include "internal.h"

#define SET_SIZE sizeof(sigset_t)

/*
 * The kernel's structure has three words and no sa_restorer. QEMU's user-mode
 * emulation (7.2) believes in a fourth, in front of the mask, and would write
 * over what follows; with room for it, and the mask in both places, both work.
 */
struct padded {
	struct sigaction sa;
	sigset_t again;
};

int sigaction(int sig, const struct sigaction *new, struct sigaction *old)
{
	struct padded in, out;

	if (new) {
		in.sa = *new;
		in.again = new->sa_mask;
	}
	if (syscall(__NR_rt_sigaction, sig, new ? &in : NULL, old ? &out : NULL, SET_SIZE) < 0)
		return -1;
	if (old)
		*old = out.sa;
	return 0;
}

sighandler_t signal(int sig, sighandler_t handler)
{
	struct sigaction new = { .sa_handler = handler, .sa_flags = SA_RESTART }, old;

	return sigaction(sig, &new, &old) < 0 ? SIG_ERR : old.sa_handler;
}

int sigprocmask(int how, const sigset_t *set, sigset_t *old)
{
	return syscall(__NR_rt_sigprocmask, how, set, old, SET_SIZE);
}

int sigsuspend(const sigset_t *mask)
{
	return syscall(__NR_rt_sigsuspend, mask, SET_SIZE);
}

int sigpending(sigset_t *set)
{
	return syscall(__NR_rt_sigpending, set, SET_SIZE);
}

int sigtimedwait(const sigset_t *set, siginfo_t *info, const struct timespec *timeout)
{
	return syscall(__NR_rt_sigtimedwait, set, info, timeout, SET_SIZE);
}

int sigwaitinfo(const sigset_t *set, siginfo_t *info)
{
	return sigtimedwait(set, info, NULL);
}

int sigaltstack(const stack_t *new, stack_t *old)
{
	return syscall(__NR_sigaltstack, new, old);
}

int kill(pid_t pid, int sig)
{
	return syscall(__NR_kill, pid, sig);
}

int killpg(pid_t pgrp, int sig)
{
	return kill(-pgrp, sig);
}

int tgkill(pid_t tgid, pid_t tid, int sig)
{
	return syscall(__NR_tgkill, tgid, tid, sig);
}

int raise(int sig)
{
	return tgkill(getpid(), gettid(), sig);
}

int pause(void)
{
	sigset_t mask;

	sigprocmask(SIG_BLOCK, NULL, &mask);
	return sigsuspend(&mask);
}

int sigemptyset(sigset_t *set)
{
	set->__bits = 0;
	return 0;
}

int sigfillset(sigset_t *set)
{
	set->__bits = ~0UL;
	return 0;
}

static int valid(int sig)
{
	if (sig > 0 && sig < NSIG)
		return 1;
	errno = EINVAL;
	return 0;
}

int sigaddset(sigset_t *set, int sig)
{
	if (!valid(sig))
		return -1;
	set->__bits |= 1UL << (sig - 1);
	return 0;
}

int sigdelset(sigset_t *set, int sig)
{
	if (!valid(sig))
		return -1;
	set->__bits &= ~(1UL << (sig - 1));
	return 0;
}

int sigismember(const sigset_t *set, int sig)
{
	return valid(sig) ? (int)(set->__bits >> (sig - 1) & 1) : -1;
}

struct signal_name {
	const char *name;
	const char *text;
};

static const struct signal_name names[] = {
	[SIGHUP] = { "HUP", "Hangup" },
	[SIGINT] = { "INT", "Interrupt" },
	[SIGQUIT] = { "QUIT", "Quit" },
	[SIGILL] = { "ILL", "Illegal instruction" },
	[SIGTRAP] = { "TRAP", "Trace/breakpoint trap" },
	[SIGABRT] = { "ABRT", "Aborted" },
	[SIGBUS] = { "BUS", "Bus error" },
	[SIGFPE] = { "FPE", "Floating point exception" },
	[SIGKILL] = { "KILL", "Killed" },
	[SIGUSR1] = { "USR1", "User defined signal 1" },
	[SIGSEGV] = { "SEGV", "Segmentation fault" },
	[SIGUSR2] = { "USR2", "User defined signal 2" },
	[SIGPIPE] = { "PIPE", "Broken pipe" },
	[SIGALRM] = { "ALRM", "Alarm clock" },
	[SIGTERM] = { "TERM", "Terminated" },
	[SIGSTKFLT] = { "STKFLT", "Stack fault" },
	[SIGCHLD] = { "CHLD", "Child exited" },
	[SIGCONT] = { "CONT", "Continued" },
	[SIGSTOP] = { "STOP", "Stopped (signal)" },
	[SIGTSTP] = { "TSTP", "Stopped" },
	[SIGTTIN] = { "TTIN", "Stopped (tty input)" },
	[SIGTTOU] = { "TTOU", "Stopped (tty output)" },
	[SIGURG] = { "URG", "Urgent I/O condition" },
	[SIGXCPU] = { "XCPU", "CPU time limit exceeded" },
	[SIGXFSZ] = { "XFSZ", "File size limit exceeded" },
	[SIGVTALRM] = { "VTALRM", "Virtual timer expired" },
	[SIGPROF] = { "PROF", "Profiling timer expired" },
	[SIGWINCH] = { "WINCH", "Window changed" },
	[SIGIO] = { "IO", "I/O possible" },
	[SIGPWR] = { "PWR", "Power failure" },
	[SIGSYS] = { "SYS", "Bad system call" },
};

#define NR_NAMES ((int)(sizeof(names) / sizeof(names[0])))

const char *sigabbrev_np(int sig)
{
	return sig > 0 && sig < NR_NAMES ? names[sig].name : NULL;
}

char *strsignal(int sig)
{
	static char other[32];

	if (sig > 0 && sig < NR_NAMES)
		return (char *)names[sig].text;
	snprintf(other, sizeof(other), "Signal %d", sig);
	return other;
}
