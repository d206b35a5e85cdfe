/* SPDX-License-Identifier: MIT */
/*
 * host_test.h - what every unit test includes: cmocka, a seeded random generator, BUG_ON
 * that can be expected, and an allocator that can be told to fail.
 *
 * Random traces: host_rnd is seeded anew for each test from one seed of the run, which is
 * printed first thing in the log; QUIRE_SEED=N (make SEED=N) repeats it.
 *
 * Linux: include/kunit/test.h has the same purpose. Differs: runs in user space.
 */
#pragma once

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "lib/bug.h"
#include "lib/kernel.h"
#include "lib/random.h"
#include "lib/string.h"

extern struct rnd_state host_rnd;

/* Random numbers of the running test: 64 bits, or 0 to @bound - 1. */
u64 rnd64(void);
u32 rnd(u32 bound);

/* host_setup() - cmocka set-up of one test: seeds host_rnd, resets the counters below. */
int host_setup(void **state);

/* host_teardown() - fails the test if a warning came unexpected or host_alloc leaked. */
int host_teardown(void **state);

/* A row of the table for cmocka_run_group_tests. */
#define host_test(f)	cmocka_unit_test_setup_teardown(f, host_setup, host_teardown)

/* host_main() - run a table; the exit status of the program. */
#define host_main(tests) (host_banner(), cmocka_run_group_tests(tests, NULL, NULL))
void host_banner(void);

/*
 * expect_bug(statement) - the statement must end in BUG_ON; anything else fails the test.
 *
 * => locals changed by the statement are undefined afterwards (it is a longjmp).
 */
extern jmp_buf host_bug_jmp;
extern bool host_bug_armed;
#define expect_bug(statement) do {					\
	if (!setjmp(host_bug_jmp)) {					\
		host_bug_armed = true;					\
		statement;						\
		host_bug_armed = false;					\
		fail_msg("no BUG: %s", #statement);			\
	}								\
} while (0)

/* expect_warn(statement) - the statement must warn exactly once. */
extern unsigned int host_warnings;
#define expect_warn(statement) do {					\
	host_warnings = 0;						\
	statement;							\
	assert_int_equal(host_warnings, 1);				\
	host_warnings = 0;						\
} while (0)

/*
 * host_alloc() - malloc filled with garbage, or NULL when an injected failure is due.
 *
 * => host_fail_nth n > 0: the n-th allocation from now fails, once. host_fail_percent:
 *    each fails with that probability. host_allocs counts what is not freed yet.
 */
void *host_alloc(size_t size);
void host_free(void *ptr);
extern long host_fail_nth;
extern unsigned int host_fail_percent;
extern long host_allocs;

/* exact_copy() - a copy on the heap, so that ASan sees one byte too far. Free with free. */
void *exact_copy(const void *data, size_t size);

/* corrupt() - overwrite a few random bits or bytes of @data. */
void corrupt(u8 *data, size_t size);
