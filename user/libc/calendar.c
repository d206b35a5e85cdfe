/* SPDX-License-Identifier: MIT */
/*
 * user/libc/calendar.c: seconds since 1970 to dates, and dates to text.
 *
 * Days are counted from 1 March of year 0: with the leap day last, the length
 * of the months before a date follows a fixed pattern of 153 days in 5 months.
 *
 * Linux: man 3 ctime, strftime. Differs: UTC and English only.
 */
#include <stdio.h>
#include <string.h>
#include <time.h>

#define DAY		86400L
#define ERA		146097L		/* days in 400 years */
#define EPOCH		719468L		/* 1970-01-01, counted from 0000-03-01 */

static const char days[7][10] = {
	"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday",
};

static const char months[12][10] = {
	"January", "February", "March", "April", "May", "June", "July", "August",
	"September", "October", "November", "December",
};

static long floor_div(long a, long b)
{
	return a / b - (a % b < 0);
}

static int is_leap(long year)
{
	return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

struct tm *gmtime_r(const time_t *restrict t, struct tm *restrict tm)
{
	static const short before[12] = { 0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334 };
	long day = floor_div(*t, DAY), secs = *t - day * DAY;
	long since = day + EPOCH, era = floor_div(since, ERA);
	long doe = since - era * ERA;		/* day of era */
	long yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	long doy = doe - (365 * yoe + yoe / 4 - yoe / 100);	/* from 1 March */
	long month = (5 * doy + 2) / 153;			/* 0 is March */
	long year = yoe + era * 400 + (month >= 10);

	tm->tm_sec = secs % 60;
	tm->tm_min = secs / 60 % 60;
	tm->tm_hour = secs / 3600;
	tm->tm_mday = doy - (153 * month + 2) / 5 + 1;
	tm->tm_mon = month < 10 ? month + 2 : month - 10;
	tm->tm_year = year - 1900;
	tm->tm_wday = ((day + 4) % 7 + 7) % 7;
	tm->tm_yday = before[tm->tm_mon] + tm->tm_mday - 1 + (tm->tm_mon > 1 && is_leap(year));
	tm->tm_isdst = 0;
	return tm;
}

struct tm *gmtime(const time_t *t)
{
	static struct tm tm;

	return gmtime_r(t, &tm);
}

struct tm *localtime_r(const time_t *restrict t, struct tm *restrict tm)
{
	return gmtime_r(t, tm);
}

struct tm *localtime(const time_t *t)
{
	return gmtime(t);
}

time_t timegm(struct tm *tm)
{
	long year = tm->tm_year + 1900L + floor_div(tm->tm_mon, 12);
	long mon = tm->tm_mon - floor_div(tm->tm_mon, 12) * 12;
	long y = year - (mon < 2), m = mon < 2 ? mon + 10 : mon - 2;
	long day = floor_div(y, 400) * ERA - EPOCH;
	time_t t;

	y -= floor_div(y, 400) * 400;
	day += 365 * y + y / 4 - y / 100 + (153 * m + 2) / 5 + tm->tm_mday - 1;
	t = day * DAY + tm->tm_hour * 3600L + tm->tm_min * 60L + tm->tm_sec;
	gmtime_r(&t, tm);
	return t;
}

time_t mktime(struct tm *tm)
{
	return timegm(tm);
}

/* The text of one conversion in out (32 bytes); longer ones are given as formats. */
static const char *expand(char letter, const struct tm *tm, char *out)
{
	int hour12 = tm->tm_hour % 12 ? tm->tm_hour % 12 : 12;
	struct tm copy = *tm;

	switch (letter) {
	case 'a': snprintf(out, 32, "%.3s", days[tm->tm_wday]); break;
	case 'A': return days[tm->tm_wday];
	case 'b': case 'h': snprintf(out, 32, "%.3s", months[tm->tm_mon]); break;
	case 'B': return months[tm->tm_mon];
	case 'd': snprintf(out, 32, "%02d", tm->tm_mday); break;
	case 'e': snprintf(out, 32, "%2d", tm->tm_mday); break;
	case 'H': snprintf(out, 32, "%02d", tm->tm_hour); break;
	case 'I': snprintf(out, 32, "%02d", hour12); break;
	case 'j': snprintf(out, 32, "%03d", tm->tm_yday + 1); break;
	case 'm': snprintf(out, 32, "%02d", tm->tm_mon + 1); break;
	case 'M': snprintf(out, 32, "%02d", tm->tm_min); break;
	case 'p': return tm->tm_hour < 12 ? "AM" : "PM";
	case 's': snprintf(out, 32, "%ld", timegm(&copy)); break;
	case 'S': snprintf(out, 32, "%02d", tm->tm_sec); break;
	case 'u': snprintf(out, 32, "%d", tm->tm_wday ? tm->tm_wday : 7); break;
	case 'w': snprintf(out, 32, "%d", tm->tm_wday); break;
	case 'y': snprintf(out, 32, "%02d", tm->tm_year % 100); break;
	case 'Y': snprintf(out, 32, "%d", tm->tm_year + 1900); break;
	case 'Z': return "UTC";
	case 'z': return "+0000";
	case 'n': return "\n";
	case 't': return "\t";
	default: snprintf(out, 32, "%c", letter);
	}
	return out;
}

/* Conversions that stand for several others. */
static const char *compound(char letter)
{
	switch (letter) {
	case 'D': return "%m/%d/%y";
	case 'F': return "%Y-%m-%d";
	case 'R': return "%H:%M";
	case 'T': return "%H:%M:%S";
	case 'c': return "%a %b %e %H:%M:%S %Y";
	}
	return NULL;
}

size_t strftime(char *restrict s, size_t size, const char *restrict fmt,
		const struct tm *restrict tm)
{
	size_t n = 0;

	while (*fmt && n < size) {
		char one[128];
		const char *text = one;

		if (fmt[0] != '%' || !fmt[1]) {
			s[n++] = *fmt++;
			continue;
		}
		if (compound(fmt[1]))
			strftime(one, sizeof(one), compound(fmt[1]), tm);
		else
			text = expand(fmt[1], tm, one);
		n += strlcpy(s + n, text, size - n);
		fmt += 2;
	}
	if (n >= size)
		return 0;
	s[n] = 0;
	return n;
}

char *asctime(const struct tm *tm)
{
	static char buf[64];

	strftime(buf, sizeof(buf), "%c\n", tm);
	return buf;
}

char *ctime(const time_t *t)
{
	return asctime(gmtime(t));
}
