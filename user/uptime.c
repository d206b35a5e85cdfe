/* SPDX-License-Identifier: MIT */
/*
 * uptime - the time, how long the machine has been up, and the load: the average number of
 * processes that ran or waited for a disk over 1, 5 and 15 minutes.
 *
 * Linux: procps uptime. Differs: Quire has no logins, so there are always 0 users.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "user/util.h"

int main(int argc, char **argv)
{
	char text[128], load[3][16] = { "0.00", "0.00", "0.00" };
	long up, days, hours, minutes;
	struct civil now;

	prog_init(argc, argv, "uptime\nShow how long the machine is up, and its load.");
	if (read_file("/proc/uptime", text, sizeof(text)) < 0)
		die("/proc/uptime");
	up = strtol(text, NULL, 10);
	days = up / 86400;
	hours = up / 3600 % 24;
	minutes = up / 60 % 60;
	to_civil(time(NULL), &now);
	printf(" %02d:%02d:%02d up ", now.hour, now.minute, now.second);
	if (days)
		printf("%ld day%s, ", days, days > 1 ? "s" : "");
	if (hours)
		printf("%2ld:%02ld,", hours, minutes);
	else
		printf("%ld min,", minutes);
	if (read_file("/proc/loadavg", text, sizeof(text)) > 0)
		sscanf(text, "%15s %15s %15s", load[0], load[1], load[2]);
	printf("  0 users,  load average: %s, %s, %s\n", load[0], load[1], load[2]);
	return 0;
}
