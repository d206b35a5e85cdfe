/* SPDX-License-Identifier: MIT */
/*
 * mount - mount a file system, or list those that are mounted.
 *
 * -o takes the usual words; those which are flags of mount(2) become flags, the rest goes to the
 * file system as data (as size=64M to a tmpfs). Without -t the types of /proc/filesystems that
 * need a device are tried in turn.
 *
 * Linux: util-linux mount. Differs: no fstab, no loop devices, no labels.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

#include "user/util.h"

static const struct {
	const char *word;
	unsigned long set, clear;
} words[] = {
	{ "ro", MS_RDONLY, 0 },		{ "rw", 0, MS_RDONLY },
	{ "nosuid", MS_NOSUID, 0 },	{ "suid", 0, MS_NOSUID },
	{ "nodev", MS_NODEV, 0 },	{ "dev", 0, MS_NODEV },
	{ "noexec", MS_NOEXEC, 0 },	{ "exec", 0, MS_NOEXEC },
	{ "sync", MS_SYNCHRONOUS, 0 },	{ "remount", MS_REMOUNT, 0 },
	{ "noatime", MS_NOATIME, 0 },	{ "relatime", MS_RELATIME, 0 },
	{ "bind", MS_BIND, 0 },		{ "rbind", MS_BIND | MS_REC, 0 },
	{ "move", MS_MOVE, 0 },		{ "private", MS_PRIVATE, 0 },
	{ "defaults", 0, 0 },
};

/* Sort the words of -o into flags and data. */
static unsigned long parse_words(char *list, unsigned long flags, char *data, size_t size)
{
	for (char *word = strtok(list, ","); word; word = strtok(NULL, ",")) {
		unsigned int i = 0;

		while (i < ARRAY_LEN(words) && strcmp(word, words[i].word))
			i++;
		if (i < ARRAY_LEN(words)) {
			flags = (flags | words[i].set) & ~words[i].clear;
			continue;
		}
		if (strlen(data) + strlen(word) + 2 > size)
			usage("the options are too long");
		if (*data)
			strcat(data, ",");
		strcat(data, word);
	}
	return flags;
}

static int list_mounts(void)
{
	char line[1024], device[256], dir[256], type[64], options[256];
	FILE *f = fopen("/proc/mounts", "r");

	if (!f)
		return complain("/proc/mounts");
	while (fgets(line, sizeof(line), f))
		if (sscanf(line, "%255s %255s %63s %255s", device, dir, type, options) == 4)
			printf("%s on %s type %s (%s)\n", device, dir, type, options);
	fclose(f);
	return 0;
}

/* Try each type that needs a device; the first error that is not about the type is the answer. */
static int try_types(const char *device, const char *dir, unsigned long flags, const char *data)
{
	char line[128], type[64];
	FILE *f = fopen("/proc/filesystems", "r");
	int result = -1, err = ENODEV;

	while (f && result < 0 && fgets(line, sizeof(line), f)) {
		if (sscanf(line, "%63s", type) != 1 || !strncmp(line, "nodev", 5))
			continue;
		result = mount(device, dir, type, flags, data);
		if (result < 0 && errno != EINVAL)
			err = errno;
		else if (result < 0 && err == ENODEV)
			err = EINVAL;
	}
	if (f)
		fclose(f);
	errno = err;
	return result;
}

int main(int argc, char **argv)
{
	unsigned long flags = 0;
	char data[512] = "";
	const char *type = NULL;
	const char *device, *dir;
	int opt, result;

	prog_init(argc, argv, "mount [-t TYPE] [-o OPTIONS] [-r] [DEVICE] DIR\n"
		"Mount a file system; without arguments list what is mounted.");
	while ((opt = getopt(argc, argv, "t:o:rw")) != -1) {
		if (opt == 't')
			type = optarg;
		else if (opt == 'o')
			flags = parse_words(optarg, flags, data, sizeof(data));
		else if (opt == 'r')
			flags |= MS_RDONLY;
		else if (opt == '?')
			return 1;
	}
	if (argc == 1)
		return list_mounts();
	if (argc - optind < 1 || argc - optind > 2)
		usage("a device and a directory are needed");
	device = argc - optind == 2 ? argv[optind++] : type ? type : "none";
	dir = argv[optind];
	if (type || flags & (MS_BIND | MS_MOVE | MS_REMOUNT))
		result = mount(device, dir, type ? type : "none", flags, data);
	else
		result = try_types(device, dir, flags, data);
	return result < 0 ? complain(dir) : 0;
}
