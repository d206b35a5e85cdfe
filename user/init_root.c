/* SPDX-License-Identifier: MIT */
/*
 * user/init_root.c: from the initramfs to a root file system on a disk.
 *
 * QUIRE_ROOT=DEVICE in the environment asks for it. The disk, an ext2 file system, is
 * mounted on /root, the kernel's file systems move there, the files of the
 * initramfs are removed (they are memory), then the disk moves over / and
 * becomes our root. We run on: the program file has no name any more. Files that
 * came in the folder /add (run-qemu.sh --add) stay, as the disk's /usr/local/bin.
 *
 * The kernel's own root= is for disks that bring an init.
 *
 * Linux: none in the kernel; util-linux switch_root(8). Differs: no other init
 * takes over, process 1 stays what it is, so the disk need not hold one.
 */
#include <dirent.h>
#include <errno.h>
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
	const char *device = getenv("QUIRE_ROOT");
	struct stat st;

	if (!device)
		return 0;
	if (mount(device, NEW_ROOT, "ext2", 0, NULL) < 0) {
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
	unsetenv("QUIRE_ROOT");
	return 1;
}
