/* SPDX-License-Identifier: MIT */
/*
 * uname - print the kernel's name and version, always in the order of the -a line:
 * sysname nodename release version machine.
 *
 * Linux: coreutils uname. Differs: -p and -i are left out; -o prints sysname.
 */
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "user/util.h"

int main(int argc, char **argv)
{
	static const char letters[] = "snrvm";
	struct utsname u;
	const char *values[] = { u.sysname, u.nodename, u.release, u.version, u.machine };
	unsigned int wanted = 0;
	int opt, printed = 0;

	prog_init(argc, argv, "uname [-asnrvmo]\nPrint the kernel's name and version.");
	while ((opt = getopt(argc, argv, "asnrvmo")) != -1) {
		if (opt == '?')
			return 1;
		if (opt == 'a')
			wanted = ~0u;
		else
			wanted |= 1u << (opt == 'o' ? 0 : strchr(letters, opt) - letters);
	}
	if (!wanted)
		wanted = 1;
	if (uname(&u) < 0)
		die("uname");
	for (unsigned int i = 0; i < ARRAY_LEN(values); i++)
		if (wanted & (1u << i))
			printf("%s%s", printed++ ? " " : "", values[i]);
	putchar('\n');
	return 0;
}
