/* SPDX-License-Identifier: MIT */
/*
 * What the programs of the labs have in common: waiting at a mark until the grader has looked,
 * TAP lines, a clock, children, a thread that counts all the time, the choice of a state.
 *
 * A mark is a line that begins with "at "; what follows is up to the lab. Nothing here takes
 * memory between a mark and the grader's look, as that might be what is looked at.
 *
 * Linux: none.
 */
#pragma once

#include <sys/types.h>

/*
 * looked() - print what is in stdout's buffer, and wait until the grader has looked.
 *
 * => returns the grader's answer, mostly "\n"; by hand or in gdb, where there is no grader, "".
 * => without an answer (the console is gone) it ends the process with status 1.
 */
const char *looked(void);

/* tap() - a TAP line; expected and got are told if it is not ok. */
void tap(int ok, const char *name, long expected, long got);

/* now() - nanoseconds; with icount that is instructions. */
long now(void);

/* write_file() - write a text into a file that is there, or end with a message. */
void write_file(const char *path, const char *text);

/* must_fork() - fork() that ends with a message when it fails. */
pid_t must_fork(void);

/* wait_for() - wait for a child. => its wait status, 0 if it ended with exit(0). */
int wait_for(pid_t pid);

/* pin() - run on this hart only, from now on. */
void pin(int hart);

/*
 * start_counting() - pin the caller to hart 0, and add 1 to *word all the time on hart 1.
 *
 * => returns when *word is not 0 any more. One word at a time; end it with stop_counting().
 */
void start_counting(volatile unsigned long *word);
void stop_counting(void);

struct lab_state {
	const char *name;
	int (*run)(void);
};

/*
 * run_state() - run the state that argv[1] names.
 *
 * => sets progname and page_size first. Returns the exit status: 2 and a usage line on stderr if
 *    there is no such state.
 */
int run_state(const struct lab_state *states, int nr, int argc, char **argv);
