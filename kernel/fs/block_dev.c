/* SPDX-License-Identifier: MIT */
/*
 * Block devices as files: /dev/vda is read and written through a page cache of
 * its own, which file systems use for their metadata as well (Buffers).
 *
 * The cache belongs to bdev->inode, an inode without a name on the internal file
 * system "bdev". Every special file with that number shares it: open sets the
 * file's f_mapping to it.
 *
 * Locks: the folio lock for the content; i_rwsem of bdev->inode for writes.
 *
 * Linux: block/fops.c, block/bdev.c. Differs: whole pages; the last one of a disk
 * that is no multiple of a page is read and written in part.
 */
#include "kernel/drivers/block.h"
#include "kernel/fs/internal.h"
#include "lib/string.h"
#include "mm/slab.h"
#include "mm/writeback.h"

#define SECTORS_PER_PAGE (PAGE_SIZE / SECTOR_SIZE)
#define BLKGETSIZE	0x1260
#define BLKFLSBUF	0x1261
#define BLKSSZGET	0x1268
#define BLKBSZGET	0x80081270
#define BLKGETSIZE64	0x80081272
#define BLKROGET	0x125e

static struct vfsmount *bdev_mnt;

/* The device whose cache this mapping is. */
static struct block_device *I_BDEV(const struct address_space *mapping)
{
	return mapping->host->i_private;
}

/* A special file knows only the number; the device may not exist (ENXIO). */
int inode_bdev(struct inode *inode, struct block_device **bdev)
{
	*bdev = blkdev_get_by_dev(inode->i_rdev);
	return *bdev ? 0 : -ENXIO;
}

/* ---- pages ---- */

/* How many bytes of the page at index are on the disk. */
static unsigned int page_bytes(const struct block_device *bdev, pgoff_t index)
{
	sector_t first = index * SECTORS_PER_PAGE;

	return min_t(sector_t, SECTORS_PER_PAGE, bdev->nr_sectors - first) * SECTOR_SIZE;
}

/* Interrupt: each folio of the request is ready or has failed. */
static void bdev_read_end_io(struct bio *bio)
{
	for (unsigned int i = 0; i < bio->nr_vecs; i++)
		folio_end_read(page_folio(bio->vecs[i].page), !bio->status);
	bio_put(bio);
}

/*
 * Interrupt: the folio must not be touched after folio_end_writeback(), truncate may
 * free it.
 */
static void bdev_write_end_io(struct bio *bio)
{
	for (unsigned int i = 0; i < bio->nr_vecs; i++) {
		struct folio *f = page_folio(bio->vecs[i].page);

		if (bio->status)
			mapping_set_error(f->mapping, bio->status);
		folio_end_writeback(f);
	}
	bio_put(bio);
}

/* The part of a last page that is behind the disk's end reads as zeros. */
static void zero_tail(struct folio *f, unsigned int bytes)
{
	if (bytes < PAGE_SIZE)
		memset(folio_address(f) + bytes, 0, PAGE_SIZE - bytes);
}

/*
 * Gather folios in a row into as few requests as possible: one interrupt for up to
 * 128 KiB.
 */
static void bdev_readahead(struct file *file, struct address_space *mapping, struct folio **folios,
			   unsigned int nr)
{
	struct block_device *bdev = I_BDEV(mapping);
	struct bio *bio = NULL;

	for (unsigned int i = 0; i < nr; i++) {
		struct folio *f = folios[i];
		unsigned int bytes = page_bytes(bdev, f->index);

		zero_tail(f, bytes);
		if (!bio || !bio_add_page(bio, &f->page, bytes, 0)) {
			if (bio)
				submit_bio(bio);
			bio = bio_alloc(bdev, REQ_OP_READ, f->index * SECTORS_PER_PAGE,
					GFP_NOFS);
			if (!bio) {
				folio_end_read(f, false);
				continue;
			}
			bio->end_io = bdev_read_end_io;
			(void)bio_add_page(bio, &f->page, bytes, 0);
		}
	}
	if (bio)
		submit_bio(bio);
}

/* A single page is a run of one. Failure is seen by the waiter: the folio is not uptodate. */
static int bdev_read_folio(struct file *file, struct folio *f)
{
	bdev_readahead(file, f->mapping, &f, 1);
	return 0;
}

/*
 * One page a request; the driver has many in flight. The dirty flag is clear
 * already, so an error must set it again or the data would be lost silently.
 */
static int bdev_writepage(struct folio *f, struct writeback_control *wbc)
{
	struct block_device *bdev = I_BDEV(f->mapping);
	struct bio *bio = bio_alloc(bdev, REQ_OP_WRITE, f->index * SECTORS_PER_PAGE, GFP_NOFS);

	if (!bio) {
		folio_mark_dirty(f);
		folio_unlock(f);
		return -ENOMEM;
	}
	bio->end_io = bdev_write_end_io;
	(void)bio_add_page(bio, &f->page, page_bytes(bdev, f->index), 0);
	folio_start_writeback(f);
	folio_unlock(f);
	submit_bio(bio);
	return 0;
}

/* Where only a part of a page is changed, the rest must be there first. */
static int bdev_write_begin(struct file *file, struct address_space *mapping, loff_t pos,
			    unsigned int len, struct folio **folio)
{
	struct folio *f;
	int err;

	for (;;) {
		err = filemap_get_or_create(mapping, pos >> PAGE_SHIFT, &f);
		if (err)
			return err;
		if (folio_test(f, PG_uptodate) || len == PAGE_SIZE)
			break;
		folio_unlock(f);
		folio_put(f);
		err = read_cache_folio(mapping, pos >> PAGE_SHIFT, file, &f);
		if (err)
			return err;
		folio_put(f);
	}
	folio_wait_writeback(f);
	*folio = f;
	return 0;
}

/* Mark what was changed; a copy of 0 bytes changed nothing. */
static int bdev_write_end(struct file *file, loff_t pos, unsigned int len, unsigned int copied,
			  struct folio *f)
{
	/* A whole page was to be written but not all could be copied: then nothing counts. */
	if (!folio_test(f, PG_uptodate)) {
		if (copied == PAGE_SIZE)
			folio_set(f, PG_uptodate);
		else
			copied = 0;
	}
	if (copied)
		folio_mark_dirty(f);
	folio_unlock(f);
	folio_put(f);
	return copied;
}

static const struct address_space_operations bdev_aops = {
	.read_folio = bdev_read_folio,
	.readahead = bdev_readahead,
	.writepage = bdev_writepage,
	.write_begin = bdev_write_begin,
	.write_end = bdev_write_end,
	.dirty_folio = filemap_dirty_folio,
};

/* ---- files ---- */

/*
 * Every opener shares the one mapping; that is what keeps /dev/vda and a file system
 * coherent.
 */
static int blkdev_open(struct inode *inode, struct file *f)
{
	struct block_device *bdev;
	int err = inode_bdev(inode, &bdev);

	if (err)
		return err;
	if ((f->f_mode & FMODE_WRITE) && bdev->read_only)
		return -EACCES;
	/* What is swapped to or mounted must not be overwritten from outside. */
	if ((f->f_mode & FMODE_WRITE) && bdev->holders)
		return -EBUSY;
	f->f_mapping = bdev->inode->i_mapping;
	return 0;
}

/* Pages to the device, then the device's own cache to the medium. */
static int blkdev_fsync(struct file *f, loff_t start, loff_t end, int datasync)
{
	struct block_device *bdev = I_BDEV(f->f_mapping);
	struct bio *bio;
	int err = filemap_write_and_wait_range(f->f_mapping, start, end);

	if (err)
		return err;
	bio = bio_alloc(bdev, REQ_OP_FLUSH, 0, GFP_KERNEL);
	if (!bio)
		return -ENOMEM;
	err = submit_bio_wait(bio);
	bio_put(bio);
	return err == -EOPNOTSUPP ? 0 : err;
}

/* Closing writes: who looks at the disk next, a file system or the host, sees it. */
static int blkdev_flush(struct file *f)
{
	if (f->f_mode & FMODE_WRITE)
		(void)!filemap_write_and_wait_range(f->f_mapping, 0, -1);
	return 0;
}

/* What mkfs, mkswap, blockdev and lsblk ask for. */
static long blkdev_ioctl(struct file *f, unsigned int cmd, unsigned long arg)
{
	struct block_device *bdev = I_BDEV(f->f_mapping);

	switch (cmd) {
	case BLKGETSIZE:
		return put_user(bdev->nr_sectors, (unsigned long __user *)arg);
	case BLKGETSIZE64:
		return put_user(bdev->nr_sectors * SECTOR_SIZE, (u64 __user *)arg);
	case BLKSSZGET:
		return put_user(SECTOR_SIZE, (int __user *)arg);
	case BLKBSZGET:
		return put_user((int)PAGE_SIZE, (int __user *)arg);
	case BLKROGET:
		return put_user((int)bdev->read_only, (int __user *)arg);
	case BLKFLSBUF:
		(void)!filemap_write_and_wait_range(f->f_mapping, 0, -1);
		invalidate_mapping_pages(f->f_mapping, 0, ULONG_MAX);
		return 0;
	default:
		return -ENOIOCTLCMD;
	}
}

const struct file_operations def_blk_fops = {
	.open = blkdev_open,
	.llseek = generic_file_llseek,
	.read_iter = generic_file_read_iter,
	.write_iter = generic_file_write_iter,
	.mmap = generic_file_mmap,
	.fsync = blkdev_fsync,
	.flush = blkdev_flush,
	.ioctl = blkdev_ioctl,
};

/* ---- the internal file system ---- */

/* The device's own inode has nothing on a disk but its pages: these are what sync writes. */
static int bdev_write_inode(struct inode *inode, bool wait)
{
	return 0;
}

static const struct super_operations bdev_sops = { .write_inode = bdev_write_inode };

/* A file system nobody sees: it only gives its inodes a super_block. */
static int bdev_fill_super(struct super_block *sb, const char *dev, const char *data)
{
	struct inode *root;

	sb->s_op = &bdev_sops;
	root = new_inode(sb);
	if (!root)
		return -ENOMEM;
	root->i_mode = S_IFDIR | 0700;
	root->i_nlink = 2;
	sb->s_root = d_make_root(root);
	return sb->s_root ? 0 : -ENOMEM;
}

static struct file_system_type bdev_fs = { .name = "bdev", .fill_super = bdev_fill_super };

/* Called for each disk as it is found; the first one makes the file system. */
int bdev_init_inode(struct block_device *bdev)
{
	struct inode *inode;

	if (!bdev_mnt)
		bdev_mnt = kern_mount(&bdev_fs, NULL);
	inode = bdev_mnt ? new_inode(bdev_mnt->mnt_sb) : NULL;
	if (!inode)
		return -ENOMEM;
	inode->i_mode = S_IFBLK | 0600;
	inode->i_rdev = bdev->dev;
	inode->i_nlink = 1;
	inode->i_size = bdev->nr_sectors * SECTOR_SIZE;
	inode->i_private = bdev;
	inode->i_data.a_ops = &bdev_aops;
	bdev->inode = inode;
	return 0;
}

static void add_bdev_pages(struct block_device *b, void *arg)
{
	if (b->inode)
		*(unsigned long *)arg += READ_ONCE(b->inode->i_mapping->nrpages);
}

unsigned long nr_blockdev_pages(void)
{
	unsigned long nr = 0;

	blkdev_for_each(add_bdev_pages, &nr);
	return nr;
}
