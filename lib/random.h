/* SPDX-License-Identifier: MIT */
/*
 * random.h - a small, fast, seedable pseudo-random generator (xoshiro256**).
 *
 * Good for tests, hash salts, address-space layout and AT_RANDOM in a teaching kernel; not
 * cryptographic. The state belongs to the caller, who locks it.
 *
 * Linux: include/linux/prandom.h. Differs: the generator, and 64-bit results.
 */
#pragma once

#include "lib/types.h"

struct rnd_state {
	u64 s[4];		/* never all zero */
};

/* Any seed will do, 0 too; equal seeds give equal sequences. */
void prandom_seed_state(struct rnd_state *state, u64 seed);
u64 prandom_u64_state(struct rnd_state *state);
u32 prandom_u32_state(struct rnd_state *state);
/* Evenly from 0 to @bound - 1; 0 for bound 0. */
u32 prandom_below(struct rnd_state *state, u32 bound);
void prandom_bytes_state(struct rnd_state *state, void *buf, size_t n);
