/* SPDX-License-Identifier: MIT */
/*
 * Block devices: the list of them, bios, and handing a bio to a driver.
 *
 * A bio must be had even when there is no memory, as swapping out is what makes
 * memory. So behind the slab cache stands a small reserve of bios: whoever finds
 * both empty waits for one that is under way. That ends, because a bio under way
 * needs no memory to be finished.
 *
 * Invariants: a device, once registered, stays for ever; the list only grows at
 * its end, so walking it needs no lock. A bio belongs to the driver from
 * submit_bio() until end_io() is called, which happens exactly once.
 *
 * Locks: bio_lock (irq-safe) guards the reserve; register_lock the tail of the list.
 *
 * Linux: block/bio.c, block/blk-core.c, block/genhd.c. Differs: no queue of its
 * own, no merging of bios, no partitions.
 */
#include "kernel/drivers/block.h"
#include "kernel/fs/kernfs.h"
#include "kernel/printk.h"
#include "kernel/trace/trace.h"
#include "lib/string.h"
#include "mm/slab.h"
#include "mm/vmstat.h"

#define BIO_RESERVE	8

static LIST_HEAD(blkdevs);
static DEFINE_SPINLOCK(register_lock, RANK_BLK);

static struct kmem_cache *bio_cache;
static struct bio bio_reserve[BIO_RESERVE];
static DEFINE_SPINLOCK(bio_lock, RANK_BLK);
static LIST_HEAD(bio_free);			/* (bio_lock) those of the reserve that are idle */
static DECLARE_WAIT_QUEUE_HEAD(bio_wait);

void block_init(void)
{
	bio_cache = kmem_cache_create("bio", sizeof(struct bio), 0, SLAB_PANIC, NULL);
	for (int i = 0; i < BIO_RESERVE; i++)
		list_add_tail(&bio_reserve[i].list, &bio_free);
}

/* ---- bios ---- */

static struct bio *bio_from_reserve(void)
{
	struct bio *bio;
	unsigned long flags;

	spin_lock_irqsave(&bio_lock, flags);
	bio = list_first_entry_or_null(&bio_free, struct bio, list);
	if (bio)
		list_del(&bio->list);
	spin_unlock_irqrestore(&bio_lock, flags);
	return bio;
}

bool bio_is_reserve(const struct bio *bio)
{
	return bio >= bio_reserve && bio < bio_reserve + BIO_RESERVE;
}

struct bio *bio_alloc(struct block_device *bdev, enum req_op op, sector_t sector, gfp_t gfp)
{
	/* No waiting for memory here: the reserve comes sooner than reclaim. */
	struct bio *bio = kmem_cache_alloc(bio_cache, (gfp & ~__GFP_DIRECT_RECLAIM) |
					   __GFP_NOMEMALLOC | __GFP_NOWARN);

	if (!bio)
		bio = bio_from_reserve();
	if (!bio && (gfp & __GFP_DIRECT_RECLAIM))
		wait_event(bio_wait, (bio = bio_from_reserve()) != NULL);
	if (!bio)
		return NULL;
	bio->bdev = bdev;
	bio->op = op;
	bio->sector = sector;
	bio->nr_vecs = 0;
	bio->status = 0;
	bio->end_io = NULL;
	bio->private = NULL;
	return bio;
}

void bio_put(struct bio *bio)
{
	unsigned long flags;

	if (!bio_is_reserve(bio)) {
		kmem_cache_free(bio_cache, bio);
		return;
	}
	spin_lock_irqsave(&bio_lock, flags);
	list_add(&bio->list, &bio_free);
	spin_unlock_irqrestore(&bio_lock, flags);
	wake_up(&bio_wait);
}

bool bio_add_page(struct bio *bio, struct page *page, unsigned int len, unsigned int offset)
{
	unsigned int max = min_t(unsigned int, BIO_MAX_VECS, bio->bdev->max_vecs);

	VM_BUG_ON(offset + len > PAGE_SIZE || len % SECTOR_SIZE);
	if (bio->nr_vecs >= max)
		return false;
	bio->vecs[bio->nr_vecs++] = (struct bio_vec){ page, len, offset };
	return true;
}

static sector_t bio_sectors(const struct bio *bio)
{
	sector_t bytes = 0;

	for (unsigned int i = 0; i < bio->nr_vecs; i++)
		bytes += bio->vecs[i].len;
	return bytes / SECTOR_SIZE;
}

sector_t bio_end_sector(const struct bio *bio)
{
	return bio->sector + bio_sectors(bio);
}

/* 0, or why the device need not be asked at all. */
static int bio_check(const struct bio *bio, sector_t sectors)
{
	const struct block_device *bdev = bio->bdev;

	if (bio->op == REQ_OP_FLUSH)
		return 0;
	if (bio->sector > bdev->nr_sectors || sectors > bdev->nr_sectors - bio->sector)
		return -EIO;
	return bio->op == REQ_OP_WRITE && bdev->read_only ? -EIO : 0;
}

static void bio_account(struct bio *bio, sector_t sectors)
{
	struct block_device *bdev = bio->bdev;

	if (bio->op == REQ_OP_READ) {
		__atomic_fetch_add(&bdev->reads, 1, __ATOMIC_RELAXED);
		__atomic_fetch_add(&bdev->sectors_read, sectors, __ATOMIC_RELAXED);
		count_vm_events(PGPGIN, sectors / 2);
	} else if (bio->op == REQ_OP_WRITE) {
		__atomic_fetch_add(&bdev->writes, 1, __ATOMIC_RELAXED);
		__atomic_fetch_add(&bdev->sectors_written, sectors, __ATOMIC_RELAXED);
		count_vm_events(PGPGOUT, sectors / 2);
	}
}

void submit_bio(struct bio *bio)
{
	sector_t sectors = bio_sectors(bio);
	int err = bio_check(bio, sectors);

	if (!err) {
		bio_account(bio, sectors);
		trace_bio(TRACE_BIO_QUEUE, bio);
		err = bio->bdev->submit(bio);
	}
	if (!err)
		return;
	__atomic_fetch_add(&bio->bdev->errors, 1, __ATOMIC_RELAXED);
	bio->status = err;
	bio->end_io(bio);
}

static void bio_complete(struct bio *bio)
{
	complete(bio->private);
}

int submit_bio_wait(struct bio *bio)
{
	struct completion done;

	init_completion(&done);
	bio->private = &done;
	bio->end_io = bio_complete;
	submit_bio(bio);
	wait_for_completion(&done);
	return bio->status;
}

/* A device without a cache has nothing to flush. */
int blkdev_issue_flush(struct block_device *bdev)
{
	struct bio *bio = bio_alloc(bdev, REQ_OP_FLUSH, 0, GFP_NOFS);
	int err = submit_bio_wait(bio);

	bio_put(bio);
	return err == -EOPNOTSUPP ? 0 : err;
}

/* ---- devices ---- */

int register_blkdev(struct block_device *bdev)
{
	int err;

	if (!bdev->max_vecs)
		bdev->max_vecs = BIO_MAX_VECS;
	bdev->ra_pages = VM_READAHEAD_PAGES;
	err = bdev_init_inode(bdev);
	if (err)
		return err;
	spin_lock_irq(&register_lock);
	list_add_tail(&bdev->list, &blkdevs);
	spin_unlock_irq(&register_lock);
	err = sysfs_add_disk(bdev);
	if (err)
		return err;
	return devtmpfs_create_node(bdev->name, S_IFBLK | 0660, bdev->dev);
}

struct block_device *blkdev_get_by_dev(dev_t dev)
{
	struct block_device *bdev;

	list_for_each_entry(bdev, &blkdevs, list)
		if (bdev->dev == dev)
			return bdev;
	return NULL;
}

int blkdev_get_by_path(const char *name, struct block_device **bdev)
{
	struct path path;
	struct inode *inode;
	int err = kern_path(name, LOOKUP_FOLLOW, &path);

	if (err)
		return err;
	inode = path.dentry->d_inode;
	err = S_ISBLK(inode->i_mode) ? inode_bdev(inode, bdev) : -ENOTBLK;
	path_put(&path);
	return err;
}

void blkdev_for_each(void (*fn)(struct block_device *b, void *arg), void *arg)
{
	struct block_device *bdev;

	list_for_each_entry(bdev, &blkdevs, list)
		fn(bdev, arg);
}
