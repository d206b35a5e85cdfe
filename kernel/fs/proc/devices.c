/* SPDX-License-Identifier: MIT */
/*
 * /proc/devices, partitions and diskstats.
 *
 * Locks: none; the lists of devices only grow.
 *
 * Linux: fs/proc/devices.c, block/genhd.c. Differs: requests are not merged:
 * the page cache makes them large.
 */
#include "kernel/drivers/block.h"
#include "kernel/fs/proc/internal.h"
#include "lib/bug.h"
#include "lib/string.h"

/* A major number is shown once, under its driver's name. */
struct majors {
	struct seq_file *m;
	unsigned long seen[4096 / 64];
};

static bool first_of_major(struct majors *s, dev_t dev)
{
	unsigned int major = MAJOR(dev) % 4096;
	unsigned long bit = 1UL << major % 64;

	if (s->seen[major / 64] & bit)
		return false;
	s->seen[major / 64] |= bit;
	return true;
}

static void chrdev_row(dev_t dev, const char *name, void *arg)
{
	static const struct { unsigned int major; const char *name; } known[] = {
		{ 1, "mem" }, { 4, "ttyS" }, { 5, "/dev/tty" }, { 10, "misc" },
	};
	struct majors *s = arg;

	if (!first_of_major(s, dev))
		return;
	for (size_t i = 0; i < ARRAY_SIZE(known); i++) {
		if (known[i].major == MAJOR(dev))
			name = known[i].name;
	}
	seq_printf(s->m, "%3u %s\n", MAJOR(dev), name);
}

static void blkdev_row(struct block_device *b, void *arg)
{
	struct majors *s = arg;

	if (first_of_major(s, b->dev))
		seq_printf(s->m, "%3u %s\n", MAJOR(b->dev),
			   str_has_prefix(b->name, "vd") ? "virtblk" : b->name);
}

static int devices_show(struct seq_file *m, void *v)
{
	struct majors s = { .m = m };

	seq_puts(m, "Character devices:\n");
	chrdev_for_each(chrdev_row, &s);
	memset(s.seen, 0, sizeof(s.seen));
	seq_puts(m, "\nBlock devices:\n");
	blkdev_for_each(blkdev_row, &s);
	return 0;
}

static void partition_row(struct block_device *b, void *arg)
{
	seq_printf(arg, "%4u  %7u %10lu %s\n", MAJOR(b->dev), MINOR(b->dev),
		   (unsigned long)b->nr_sectors / 2, b->name);
}

static int partitions_show(struct seq_file *m, void *v)
{
	seq_puts(m, "major minor  #blocks  name\n\n");
	blkdev_for_each(partition_row, m);
	return 0;
}

/* Requests, merged, sectors, ms: four figures of reads, and of writes. */
static void one_direction(const struct disk_counters *c, enum req_op op, unsigned long *stats)
{
	stats[0] = c->ios[op];
	stats[2] = c->sectors[op];
	stats[3] = c->ns[op] / NSEC_PER_MSEC;
}

/* Then in flight, ms busy, weighted ms; four of discards; flushes and their ms. */
void disk_stats(struct block_device *b, unsigned long stats[DISK_STATS])
{
	struct disk_counters c;

	disk_counters_read(b, &c);
	memset(stats, 0, DISK_STATS * sizeof(stats[0]));
	one_direction(&c, REQ_OP_READ, stats);
	one_direction(&c, REQ_OP_WRITE, stats + 4);
	for (int op = 0; op < NR_REQ_OPS; op++)
		stats[8] += c.in_flight[op];
	stats[9] = c.busy_ns / NSEC_PER_MSEC;
	stats[10] = c.weighted_ns / NSEC_PER_MSEC;
	stats[15] = c.ios[REQ_OP_FLUSH];
	stats[16] = c.ns[REQ_OP_FLUSH] / NSEC_PER_MSEC;
}

static void disk_row(struct block_device *b, void *arg)
{
	unsigned long stats[DISK_STATS];

	disk_stats(b, stats);
	seq_printf(arg, "%4u %7u %s", MAJOR(b->dev), MINOR(b->dev), b->name);
	for (int i = 0; i < DISK_STATS; i++)
		seq_printf(arg, " %lu", stats[i]);
	seq_putc(arg, '\n');
}

static int diskstats_show(struct seq_file *m, void *v)
{
	blkdev_for_each(disk_row, m);
	return 0;
}

void proc_devices_init(void)
{
	BUG_ON(proc_create_single("devices", 0444, devices_show) ||
	       proc_create_single("partitions", 0444, partitions_show) ||
	       proc_create_single("diskstats", 0444, diskstats_show));
}
