/* SPDX-License-Identifier: MIT */
/*
 * The root file system from a disk: root=/dev/vda on the kernel command line.
 *
 * The tmpfs that is the first root stays below: the disk is mounted on its /root, then
 * moved onto "/", and process 1 and all who come after it have that for their root.
 * /dev gets a devtmpfs if the disk has that directory, since init needs its console.
 *
 *	root=/dev/vda | vda | 254:0	which disk
 *	rootfstype=ext2,...		types to try; else all that live on disks
 *	rootflags=			options for the file system
 *	ro, rw				how; ro is the default, as init remounts after checking
 *	rootwait, rootdelay=		accepted: disks are found before
 *
 * Locks: none; process 1 is alone.
 *
 * Linux: init/do_mounts.c. Differs: root= wins over the embedded archive's /init.
 */
#include "kernel/drivers/block.h"
#include "kernel/fs/internal.h"
#include "kernel/init.h"
#include "kernel/printk.h"
#include "lib/kstrtox.h"
#include "lib/string.h"

static char root_name[64];
static char root_flags[128];

bool root_is_disk(void)
{
	return cmdline_get("root", root_name, sizeof(root_name)) && root_name[0] &&
	       strcmp(root_name, "/dev/ram0");
}

/* ---- which disk ---- */

struct find_root { const char *name; struct block_device *found; };

static void match_name(struct block_device *b, void *arg)
{
	struct find_root *find = arg;

	if (!strcmp(b->name, find->name))
		find->found = b;
}

/* "254:0". */
static struct block_device *by_number(const char *text)
{
	char *end;
	unsigned long major = simple_strtoul(text, &end, 10), minor;

	if (*end != ':' || end == text)
		return NULL;
	minor = simple_strtoul(end + 1, &end, 10);
	return *end ? NULL : blkdev_get_by_dev(MKDEV(major, minor));
}

static struct block_device *find_root_dev(void)
{
	struct find_root find = { .name = root_name };

	if (!strncmp(root_name, "/dev/", 5))
		find.name += 5;
	blkdev_for_each(match_name, &find);
	return find.found ? find.found : by_number(root_name);
}

/* ---- when it fails ---- */

static void show_blockdev(struct block_device *b, void *arg)
{
	pr_emerg("%02x%02x %12lu %s\n", MAJOR(b->dev), MINOR(b->dev),
		 b->nr_sectors * SECTOR_SIZE >> 10, b->name);
}

/* What there is, so that the next try succeeds. */
static __noreturn void no_root(const struct block_device *bdev, int err)
{
	unsigned int major = bdev ? MAJOR(bdev->dev) : 0, minor = bdev ? MINOR(bdev->dev) : 0;

	pr_emerg("VFS: Cannot open root device \"%s\" or unknown-block(%u,%u): error %d\n",
		 root_name, major, minor, err);
	pr_emerg("Please append a correct \"root=\" boot option; here are the available "
		 "partitions:\n");
	blkdev_for_each(show_blockdev, NULL);
	panic("VFS: Unable to mount root fs on unknown-block(%u,%u)", major, minor);
}

/* ---- mounting ---- */

/* Is the type wanted? Without rootfstype= each one is. */
static bool type_wanted(const char *name)
{
	char wanted[64];
	const char *p = wanted;

	if (!cmdline_get("rootfstype", wanted, sizeof(wanted)))
		return true;
	for (size_t len; *p; p += len + (p[len] == ',')) {
		len = strcspn(p, ",");
		if (len == strlen(name) && !strncmp(p, name, len))
			return true;
	}
	return false;
}

struct try_types { unsigned long flags; int err; };

/* The first that succeeds ends the trying; EINVAL means: another type may. */
static void try_type(const struct file_system_type *type, void *arg)
{
	struct try_types *try = arg;

	if (try->err != -EINVAL || !(type->fs_flags & FS_REQUIRES_DEV) || !type_wanted(type->name))
		return;
	try->err = do_mount("/dev/root", "/root", type->name, try->flags, root_flags);
	/* A disk that cannot be written: Linux takes it read-only. */
	if (try->err == -EACCES && !(try->flags & MS_RDONLY)) {
		try->flags |= MS_RDONLY;
		try->err = do_mount("/dev/root", "/root", type->name, try->flags, root_flags);
	}
}

static void mount_root_disk(struct block_device *bdev)
{
	struct try_types try = { .flags = cmdline_has("rw") ? 0 : MS_RDONLY, .err = -EINVAL };
	int err = bdev ? vfs_mknod_path("/dev/root", S_IFBLK | 0600, bdev->dev) : -ENXIO;

	if (err && err != -EEXIST)
		no_root(bdev, err);
	(void)cmdline_get("rootflags", root_flags, sizeof(root_flags));
	filesystems_for_each(try_type, &try);
	if (try.err)
		no_root(bdev, try.err);
}

/* From /root onto "/": what was there stays below, for nobody to see. */
static void move_to_top(void)
{
	struct path root;
	int err = do_mount("/root", "/", NULL, MS_MOVE, NULL);

	if (!err)
		err = kern_path("/", 0, &root);
	if (err)
		panic("VFS: cannot move the root file system (error %d)", err);
	follow_mount(&root);
	set_fs_root(&init_fs, &root);
	set_fs_pwd(&init_fs, &root);
	if (current->fs != &init_fs) {
		set_fs_root(current->fs, &root);
		set_fs_pwd(current->fs, &root);
	}
	pr_info("VFS: Mounted root (%s filesystem)%s on device %u:%u.\n",
		root.mnt->mnt_sb->s_type->name,
		root.mnt->mnt_sb->s_flags & MS_RDONLY ? " readonly" : "",
		MAJOR(root.mnt->mnt_sb->s_dev), MINOR(root.mnt->mnt_sb->s_dev));
	path_put(&root);
}

void prepare_namespace(void)
{
	int err;

	mount_root_disk(find_root_dev());
	move_to_top();
	err = do_mount("devtmpfs", "/dev", "devtmpfs", MS_NOSUID, NULL);
	if (err)
		pr_warn("devtmpfs: error mounting %d\n", err);
	else
		pr_info("devtmpfs: mounted\n");
}
