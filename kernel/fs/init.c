/* SPDX-License-Identifier: MIT */
/*
 * The start of the file systems, in two steps: what needs only slab, before the
 * first thread; and what may sleep, in process 1.
 *
 * Locks: none: one thread runs.
 *
 * Linux: fs/dcache.c vfs_caches_init().
 */
#include "kernel/fs/internal.h"
#include "kernel/nsproxy.h"
#include "kernel/sysrq.h"
#include "kernel/trace/trace.h"
#include "mm/shmem.h"

/* No sleeping, no mounting: the scheduler does not run yet. */
void vfs_init(void)
{
	pagecache_init();
	inode_init();
	dcache_init();
	namei_init();
	file_init();
	pipe_init();
	init_task.fs = &init_fs;
	init_task.files = &init_files;
}

static struct file_system_type tmpfs_type = { .name = "tmpfs", .fill_super = shmem_fill_super };
static struct file_system_type ramfs_type = { .name = "ramfs", .fill_super = shmem_fill_super };

/* Everything that registers itself: file systems, then devices. */
void vfs_late_init(void)
{
	files_init();
	shmem_init();
	BUG_ON(register_filesystem(&tmpfs_type));
	BUG_ON(register_filesystem(&ramfs_type));
	BUG_ON(register_filesystem(&devtmpfs_type));
	ext2_init();
	chrdev_init();
	tty_init();
	proc_init();
	sysfs_init();
	nsfs_init();
	sysrq_init();
	tracefs_init();
}
