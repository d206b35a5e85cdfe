/* SPDX-License-Identifier: MIT */
/*
 * date - print or set the date, in UTC.
 *
 * +FORMAT knows %Y %m %d %H %M %S %s %N %F %T %a %b %e %j %Z %n %%. -s sets: either "@SECONDS"
 * or "YYYY-MM-DD hh:mm:ss".
 *
 * Linux: coreutils date. Differs: no time zones, -u is accepted and changes nothing.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "user/util.h"

static const char *const day_names[] = { "Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat" };

static void print_field(int c, const struct civil *d, const struct timespec *ts)
{
	switch (c) {
	case 'Y': printf("%04d", d->year); break;
	case 'm': printf("%02d", d->month); break;
	case 'd': printf("%02d", d->day); break;
	case 'e': printf("%2d", d->day); break;
	case 'H': printf("%02d", d->hour); break;
	case 'M': printf("%02d", d->minute); break;
	case 'S': printf("%02d", d->second); break;
	case 's': printf("%ld", (long)ts->tv_sec); break;
	case 'N': printf("%09ld", (long)ts->tv_nsec); break;
	case 'F': printf("%04d-%02d-%02d", d->year, d->month, d->day); break;
	case 'T': printf("%02d:%02d:%02d", d->hour, d->minute, d->second); break;
	case 'a': printf("%s", day_names[d->weekday]); break;
	case 'b': printf("%s", month_names[d->month - 1]); break;
	case 'j': printf("%03d", d->yearday + 1); break;
	case 'Z': printf("UTC"); break;
	case 'n': putchar('\n'); break;
	case '%': putchar('%'); break;
	default: printf("%%%c", c);
	}
}

static void print_date(const char *format, const struct timespec *ts)
{
	struct civil d;

	to_civil(ts->tv_sec, &d);
	for (; *format; format++) {
		if (*format == '%' && format[1])
			print_field(*++format, &d, ts);
		else
			putchar(*format);
	}
	putchar('\n');
}

static void set_date(const char *text)
{
	struct timespec ts = { 0 };
	struct civil d = { 0 };

	if (*text == '@')
		ts.tv_sec = parse_long(text + 1);
	else if (sscanf(text, "%d-%d-%d %d:%d:%d", &d.year, &d.month, &d.day, &d.hour,
			&d.minute, &d.second) < 3 ||
		 d.year < 1970 || d.month < 1 || d.month > 12)
		usage("not a date");
	else
		ts.tv_sec = from_civil(&d);
	if (clock_settime(CLOCK_REALTIME, &ts) < 0)
		die("cannot set the date");
}

int main(int argc, char **argv)
{
	const char *format = "%a %b %e %T %Z %Y";
	struct timespec now;
	int opt;

	prog_init(argc, argv, "date [-u] [-s DATE] [+FORMAT]\nPrint the date (-s: set it).");
	while ((opt = getopt(argc, argv, "us:")) != -1) {
		if (opt == '?')
			return 1;
		if (opt == 's')
			set_date(optarg);
	}
	if (optind < argc && argv[optind][0] == '+')
		format = argv[optind] + 1;
	clock_gettime(CLOCK_REALTIME, &now);
	print_date(format, &now);
	return 0;
}
