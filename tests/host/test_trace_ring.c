/* SPDX-License-Identifier: MIT */
/*
 * test_trace_ring.c - the ring of trace records: order, overwriting, lost counts, clearing,
 * and a reader beside a writer that laps it.
 *
 * Linux: kernel/trace/ring_buffer_benchmark.c. Differs: every record carries a check sum.
 */
#include <pthread.h>
#include "host_test.h"
#include "kernel/trace/ring.h"

static struct trace_ring ring;

static void make_ring(u64 nr_slots)
{
	ring = (struct trace_ring){ .nr_slots = nr_slots };
	/* On the heap with its exact size: ASan sees a slot too many. */
	ring.slots = calloc(nr_slots, sizeof(*ring.slots));
	assert_non_null(ring.slots);
}

static void put_record(u64 n)
{
	struct trace_record *r = trace_ring_begin(&ring);

	r->ts = n;
	for (int i = 0; i < TRACE_ARGS; i++)
		r->arg[i] = n * (i + 3);
	r->pid = (int)n;
	trace_ring_commit(&ring);
}

/* Every word belongs to the same record. */
static void check_record(const struct trace_record *r)
{
	for (int i = 0; i < TRACE_ARGS; i++)
		assert_int_equal(r->arg[i], r->ts * (i + 3));
	assert_int_equal(r->pid, (int)r->ts);
}

static void empty(void **state)
{
	struct trace_record r;
	u64 pos = 0, lost = 0;

	ring = (struct trace_ring){ 0 };
	assert_false(trace_ring_read(&ring, &pos, &r, &lost));
	make_ring(4);
	assert_false(trace_ring_read(&ring, &pos, &r, &lost));
	assert_int_equal(lost, 0);
	free(ring.slots);
}

/* For rings of all sizes and all amounts: what is read is the newest, in order; the rest lost. */
static void wrap(void **state)
{
	for (u64 slots = 2; slots < 12; slots++) {
		for (u64 n = 0; n < 4 * slots; n++) {
			u64 pos = 0, lost = 0, kept = n < slots ? n : slots - 1, got = 0;
			struct trace_record r;

			make_ring(slots);
			for (u64 i = 0; i < n; i++)
				put_record(i);
			assert_int_equal(trace_ring_oldest(&ring), n - kept);
			while (trace_ring_read(&ring, &pos, &r, &lost)) {
				check_record(&r);
				assert_int_equal(r.ts, n - kept + got);
				got++;
			}
			assert_int_equal(got, kept);
			assert_int_equal(lost, n - kept);
			assert_int_equal(pos, n);
			free(ring.slots);
		}
	}
}

/* A reader who stops in the middle is told what he missed, no more and no less. */
static void missed(void **state)
{
	u64 pos = 0, lost = 0, seen = 0;
	struct trace_record r;

	make_ring(16);
	for (u64 i = 0; i < 10000; i++) {
		put_record(i);
		if (rnd(8))
			continue;
		for (u64 k = rnd(12); k && trace_ring_read(&ring, &pos, &r, &lost); k--)
			seen++;
		assert_int_equal(seen + lost, pos);
	}
	while (trace_ring_read(&ring, &pos, &r, &lost))
		seen++;
	assert_int_equal(seen + lost, 10000);
	assert_true(seen && lost);
	free(ring.slots);
}

static void clear(void **state)
{
	u64 pos = 0, lost = 0;
	struct trace_record r;

	make_ring(8);
	for (u64 i = 0; i < 20; i++)
		put_record(i);
	trace_ring_clear(&ring);
	assert_int_equal(trace_ring_oldest(&ring), 20);
	pos = READ_ONCE(ring.start);
	assert_false(trace_ring_read(&ring, &pos, &r, &lost));
	put_record(20);
	assert_true(trace_ring_read(&ring, &pos, &r, &lost));
	assert_int_equal(r.ts, 20);
	assert_int_equal(lost, 0);
	free(ring.slots);
}

#define WRITES	400000

static void *writer(void *unused)
{
	for (u64 i = 0; i < WRITES; i++)
		put_record(i);
	return NULL;
}

/* The writer is much faster than the ring is long: no record may be a mixture of two. */
static void concurrent(void **state)
{
	u64 pos = 0, lost = 0, seen = 0, last = 0;
	struct trace_record r;
	pthread_t thread;

	make_ring(5);
	assert_int_equal(pthread_create(&thread, NULL, writer, NULL), 0);
	while (pos < WRITES) {
		if (!trace_ring_read(&ring, &pos, &r, &lost))
			continue;
		check_record(&r);
		assert_true(!seen || r.ts > last);
		last = r.ts;
		seen++;
	}
	pthread_join(thread, NULL);
	assert_int_equal(seen + lost, WRITES);
	assert_int_equal(last, WRITES - 1);
	free(ring.slots);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		host_test(empty), host_test(wrap), host_test(missed), host_test(clear),
		host_test(concurrent),
	};

	return host_main(tests);
}
