/* SPDX-License-Identifier: MIT */
/*
 * kill - send a signal: -SIGKILL, -KILL, -9 or -s NAME; SIGTERM without one. A negative PID is a
 * process group. -l lists the signals; -l N names one (also from an exit status above 128).
 *
 * Linux: procps kill. Differs: no -q and no timeouts.
 */
#include <ctype.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "user/util.h"

/* Linux's numbers for riscv64; the place in the table is the number. */
static const char *const names[] = {
	"0", "HUP", "INT", "QUIT", "ILL", "TRAP", "ABRT", "BUS", "FPE", "KILL", "USR1",
	"SEGV", "USR2", "PIPE", "ALRM", "TERM", "STKFLT", "CHLD", "CONT", "STOP", "TSTP",
	"TTIN", "TTOU", "URG", "XCPU", "XFSZ", "VTALRM", "PROF", "WINCH", "IO", "PWR", "SYS",
};

/* -1 if there is no such signal. */
static int signal_number(const char *name)
{
	char *end;
	long nr = strtol(name, &end, 10);

	if (end != name && !*end)
		return nr >= 0 && nr <= 64 ? nr : -1;
	if (!strncasecmp(name, "SIG", 3))
		name += 3;
	for (unsigned int i = 0; i < ARRAY_LEN(names); i++)
		if (!strcasecmp(name, names[i]))
			return i;
	return -1;
}

static int list(int argc, char **argv, int first)
{
	for (int i = first; i < argc; i++) {
		long nr = strtol(argv[i], NULL, 10);

		if (!isdigit((unsigned char)argv[i][0]))
			printf("%d\n", signal_number(argv[i]));
		else if ((nr & 127) < (long)ARRAY_LEN(names))
			printf("%s\n", names[nr & 127]);
		else
			printf("%ld\n", nr & 127);
	}
	if (first < argc)
		return 0;
	for (unsigned int i = 1; i < ARRAY_LEN(names); i++)
		printf("%2u %-6s%s", i, names[i], i % 8 ? " " : "\n");
	putchar('\n');
	return 0;
}

int main(int argc, char **argv)
{
	const char *name = "TERM";
	int sig, status = 0, i = 1;

	prog_init(argc, argv, "kill [-SIGNAL | -s SIGNAL] PID... | kill -l [NUMBER]...\n"
		"Send a signal to processes (-PID: to a process group).");
	if (i < argc && !strcmp(argv[i], "-l"))
		return list(argc, argv, i + 1);
	if (i + 1 < argc && !strcmp(argv[i], "-s")) {
		name = argv[i + 1];
		i += 2;
	} else if (i < argc && argv[i][0] == '-' && argv[i][1] && strcmp(argv[i], "--")) {
		name = argv[i++] + 1;
	}
	if (i < argc && !strcmp(argv[i], "--"))
		i++;
	sig = signal_number(name);
	if (sig < 0)
		usage("unknown signal");
	if (i == argc)
		usage("a process id is needed");
	for (; i < argc; i++)
		if (kill(parse_long(argv[i]), sig) < 0)
			status = complain(argv[i]);
	return status;
}
