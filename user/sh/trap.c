/* SPDX-License-Identifier: MIT */
/*
 * user/sh/trap.c: signals, and commands to run when they come.
 *
 * A handler only notes the signal; traps_run() runs the command later, between
 * two commands of the shell, where that is safe. An interactive shell ignores
 * what the terminal would stop or kill it with, and gives its children the
 * default back.
 *
 * Linux: none (POSIX sh, trap). Differs: -
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "sh.h"

#define NR_SIGNALS 32
#define EXIT_TRAP 0

static char *traps[NR_SIGNALS];		/* NULL: default. "": ignored */
static volatile sig_atomic_t came[NR_SIGNALS];
static volatile sig_atomic_t any_came;

/* What an interactive shell ignores for its own sake. */
static const int own_ignored[] = { SIGQUIT, SIGTERM, SIGTSTP, SIGTTIN, SIGTTOU };

static void note(int sig)
{
	came[sig] = 1;
	any_came = 1;
	if (sig == SIGINT && sh.interactive)
		sh.interrupted = 1;
}

/* Without SA_RESTART: what the shell waits in must come back at a signal. */
static void set_action(int sig, void (*handler)(int))
{
	struct sigaction sa = { .sa_handler = handler };

	sigaction(sig, &sa, NULL);
}

void signals_init(void)
{
	for (size_t i = 0; i < sizeof(own_ignored) / sizeof(own_ignored[0]); i++)
		set_action(own_ignored[i], SIG_IGN);
	set_action(SIGINT, note);
}

void signals_child(int background)
{
	for (int sig = 1; sig < NR_SIGNALS; sig++) {
		if (traps[sig] && *traps[sig])
			set_action(sig, SIG_DFL);
	}
	if (sh.interactive) {
		for (size_t i = 0; i < sizeof(own_ignored) / sizeof(own_ignored[0]); i++)
			set_action(own_ignored[i], SIG_DFL);
		set_action(SIGINT, SIG_DFL);
	}
	if (background) {
		set_action(SIGINT, SIG_IGN);
		set_action(SIGQUIT, SIG_IGN);
	}
}

static void run_trap(int sig)
{
	char *line = tmp_strdup(traps[sig]);	/* the trap may change itself */
	int status = sh.status;

	run_string("trap", line);
	sh.status = status;
}

void traps_run(void)
{
	static int running;

	if (!any_came || running)
		return;
	running = 1;
	any_came = 0;
	for (int sig = 1; sig < NR_SIGNALS; sig++) {
		if (!came[sig])
			continue;
		came[sig] = 0;
		if (traps[sig] && *traps[sig])
			run_trap(sig);
	}
	running = 0;
}

void trap_exit_run(void)
{
	char *line = traps[EXIT_TRAP];

	traps[EXIT_TRAP] = NULL;
	if (line && *line)
		run_string("trap", line);
	free(line);
}

/* A copy of the shell starts without traps; ignored signals stay ignored. */
void traps_reset(void)
{
	for (int sig = 0; sig < NR_SIGNALS; sig++) {
		if (traps[sig] && *traps[sig]) {
			free(traps[sig]);
			traps[sig] = NULL;
		}
	}
}

/* A number, INT or SIGINT; 0 for EXIT; -1 if it is none. */
int signal_number(const char *name)
{
	char *end;
	long n = strtol(name, &end, 10);

	if (*name && !*end)
		return n >= 0 && n < 65 ? (int)n : -1;
	if (strcasecmp(name, "EXIT") == 0)
		return EXIT_TRAP;
	if (strncasecmp(name, "SIG", 3) == 0)
		name += 3;
	for (int sig = 1; sig < NR_SIGNALS; sig++) {
		if (strcasecmp(name, sigabbrev_np(sig)) == 0)
			return sig;
	}
	return -1;
}

static void set_trap(int sig, const char *line)
{
	free(traps[sig]);
	traps[sig] = line ? xstrdup(line) : NULL;
	if (sig == EXIT_TRAP || sig == SIGKILL || sig == SIGSTOP)
		return;
	if (line)
		set_action(sig, *line ? note : (sighandler_t)SIG_IGN);
	else if (sh.interactive && sig == SIGINT)
		set_action(sig, note);
	else
		set_action(sig, SIG_DFL);
}

static void print_traps(void)
{
	for (int sig = 0; sig < NR_SIGNALS; sig++) {
		if (traps[sig])
			outf("trap -- '%s' %s\n", traps[sig],
			     sig ? sigabbrev_np(sig) : "EXIT");
	}
}

/* trap; trap LINE SIGNAL...; trap - SIGNAL...; trap SIGNAL */
int do_trap(int argc, char **argv)
{
	const char *line = argc > 2 && strcmp(argv[1], "-") != 0 ? argv[1] : NULL;
	int result = 0;

	if (argc > 1 && strcmp(argv[1], "--") == 0) {
		argv++;
		argc--;
		line = argc > 2 ? argv[1] : NULL;
	}
	if (argc == 1)
		print_traps();
	for (int i = argc > 2 ? 2 : 1; i < argc; i++) {
		int sig = signal_number(argv[i]);

		if (sig < 0 || sig >= NR_SIGNALS) {
			complain("trap: %s: no such signal", argv[i]);
			result = 1;
		} else {
			set_trap(sig, line);
		}
	}
	return result;
}
