/* SPDX-License-Identifier: MIT */
/*
 * usertests - all tests that run as programs, in TAP: `usertests`, `usertests NAME...`,
 * `usertests -l`. NAME is a suite (memtest), a subtest (mmap_zero) or both (memtest.mmap_zero).
 *
 * swaptest and oomtest are programs of their own: they take minutes and arguments.
 *
 * Linux: tools/testing/selftests. Differs: one program, nothing to install.
 */
#include <stdio.h>
#include <string.h>

#include "user/tests/testlib.h"

static const struct suite *const suites[] = {
	&memtest_suite, &faulttest_suite, &cowtest_suite, &proctest_suite, &sigtest_suite,
	&fstest_suite, &procfstest_suite, &sysctltest_suite, &sysfstest_suite, &nstest_suite,
	&worldtest_suite, &limittest_suite, &committest_suite, &tasktest_suite,
	&vfstest_suite, &mounttest_suite, &badargs_suite,
};

int main(int argc, char **argv)
{
	prog_init(argc, argv, "usertests [-l] [NAME]...\n"
		"Run the tests (of the suites or subtests named, such as cow/pipe); status: "
		"failures, at most 100.");
	if (argc > 1 && !strcmp(argv[1], "-l")) {
		list_suites(suites, ARRAY_LEN(suites));
		return 0;
	}
	return run_suites(suites, ARRAY_LEN(suites), argv + 1, argc - 1);
}
