/* SPDX-License-Identifier: MIT */
/*
 * /sys/devices/system/node: the NUMA nodes, for numactl, numastat and lscpu.
 *
 * A machine without NUMA is one node with everything: then the numbers are those of
 * /proc/meminfo and /proc/vmstat. With more nodes they are the same counters, not
 * summed up.
 *
 * Memory of one node can be reached from all harts, but takes longer from those of
 * others: how much longer the distances say, in tenths of what one's own takes.
 *
 * Locks: none; counters are read as they are.
 *
 * Linux: drivers/base/node.c. Differs: no hugetlb pools, so theirs are 0.
 */
#include "kernel/fs/sysfs/internal.h"
#include "lib/bug.h"
#include "lib/vsprintf.h"
#include "mm/lru.h"
#include "mm/mm.h"
#include "mm/slab.h"
#include "mm/vmstat.h"

/* Nodes without memory are not made: all there are have some. */
static unsigned long online_nodes(void)
{
	return (1UL << nr_online_nodes) - 1;
}

/* As the device tree said; all harts belong to node 0 if it said nothing. */
static unsigned long cpus_of_node(int nid)
{
	unsigned long mask = 0;

	for (unsigned int cpu = 0; cpu < nr_cpu_ids; cpu++) {
		if (cpu_to_node(cpu) == nid)
			mask |= 1UL << cpu;
	}
	return mask;
}

/* ---- all of them ---- */

static int show_online(struct seq_file *m, void *data)
{
	sysfs_print_list(m, online_nodes());
	return 0;
}

/* A node may be memory only. */
static int show_has_cpu(struct seq_file *m, void *data)
{
	unsigned long mask = 0;
	int nid;

	for_each_online_node(nid)
		mask |= cpus_of_node(nid) ? 1UL << nid : 0;
	sysfs_print_list(m, mask);
	return 0;
}

/* Each is a list of nodes, such as "0-1". */
static const struct kernfs_attr nodes_attrs[] = {
	{ "possible", 0444, show_online, NULL }, { "online", 0444, show_online, NULL },
	{ "has_normal_memory", 0444, show_online, NULL },
	{ "has_memory", 0444, show_online, NULL }, { "has_cpu", 0444, show_has_cpu, NULL },
	{ "has_generic_initiator", 0444, sysfs_show_empty, NULL },
};

/* ---- one: data is its pg_data_t ---- */

/* The harts nearest to this memory, as a mask: libnuma reads this one. */
static int show_cpumap(struct seq_file *m, void *data)
{
	pg_data_t *pgdat = data;

	sysfs_print_mask(m, cpus_of_node(pgdat->node_id), nr_cpu_ids);
	return 0;
}

/* The same for people, and for lscpu. */
static int show_cpulist(struct seq_file *m, void *data)
{
	pg_data_t *pgdat = data;

	sysfs_print_list(m, cpus_of_node(pgdat->node_id));
	return 0;
}

/* To each node in turn; 10 is the distance to oneself. */
static int show_distance(struct seq_file *m, void *data)
{
	pg_data_t *pgdat = data;
	int nid;

	for_each_online_node(nid)
		seq_printf(m, "%s%d", nid ? " " : "", node_distance_table[pgdat->node_id][nid]);
	seq_putc(m, '\n');
	return 0;
}

/* Six counters: were pages had where they were wanted? See vmstat.h. */
static int show_numastat(struct seq_file *m, void *data)
{
	static const char *const names[NR_NUMA_EVENTS] = {
		[NUMA_HIT] = "numa_hit", [NUMA_MISS] = "numa_miss",
		[NUMA_FOREIGN] = "numa_foreign", [NUMA_INTERLEAVE_HIT] = "interleave_hit",
		[NUMA_LOCAL] = "local_node", [NUMA_OTHER] = "other_node",
	};
	pg_data_t *pgdat = data;

	for (int i = 0; i < NR_NUMA_EVENTS; i++)
		seq_printf(m, "%s %lu\n", names[i], numa_event(pgdat->node_id, i));
	return 0;
}

static void vmstat_row(const char *name, unsigned long value, void *arg)
{
	seq_printf(arg, "%s %lu\n", name, value);
}

/* The first part of /proc/vmstat, for this node. */
static int show_vmstat(struct seq_file *m, void *data)
{
	vmstat_for_each_of_node(data, vmstat_row, m);
	return 0;
}

/* ---- meminfo ---- */

/* The columns of Linux: numastat -m takes the words, people look at the numbers. */
static void line_kb(struct seq_file *m, pg_data_t *pgdat, const char *name, unsigned long kb)
{
	seq_printf(m, "Node %d %-15s %8lu kB\n", pgdat->node_id, name, kb);
}

/* The same for a number of pages. */
static void line(struct seq_file *m, pg_data_t *pgdat, const char *name, unsigned long pages)
{
	line_kb(m, pgdat, name, pages << (PAGE_SHIFT - 10));
}

/* What the zones of the node were given, and what of it is free. */
static void show_totals(struct seq_file *m, pg_data_t *pgdat)
{
	unsigned long total = 0, free = 0;

	for (int zid = 0; zid < MAX_NR_ZONES; zid++) {
		const struct zone *zone = &pgdat->node_zones[zid];

		total += atomic_long_read(&zone->managed_pages);
		free += zone_free_pages(zone);
	}
	line(m, pgdat, "MemTotal:", total);
	line(m, pgdat, "MemFree:", free);
	line(m, pgdat, "MemUsed:", total - min(free, total));
}

/* Lists of the reclaim: see mm/lru.c. */
static void show_lists(struct seq_file *m, pg_data_t *pgdat)
{
	const unsigned long *nr = pgdat->lruvec.nr;

	line(m, pgdat, "SwapCached:", node_page_state(pgdat, NR_SWAPCACHE));
	line(m, pgdat, "Active:", nr[LRU_ACTIVE_ANON] + nr[LRU_ACTIVE_FILE]);
	line(m, pgdat, "Inactive:", nr[LRU_INACTIVE_ANON] + nr[LRU_INACTIVE_FILE]);
	line(m, pgdat, "Active(anon):", nr[LRU_ACTIVE_ANON]);
	line(m, pgdat, "Inactive(anon):", nr[LRU_INACTIVE_ANON]);
	line(m, pgdat, "Active(file):", nr[LRU_ACTIVE_FILE]);
	line(m, pgdat, "Inactive(file):", nr[LRU_INACTIVE_FILE]);
	line(m, pgdat, "Unevictable:", nr[LRU_UNEVICTABLE]);
}

/* As /proc/meminfo, without what belongs to no node: swap, buffers, limits. */
static int show_meminfo(struct seq_file *m, void *data)
{
	static const struct { const char *name; enum node_stat_item item; } use[] = {
		{ "Mlocked:", NR_MLOCK }, { "Dirty:", NR_FILE_DIRTY },
		{ "Writeback:", NR_WRITEBACK }, { "FilePages:", NR_FILE_PAGES },
		{ "Mapped:", NR_FILE_MAPPED }, { "AnonPages:", NR_ANON_MAPPED },
		{ "Shmem:", NR_SHMEM },
	};
	static const char *const absent[] = {
		"AnonHugePages:", "ShmemHugePages:", "ShmemPmdMapped:", "FileHugePages:",
		"FilePmdMapped:",
	};
	pg_data_t *pgdat = data;
	unsigned long reclaimable = node_page_state(pgdat, NR_SLAB_RECLAIMABLE);
	unsigned long unreclaimable = node_page_state(pgdat, NR_SLAB_UNRECLAIMABLE);

	show_totals(m, pgdat);
	show_lists(m, pgdat);
	for (size_t i = 0; i < ARRAY_SIZE(use); i++)
		line(m, pgdat, use[i].name, node_page_state(pgdat, use[i].item));
	line_kb(m, pgdat, "KernelStack:", node_page_state(pgdat, NR_KERNEL_STACK_KB));
	line(m, pgdat, "PageTables:", node_page_state(pgdat, NR_PAGETABLE));
	/* Lines of things that Quire does not have keep their places. */
	line(m, pgdat, "SecPageTables:", 0);
	line(m, pgdat, "NFS_Unstable:", 0);
	line(m, pgdat, "Bounce:", 0);
	line(m, pgdat, "WritebackTmp:", 0);
	line(m, pgdat, "KReclaimable:", reclaimable);
	line(m, pgdat, "Slab:", reclaimable + unreclaimable);
	line(m, pgdat, "SReclaimable:", reclaimable);
	line(m, pgdat, "SUnreclaim:", unreclaimable);
	for (size_t i = 0; i < ARRAY_SIZE(absent); i++)
		line(m, pgdat, absent[i], 0);
	for (int i = 0; i < 3; i++)
		seq_printf(m, "Node %d HugePages_%s %5d\n", pgdat->node_id,
			   (const char *[]){ "Total:", "Free: ", "Surp: " }[i], 0);
	return 0;
}

static const struct kernfs_attr node_attrs[] = {
	{ "cpumap", 0444, show_cpumap, NULL }, { "cpulist", 0444, show_cpulist, NULL },
	{ "meminfo", 0444, show_meminfo, NULL }, { "numastat", 0444, show_numastat, NULL },
	{ "distance", 0444, show_distance, NULL }, { "vmstat", 0444, show_vmstat, NULL },
};
/* numastat -m asks for these three of each size of huge page. */
static const struct kernfs_attr hugepages_attrs[] = {
	{ "nr_hugepages", 0444, sysfs_show_0, NULL },
	{ "free_hugepages", 0444, sysfs_show_0, NULL },
	{ "surplus_hugepages", 0444, sysfs_show_0, NULL },
};

/* name and ../../group/name: the text of a link must stay. */
static void add_link(struct kernfs_node *dir, const char *group, unsigned long nr)
{
	char name[24], target[48];
	char *copy;

	scnprintf(name, sizeof(name), "%s%lu", group, nr);
	scnprintf(target, sizeof(target), "../../%s/%s", group, name);
	copy = kstrdup(target, GFP_KERNEL);
	BUG_ON(!copy || kernfs_create_link(dir, name, copy));
}

/* A directory with its files, and links to the harts and to the memory of the node. */
static void add_node(struct kernfs_node *nodes, int nid)
{
	unsigned long block, end;
	struct kernfs_node *dir;
	char name[16];

	scnprintf(name, sizeof(name), "node%d", nid);
	BUG_ON(kernfs_create_dir(nodes, name, &dir) ||
	       kernfs_create_group(dir, "", node_attrs, ARRAY_SIZE(node_attrs), NODE_DATA(nid)) ||
	       kernfs_create_group(dir, "hugepages/hugepages-2048kB", hugepages_attrs,
				   ARRAY_SIZE(hugepages_attrs), NULL));
	for (unsigned int cpu = 0; cpu < nr_cpu_ids; cpu++) {
		if (cpu_to_node(cpu) == nid)
			add_link(dir, "cpu", cpu);
	}
	memory_blocks_of_node(nid, &block, &end);
	for (; block < end; block++)
		add_link(dir, "memory", block);
}

void sysfs_node_init(void)
{
	struct kernfs_node *nodes;
	int nid;

	BUG_ON(kernfs_create_dir(&sysfs_root, "devices/system/node", &nodes) ||
	       kernfs_create_group(nodes, "", nodes_attrs, ARRAY_SIZE(nodes_attrs), NULL));
	for_each_online_node(nid)
		add_node(nodes, nid);
}
