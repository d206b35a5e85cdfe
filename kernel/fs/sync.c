/* SPDX-License-Identifier: MIT */
/*
 * sync(2), fsync(2) and their relatives.
 *
 * An error of writing back reaches each open file once, at its next fsync(), and each open
 * file once more by syncfs(). sync(2) cannot tell.
 *
 * Locks: none held.
 *
 * Linux: fs/sync.c.
 */
#include "kernel/drivers/block.h"
#include "kernel/fs/fs_syscalls.h"
#include "kernel/fs/internal.h"
#include "mm/writeback.h"

#define SYNC_FILE_RANGE_WAIT_BEFORE	1
#define SYNC_FILE_RANGE_WRITE		2
#define SYNC_FILE_RANGE_WAIT_AFTER	4
#define SYNC_FILE_RANGE_ALL		7

/* ---- file systems and devices ---- */

int sync_blockdev(struct block_device *bdev)
{
	int err = filemap_write_and_wait_range(bdev->inode->i_mapping, 0, -1), err2;

	err2 = blkdev_issue_flush(bdev);
	return err ? err : err2;
}

/* What is there is set going first; then everything is waited for. */
int sync_filesystem(struct super_block *sb)
{
	int err, first_err;

	(void)!sync_inodes(sb, false);
	first_err = sync_inodes(sb, true);
	err = sb->s_op->sync_fs ? sb->s_op->sync_fs(sb, true) : 0;
	if (!err && sb->s_bdev)
		err = sync_blockdev(sb->s_bdev);
	return first_err ? first_err : err;
}

/* The first round of sync(2): every disk has work. */
static void start_one_sb(struct super_block *sb, void *arg)
{
	(void)!sync_inodes(sb, false);
}

/* The second: what the first left, and what others had in hand. */
static void sync_one_sb(struct super_block *sb, void *arg)
{
	(void)!sync_inodes(sb, true);
	if (sb->s_op->sync_fs)
		(void)!sb->s_op->sync_fs(sb, true);
}

/* What was written to /dev/vda directly, and metadata. */
static void sync_one_bdev(struct block_device *b, void *arg)
{
	if (b->inode)
		(void)!sync_blockdev(b);
}

/* File systems first: they dirty their devices' caches. All disks work at the same time. */
void sync_filesystems(void)
{
	supers_for_each(start_one_sb, NULL);
	supers_for_each(sync_one_sb, NULL);
	blkdev_for_each(sync_one_bdev, NULL);
}

/* ---- files ---- */

/* EINVAL for what cannot be written back (pipes, terminals). */
int vfs_fsync_range(struct file *f, loff_t start, loff_t end, int datasync)
{
	int err, wb_err;

	if (!f->f_op->fsync)
		return -EINVAL;
	err = f->f_op->fsync(f, start, end, datasync);
	/* Taken in any case: what err says now must not be said again the next time. */
	wb_err = file_check_wb_err(f);
	return err ? err : wb_err;
}

/* The whole file. */
int vfs_fsync(struct file *f, int datasync)
{
	return vfs_fsync_range(f, 0, LONG_MAX, datasync);
}

/* The whole of the device's metadata: nobody knows which belong to this file. */
int generic_file_fsync(struct file *f, loff_t start, loff_t end, int datasync)
{
	struct inode *inode = f->f_mapping->host;
	int err = filemap_write_and_wait_range(f->f_mapping, start, end);

	if (!err && inode->i_sb->s_op->write_inode)
		err = inode->i_sb->s_op->write_inode(inode, true);
	return err ? err : sync_blockdev(inode->i_sb->s_bdev);
}

/* The two calls differ only in whether times must reach the disk. */
static long do_fsync(long fd, int datasync)
{
	struct fd f = fdget((unsigned int)fd);
	int err;

	if (!f.file)
		return -EBADF;
	err = vfs_fsync(f.file, datasync);
	fdput(f);
	return err;
}

/* fsync(2). */
long sys_fsync(long fd)
{
	return do_fsync(fd, 0);
}

/* fdatasync(2). */
long sys_fdatasync(long fd)
{
	return do_fsync(fd, 1);
}

/* sync(2): returns when all has been written. */
long sys_sync(void)
{
	sync_filesystems();
	return 0;
}

/* syncfs(2): the file system of any descriptor on it. It tells of errors, once a file. */
long sys_syncfs(long fd)
{
	struct fd f = fdget((unsigned int)fd);
	struct super_block *sb;
	int err, wb_err;

	if (!f.file)
		return -EBADF;
	sb = f.file->f_inode->i_sb;
	err = sync_filesystem(sb);
	mutex_lock(&f.file->f_pos_lock);
	wb_err = errseq_check_and_advance(&sb->s_wb_err, &f.file->f_sb_err);
	mutex_unlock(&f.file->f_pos_lock);
	fdput(f);
	return err ? err : wb_err;
}

/*
 * Which of the three steps the flags ask for. It says nothing about metadata: what was
 * written is safe only if the blocks had their place before, as its manual page warns.
 */
static int do_sync_file_range(struct file *f, loff_t offset, loff_t end, unsigned int flags)
{
	struct address_space *mapping = f->f_mapping;
	umode_t mode = f->f_inode->i_mode;
	int err = 0;

	if (!S_ISREG(mode) && !S_ISBLK(mode) && !S_ISDIR(mode) && !S_ISLNK(mode))
		return -ESPIPE;
	if (flags & SYNC_FILE_RANGE_WAIT_BEFORE)
		filemap_fdatawait_range(mapping, offset, end);
	if (flags & SYNC_FILE_RANGE_WRITE)
		err = filemap_fdatawrite_range(mapping, offset, end,
			(flags & SYNC_FILE_RANGE_ALL) == SYNC_FILE_RANGE_ALL ?
			WB_SYNC_ALL : WB_SYNC_NONE);
	if (flags & SYNC_FILE_RANGE_WAIT_AFTER)
		filemap_fdatawait_range(mapping, offset, end);
	if (!err && (flags & (SYNC_FILE_RANGE_WAIT_BEFORE | SYNC_FILE_RANGE_WAIT_AFTER)))
		err = file_check_wb_err(f);
	return err;
}

/* sync_file_range(2): nbytes 0 means up to the end. */
long sys_sync_file_range(long fd, long offset, long nbytes, long flags)
{
	struct fd f;
	int err;

	if ((flags & ~SYNC_FILE_RANGE_ALL) || offset < 0 || nbytes < 0 ||
	    nbytes > LONG_MAX - offset)
		return -EINVAL;
	f = fdget((unsigned int)fd);
	if (!f.file)
		return -EBADF;
	err = do_sync_file_range(f.file, offset, nbytes ? offset + nbytes - 1 : LONG_MAX,
				 (unsigned int)flags);
	fdput(f);
	return err;
}
