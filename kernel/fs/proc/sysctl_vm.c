/* SPDX-License-Identifier: MIT */
/*
 * /proc/sys/vm: the knobs of memory management.
 *
 * The last rows are knobs of mechanisms that Quire lacks: they keep what is
 * written, so that scripts go on, and change nothing.
 *
 * Locks: set() functions run under sysctl_mutex, but for drop_caches: the last
 * reference to an inode or a mount may be dropped there.
 *
 * Linux: kernel/sysctl.c (vm_table), mm/page_alloc.c, fs/drop_caches.c,
 * mm/compaction.c. Differs: min_free_kbytes must leave a quarter of memory.
 */
#include "kernel/fs/internal.h"
#include "kernel/fs/proc/sysctl.h"
#include "mm/oom.h"
#include "mm/slab.h"
#include "mm/vma.h"
#include "mm/vmalloc.h"
#include "mm/vmstat.h"
#include "mm/writeback.h"

static int stat_interval = 1, laptop_mode, zone_reclaim_mode;
static unsigned long nr_hugepages;

/* ---- what a change brings about ---- */

/* The watermarks follow. */
static int set_min_free_kbytes(long kbytes)
{
	unsigned long total = totalram_pages() << (PAGE_SHIFT - 10);

	/* Above that nothing could be allocated any more, not even to undo it. */
	if ((unsigned long)kbytes > total / 4 * 3)
		return -EINVAL;
	min_free_kbytes = kbytes;
	setup_per_zone_wmarks();
	return 0;
}

/* In 1/10000 of memory: the distance between the marks. */
static int set_watermark_scale_factor(long factor)
{
	watermark_scale_factor = (int)factor;
	setup_per_zone_wmarks();
	return 0;
}

/* Of ratio and kbytes the one that was written last holds. */
static int set_overcommit_ratio(long ratio)
{
	sysctl_overcommit_ratio = (int)ratio;
	sysctl_overcommit_kbytes = 0;
	return 0;
}

static int set_overcommit_kbytes(long kbytes)
{
	sysctl_overcommit_kbytes = kbytes;
	sysctl_overcommit_ratio = 0;
	return 0;
}

/* Of ratio and bytes the one that was written last holds, and it does so at once. */
static int set_dirty_ratio(long ratio)
{
	vm_dirty_ratio = (int)ratio;
	vm_dirty_bytes = 0;
	wakeup_flusher(false);
	return 0;
}

/* Less than two pages would let nobody write: refused by the table. */
static int set_dirty_bytes(long bytes)
{
	vm_dirty_bytes = bytes;
	vm_dirty_ratio = 0;
	wakeup_flusher(false);
	return 0;
}

/* 0: the flusher writes whatever is dirty, as soon as it is. */
static int set_dirty_background_ratio(long ratio)
{
	dirty_background_ratio = (int)ratio;
	dirty_background_bytes = 0;
	wakeup_flusher(false);
	return 0;
}

/* If it is above the limit, half of the limit is used. */
static int set_dirty_background_bytes(long bytes)
{
	dirty_background_bytes = bytes;
	dirty_background_ratio = 0;
	wakeup_flusher(false);
	return 0;
}

/* How old, in 1/100 s, dirty inodes may become; looked at at the next turn of the flusher. */
static int set_dirty_expire(long centisecs)
{
	dirty_expire_centisecs = (int)centisecs;
	return 0;
}

/* Time between two turns, 0: none. The flusher wakes, and asks anew how long to sleep. */
static int set_dirty_writeback(long centisecs)
{
	dirty_writeback_centisecs = (int)centisecs;
	wakeup_flusher(false);
	return 0;
}

/* One mounted file system, or the caches of the block devices. */
static void drop_pagecache(struct super_block *sb, void *arg)
{
	sb_invalidate_pages(sb);
}

/* 1: clean page cache, 2: dentries, inodes, spare stacks and empty slabs, 3: both. */
static int drop_caches(long what)
{
	if (what & 1) {
		supers_for_each(drop_pagecache, NULL);
		count_vm_event(DROP_PAGECACHE);
	}
	if (what & 2) {
		while (dcache_shrink(1024))
			cond_resched();
		vmap_stack_purge();
		slab_shrink_all();
		count_vm_event(DROP_SLAB);
	}
	return 0;
}

/* There is no compaction to start. */
static int compact_memory(long value)
{
	return value == 1 ? 0 : -EINVAL;
}

/* No huge pages can be had: the pool stays empty, whatever is asked for. */
static int set_nr_hugepages(long nr)
{
	return 0;
}

static void show_mmap_min_addr(struct seq_file *m)
{
	seq_printf(m, "%lu\n", MMAP_MIN_ADDR);
}

static void show_min_free_kbytes(struct seq_file *m)
{
	seq_printf(m, "%lu\n", min_free_kbytes);
}

/* Counters are exact at any moment: nothing to refresh. */
static void show_nothing(struct seq_file *m)
{
}

static const struct ctl_table vm_table[] = {
	CTL_INT_RANGE("vm/overcommit_memory", sysctl_overcommit_memory, 0, 2),
	{ .path = "vm/overcommit_ratio", .mode = 0644, .kind = CTL_INT, .min = INT_MIN,
	  .max = INT_MAX, .data = &sysctl_overcommit_ratio, .set = set_overcommit_ratio },
	{ .path = "vm/overcommit_kbytes", .mode = 0644, .kind = CTL_ULONG,
	  .data = &sysctl_overcommit_kbytes, .set = set_overcommit_kbytes },
	CTL_ULONG_ANY("vm/user_reserve_kbytes", sysctl_user_reserve_kbytes),
	CTL_ULONG_ANY("vm/admin_reserve_kbytes", sysctl_admin_reserve_kbytes),
	CTL_INT_RANGE("vm/max_map_count", sysctl_max_map_count, 0, INT_MAX),
	{ .path = "vm/min_free_kbytes", .mode = 0644, .kind = CTL_INT, .max = INT_MAX,
	  .set = set_min_free_kbytes, .show = show_min_free_kbytes },
	{ .path = "vm/watermark_scale_factor", .mode = 0644, .kind = CTL_INT, .min = 1,
	  .max = 3000, .data = &watermark_scale_factor, .set = set_watermark_scale_factor },
	CTL_INT_RANGE("vm/panic_on_oom", sysctl_panic_on_oom, 0, 2),
	CTL_INT_ANY("vm/oom_kill_allocating_task", sysctl_oom_kill_allocating_task),
	CTL_INT_ANY("vm/oom_dump_tasks", sysctl_oom_dump_tasks),
	{ .path = "vm/dirty_ratio", .mode = 0644, .kind = CTL_INT, .max = 100,
	  .data = &vm_dirty_ratio, .set = set_dirty_ratio },
	{ .path = "vm/dirty_bytes", .mode = 0644, .kind = CTL_ULONG, .min = 2 * PAGE_SIZE,
	  .max = LONG_MAX, .data = &vm_dirty_bytes, .set = set_dirty_bytes },
	{ .path = "vm/dirty_background_ratio", .mode = 0644, .kind = CTL_INT, .max = 100,
	  .data = &dirty_background_ratio, .set = set_dirty_background_ratio },
	{ .path = "vm/dirty_background_bytes", .mode = 0644, .kind = CTL_ULONG, .min = 1,
	  .max = LONG_MAX, .data = &dirty_background_bytes,
	  .set = set_dirty_background_bytes },
	{ .path = "vm/dirty_expire_centisecs", .mode = 0644, .kind = CTL_INT, .max = INT_MAX,
	  .data = &dirty_expire_centisecs, .set = set_dirty_expire },
	{ .path = "vm/dirty_writeback_centisecs", .mode = 0644, .kind = CTL_INT, .max = INT_MAX,
	  .data = &dirty_writeback_centisecs, .set = set_dirty_writeback },
	CTL_INT_RANGE("vm/vfs_cache_pressure", sysctl_vfs_cache_pressure, 0, INT_MAX),
	{ .path = "vm/drop_caches", .mode = 0200, .kind = CTL_INT, .min = 1, .max = 4,
	  .set = drop_caches, .unlocked = true },
	{ .path = "vm/compact_memory", .mode = 0200, .kind = CTL_INT, .min = INT_MIN,
	  .max = INT_MAX, .set = compact_memory },
	CTL_TEXT_RO("vm/mmap_min_addr", show_mmap_min_addr),
	{ .path = "vm/stat_refresh", .mode = 0400, .kind = CTL_TEXT, .show = show_nothing },
	{ .path = "vm/nr_hugepages", .mode = 0644, .kind = CTL_ULONG, .data = &nr_hugepages,
	  .set = set_nr_hugepages },
	CTL_INT_ANY("vm/stat_interval", stat_interval),
	CTL_INT_ANY("vm/laptop_mode", laptop_mode),
	CTL_INT_RANGE("vm/zone_reclaim_mode", zone_reclaim_mode, 0, INT_MAX),
};

void sysctl_vm_init(void)
{
	sysctl_register(vm_table, ARRAY_SIZE(vm_table));
}
