/* SPDX-License-Identifier: MIT */
/*
 * seq - print the whole numbers FIRST, FIRST+STEP, ... up to LAST.
 *
 * Linux: coreutils seq. Differs: integers only, -s and -w are not there.
 */
#include <stdio.h>

#include "user/util.h"

int main(int argc, char **argv)
{
	long first = 1, step = 1, last;

	prog_init(argc, argv, "seq [FIRST [STEP]] LAST\nPrint whole numbers, one a line.");
	if (argc < 2 || argc > 4)
		usage("one to three numbers are needed");
	if (argc > 2)
		first = parse_long(argv[1]);
	if (argc > 3)
		step = parse_long(argv[2]);
	last = parse_long(argv[argc - 1]);
	if (!step)
		usage("the step must not be zero");
	for (long i = first; step > 0 ? i <= last : i >= last; i += step)
		printf("%ld\n", i);
	return 0;
}
