/* SPDX-License-Identifier: MIT */
/*
 * sleep - do nothing for a while. Several times add up; each may have a fraction and one of the
 * units s, m, h, d. Fractions are parsed as decimal digits, not as floating point.
 *
 * Linux: coreutils sleep. Differs: nothing that matters.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "user/util.h"

#define NSEC 1000000000LL

/* "1.5m" in nanoseconds. */
static long long parse_time(const char *text)
{
	static const char units[] = "smhd";
	static const int seconds[] = { 1, 60, 3600, 86400 };
	const char *s = text, *unit;
	long long ns = 0, scale = NSEC;

	for (; *s >= '0' && *s <= '9'; s++)
		ns = ns * 10 + (*s - '0') * NSEC;
	if (*s == '.')
		for (s++; *s >= '0' && *s <= '9'; s++)
			ns += (*s - '0') * (scale /= 10);
	unit = *s ? strchr(units, *s) : units;
	if (s == text || !unit || (*s && s[1])) {
		fprintf(stderr, "sleep: '%s' is not a time\n", text);
		exit(1);
	}
	return ns * seconds[unit - units];
}

int main(int argc, char **argv)
{
	long long ns = 0;
	struct timespec left;

	prog_init(argc, argv, "sleep TIME[smhd]...\n"
		"Wait for the sum of the times, e.g. 0.5 or 2m.");
	if (argc < 2)
		usage("a time is needed");
	for (int i = 1; i < argc; i++)
		ns += parse_time(argv[i]);
	left.tv_sec = ns / NSEC;
	left.tv_nsec = ns % NSEC;
	/* A stop and continue interrupts the call; the rest of the time is in `left`. */
	while (nanosleep(&left, &left) < 0)
		if (errno != EINTR)
			die("nanosleep");
	return 0;
}
