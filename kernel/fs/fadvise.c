/* SPDX-License-Identifier: MIT */
/*
 * Advice about a file's pages: posix_fadvise(2), readahead(2).
 *
 *	NORMAL		the device's read-ahead
 *	SEQUENTIAL	twice as much
 *	RANDOM		only what is asked for
 *	WILLNEED	reads it now, and does not wait
 *	DONTNEED	writes what is dirty, then drops what is clean and not in use
 *	NOREUSE		accepted
 *
 * The first three hold for the open file, the others for pages and so for everybody.
 *
 * Locks: none held.
 *
 * Linux: mm/fadvise.c, mm/readahead.c (the call). Differs: DONTNEED waits until dirty pages
 * are written, so that they can go.
 */
#include "kernel/drivers/block.h"
#include "kernel/fs/fs_syscalls.h"
#include "kernel/fs/internal.h"

#define POSIX_FADV_NORMAL	0
#define POSIX_FADV_RANDOM	1
#define POSIX_FADV_SEQUENTIAL	2
#define POSIX_FADV_WILLNEED	3
#define POSIX_FADV_DONTNEED	4
#define POSIX_FADV_NOREUSE	5

/* The device's own, or a constant for what is on no device. */
static unsigned int mapping_ra_pages(const struct address_space *mapping)
{
	const struct inode *inode = mapping->host;
	const struct block_device *bdev = S_ISBLK(inode->i_mode) ? inode->i_private :
					  inode->i_sb->s_bdev;

	return bdev ? READ_ONCE(bdev->ra_pages) : VM_READAHEAD_PAGES;
}

void file_ra_state_init(struct file *f)
{
	f->f_ra.ra_pages = mapping_ra_pages(f->f_mapping);
}

/* Whole pages only: the rest of the others may be wanted. The last one of a file counts whole. */
static void drop_pages(struct address_space *mapping, loff_t offset, loff_t end)
{
	pgoff_t first = PFN_UP(offset), after = (pgoff_t)end >> PAGE_SHIFT;

	if (end >= READ_ONCE(mapping->host->i_size))
		after = ULONG_MAX;
	(void)!filemap_write_and_wait_range(mapping, offset, end - 1);
	if (first < after)
		invalidate_mapping_pages(mapping, first, after - 1);
}

static int do_fadvise(struct file *f, loff_t offset, loff_t len, int advice)
{
	struct address_space *mapping = f->f_mapping;
	loff_t end = len && offset <= LONG_MAX - len ? offset + len : LONG_MAX;
	pgoff_t first = offset >> PAGE_SHIFT;

	if (S_ISFIFO(f->f_inode->i_mode))
		return -ESPIPE;
	if (offset < 0 || len < 0 || advice < 0 || advice > POSIX_FADV_NOREUSE)
		return -EINVAL;
	if (!mapping->a_ops || shmem_mapping(mapping))
		return 0;
	switch (advice) {
	case POSIX_FADV_NORMAL:
		f->f_ra.ra_pages = mapping_ra_pages(mapping);
		break;
	case POSIX_FADV_RANDOM:
		f->f_ra.ra_pages = 0;
		break;
	case POSIX_FADV_SEQUENTIAL:
		f->f_ra.ra_pages = 2 * mapping_ra_pages(mapping);
		break;
	case POSIX_FADV_WILLNEED:
		force_page_cache_readahead(mapping, f, first, PFN_UP(end) - first);
		break;
	case POSIX_FADV_DONTNEED:
		drop_pages(mapping, offset, end);
		break;
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
