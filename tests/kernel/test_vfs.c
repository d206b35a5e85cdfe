/* SPDX-License-Identifier: MIT */
/*
 * Selftests of the VFS: names, path walk, mounts, tmpfs's limits, FIFOs. What a
 * program sees through system calls is tested by programs; here it is the
 * kernel's own functions and, by the leak check around each test, that every
 * inode, dentry and page comes back.
 *
 * Linux: tools/testing/selftests/filesystems.
 */
#include "kernel/fs/fs.h"
#include "kernel/fs/internal.h"
#include "lib/string.h"
#include "mm/page_alloc.h"
#include "mm/slab.h"
#include "tests/kernel/selftest.h"

#define DIR	"/tmp/vfs-test"

/* Open and close again: what open(2) says. */
static int try_open(const char *path, int flags)
{
	struct file *f;
	int err = file_open(path, flags, 0644, &f);

	if (!err)
		fput(f);
	return err;
}

static int try_lookup(const char *path, unsigned int flags)
{
	struct path p;
	int err = kern_path(path, flags, &p);

	if (!err)
		path_put(&p);
	return err;
}

static int vfs_names(struct kselftest_ctx *ctx)
{
	EXPECT_EQ(ctx, vfs_mkdir_path(DIR, 0755), 0);
	EXPECT_EQ(ctx, vfs_mkdir_path(DIR, 0755), -EEXIST);
	EXPECT_EQ(ctx, try_open(DIR "/a", O_RDONLY), -ENOENT);
	EXPECT_EQ(ctx, try_open(DIR "/a", O_WRONLY | O_CREAT), 0);
	EXPECT_EQ(ctx, try_open(DIR "/a", O_WRONLY | O_CREAT | O_EXCL), -EEXIST);
	EXPECT_EQ(ctx, try_open(DIR "/a/b", O_RDONLY), -ENOTDIR);
	EXPECT_EQ(ctx, try_open(DIR "/a/", O_RDONLY), -ENOTDIR);
	EXPECT_EQ(ctx, try_open(DIR, O_WRONLY), -EISDIR);
	EXPECT_EQ(ctx, try_open(DIR "/no/b", O_WRONLY | O_CREAT), -ENOENT);
	EXPECT_EQ(ctx, try_open(DIR "/new/", O_WRONLY | O_CREAT), -EISDIR);
	EXPECT_EQ(ctx, vfs_unlink_path(DIR), -ENOTEMPTY);
	EXPECT_EQ(ctx, vfs_link_path(DIR "/a", DIR "/hard"), 0);
	EXPECT_EQ(ctx, vfs_unlink_path(DIR "/a"), 0);
	EXPECT_EQ(ctx, vfs_unlink_path(DIR "/a"), -ENOENT);
	EXPECT_EQ(ctx, try_open(DIR "/hard", O_RDONLY), 0);
	EXPECT_EQ(ctx, vfs_unlink_path(DIR "/hard"), 0);
	EXPECT_EQ(ctx, vfs_unlink_path(DIR), 0);
	return 0;
}

static int vfs_walk(struct kselftest_ctx *ctx)
{
	char *name = kmalloc(300, GFP_KERNEL);

	if (!EXPECT_TRUE(ctx, name))
		return 0;
	memset(name, 'x', 299);
	name[299] = 0;
	memcpy(name, "/tmp/", 5);
	EXPECT_EQ(ctx, try_lookup(name, 0), -ENAMETOOLONG);
	EXPECT_EQ(ctx, try_lookup("", 0), -ENOENT);
	EXPECT_EQ(ctx, try_lookup("///..//tmp/./../tmp//", 0), 0);
	EXPECT_EQ(ctx, vfs_mkdir_path(DIR, 0755), 0);
	EXPECT_EQ(ctx, vfs_symlink_path("loop2", DIR "/loop1"), 0);
	EXPECT_EQ(ctx, vfs_symlink_path("loop1", DIR "/loop2"), 0);
	EXPECT_EQ(ctx, try_lookup(DIR "/loop1", LOOKUP_FOLLOW), -ELOOP);
	EXPECT_EQ(ctx, try_lookup(DIR "/loop1", 0), 0);
	EXPECT_EQ(ctx, try_open(DIR "/loop1", O_RDONLY | O_NOFOLLOW), -ELOOP);
	EXPECT_EQ(ctx, vfs_symlink_path("../vfs-test", DIR "/self"), 0);
	EXPECT_EQ(ctx, try_lookup(DIR "/self/self/self/loop2", 0), 0);
	EXPECT_EQ(ctx, try_lookup(DIR "/self/", 0), 0);
	/* O_CREAT goes through a link that points to nothing yet. */
	EXPECT_EQ(ctx, vfs_symlink_path("self/made", DIR "/dangling"), 0);
	EXPECT_EQ(ctx, try_open(DIR "/dangling", O_RDONLY), -ENOENT);
	EXPECT_EQ(ctx, try_open(DIR "/dangling", O_WRONLY | O_CREAT), 0);
	EXPECT_EQ(ctx, vfs_unlink_path(DIR "/made"), 0);
	EXPECT_EQ(ctx, vfs_unlink_path(DIR "/dangling"), 0);
	EXPECT_EQ(ctx, vfs_unlink_path(DIR "/self"), 0);
	EXPECT_EQ(ctx, vfs_unlink_path(DIR "/loop1"), 0);
	EXPECT_EQ(ctx, vfs_unlink_path(DIR "/loop2"), 0);
	EXPECT_EQ(ctx, vfs_unlink_path(DIR), 0);
	kfree(name);
	return 0;
}

static int vfs_rename(struct kselftest_ctx *ctx)
{
	EXPECT_EQ(ctx, vfs_mkdir_path(DIR, 0755), 0);
	EXPECT_EQ(ctx, vfs_mkdir_path(DIR "/d", 0755), 0);
	EXPECT_EQ(ctx, vfs_mkdir_path(DIR "/d/sub", 0755), 0);
	EXPECT_EQ(ctx, try_open(DIR "/f", O_WRONLY | O_CREAT), 0);
	EXPECT_EQ(ctx, try_open(DIR "/g", O_WRONLY | O_CREAT), 0);
	EXPECT_EQ(ctx, vfs_rename_path(DIR "/d", DIR "/d/sub/x", 0), -EINVAL);
	EXPECT_EQ(ctx, vfs_rename_path(DIR "/d/sub", DIR "/d", 0), -ENOTEMPTY);
	EXPECT_EQ(ctx, vfs_rename_path(DIR "/f", DIR "/d", 0), -EISDIR);
	EXPECT_EQ(ctx, vfs_rename_path(DIR "/d", DIR "/f", 0), -ENOTDIR);
	EXPECT_EQ(ctx, vfs_rename_path(DIR "/f", DIR "/g", RENAME_NOREPLACE), -EEXIST);
	EXPECT_EQ(ctx, vfs_rename_path(DIR "/f", DIR "/g", 0), 0);
	EXPECT_EQ(ctx, try_lookup(DIR "/f", 0), -ENOENT);
	EXPECT_EQ(ctx, vfs_rename_path(DIR "/g",
		  DIR "/d/sub/a-name-that-does-not-fit-into-the-dentry",
				       0), 0);
	EXPECT_EQ(ctx, vfs_rename_path(DIR "/d", DIR "/e", 0), 0);
	EXPECT_EQ(ctx, vfs_mkdir_path(DIR "/f", 0755), 0);
	EXPECT_EQ(ctx, vfs_rename_path(DIR "/e", DIR "/f", RENAME_EXCHANGE), 0);
	EXPECT_EQ(ctx, vfs_unlink_path(DIR "/f/sub/a-name-that-does-not-fit-into-the-dentry"), 0);
	EXPECT_EQ(ctx, vfs_unlink_path(DIR "/f/sub"), 0);
	EXPECT_EQ(ctx, vfs_unlink_path(DIR "/f"), 0);
	EXPECT_EQ(ctx, vfs_unlink_path(DIR "/e"), 0);
	EXPECT_EQ(ctx, vfs_unlink_path(DIR), 0);
	return 0;
}

/* A file without a name lives while it is open. */
static int vfs_unlink_open(struct kselftest_ctx *ctx)
{
	unsigned long before = nr_free_pages();
	char buf[8] = "";
	struct file *f;
	loff_t pos = 0;

	if (!EXPECT_EQ(ctx, file_open(DIR, O_RDWR | O_CREAT, 0600, &f), 0))
		return 0;
	EXPECT_EQ(ctx, kernel_write(f, "content", 8, &pos), 8);
	EXPECT_EQ(ctx, vfs_unlink_path(DIR), 0);
	EXPECT_EQ(ctx, f->f_inode->i_nlink, 0U);
	pos = 0;
	EXPECT_EQ(ctx, kernel_read(f, buf, 8, &pos), 8);
	EXPECT_TRUE(ctx, !strcmp(buf, "content"));
	fput(f);
	EXPECT_GE(ctx, nr_free_pages() + 8, before);
	return 0;
}

/* Write pages until an error: how many fitted. */
static int fill_file(const char *path, int *err)
{
	static const char page[PAGE_SIZE];
	struct file *f;
	loff_t pos = 0;
	ssize_t n = 0;

	*err = file_open(path, O_WRONLY | O_CREAT, 0600, &f);
	if (*err)
		return 0;
	while (pos < (1 << 20) && (n = kernel_write(f, page, PAGE_SIZE, &pos)) == PAGE_SIZE)
		;
	*err = n < 0 ? (int)n : 0;
	fput(f);
	return (int)(pos >> PAGE_SHIFT);
}

static int vfs_mount_tmpfs(struct kselftest_ctx *ctx)
{
	struct kstatfs st;
	struct path p;
	int err;

	EXPECT_EQ(ctx, vfs_mkdir_path(DIR, 0755), 0);
	EXPECT_EQ(ctx, do_mount("none", DIR, "nosuchfs", 0, NULL), -ENODEV);
	EXPECT_EQ(ctx, do_mount("none", DIR, "tmpfs", 0, "size=x"), -EINVAL);
	EXPECT_EQ(ctx, do_mount("none", DIR, "tmpfs", 0, "size=64k,mode=700"), 0);
	EXPECT_EQ(ctx, vfs_unlink_path(DIR), -EBUSY);
	EXPECT_EQ(ctx, fill_file(DIR "/big", &err), 16);
	EXPECT_EQ(ctx, err, -ENOSPC);
	if (EXPECT_EQ(ctx, kern_path(DIR "/big", 0, &p), 0)) {
		EXPECT_EQ(ctx, vfs_statfs(&p, &st), 0);
		EXPECT_EQ(ctx, st.f_blocks, 16);
		EXPECT_EQ(ctx, st.f_bfree, 0);
		EXPECT_EQ(ctx, p.dentry->d_inode->i_blocks, 16 * 8UL);
		EXPECT_EQ(ctx, do_umount(DIR, 0), -EBUSY);
		path_put(&p);
	}
	EXPECT_EQ(ctx, do_mount(NULL, DIR, NULL, MS_REMOUNT | MS_RDONLY, NULL), 0);
	EXPECT_EQ(ctx, try_open(DIR "/new", O_WRONLY | O_CREAT), -EROFS);
	EXPECT_EQ(ctx, try_open(DIR "/big", O_WRONLY), -EROFS);
	EXPECT_EQ(ctx, do_umount(DIR, 0), 0);
	EXPECT_EQ(ctx, try_lookup(DIR "/big", 0), -ENOENT);
	EXPECT_EQ(ctx, do_umount(DIR, 0), -EINVAL);
	EXPECT_EQ(ctx, vfs_unlink_path(DIR), 0);
	return 0;
}

static int vfs_fifo(struct kselftest_ctx *ctx)
{
	char *buf = kzalloc(65536, GFP_KERNEL);
	struct file *r, *w;
	loff_t pos = 0;

	EXPECT_EQ(ctx, vfs_mknod_path(DIR, S_IFIFO | 0600, 0), 0);
	EXPECT_EQ(ctx, try_open(DIR, O_WRONLY | O_NONBLOCK), -ENXIO);
	if (!EXPECT_TRUE(ctx, buf) ||
	    !EXPECT_EQ(ctx, file_open(DIR, O_RDONLY | O_NONBLOCK, 0, &r), 0))
		return 0;
	EXPECT_EQ(ctx, file_open(DIR, O_WRONLY | O_NONBLOCK, 0, &w), 0);
	EXPECT_EQ(ctx, kernel_read(r, buf, 1, &pos), -EAGAIN);
	EXPECT_EQ(ctx, kernel_write(w, "ab", 2, &pos), 2);
	EXPECT_EQ(ctx, kernel_read(r, buf, 1, &pos), 1);
	EXPECT_EQ(ctx, buf[0], 'a');
	/* 64 KiB at most; and a small write is not split: one byte is in there. */
	EXPECT_EQ(ctx, kernel_write(w, buf, 65536 - 4096, &pos), 65536 - 4096);
	EXPECT_EQ(ctx, kernel_write(w, buf, 4096, &pos), -EAGAIN);
	EXPECT_EQ(ctx, kernel_write(w, buf, 4095, &pos), 4095);
	EXPECT_EQ(ctx, kernel_write(w, buf, 1, &pos), -EAGAIN);
	EXPECT_EQ(ctx, kernel_read(r, buf, 65536, &pos), 65536);
	EXPECT_EQ(ctx, buf[0], 'b');
	fput(w);
	EXPECT_EQ(ctx, kernel_read(r, buf, 1, &pos), 0);
	fput(r);
	EXPECT_EQ(ctx, vfs_unlink_path(DIR), 0);
	kfree(buf);
	return 0;
}

const struct kselftest vfs_tests[] = {
	{ "names: make, link, remove", vfs_names },
	{ "path walk: links, loops, dots", vfs_walk },
	{ "rename", vfs_rename },
	{ "unlink while open", vfs_unlink_open },
	{ "mount: tmpfs with a limit, read-only, busy", vfs_mount_tmpfs },
	{ "fifo: 64 KiB, atomic small writes", vfs_fifo },
	{ NULL, NULL },
};
