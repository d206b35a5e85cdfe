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
 * Linux: block/fops.c, block/bdev.c. Differs: pages are mapped by sectors, so the last one
 * of a disk that is no multiple of a page is read and written in part.
 */
#include "kernel/fs/buffer.h"
#include "kernel/fs/internal.h"
#include "kernel/fs/mpage.h"
#include "mm/slab.h"

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

/* A sector of the file is the same sector of the disk, up to the disk's end. */
static int bdev_get_block(struct inode *inode, struct block_map *map, bool create)
{
	const struct block_device *bdev = inode->i_private;

	map->sector = SECTOR_HOLE;
	if (map->block < bdev->nr_sectors) {
		map->sector = map->block;
		map->nr = min_t(u64, map->nr, bdev->nr_sectors - map->block);
	}
	return 0;
}

static void bdev_readahead(struct file *file, struct address_space *mapping, struct folio **folios,
			   unsigned int nr)
{
	mpage_readahead(mapping, folios, nr, bdev_get_block);
}

static int bdev_read_folio(struct file *file, struct folio *f)
{
	return mpage_read_folio(f, bdev_get_block);
}

/*
 * Only the sectors that were marked: beside metadata there may be blocks of files,
 * which are newer on the disk. A mark set from now on comes with PG_dirty again.
 */
static int bdev_writepage(struct folio *f, struct writeback_control *wbc)
{
	const struct block_device *bdev = I_BDEV(f->mapping);
	unsigned long mask = __atomic_fetch_and(&f->private, ~FOLIO_SECTORS_ALL, __ATOMIC_SEQ_CST);
	sector_t first = f->index * (PAGE_SIZE / SECTOR_SIZE);
	struct folio_piece pieces[MAX_FOLIO_PIECES];
	int n = 0;

	mask >>= FOLIO_SECTORS_SHIFT;
	if (bdev->nr_sectors - first < MAX_FOLIO_PIECES)
		mask &= (1UL << (bdev->nr_sectors - first)) - 1;
	if (!mask) {
		folio_unlock(f);
		return 0;
	}
	while (mask) {
		unsigned int s = __ffs(mask), len = ffz(mask >> s);

		pieces[n++] = (struct folio_piece){ f, first + s, s * SECTOR_SIZE,
						    len * SECTOR_SIZE };
		mask &= ~(((1UL << len) - 1) << s);
	}
	mpage_write_pieces(f, wbc, pieces, n);
	return 0;
}

/* Written to by a program: all of it, as nobody says which part. */
static bool bdev_dirty_folio(struct address_space *mapping, struct folio *f)
{
	__atomic_fetch_or(&f->private, FOLIO_SECTORS_ALL, __ATOMIC_SEQ_CST);
	return filemap_dirty_folio(mapping, f);
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
		f->private = 0;
		if (copied == PAGE_SIZE)
			folio_set(f, PG_uptodate);
		else
			copied = 0;
	}
	if (copied)
		bdev_dirty_folio(f->mapping, f);
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
	.dirty_folio = bdev_dirty_folio,
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
	int err = filemap_write_and_wait_range(f->f_mapping, start, end);

	return err ? err : blkdev_issue_flush(I_BDEV(f->f_mapping));
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
	sb->s_blocksize = SECTOR_SIZE;
	return pseudo_fill_super(sb, &bdev_sops, BDEVFS_MAGIC);
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
	/* File systems read metadata with their locks held. */
	inode->i_data.gfp_mask &= ~__GFP_FS;
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
