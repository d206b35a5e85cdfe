/* SPDX-License-Identifier: MIT */
/*
 * Random numbers for programs (AT_RANDOM, getrandom, /dev/urandom).
 *
 * Linux: include/linux/random.h. Differs: a fast generator seeded from the
 * device tree's rng-seed and the clock; NOT for cryptography.
 */
#pragma once
#include "lib/types.h"
/* add_random_seed() - mix in n bytes: rng-seed at boot, what is written to /dev/urandom. */
void add_random_seed(const void *seed, size_t n);
u64 get_random_u64(void);
void get_random_bytes(void *buf, size_t n);
