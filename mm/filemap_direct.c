/* SPDX-License-Identifier: MIT */
/*
 * O_DIRECT on files of a disk: what is read or written does not stay in the page cache, and a
 * write has reached the disk, or failed, when it returns. Whole sectors only, as for the disk.
 *
 * The data still pass through pages of the cache: they are written at once and given back. What
 * was read ahead stays. A tmpfs has no other place for its data than the cache and takes the flag
 * for nothing.
 *
 * Locks: none held; those of reading and writing are taken inside.
 *
 * Linux: mm/filemap.c, generic_file_direct_write(), and fs/iomap/direct-io.c. Differs: there the
 * disk reads and writes the program's own pages; this is what Linux does where it cannot.
 */
#include "kernel/drivers/block.h"
#include "kernel/fs/fs.h"
#include "mm/filemap.h"

static bool iter_is_aligned(const struct iov_iter *i, unsigned long mask)
{
	for (unsigned int n = 0; n < i->nr_segs; n++)
		if (((unsigned long)i->iov[n].iov_base | i->iov[n].iov_len) & mask)
			return false;
	return true;
}

ssize_t filemap_direct_rw(struct kiocb *iocb, struct iov_iter *iter, filemap_rw_fn rw)
{
	struct address_space *mapping = iocb->ki_filp->f_mapping;
	loff_t start;
	ssize_t n;
	int err;

	iocb->ki_flags &= ~IOCB_DIRECT;
	if (shmem_mapping(mapping))
		return rw(iocb, iter);
	if ((iocb->ki_pos & (SECTOR_SIZE - 1)) || !iter_is_aligned(iter, SECTOR_SIZE - 1))
		return -EINVAL;
	n = rw(iocb, iter);
	if (n <= 0)
		return n;
	start = iocb->ki_pos - n;
	err = filemap_write_and_wait_range(mapping, start, iocb->ki_pos - 1);
	invalidate_mapping_pages(mapping, (pgoff_t)start >> PAGE_SHIFT,
				 (pgoff_t)(iocb->ki_pos - 1) >> PAGE_SHIFT);
	return err ? err : n;
}
