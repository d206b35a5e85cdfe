/* SPDX-License-Identifier: MIT */
/*
 * test_errseq.c - an error reaches each watcher once, also one that comes late, also when
 * errors, samples and checks come in any order: random traces against a model that counts.
 *
 * Linux: has no unit test for lib/errseq.c.
 */
#include "host_test.h"
#include "lib/errno.h"
#include "lib/errseq.h"

#define WATCHERS	5

static void test_nothing_happened(void **state)
{
	errseq_t seq = 0, mine = errseq_sample(&seq);

	assert_int_equal(errseq_check(&seq, mine), 0);
	assert_int_equal(errseq_check_and_advance(&seq, &mine), 0);
	errseq_set(&seq, 0);
	errseq_set(&seq, 5);
	errseq_set(&seq, -5000);
	assert_int_equal(seq, 0);
}

static void test_each_is_told_once(void **state)
{
	errseq_t seq = 0, a = errseq_sample(&seq), b = errseq_sample(&seq);

	errseq_set(&seq, -EIO);
	assert_int_equal(errseq_check(&seq, a), -EIO);
	assert_int_equal(errseq_check_and_advance(&seq, &a), -EIO);
	assert_int_equal(errseq_check_and_advance(&seq, &a), 0);
	assert_int_equal(errseq_check_and_advance(&seq, &b), -EIO);
	assert_int_equal(errseq_check_and_advance(&seq, &b), 0);
	errseq_set(&seq, -EIO);
	assert_int_equal(errseq_check_and_advance(&seq, &a), -EIO);
	errseq_set(&seq, -ENOSPC);
	assert_int_equal(errseq_check_and_advance(&seq, &b), -ENOSPC);
	assert_int_equal(errseq_check_and_advance(&seq, &b), 0);
}

static void test_a_late_watcher(void **state)
{
	errseq_t seq = 0, first, second;

	errseq_set(&seq, -EIO);
	first = errseq_sample(&seq);		/* nobody was there: the first one is told */
	assert_int_equal(errseq_check_and_advance(&seq, &first), -EIO);
	second = errseq_sample(&seq);		/* somebody knows: not the business of others */
	assert_int_equal(errseq_check_and_advance(&seq, &second), 0);
}

static void test_unseen_errors_take_one_step(void **state)
{
	errseq_t seq = 0, once;

	errseq_set(&seq, -EIO);
	once = seq;
	for (int i = 0; i < 100000; i++)
		errseq_set(&seq, -EIO);
	assert_int_equal(seq, once);
}

static void test_random_traces(void **state)
{
	static const int errors[] = { -EIO, -ENOSPC, -ENOMEM };
	int told[WATCHERS] = { 0 };	/* number of the last error each knows of */
	errseq_t since[WATCHERS] = { 0 };
	int nr = 0, last = 0, seen = 1;
	errseq_t seq = 0;

	for (int i = 0; i < 20000; i++) {
		int w = rnd(WATCHERS), got;

		switch (rnd(4)) {
		case 0:
			last = errors[rnd(3)];
			errseq_set(&seq, last);
			nr++;
			seen = 0;
			break;
		case 1:
			since[w] = errseq_sample(&seq);
			told[w] = seen ? nr : -1;
			break;
		default:
			got = errseq_check_and_advance(&seq, &since[w]);
			assert_int_equal(got, told[w] == nr ? 0 : last);
			if (told[w] != nr)
				seen = 1;
			told[w] = nr;
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		host_test(test_nothing_happened),
		host_test(test_each_is_told_once),
		host_test(test_a_late_watcher),
		host_test(test_unseen_errors_take_one_step),
		host_test(test_random_traces),
	};

	return host_main(tests);
}
