/* SPDX-License-Identifier: MIT */
/*
 * user/init_root.c: from the initramfs to a root file system on a disk.
 *
 * "root=DEVICE" on the kernel's command line asks for it, with "rootfstype=TYPE"
 * (ext2 unless given) and "ro" (else it is mounted to be written). The disk is
 * mounted on /root, the kernel's file systems move there, the files of the
 * initramfs are removed (they are memory), then the disk moves over / and
 * becomes our root. We run on: the program file has no name any more. Files that
 * came in the folder /add (run-qemu.sh --add) stay, as the disk's /usr/local/bin.
 *
 * Linux: none in the kernel; util-linux switch_root(8). Differs: no other init
 * takes over, process 1 stays what it is, so the disk need not hold one.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "user/init.h"

#define NEW_ROOT	"/root"
#define ADDED		"/add"
#define ADDED_TO	NEW_ROOT "/usr/local/bin"

static char cmdline[4096];

/* The value of "NAME=VALUE" among the words, "" for a bare "NAME"; NULL if not there. */
static const char *param(char *words, const char *name)
{
	const char *value = NULL;
	char *word;

	while ((word = strsep(&words, " \n")) != NULL) {
		size_t len = strcspn(word, "=");

		if (strlen(name) == len && !strncmp(word, name, len))
			value = word[len] ? word + len + 1 : word + len;
	}
	return value;
}

static const char *kernel_param(const char *name)
{
	char *words = strdup(cmdline);

	return words ? param(words, name) : NULL;
}

static int read_cmdline(void)
{
	int fd = open("/proc/cmdline", O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, cmdline, sizeof(cmdline) - 1);

	if (fd >= 0)
		close(fd);
	return n < 0 ? -1 : 0;
}

/* Remove all below path that lies on device dev: what is mounted there is left alone, and /add. */
static void remove_below(const char *path, dev_t dev)
{
	char sub[512];
	struct dirent *de;
	struct stat st;
	DIR *dir = opendir(*path ? path : "/");

	if (!dir)
		return;
	while ((de = readdir(dir)) != NULL) {
		if (!strcmp(de->d_name, ".") || !strcmp(de->d_name, ".."))
			continue;
		snprintf(sub, sizeof(sub), "%s/%s", path, de->d_name);
		if (lstat(sub, &st) < 0 || st.st_dev != dev || !strcmp(sub, ADDED))
			continue;
		if (S_ISDIR(st.st_mode))
			remove_below(sub, dev);
		if (remove(sub) < 0 && errno != EBUSY)
			complain("remove", sub);
	}
	closedir(dir);
}

/* A directory that the disk lacks is made there, if that can be. */
static void move_mount(const char *dir)
{
	char to[64];

	snprintf(to, sizeof(to), NEW_ROOT "%s", dir);
	mkdir(to, 0755);
	/* EINVAL: this kernel has no such file system, so there is nothing to move. */
	if (mount(dir, to, NULL, MS_MOVE, NULL) < 0 && errno != EINVAL)
		complain("move", dir);
}

int switch_root(const char *const *mounted)
{
	const char *device, *type;
	struct stat st;

	if (read_cmdline() < 0 || !(device = kernel_param("root")) || !*device)
		return 0;
	type = kernel_param("rootfstype");
	if (mount(device, NEW_ROOT, type ? type : "ext2",
		  kernel_param("ro") ? MS_RDONLY : 0, NULL) < 0) {
		complain("mount the root", device);
		return -1;
	}
	for (; *mounted; mounted++)
		move_mount(*mounted);
	if (access(ADDED, X_OK) == 0 && mount(ADDED, ADDED_TO, NULL, MS_BIND, NULL) < 0)
		complain("bind " ADDED " to", ADDED_TO);
	if (stat("/", &st) == 0)
		remove_below("", st.st_dev);
	if (chdir(NEW_ROOT) < 0 || mount(".", "/", NULL, MS_MOVE, NULL) < 0 || chroot(".") < 0 ||
	    chdir("/") < 0) {
		complain("move to the root", device);
		return -1;
	}
	return 1;
}
