/* SPDX-License-Identifier: MIT */
/*
 * host_test.c - the ground under the unit tests: random numbers, bug_at, failing malloc.
 *
 * Single-threaded; no locks.
 *
 * Linux: lib/kunit, mm/failslab.c. Differs: in user space.
 */
#include <time.h>

#include "host_test.h"

struct rnd_state host_rnd;
jmp_buf host_bug_jmp;
bool host_bug_armed;
unsigned int host_warnings;
long host_fail_nth;
unsigned int host_fail_percent;
long host_allocs;

/* The seed of the whole run, chosen by host_banner(). */
static u64 run_seed;

u64 rnd64(void)
{
	return prandom_u64_state(&host_rnd);
}

u32 rnd(u32 bound)
{
	return prandom_below(&host_rnd, bound);
}

void host_banner(void)
{
	const char *env = getenv("QUIRE_SEED");
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	run_seed = (u64)now.tv_sec * 1000 + (u64)now.tv_nsec / 1000000;
	if (env && *env)
		run_seed = strtoull(env, NULL, 0);
	printf("seed %lu (repeat with SEED=%lu)\n", run_seed, run_seed);
	fflush(stdout);
}

int host_setup(void **state)
{
	/* The same for each test, so that one can be run without those before it. */
	prandom_seed_state(&host_rnd, run_seed);
	host_bug_armed = false;
	host_warnings = 0;
	host_fail_nth = 0;
	host_fail_percent = 0;
	host_allocs = 0;
	return 0;
}

int host_teardown(void **state)
{
	if (host_warnings)
		printf("%u unexpected warnings\n", host_warnings);
	if (host_allocs)
		printf("%ld allocations were not freed\n", host_allocs);
	return host_warnings || host_allocs ? -1 : 0;
}

void bug_at(const char *file, int line, const char *what)
{
	if (host_bug_armed) {
		host_bug_armed = false;
		longjmp(host_bug_jmp, 1);
	}
	print_error("BUG: %s\n", what);
	_fail(file, line);
	abort();
}

void warn_at(const char *file, int line, const char *what)
{
	print_error("WARNING: %s:%d: %s\n", file, line, what);
	host_warnings++;
}

void *host_alloc(size_t size)
{
	void *ptr;

	if (host_fail_nth > 0 && --host_fail_nth == 0)
		return NULL;
	if (host_fail_percent && rnd(100) < host_fail_percent)
		return NULL;
	ptr = malloc(size);
	assert_non_null(ptr);
	memset(ptr, 0xa5, size);
	host_allocs++;
	return ptr;
}

void host_free(void *ptr)
{
	if (ptr)
		host_allocs--;
	free(ptr);
}

void *exact_copy(const void *data, size_t size)
{
	void *copy = malloc(size ? size : 1);

	assert_non_null(copy);
	memcpy(copy, data, size);
	return copy;
}

void corrupt(u8 *data, size_t size)
{
	static const u8 interesting[] = { 0x00, 0x01, 0x03, 0x7f, 0x80, 0xff };
	u32 n = 1 + rnd(4);

	while (n-- && size) {
		size_t at = rnd((u32)size);

		if (rnd(2))
			data[at] ^= (u8)(1 << rnd(8));
		else
			data[at] = interesting[rnd(ARRAY_SIZE(interesting))];
	}
}
