/* SPDX-License-Identifier: MIT */
/*
 * user/libc/exit.c: ways to leave.
 *
 * exit() runs the atexit() functions, newest first, and flushes the streams;
 * _exit() asks the kernel at once. A vfork() child must use _exit(): exit()
 * would run the parent's functions in the parent's memory.
 *
 * Linux: man 3 exit, man 2 exit_group. Differs: 32 atexit() functions.
 */
#include <assert.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include "internal.h"

#define MAX_FUNCS 32

static void (*funcs[MAX_FUNCS])(void);
static int nr_funcs;

int atexit(void (*func)(void))
{
	if (nr_funcs == MAX_FUNCS)
		return -1;
	funcs[nr_funcs++] = func;
	return 0;
}

void _exit(int status)
{
	for (;;)
		__syscall(__NR_exit_group, status);
}

void _Exit(int status)
{
	_exit(status);
}

void exit(int status)
{
	while (nr_funcs > 0)
		funcs[--nr_funcs]();
	__stdio_exit();
	_exit(status);
}

void abort(void)
{
	struct sigaction dfl = { .sa_handler = SIG_DFL };
	sigset_t abrt = { 1UL << (SIGABRT - 1) };

	/* First the program's own handler, if any; then nothing stands in the way. */
	raise(SIGABRT);
	sigaction(SIGABRT, &dfl, NULL);
	sigprocmask(SIG_UNBLOCK, &abrt, NULL);
	raise(SIGABRT);
	_exit(127);
}

void __assert_fail(const char *expr, const char *file, int line, const char *func)
{
	fprintf(stderr, "%s:%d: %s: assertion `%s' failed\n", file, line, func, expr);
	abort();
}
