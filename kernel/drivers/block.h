/* SPDX-License-Identifier: MIT */
/*
 * Block devices: requests of whole 512-byte sectors to and from pages.
 *
 * Linux: include/linux/{bio,blkdev}.h, block/. Differs: no scheduler, no
 * partitions; a bio goes straight to the driver's queue.
 */
#pragma once
#include "kernel/fs/fs.h"

#define SECTOR_SIZE	512
#define BIO_MAX_VECS	32
enum req_op { REQ_OP_READ, REQ_OP_WRITE, REQ_OP_FLUSH, NR_REQ_OPS };

struct bio_vec { struct page *page; unsigned int len, offset; };
struct bio {
	struct block_device *bdev;
	enum req_op op;
	sector_t sector;
	sector_t next_sector;			/* behind what bio_add_page() has added */
	unsigned int nr_vecs;
	struct bio_vec vecs[BIO_MAX_VECS];
	int status;				/* 0, -EIO, -EOPNOTSUPP: valid in end_io */
	void (*end_io)(struct bio *bio);	/* interrupt context; owns the bio */
	void *private;
	struct list_head list;			/* driver's waiting list */
	u64 start_ns;				/* when it was submitted */
};
/* What a disk has done, for /proc/diskstats. (S) stats_lock */
struct disk_counters {
	u64 ios[NR_REQ_OPS], sectors[NR_REQ_OPS];	/* (S) requests that have ended */
	u64 ns[NR_REQ_OPS];			/* (S) time they took, summed up */
	unsigned int in_flight[NR_REQ_OPS];	/* (S) under way now */
	u64 busy_ns, weighted_ns;	/* (S) time with any under way; times their number */
	u64 stamp;				/* (S) up to when those two are counted */
};
struct block_device {
	dev_t dev;
	char name[16];				/* "vda" */
	sector_t nr_sectors;
	bool read_only;
	unsigned int max_vecs;			/* most pages in one bio; 0: BIO_MAX_VECS */
	unsigned int ra_pages;			/* read-ahead of files opened from now on */
	int (*submit)(struct bio *bio);		/* queues; never waits */
	void *private;
	struct inode *inode;			/* its page cache (Buffers) */
	int holders;				/* swap or mount: not writable from outside */
	spinlock_t stats_lock;
	struct disk_counters stats;		/* (S) */
	u64 errors;				/* requests that failed */
	struct list_head list;
};
/* bio_alloc() - NULL: no memory; never with __GFP_DIRECT_RECLAIM, which waits for the reserve. */
struct bio *bio_alloc(struct block_device *bdev, enum req_op op, sector_t sector, gfp_t gfp);
bool bio_add_page(struct bio *bio, struct page *page, unsigned int len, unsigned int offset);
void bio_put(struct bio *bio);
/* bio_is_reserve() - is it one of the few kept for when there is no memory? */
bool bio_is_reserve(const struct bio *bio);
void submit_bio(struct bio *bio);		/* end_io is always called, also on error */
void bio_endio(struct bio *bio);		/* for drivers: bio->status is set. Any context */
int submit_bio_wait(struct bio *bio);		/* sleeps: its status */
int register_blkdev(struct block_device *bdev);	/* makes /dev/NAME */
/* blkdev_get_by_path() - 0; -ENOENT, -ENOTBLK, -ENXIO. */
int __must_check blkdev_get_by_path(const char *path, struct block_device **bdev);
struct block_device *blkdev_get_by_dev(dev_t dev);
/* blkdev_issue_flush() - what was written is on the medium, not in the device's cache. 0, -EIO. */
int __must_check blkdev_issue_flush(struct block_device *bdev);
void blkdev_for_each(void (*fn)(struct block_device *b, void *arg), void *arg);
/* disk_counters_read() - the counters as of now, in *c. */
void disk_counters_read(struct block_device *bdev, struct disk_counters *c);
void block_init(void);				/* boot, before the first driver */
void virtio_blk_init(void);
