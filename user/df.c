/* SPDX-License-Identifier: MIT */
/*
 * df - how full the mounted file systems are; -h human sizes, -a also those without blocks
 * (proc, sysfs).
 *
 * Linux: coreutils df. Differs: fixed column widths; a FILE argument shows the file system it
 * is on under the name of the argument.
 */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <unistd.h>

#include "user/util.h"

static int human_sizes, all;

static const char *size(unsigned long blocks, unsigned long block_size, char *buf)
{
	if (human_sizes)
		return human(blocks * block_size, "", buf);
	sprintf(buf, "%lu", (unsigned long)((unsigned long long)blocks * block_size / 1024));
	return buf;
}

static int print_one(const char *device, const char *dir)
{
	char total[32], used[32], avail[32], percent[8] = "-";
	unsigned long in_use, base;
	struct statfs st;

	if (statfs(dir, &st) < 0)
		return complain(dir);
	if (!st.f_blocks && !all)
		return 0;
	in_use = st.f_blocks - st.f_bfree;
	base = in_use + st.f_bavail;
	/* Rounded up: a file system is not called empty while something is on it. */
	if (base)
		sprintf(percent, "%lu%%", (in_use * 100 + base - 1) / base);
	printf("%-14s %9s %8s %9s %4s %s\n", device, size(st.f_blocks, st.f_bsize, total),
	       size(in_use, st.f_bsize, used), size(st.f_bavail, st.f_bsize, avail), percent, dir);
	return 0;
}

/* The file system a path is on: the last mount with its device number. */
static int print_path(const char *path)
{
	char line[1024], device[256] = "-", dir[512], name[256], best[512];
	struct stat st, mount;
	FILE *f;

	if (stat(path, &st) < 0)
		return complain(path);
	strcpy(best, "-");
	f = fopen("/proc/mounts", "r");
	while (f && fgets(line, sizeof(line), f)) {
		if (sscanf(line, "%255s %511s", name, dir) != 2 || stat(dir, &mount) < 0 ||
		    mount.st_dev != st.st_dev)
			continue;
		strcpy(device, name);
		strcpy(best, dir);
	}
	if (f)
		fclose(f);
	return print_one(device, best[0] == '/' ? best : path);
}

int main(int argc, char **argv)
{
	char line[1024], device[256], dir[512];
	int status = 0, opt;
	FILE *f;

	prog_init(argc, argv, "df [-ahk] [PATH]...\nShow how full file systems are.");
	while ((opt = getopt(argc, argv, "ahk")) != -1) {
		if (opt == '?')
			return 1;
		human_sizes |= opt == 'h';
		all |= opt == 'a';
	}
	printf("%-14s %9s %8s %9s %4s %s\n", "Filesystem", human_sizes ? "Size" : "1K-blocks",
	       "Used", human_sizes ? "Avail" : "Available", "Use%", "Mounted on");
	if (optind < argc) {
		for (; optind < argc; optind++)
			status |= print_path(argv[optind]);
		return status;
	}
	f = fopen("/proc/mounts", "r");
	if (!f)
		die("/proc/mounts");
	while (fgets(line, sizeof(line), f))
		if (sscanf(line, "%255s %511s", device, dir) == 2)
			status |= print_one(device, dir);
	fclose(f);
	return status;
}
