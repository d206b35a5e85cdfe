/* SPDX-License-Identifier: MIT */
/*
 * random.c - xoshiro256**, seeded by splitmix64.
 *
 * Both are by David Blackman and Sebastiano Vigna, who put them in the public domain; this
 * is an implementation from the published description. Invariant: the state is never all
 * zero (splitmix64 never gives four zeros in a row). Locks: the caller's.
 *
 * Linux: lib/random32.c. Differs: see random.h.
 */
#include "lib/random.h"
#include "lib/string.h"

static inline u64 rotl(u64 x, unsigned int by)
{
	return x << by | x >> (64 - by);
}

/* One step of splitmix64: spreads even seeds like 0, 1, 2 over all bits. */
static u64 splitmix64(u64 *x)
{
	u64 z = *x += 0x9e3779b97f4a7c15UL;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9UL;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebUL;
	return z ^ (z >> 31);
}

void prandom_seed_state(struct rnd_state *state, u64 seed)
{
	int i;

	for (i = 0; i < 4; i++)
		state->s[i] = splitmix64(&seed);
}

u64 prandom_u64_state(struct rnd_state *state)
{
	u64 *s = state->s;
	u64 result = rotl(s[1] * 5, 7) * 9;
	u64 t = s[1] << 17;

	s[2] ^= s[0];
	s[3] ^= s[1];
	s[1] ^= s[2];
	s[0] ^= s[3];
	s[2] ^= t;
	s[3] = rotl(s[3], 45);
	return result;
}

u32 prandom_u32_state(struct rnd_state *state)
{
	return (u32)(prandom_u64_state(state) >> 32);
}

u32 prandom_below(struct rnd_state *state, u32 bound)
{
	/* The top of a 32x32-bit product: no division, and a bias below 2^-32. */
	return (u32)(((u64)prandom_u32_state(state) * bound) >> 32);
}

void prandom_bytes_state(struct rnd_state *state, void *buf, size_t n)
{
	u8 *p = buf;
	u64 word;
	size_t part;

	for (; n; n -= part, p += part) {
		part = n < sizeof(word) ? n : sizeof(word);
		word = prandom_u64_state(state);
		memcpy(p, &word, part);
	}
}
