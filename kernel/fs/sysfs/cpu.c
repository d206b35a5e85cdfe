/* SPDX-License-Identifier: MIT */
/*
 * /sys/devices/system/cpu: which harts there are, and how they are arranged.
 *
 * glibc counts processors by "possible", sysstat by the cpuN directories, lscpu by
 * both. Each hart is a core of its own, and all are one package: QEMU's `virt`
 * machine describes nothing else.
 *
 * Locks: none; the set of harts does not change after boot.
 *
 * Linux: drivers/base/cpu.c, topology.c. Differs: no hotplug, caches or idle states.
 */
#include <asm/smp.h>
#include "kernel/fs/sysfs/internal.h"
#include "lib/bug.h"
#include "lib/vsprintf.h"
#include "mm/mmzone.h"

static unsigned long possible_mask(void)
{
	return (1UL << nr_cpu_ids) - 1;
}

/* ---- all of them ---- */

static int show_possible(struct seq_file *m, void *data)
{
	sysfs_print_list(m, possible_mask());
	return 0;
}

static int show_online(struct seq_file *m, void *data)
{
	sysfs_print_list(m, cpu_online_mask);
	return 0;
}

static int show_offline(struct seq_file *m, void *data)
{
	sysfs_print_list(m, possible_mask() & ~cpu_online_mask);
	return 0;
}

/* The largest number that the kernel could give to a hart. */
static int show_kernel_max(struct seq_file *m, void *data)
{
	seq_printf(m, "%d\n", CONFIG_NR_CPUS - 1);
	return 0;
}

static int show_smt(struct seq_file *m, void *data)
{
	seq_puts(m, "notimplemented\n");
	return 0;
}

static const struct kernfs_attr cpus_attrs[] = {
	{ "possible", 0444, show_possible, NULL }, { "present", 0444, show_possible, NULL },
	{ "online", 0444, show_online, NULL }, { "offline", 0444, show_offline, NULL },
	{ "enabled", 0444, show_possible, NULL },
	{ "isolated", 0444, sysfs_show_empty, NULL },
	{ "nohz_full", 0444, sysfs_show_empty, NULL },
	{ "kernel_max", 0444, show_kernel_max, NULL },
};
static const struct kernfs_attr smt_attrs[] = {
	{ "active", 0444, sysfs_show_0, NULL }, { "control", 0444, show_smt, NULL },
};

/* ---- one: data is its number ---- */

static int show_is_online(struct seq_file *m, void *data)
{
	seq_printf(m, "%d\n", cpu_online_mask >> (unsigned long)data & 1 ? 1 : 0);
	return 0;
}

static int show_own_mask(struct seq_file *m, void *data)
{
	sysfs_print_mask(m, 1UL << (unsigned long)data, nr_cpu_ids);
	return 0;
}

static int show_number(struct seq_file *m, void *data)
{
	seq_printf(m, "%lu\n", (unsigned long)data);
	return 0;
}

static int show_package_mask(struct seq_file *m, void *data)
{
	sysfs_print_mask(m, possible_mask(), nr_cpu_ids);
	return 0;
}

static const struct kernfs_attr cpu_attrs[] = { { "online", 0444, show_is_online, NULL } };
static const struct kernfs_attr topology_attrs[] = {
	{ "core_id", 0444, show_number, NULL },
	{ "core_cpus", 0444, show_own_mask, NULL },
	{ "core_cpus_list", 0444, show_number, NULL },
	{ "thread_siblings", 0444, show_own_mask, NULL },
	{ "thread_siblings_list", 0444, show_number, NULL },
	{ "physical_package_id", 0444, sysfs_show_0, NULL },
	{ "package_cpus", 0444, show_package_mask, NULL },
	{ "package_cpus_list", 0444, show_possible, NULL },
	{ "core_siblings", 0444, show_package_mask, NULL },
	{ "core_siblings_list", 0444, show_possible, NULL },
};

static void add_cpu(struct kernfs_node *cpus, unsigned long cpu)
{
	static char node_link[MAX_NUMNODES][sizeof("../../node/nodeN")];
	int nid = cpu_to_node(cpu);
	struct kernfs_node *dir;
	char name[16];

	scnprintf(name, sizeof(name), "cpu%lu", cpu);
	BUG_ON(kernfs_create_dir(cpus, name, &dir) ||
	       kernfs_create_group(dir, "", cpu_attrs, ARRAY_SIZE(cpu_attrs), (void *)cpu) ||
	       kernfs_create_group(dir, "topology", topology_attrs, ARRAY_SIZE(topology_attrs),
				   (void *)cpu));
	scnprintf(name, sizeof(name), "node%d", nid);
	scnprintf(node_link[nid], sizeof(node_link[nid]), "../../node/%s", name);
	BUG_ON(kernfs_create_link(dir, name, node_link[nid]));
}

void sysfs_cpu_init(void)
{
	struct kernfs_node *cpus;

	BUG_ON(kernfs_create_dir(&sysfs_root, "devices/system/cpu", &cpus) ||
	       kernfs_create_group(cpus, "", cpus_attrs, ARRAY_SIZE(cpus_attrs), NULL) ||
	       kernfs_create_group(cpus, "smt", smt_attrs, ARRAY_SIZE(smt_attrs), NULL));
	for (unsigned int cpu = 0; cpu < nr_cpu_ids; cpu++)
		add_cpu(cpus, cpu);
}
