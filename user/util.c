/* SPDX-License-Identifier: MIT */
/*
 * Helpers of the small tools (contracts in util.h).
 *
 * Numbers of /proc are read as text, the way every Linux tool does: the text format is the
 * interface. Calendar arithmetic is UTC only; Quire has no time zones.
 *
 * Linux: no counterpart; coreutils and procps have the like in gnulib and library/.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "user/util.h"

#define COPY_SIZE 65536

const char *progname = "?";

const char *const month_names[12] = {
	"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
};

const char *basename_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash && slash[1] ? slash + 1 : path;
}

void prog_init(int argc, char **argv, const char *help)
{
	if (argc > 0)
		progname = basename_of(argv[0]);
	if (argc > 1 && !strcmp(argv[1], "--help")) {
		printf("usage: %s\n", help);
		exit(0);
	}
}

int complain(const char *what)
{
	int err = errno;

	/* What was printed before belongs before the message, also in a file that takes both. */
	fflush(stdout);
	fprintf(stderr, "%s: %s: %s\n", progname, what, strerror(err));
	return 1;
}

int complain_at(const char *dir, const char *name)
{
	int err = errno;

	fflush(stdout);
	fprintf(stderr, "%s: %s/%s: %s\n", progname, dir, name, strerror(err));
	return 1;
}

void die(const char *what)
{
	exit(complain(what));
}

void usage(const char *why)
{
	fflush(stdout);
	fprintf(stderr, "%s: %s (see %s --help)\n", progname, why, progname);
	exit(2);
}

ssize_t read_file(const char *path, char *buf, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	size_t len = 0;
	ssize_t got;

	buf[0] = '\0';
	if (fd < 0)
		return -1;
	do {
		got = read(fd, buf + len, size - 1 - len);
		if (got > 0)
			len += got;
	} while (got > 0 && len < size - 1);
	buf[len] = '\0';
	close(fd);
	return got < 0 && !len ? -1 : (ssize_t)len;
}

long field(const char *text, const char *key)
{
	size_t len = strlen(key);
	const char *line = text;

	while (line && *line) {
		const char *after = line + len;

		if (!strncmp(line, key, len) && (*after == ' ' || *after == '\t'))
			return strtol(after, NULL, 10);
		line = strchr(line, '\n');
		if (line)
			line++;
	}
	return -1;
}

long file_field(const char *path, const char *key)
{
	/* The largest of the key files, /proc/vmstat, is about 5 KiB. */
	static char text[16384];

	if (read_file(path, text, sizeof(text)) < 0)
		return -1;
	return field(text, key);
}

long parse_long(const char *text)
{
	char *end;
	long value = strtol(text, &end, 0);

	if (end == text || *end) {
		fprintf(stderr, "%s: '%s' is not a number\n", progname, text);
		exit(2);
	}
	return value;
}

long long parse_size(const char *text)
{
	char *end;
	long long value = strtol(text, &end, 0);
	int shift = 0;

	if (*end == 'k' || *end == 'K')
		shift = 10;
	else if (*end == 'M' || *end == 'm')
		shift = 20;
	else if (*end == 'G' || *end == 'g')
		shift = 30;
	if (end == text || (shift ? end[1] : *end)) {
		fprintf(stderr, "%s: '%s' is not a size\n", progname, text);
		exit(2);
	}
	return value << shift;
}

char *human(uint64_t bytes, const char *suffix, char *buf)
{
	static const char units[] = "KMGTP";
	uint64_t tenths = bytes * 10;
	int unit = -1;

	if (bytes < 1024) {
		sprintf(buf, "%lu%s", (unsigned long)bytes, *suffix ? "B" : "");
		return buf;
	}
	/* One decimal below ten, none above: that is what fits four digits. */
	while (tenths >= 10240 && unit < 4) {
		tenths = (tenths + 512) / 1024;
		unit++;
	}
	if (tenths < 100)
		sprintf(buf, "%lu.%lu%c%s", (unsigned long)tenths / 10,
			(unsigned long)tenths % 10, units[unit], suffix);
	else
		sprintf(buf, "%lu%c%s", (unsigned long)tenths / 10, units[unit], suffix);
	return buf;
}

static int is_leap(int year)
{
	return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static int days_in_month(int year, int month)
{
	static const signed char days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };

	return days[month - 1] + (month == 2 && is_leap(year));
}

void to_civil(int64_t seconds, struct civil *out)
{
	int64_t days = seconds / 86400;
	int rest = seconds % 86400;

	if (rest < 0) {
		rest += 86400;
		days--;
	}
	out->hour = rest / 3600;
	out->minute = rest / 60 % 60;
	out->second = rest % 60;
	/* Day 0 was a Thursday; +7 keeps days before 1970 positive. */
	out->weekday = (days % 7 + 4 + 7) % 7;
	out->year = 1970;
	for (; days < 0; out->year--)
		days += 365 + is_leap(out->year - 1);
	for (; days >= 365 + is_leap(out->year); out->year++)
		days -= 365 + is_leap(out->year);
	out->yearday = days;
	for (out->month = 1; days >= days_in_month(out->year, out->month); out->month++)
		days -= days_in_month(out->year, out->month);
	out->day = days + 1;
}

int64_t from_civil(const struct civil *date)
{
	int64_t days = date->day - 1;

	for (int year = 1970; year < date->year; year++)
		days += 365 + is_leap(year);
	for (int month = 1; month < date->month; month++)
		days += days_in_month(date->year, month);
	return days * 86400 + date->hour * 3600 + date->minute * 60 + date->second;
}

void join_path(char *buf, size_t size, const char *dir, const char *name)
{
	size_t len = strlen(dir);
	const char *slash = len && dir[len - 1] == '/' ? "" : "/";

	if ((size_t)snprintf(buf, size, "%s%s%s", dir, slash, name) >= size) {
		errno = ENAMETOOLONG;
		die(name);
	}
}

int write_all(int fd, const char *buf, size_t len)
{
	while (len) {
		ssize_t put = write(fd, buf, len);

		if (put < 0 && errno == EINTR)
			continue;
		if (put < 0)
			return -1;
		buf += put;
		len -= put;
	}
	return 0;
}

int copy_fd(int from, int to)
{
	static char buf[COPY_SIZE];

	for (;;) {
		ssize_t got = read(from, buf, sizeof(buf));

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return got < 0 ? -1 : 0;
		if (write_all(to, buf, got) < 0)
			return -2;
	}
}
