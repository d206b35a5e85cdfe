/* SPDX-License-Identifier: MIT */
/*
 * dmesg - print the kernel's log; -c and clear it, -r with the level of each line ("<6>"),
 * -n LEVEL sets which messages reach the console.
 *
 * Linux: util-linux dmesg. Differs: always syslog(2), never /dev/kmsg.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/klog.h>
#include <unistd.h>

#include "user/util.h"

static int raw;

/* Without its level in angle brackets, if it has one. */
static const char *without_level(const char *line)
{
	const char *s = line;

	if (raw || *s != '<')
		return line;
	s += 1 + strspn(s + 1, "0123456789");
	return *s == '>' ? s + 1 : line;
}

int main(int argc, char **argv)
{
	int action = SYSLOG_ACTION_READ_ALL;
	int size, len, opt;
	char *buf, *line, *end;

	prog_init(argc, argv, "dmesg [-c] [-r] [-n LEVEL]\nPrint the kernel's log.");
	while ((opt = getopt(argc, argv, "crn:")) != -1) {
		if (opt == '?')
			return 1;
		if (opt == 'c')
			action = SYSLOG_ACTION_READ_CLEAR;
		raw |= opt == 'r';
		if (opt == 'n') {
			if (klogctl(SYSLOG_ACTION_CONSOLE_LEVEL, NULL, parse_long(optarg)) < 0)
				die("console level");
			return 0;
		}
	}
	size = klogctl(SYSLOG_ACTION_SIZE_BUFFER, NULL, 0);
	if (size < 0)
		die("kernel log");
	buf = malloc(size + 1);
	if (!buf)
		die("kernel log");
	len = klogctl(action, buf, size);
	if (len < 0)
		die("kernel log");
	buf[len] = '\0';
	for (line = buf; *line; line = end) {
		end = strchrnul(line, '\n');
		if (*end)
			*end++ = '\0';
		puts(without_level(line));
	}
	free(buf);
	return 0;
}
