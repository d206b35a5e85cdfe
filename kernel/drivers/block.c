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
 * Locks: bio_lock (irq-safe) guards the reserve; register_lock the tail of the list;
 * stats_lock (irq-safe) of a device its counters.
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
	bio->sector = bio->next_sector = sector;
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
	bio->next_sector += len / SECTOR_SIZE;
	return true;
}

static sector_t bio_sectors(const struct bio *bio)
{
	sector_t bytes = 0;

	for (unsigned int i = 0; i < bio->nr_vecs; i++)
		bytes += bio->vecs[i].len;
	return bytes / SECTOR_SIZE;
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

/* ---- statistics ---- */

static unsigned int total_in_flight(const struct disk_counters *c)
{
	return c->in_flight[REQ_OP_READ] + c->in_flight[REQ_OP_WRITE] +
	       c->in_flight[REQ_OP_FLUSH];
}

/* Bring the two sums over time up to now. => stats_lock. */
static void stats_tick(struct disk_counters *c, u64 now)
{
	unsigned int n = total_in_flight(c);

	if (n) {
		c->busy_ns += now - c->stamp;
		c->weighted_ns += (now - c->stamp) * n;
	}
	c->stamp = now;
}

static void bio_start_account(struct bio *bio, sector_t sectors)
{
	struct block_device *bdev = bio->bdev;
	unsigned long flags;

	if (bio->op == REQ_OP_READ)
		count_vm_events(PGPGIN, sectors / 2);
	else if (bio->op == REQ_OP_WRITE)
		count_vm_events(PGPGOUT, sectors / 2);
	spin_lock_irqsave(&bdev->stats_lock, flags);
	bio->start_ns = ktime_get();
	stats_tick(&bdev->stats, bio->start_ns);
	bdev->stats.in_flight[bio->op]++;
	spin_unlock_irqrestore(&bdev->stats_lock, flags);
}

static void bio_end_account(const struct bio *bio)
{
	struct block_device *bdev = bio->bdev;
	struct disk_counters *c = &bdev->stats;
	unsigned long flags;
	u64 now;

	spin_lock_irqsave(&bdev->stats_lock, flags);
	now = ktime_get();
	stats_tick(c, now);
	c->in_flight[bio->op]--;
	c->ios[bio->op]++;
	c->sectors[bio->op] += bio_sectors(bio);
	c->ns[bio->op] += now - bio->start_ns;
	if (unlikely(bio->status))
		bdev->errors++;
	spin_unlock_irqrestore(&bdev->stats_lock, flags);
}

void disk_counters_read(struct block_device *bdev, struct disk_counters *c)
{
	unsigned long flags;

	spin_lock_irqsave(&bdev->stats_lock, flags);
	stats_tick(&bdev->stats, ktime_get());
	*c = bdev->stats;
	spin_unlock_irqrestore(&bdev->stats_lock, flags);
}

/* ---- submitting ---- */

/* From here on the bio is end_io's, which may free it. */
void bio_endio(struct bio *bio)
{
	bio_end_account(bio);
	trace_bio(TRACE_BIO_COMPLETE, bio);
	bio->end_io(bio);
}

/* What the device would refuse anyway counts as a request that failed at once. */
void submit_bio(struct bio *bio)
{
	sector_t sectors = bio_sectors(bio);
	int err = bio_check(bio, sectors);

	bio_start_account(bio, sectors);
	trace_bio(TRACE_BIO_QUEUE, bio);
	if (!err)
		err = bio->bdev->submit(bio);
	if (!err)
		return;
	bio->status = err;
	bio_endio(bio);
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
	spin_lock_init(&bdev->stats_lock, RANK_BLK, "disk stats");
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
