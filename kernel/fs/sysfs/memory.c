/* SPDX-License-Identifier: MIT */
/*
 * /sys/devices/system/memory: physical memory in blocks of one size, for lsmem.
 *
 * The size is 128 MiB, as on Linux, or less if the memory ends between two blocks
 * of that: so the blocks together are the memory, whatever -m says. Block n begins
 * at physical address n * size; what firmware keeps at the start of memory is in it.
 *
 * Locks: none; memory neither comes nor goes.
 *
 * Linux: drivers/base/memory.c. Differs: no hotplug, so nothing is removable.
 */
#include "kernel/fs/sysfs/internal.h"
#include "lib/bug.h"
#include "lib/vsprintf.h"
#include "mm/mmzone.h"

#define MAX_BLOCK_SIZE	(128UL << 20)

static unsigned long node_end_pfn(int nid)
{
	return NODE_DATA(nid)->node_start_pfn + NODE_DATA(nid)->node_spanned_pages;
}

unsigned long memory_block_size_bytes(void)
{
	unsigned long ends = MAX_BLOCK_SIZE;
	int nid;

	for_each_online_node(nid)
		ends |= node_end_pfn(nid) << PAGE_SHIFT;
	return ends & -ends;		/* the lowest bit that any of them has */
}

void memory_blocks_of_node(int nid, unsigned long *first, unsigned long *end)
{
	unsigned long size = memory_block_size_bytes();

	*first = (NODE_DATA(nid)->node_start_pfn << PAGE_SHIFT) / size;
	*end = (node_end_pfn(nid) << PAGE_SHIFT) / size;
}

static int show_block_size(struct seq_file *m, void *data)
{
	seq_printf(m, "%lx\n", memory_block_size_bytes());
	return 0;
}

static int show_auto_online(struct seq_file *m, void *data)
{
	seq_puts(m, "offline\n");
	return 0;
}

static int show_phys_index(struct seq_file *m, void *data)
{
	seq_printf(m, "%08lx\n", (unsigned long)data);
	return 0;
}

static int show_state(struct seq_file *m, void *data)
{
	seq_puts(m, "online\n");
	return 0;
}

/* All of a block is in one zone: what divides zones is a multiple of any block's size. */
static int show_valid_zones(struct seq_file *m, void *data)
{
	unsigned long block = (unsigned long)data;
	unsigned long last = (block + 1) * (memory_block_size_bytes() >> PAGE_SHIFT) - 1;
	struct zone *zone;
	int nid, zid;

	for_each_populated_zone(zone, nid, zid) {
		unsigned long start = zone->zone_start_pfn;

		if (last >= start && last - start < zone->spanned_pages)
			seq_printf(m, "%s\n", zone->name);
	}
	return 0;
}

static const struct kernfs_attr memory_attrs[] = {
	{ "block_size_bytes", 0444, show_block_size, NULL },
	{ "auto_online_blocks", 0444, show_auto_online, NULL },
};
static const struct kernfs_attr block_attrs[] = {
	{ "phys_index", 0444, show_phys_index, NULL },
	{ "state", 0444, show_state, NULL },
	{ "removable", 0444, sysfs_show_0, NULL },
	{ "phys_device", 0444, sysfs_show_0, NULL },
	{ "valid_zones", 0444, show_valid_zones, NULL },
};

void sysfs_memory_init(void)
{
	unsigned long block, end;
	struct kernfs_node *dir;
	char name[24];
	int nid;

	BUG_ON(kernfs_create_dir(&sysfs_root, "devices/system/memory", &dir) ||
	       kernfs_create_group(dir, "", memory_attrs, ARRAY_SIZE(memory_attrs), NULL));
	for_each_online_node(nid) {
		memory_blocks_of_node(nid, &block, &end);
		for (; block < end; block++) {
			scnprintf(name, sizeof(name), "memory%lu", block);
			BUG_ON(kernfs_create_group(dir, name, block_attrs,
						   ARRAY_SIZE(block_attrs), (void *)block));
		}
	}
}
