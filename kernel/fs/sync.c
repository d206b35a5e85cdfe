/* SPDX-License-Identifier: MIT */
/*
 * sync(2), fsync(2) and advice about a file's pages.
 *
 * An error of writing back reaches each open file once, at its next fsync().
 *
 * Locks: none held.
 *
 * Linux: fs/sync.c, mm/fadvise.c.
 */
#include "kernel/fs/fs_syscalls.h"
#include "kernel/fs/internal.h"
#include "mm/writeback.h"

#define POSIX_FADV_WILLNEED	3
#define POSIX_FADV_DONTNEED	4
#define POSIX_FADV_NOREUSE	5

/* EINVAL for what cannot be written back (pipes, terminals). */
int vfs_fsync(struct file *f, int datasync)
{
	int err, wb_err;

	if (!f->f_op->fsync)
		return -EINVAL;
	err = f->f_op->fsync(f, 0, LONG_MAX, datasync);
	wb_err = file_check_wb_err(f);
	return err ? err : wb_err;
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

/* syncfs(2): the file system of any descriptor on it. */
long sys_syncfs(long fd)
{
	struct fd f = fdget((unsigned int)fd);
	int err;

	if (!f.file)
		return -EBADF;
	err = sync_inodes(f.file->f_inode->i_sb, true);
	fdput(f);
	return err;
}

/* WILLNEED reads ahead, DONTNEED drops what is clean and unused; the others are accepted. */
static int do_fadvise(struct file *f, loff_t offset, loff_t len, int advice)
{
	struct address_space *mapping = f->f_mapping;
	pgoff_t first = offset >> PAGE_SHIFT;
	loff_t end = len && offset <= LONG_MAX - len ? offset + len : LONG_MAX;

	if (S_ISFIFO(f->f_inode->i_mode))
		return -ESPIPE;
	if (offset < 0 || len < 0 || advice < 0 || advice > POSIX_FADV_NOREUSE)
		return -EINVAL;
	if (!mapping->a_ops || shmem_mapping(mapping))
		return 0;
	if (advice == POSIX_FADV_WILLNEED) {
		force_page_cache_readahead(mapping, f, first, PFN_UP(end) - first);
	} else if (advice == POSIX_FADV_DONTNEED) {
		(void)!filemap_write_and_wait_range(mapping, offset, end - 1);
		invalidate_mapping_pages(mapping, PFN_UP(offset), ((pgoff_t)end >> PAGE_SHIFT) - 1);
	}
	return 0;
}

/* fadvise64(2). */
long sys_fadvise64(long fd, long offset, long len, long advice)
{
	struct fd f = fdget((unsigned int)fd);
	int err;

	if (!f.file)
		return -EBADF;
	err = do_fadvise(f.file, offset, len, (int)advice);
	fdput(f);
	return err;
}

/* readahead(2). */
long sys_readahead(long fd, long offset, unsigned long count)
{
	struct fd f = fdget((unsigned int)fd);
	int err = -EBADF;

	if (f.file && (f.file->f_mode & FMODE_READ))
		err = S_ISREG(f.file->f_inode->i_mode) || S_ISBLK(f.file->f_inode->i_mode) ?
		      do_fadvise(f.file, offset, count, POSIX_FADV_WILLNEED) : -EINVAL;
	fdput(f);
	return err;
}
