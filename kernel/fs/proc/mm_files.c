/* SPDX-License-Identifier: MIT */
/*
 * /proc/vmstat, slabinfo, vmallocinfo and swaps.
 *
 * Locks: none here; those of the iterators.
 *
 * Linux: mm/vmstat.c, mm/slab_common.c, mm/vmalloc.c, mm/swapfile.c. Differs:
 * slabinfo's tunables are 0, as with SLUB.
 */
#include "kernel/fs/proc/internal.h"
#include "kernel/printk.h"
#include "lib/bug.h"
#include "lib/string.h"
#include "mm/slab.h"
#include "mm/swap.h"
#include "mm/vmalloc.h"
#include "mm/vmstat.h"

static void vmstat_row(const char *name, unsigned long value, void *arg)
{
	seq_printf(arg, "%s %lu\n", name, value);
}

static int vmstat_show(struct seq_file *m, void *v)
{
	vmstat_for_each(vmstat_row, m);
	return 0;
}

static void slab_row(const struct slabinfo *si, void *arg)
{
	struct seq_file *m = arg;

	seq_printf(m, "%-17s %6lu %6lu %6u %4u %4u", si->name, si->active_objs, si->num_objs,
		   si->size, si->objects_per_slab, 1U << si->cache_order);
	seq_printf(m, " : tunables %4u %4u %4u : slabdata %6lu %6lu %6u\n", 0, 0, 0,
		   si->active_slabs, si->num_slabs, 0);
}

static int slabinfo_show(struct seq_file *m, void *v)
{
	seq_puts(m, "slabinfo - version: 2.1\n"
		    "# name            <active_objs> <num_objs> <objsize> <objperslab> "
		    "<pagesperslab> : tunables <limit> <batchcount> <sharedfactor> : "
		    "slabdata <active_slabs> <num_slabs> <sharedavail>\n");
	slab_for_each_info(slab_row, m);
	return 0;
}

/* caller+0x12/0x34, as kernel addresses are named in a backtrace, without the size. */
static void show_caller(struct seq_file *m, const void *caller)
{
	char buf[KSYM_NAME_LEN];
	unsigned long offset;
	const char *name = caller ? kallsyms_lookup((unsigned long)caller, &offset, buf) : NULL;

	if (name)
		seq_printf(m, " %s+0x%lx", name, offset);
}

static void vmalloc_row(const struct vmalloc_info *info, void *arg)
{
	struct seq_file *m = arg;

	seq_printf(m, "0x%016lx-0x%016lx %7lu", info->addr, info->addr + info->size, info->size);
	show_caller(m, info->caller);
	if (info->pages)
		seq_printf(m, " pages=%lu", info->pages);
	seq_printf(m, " %s\n", info->kind);
}

static int vmallocinfo_show(struct seq_file *m, void *v)
{
	vmallocinfo_for_each(vmalloc_row, m);
	return 0;
}

static void swap_row(const struct swap_area_info *info, void *arg)
{
	int len = (int)strlen(info->path);
	bool partition = !strcmp(info->type, "partition");

	seq_printf(arg, "%s%*s%s\t%lu\t%s%lu\t%s%d\n", info->path, len < 40 ? 40 - len : 1, "",
		   partition ? "partition" : "file\t", info->size_kb,
		   info->size_kb < 10000000 ? "\t" : "", info->used_kb,
		   info->used_kb < 10000000 ? "\t" : "", info->prio);
}

static int swaps_show(struct seq_file *m, void *v)
{
	seq_puts(m, "Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n");
	if (CONFIG_MMU)
		swap_for_each_area(swap_row, m);
	return 0;
}

void proc_mm_init(void)
{
	BUG_ON(proc_create_single("vmstat", 0444, vmstat_show) ||
	       proc_create_single("slabinfo", 0400, slabinfo_show) ||
	       proc_create_single("vmallocinfo", 0400, vmallocinfo_show) ||
	       proc_create_single("swaps", 0444, swaps_show));
}
