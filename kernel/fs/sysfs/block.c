/* SPDX-License-Identifier: MIT */
/*
 * /sys/block, /sys/class/block, /sys/dev/block: the disks.
 *
 * The directory of a disk is below /sys/devices; the three above hold links to it.
 * lsblk finds a disk by name or number there, and reads its size, its queue's limits
 * and, in /proc/self/mountinfo and /proc/swaps, what it is used for.
 *
 * Locks: none; disks are registered at boot.
 *
 * Linux: block/genhd.c, block/blk-sysfs.c. Differs: no partitions and no I/O
 * scheduler; all disks hang below one directory.
 */
#include "kernel/drivers/block.h"
#include "kernel/fs/proc/internal.h"
#include "kernel/fs/sysfs/internal.h"
#include "lib/bug.h"
#include "lib/string.h"
#include "lib/vsprintf.h"
#include "mm/slab.h"

#define DISKS	"devices/platform/virtio_blk/block"

/* ---- the disk itself ---- */

/* The number by which /sys/dev/block and the nodes in /dev refer to it. */
static int show_dev(struct seq_file *m, void *data)
{
	struct block_device *b = data;

	seq_printf(m, "%u:%u\n", MAJOR(b->dev), MINOR(b->dev));
	return 0;
}

/* In sectors of 512 bytes, whatever its own sectors are. */
static int show_size(struct seq_file *m, void *data)
{
	struct block_device *b = data;

	seq_printf(m, "%lu\n", (unsigned long)b->nr_sectors);
	return 0;
}

/* Set by the device: QEMU was told so. */
static int show_ro(struct seq_file *m, void *data)
{
	struct block_device *b = data;

	seq_printf(m, "%d\n", b->read_only);
	return 0;
}

/* The figures of /proc/diskstats, for one disk, in columns: iostat reads either. */
static int show_stat(struct seq_file *m, void *data)
{
	unsigned long stats[DISK_STATS];

	disk_stats(data, stats);
	for (int i = 0; i < DISK_STATS; i++)
		seq_printf(m, "%s%8lu", i ? " " : "", stats[i]);
	seq_putc(m, '\n');
	return 0;
}

/* Requests that the device has and has not answered: reads, then writes. */
static int show_inflight(struct seq_file *m, void *data)
{
	struct disk_counters c;

	disk_counters_read(data, &c);
	seq_printf(m, "%8u %8u\n", c.in_flight[REQ_OP_READ], c.in_flight[REQ_OP_WRITE]);
	return 0;
}

/* What udev would be told if it came now; lsblk takes the type from it. */
static int show_uevent(struct seq_file *m, void *data)
{
	struct block_device *b = data;

	seq_printf(m, "MAJOR=%u\nMINOR=%u\nDEVNAME=%s\nDEVTYPE=disk\n", MAJOR(b->dev),
		   MINOR(b->dev), b->name);
	return 0;
}

/* No partitions (range 1), no medium to take out, nothing to hide from users. */
static const struct kernfs_attr disk_attrs[] = {
	{ "dev", 0444, show_dev, NULL }, { "size", 0444, show_size, NULL },
	{ "ro", 0444, show_ro, NULL }, { "stat", 0444, show_stat, NULL },
	{ "inflight", 0444, show_inflight, NULL },
	{ "uevent", 0444, show_uevent, NULL },
	{ "removable", 0444, sysfs_show_0, NULL }, { "hidden", 0444, sysfs_show_0, NULL },
	{ "range", 0444, sysfs_show_1, NULL }, { "ext_range", 0444, sysfs_show_1, NULL },
	{ "alignment_offset", 0444, sysfs_show_0, NULL },
	{ "discard_alignment", 0444, sysfs_show_0, NULL },
	{ "capability", 0444, sysfs_show_0, NULL },
};

/* ---- queue/: what a request may be ---- */

/* Smallest unit of a request. The driver offers nothing else than sectors of 512 bytes. */
static int show_sector_size(struct seq_file *m, void *data)
{
	seq_printf(m, "%d\n", SECTOR_SIZE);
	return 0;
}

/* Most pages of one request. */
static unsigned int max_vecs(const struct block_device *b)
{
	return b->max_vecs ? b->max_vecs : BIO_MAX_VECS;
}

static int show_max_sectors_kb(struct seq_file *m, void *data)
{
	seq_printf(m, "%lu\n", max_vecs(data) * (PAGE_SIZE >> 10));
	return 0;
}

static int show_max_segments(struct seq_file *m, void *data)
{
	seq_printf(m, "%u\n", max_vecs(data));
	return 0;
}

/* Each piece of a request is (a part of) one page. */
static int show_max_segment_size(struct seq_file *m, void *data)
{
	seq_printf(m, "%lu\n", PAGE_SIZE);
	return 0;
}

/* The most that the page cache reads ahead: see mm/readahead.c. */
static int show_read_ahead_kb(struct seq_file *m, void *data)
{
	struct block_device *b = data;

	seq_printf(m, "%lu\n", b->ra_pages * (PAGE_SIZE >> 10));
	return 0;
}

/* For files that are opened from now on. Cut to whole pages, as Linux does. */
static ssize_t write_read_ahead_kb(void *data, char *text, size_t n)
{
	struct block_device *b = data;
	unsigned int kb;

	if (kstrtouint(strim(text), 10, &kb))
		return -EINVAL;
	WRITE_ONCE(b->ra_pages, kb / (PAGE_SIZE >> 10));
	return n;
}

/* Requests go to the device in the order in which they come. */
static int show_scheduler(struct seq_file *m, void *data)
{
	seq_puts(m, "[none] \n");
	return 0;
}

/*
 * Not merged, not a source of randomness, nothing to discard or to write zeroes to; an ordinary
 * disk without zones. It counts as rotational, as Linux takes virtio disks to be.
 */
static const struct kernfs_attr queue_attrs[] = {
	{ "logical_block_size", 0444, show_sector_size, NULL },
	{ "physical_block_size", 0444, show_sector_size, NULL },
	{ "hw_sector_size", 0444, show_sector_size, NULL },
	{ "minimum_io_size", 0444, show_sector_size, NULL },
	{ "optimal_io_size", 0444, sysfs_show_0, NULL },
	{ "max_sectors_kb", 0444, show_max_sectors_kb, NULL },
	{ "max_hw_sectors_kb", 0444, show_max_sectors_kb, NULL },
	{ "max_segments", 0444, show_max_segments, NULL },
	{ "max_segment_size", 0444, show_max_segment_size, NULL },
	{ "read_ahead_kb", 0644, show_read_ahead_kb, write_read_ahead_kb },
	{ "scheduler", 0444, show_scheduler, NULL },
	{ "rotational", 0444, sysfs_show_1, NULL },
	{ "nomerges", 0444, sysfs_show_0, NULL }, { "add_random", 0444, sysfs_show_0, NULL },
	{ "discard_granularity", 0444, sysfs_show_0, NULL },
	{ "discard_max_bytes", 0444, sysfs_show_0, NULL },
	{ "write_same_max_bytes", 0444, sysfs_show_0, NULL },
	{ "write_zeroes_max_bytes", 0444, sysfs_show_0, NULL },
	{ "dax", 0444, sysfs_show_0, NULL }, { "zoned", 0444, sysfs_show_none, NULL },
	{ "iostats", 0444, sysfs_show_1, NULL },
};

/* A link in directory from, called name, to the disk; up: the way from there to /sys. */
static int link_disk(const char *from, const char *name, const char *up,
		     const struct block_device *b)
{
	char path[48], target[80];
	char *copy;
	int err;

	scnprintf(path, sizeof(path), "%s/%s", from, name);
	scnprintf(target, sizeof(target), "%s" DISKS "/%s", up, b->name);
	copy = kstrdup(target, GFP_KERNEL);
	if (!copy)
		return -ENOMEM;
	err = kernfs_create_link(&sysfs_root, path, copy);
	if (err)
		kfree(copy);
	return err;
}

/* By name in two places, by number in one. */
static int add_links(const struct block_device *b)
{
	char number[24];
	int err = link_disk("block", b->name, "../", b);

	if (!err)
		err = link_disk("class/block", b->name, "../../", b);
	scnprintf(number, sizeof(number), "%u:%u", MAJOR(b->dev), MINOR(b->dev));
	return err ? err : link_disk("dev/block", number, "../../", b);
}

/* holders/ and slaves/ are for devices made of other devices: empty. */
int sysfs_add_disk(struct block_device *b)
{
	struct kernfs_node *dir;
	char path[64];
	int err;

	scnprintf(path, sizeof(path), DISKS "/%s", b->name);
	err = kernfs_create_dir(&sysfs_root, path, &dir);
	if (!err)
		err = kernfs_create_group(dir, "", disk_attrs, ARRAY_SIZE(disk_attrs), b);
	if (!err)
		err = kernfs_create_group(dir, "queue", queue_attrs, ARRAY_SIZE(queue_attrs), b);
	if (!err)
		err = kernfs_create_dir(dir, "holders", NULL);
	if (!err)
		err = kernfs_create_dir(dir, "slaves", NULL);
	if (!err)
		err = kernfs_create_link(dir, "subsystem", "../../../../../class/block");
	return err ? err : add_links(b);
}
