/* SPDX-License-Identifier: MIT */
/*
 * sysfs as a file system, usually at /sys: a kernfs tree, and the directories at
 * its top that are there whatever the machine has.
 *
 * Other parts of the kernel add their own files: see kernfs.h.
 *
 * Locks: none.
 *
 * Linux: fs/sysfs/mount.c. Differs: no kobjects; devices have only the files that
 * tools read, and those of which the kernel can tell the truth.
 */
#include "kernel/fs/internal.h"
#include "kernel/fs/sysfs/internal.h"
#include "lib/bug.h"

#define SYSFS_MAGIC	0x62656572

struct kernfs_node sysfs_root = KERNFS_ROOT(sysfs_root, PAGE_SIZE);

static const struct super_operations sysfs_sops = { .statfs = kernfs_statfs };

/* One super_block for all mounts, as there is one tree. */
static int sysfs_fill_super(struct super_block *sb, const char *dev, const char *data)
{
	sb->s_op = &sysfs_sops;
	return kernfs_fill_super(sb, SYSFS_MAGIC, &sysfs_root);
}

static struct file_system_type sysfs_fs_type = {
	.name = "sysfs", .fill_super = sysfs_fill_super, .fs_flags = FS_SINGLE,
};

void sysfs_init(void)
{
	static const char *const top[] = {
		"block", "bus", "class/block", "dev/block", "devices/system", "fs", "kernel",
	};

	sysfs_root.mode = S_IFDIR | 0755;
	for (size_t i = 0; i < ARRAY_SIZE(top); i++)
		BUG_ON(kernfs_create_dir(&sysfs_root, top[i], NULL));
	sysfs_cpu_init();
	sysfs_memory_init();
	sysfs_node_init();
	sysfs_mm_init();
	sysfs_slab_init();
	BUG_ON(register_filesystem(&sysfs_fs_type));
}
