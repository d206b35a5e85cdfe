/* SPDX-License-Identifier: MIT */
/*
 * poweroff, reboot - end everything in order: ask all processes to end, then kill them, write
 * dirty pages to disk, and tell the kernel. -f leaves the processes alone, -n does not write.
 *
 * One program under two names: the one it was called by says what to do at the end.
 *
 * kill(-1) reaches every process but init and this one, also those which ignore SIGTERM.
 *
 * Linux: sysvinit's halt -f. Differs: it does the work itself instead of asking init.
 */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <unistd.h>

#include "user/util.h"

/* File systems on disks are left clean. A process that is still ending may be in the way. */
static void make_read_only(void)
{
	char line[1024], device[256], dir[256];
	FILE *f = fopen("/proc/mounts", "r");

	while (f && fgets(line, sizeof(line), f)) {
		if (sscanf(line, "%255s %255s", device, dir) != 2 || strncmp(device, "/dev/", 5))
			continue;
		for (int i = 0; i < 20 && mount(NULL, dir, NULL, MS_REMOUNT | MS_RDONLY, NULL); i++)
			usleep(10000);
	}
	if (f)
		fclose(f);
}

int main(int argc, char **argv)
{
	int again = !strcmp(basename_of(argv[0]), "reboot"), force = 0, no_sync = 0, opt;

	prog_init(argc, argv,
		  again ? "reboot [-fn]\nWrite what is dirty and start the machine anew." :
			  "poweroff [-fn]\nWrite what is dirty and switch the machine off.");
	while ((opt = getopt(argc, argv, "fn")) != -1) {
		if (opt == '?')
			return 1;
		force |= opt == 'f';
		no_sync |= opt == 'n';
	}
	if (!force) {
		kill(1, SIGPWR);	/* init: no new shell in the place of the one that ends */
		/* Else the shell that ends takes this process with it. */
		signal(SIGHUP, SIG_IGN);
		signal(SIGTERM, SIG_IGN);
		signal(SIGINT, SIG_IGN);
		if (!kill(-1, SIGTERM)) {
			usleep(100000);
			kill(-1, SIGKILL);
		}
	}
	if (!no_sync) {
		sync();
		make_read_only();
	}
	reboot(again ? RB_AUTOBOOT : RB_POWER_OFF);
	die("reboot");
}
