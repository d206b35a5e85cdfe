/* SPDX-License-Identifier: MIT */
/*
 * What the two files of stresstest share: the clock that ends a storm, and small helpers.
 */
#pragma once

#include <pthread.h>

#include "user/tests/testlib.h"

extern const struct suite stressswap_suite;

/* start_clock() - the storm's time starts: a second, or $STRESS_MS. */
void start_clock(void);

/* more_time() - shall the storm go on? Each of its loops asks. */
int more_time(void);

/* next_random() - a number below 2^31; *seed is whatever the storm likes. */
unsigned long next_random(unsigned long *seed);

/* start_thread() - pthread_create() that fails the subtest if it fails. */
pthread_t start_thread(void *(*func)(void *), void *arg);
