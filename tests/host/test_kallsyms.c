/* SPDX-License-Identifier: MIT */
/*
 * test_kallsyms.c - the table of names as tools/kallsyms.py packs it, with and without tokens, and
 * kernel/kallsyms.c which unpacks it: each function is found at its first and last byte, by its
 * whole name. The functions are made up by kallsyms_list.py.
 *
 * Linux: kernel/kallsyms_selftest.c.
 */
#include "host_test.h"
#include "kernel/printk.h"

const char _stext[1];
extern const unsigned int kallsyms_num;

static const struct function {
	unsigned long offset, size;
	const char *name;
} functions[] = {
#include "kallsyms_list.inc"
};

/* Look `at` up with a buffer on the heap, so that ASan sees a byte too many. */
static void check(unsigned long at, const struct function *want)
{
	char *buf = malloc(KSYM_NAME_LEN);
	unsigned long offset = 0;
	const char *got = kallsyms_lookup((unsigned long)_stext + at, &offset, buf);

	if (want) {
		assert_ptr_equal(got, buf);
		assert_string_equal(got, want->name);
		assert_int_equal(offset, at - want->offset);
	} else {
		assert_null(got);
	}
	free(buf);
}

static void every_function(void **state)
{
	assert_int_equal(kallsyms_num, ARRAY_SIZE(functions));
	for (unsigned int i = 0; i < ARRAY_SIZE(functions); i++) {
		const struct function *f = &functions[i];

		check(f->offset, f);
		check(f->offset + f->size - 1, f);
		check(f->offset + rnd(f->size), f);
	}
}

static void outside(void **state)
{
	const struct function *last = &functions[ARRAY_SIZE(functions) - 1];

	check(functions[0].offset - 1, NULL);
	check(last->offset + last->size, NULL);
	check(-1ul, NULL);
	check(1ul << 32, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		host_test(every_function),
		host_test(outside),
	};

	return host_main(tests);
}
