/* SPDX-License-Identifier: MIT */
/*
 * What the files of sysfuzz share: a worker's state, its random numbers, the table of calls and
 * the making of arguments.
 */
#pragma once

#include <stdint.h>

#include "user/tests/testlib.h"

#define ARENA_PAGES 48		/* what memory calls work on */
#define NR_STACKS 4		/* of threads that one worker may have at a time */
#define FIRST_FD 3
#define LAST_FD 40

/* One worker, and one for each task it clones. Nothing here is shared but through pointers. */
struct fuzz {
	uint64_t rng;
	char *arena;			/* ARENA_PAGES, then a page that is never mapped */
	char *stage;			/* structures for the next call: stays mapped, unless hit */
	unsigned int staged;		/* bytes of stage in use */
	char *stacks;			/* NR_STACKS of 16 KiB */
	int *stack_tid;			/* 0: this stack is free; the kernel clears it at exit */
	volatile uint64_t *calls;	/* counted here, in memory shared with the runner */
	volatile uint32_t *current_nr;	/* the call under way */
	pid_t runner;			/* must survive */
	int depth;			/* 0: worker, else something it cloned */
	int verbose;			/* print each call before it is made */
	int own_mounts, own_names;	/* in namespaces of its own: may mount, may set names */
};

/* A call and what its arguments are, a letter each: see make_arg(). */
struct fuzz_call {
	uint16_t nr;
	uint8_t weight;
	const char *args;
};

extern const struct fuzz_call fuzz_calls[];
extern const unsigned int nr_fuzz_calls;

/* rnd() - 32 random bits; below() - a number below n; one_in() - true once in n times. */
uint32_t rnd(struct fuzz *f);
uint32_t below(struct fuzz *f, uint32_t n);
int one_in(struct fuzz *f, uint32_t n);

/* make_arg() - an argument of the kind that the letter stands for, wild once in a while. */
unsigned long make_arg(struct fuzz *f, char kind);

/* tame() - change what would end the machine, the runner, or the test's sense. 0: leave it out. */
int tame(struct fuzz *f, int nr, unsigned long *a);

/* fuzz_clone() - clone(2) with random flags; the child makes a few calls and ends. */
void fuzz_clone(struct fuzz *f);

/* make_calls() - so many random calls. */
void make_calls(struct fuzz *f, unsigned int nr);

/* open_fds() - descriptors of all kinds at FIRST_FD and up; what was there is closed. */
void open_fds(struct fuzz *f);

/* remove_below() - delete all that a directory holds. */
void remove_below(const char *dir);
