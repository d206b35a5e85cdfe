/* SPDX-License-Identifier: MIT */
/*
 * setup_arch(): from the device tree to memblock, the command line, the harts
 * and the page tables.
 *
 * The tree is input from outside. fdt_init() has checked its form; what it
 * says is checked here: a range that cannot be is skipped with one line, and
 * only a tree without any memory stops the machine.
 *
 * Locks: boot only, one hart.
 *
 * Linux: arch/riscv/kernel/setup.c, drivers/of/fdt.c, drivers/of/of_reserved_mem.c.
 */
#include <asm/early.h>
#include <asm/pgtable.h>
#include <asm/sbi.h>
#include <asm/setup.h>
#include <asm/smp.h>
#include "kernel/init.h"
#include "kernel/printk.h"
#include "kernel/random.h"
#include "kernel/sched.h"
#include "lib/byteorder.h"
#include "lib/errno.h"
#include "lib/kstrtox.h"
#include "lib/string.h"
#include "mm/memblock.h"
#include "mm/mmzone.h"

#define DTB_MAX		(2UL << 20)
#define LOCAL_DISTANCE	10
#define REMOTE_DISTANCE	20

struct fdt boot_fdt;

/* ---- memory ---- */

/* The node's NUMA id; 0 without NUMA. */
static int node_id(int node)
{
	u32 nid = 0;

	if (fdt_getprop_u32(&boot_fdt, node, "numa-node-id", &nid) || nid < MAX_NUMNODES)
		return nid;
	pr_warn("device tree: NUMA node %u is beyond the %d supported, taken as node 0\n", nid,
		MAX_NUMNODES);
	return 0;
}

/* One node can have several ranges; a NUMA node without memory has one of size 0. */
static void add_memory_node(int node)
{
	u64 base, size;

	for (int i = 0; !fdt_get_reg(&boot_fdt, node, i, &base, &size); i++) {
		if (base + size < base) {
			pr_warn("device tree: memory at 0x%lx has no end, ignored\n", base);
			continue;
		}
		if (size)
			(void)memblock_add_node(base, size, node_id(node));
	}
}

/* Memory nodes are children of the root, known by device_type. */
static void scan_memory(void)
{
	int node;

	fdt_for_each_subnode(node, &boot_fdt, fdt_path_offset(&boot_fdt, "/")) {
		const char *type = fdt_getprop_string(&boot_fdt, node, "device_type");

		if (type && !strcmp(type, "memory") && fdt_is_available(&boot_fdt, node))
			add_memory_node(node);
	}
	if (!memblock_memory.cnt)
		panic("The device tree names no memory");
}

/*
 * Firmware's own: "no-map" memory is never mapped, the rest is only not given
 * out. OpenSBI forgets to say no-map of its own 512 KiB, which the PMP guards: a
 * mapping of them would be good for nothing but faults.
 */
static void reserve_node(int node)
{
	bool no_map = fdt_getprop(&boot_fdt, node, "no-map", NULL) ||
		      fdt_name_eq(&boot_fdt, node, "mmode_resv0");
	u64 base, size;

	for (int i = 0; !fdt_get_reg(&boot_fdt, node, i, &base, &size); i++) {
		if (no_map)
			(void)memblock_remove(base, size);
		else
			(void)memblock_reserve(base, size);
	}
}

/* The header's reservation block and /reserved-memory. */
static void reserve_firmware(void)
{
	int parent = fdt_path_offset(&boot_fdt, "/reserved-memory");
	u64 base, size;
	int node;

	for (int i = 0; !fdt_get_mem_rsv(&boot_fdt, i, &base, &size); i++)
		(void)memblock_reserve(base, size);
	if (parent < 0)
		return;
	fdt_for_each_subnode(node, &boot_fdt, parent)
		reserve_node(node);
}

/* Is [start, end) memory as a whole? */
static bool is_memory(phys_addr_t start, phys_addr_t end)
{
	for (int i = 0; i < memblock_memory.cnt; i++) {
		const struct memblock_region *r = &memblock_memory.regions[i];

		if (r->base <= start && end <= r->base + r->size)
			return true;
	}
	return false;
}

/* "mem=64M". => before anything is reserved: a limit must not cut the image off. */
static void limit_memory(void)
{
	char value[32], *end;
	u64 limit;

	if (!cmdline_get("mem", value, sizeof(value)))
		return;
	limit = memparse(value, &end);
	if (*end || end == value)
		pr_warn("mem=%s is not a size\n", value);
	else if (memblock_start_of_DRAM() + limit < __pa(_end) + (4UL << 20))
		pr_warn("mem=%s leaves no room for the kernel, ignored\n", value);
	else
		memblock_enforce_memory_limit(limit);
}

/* ---- /chosen ---- */

/* QEMU writes the addresses as one cell, U-Boot as two. */
static void scan_initrd(int chosen)
{
	u64 start, end;

	if (fdt_getprop_u64(&boot_fdt, chosen, "linux,initrd-start", &start) ||
	    fdt_getprop_u64(&boot_fdt, chosen, "linux,initrd-end", &end))
		return;
	if (start >= end || !is_memory(start, end)) {
		pr_warn("initrd at 0x%lx-0x%lx is not in memory, ignored\n", start, end);
		return;
	}
	initrd_start = start;
	initrd_end = end;
	(void)memblock_reserve(start, end - start);
}

static void scan_bootargs(void)
{
	int chosen = fdt_path_offset(&boot_fdt, "/chosen");
	const char *args = chosen < 0 ? NULL : fdt_getprop_string(&boot_fdt, chosen, "bootargs");

	if (args && strscpy(boot_command_line, args, sizeof(boot_command_line)) < 0)
		pr_warn("Kernel command line is longer than %lu bytes, cut off\n",
			sizeof(boot_command_line) - 1);
}

/* The rest of /chosen, once it is known what memory there is. */
static void scan_chosen(void)
{
	int chosen = fdt_path_offset(&boot_fdt, "/chosen"), len;
	const void *seed;

	if (chosen < 0)
		return;
	scan_initrd(chosen);
	seed = fdt_getprop(&boot_fdt, chosen, "rng-seed", &len);
	if (seed)
		add_random_seed(seed, len);
}

/* ---- distances between nodes ---- */

/* (from, to, distance) triples; what the matrix leaves out is far. */
static void scan_distances(void)
{
	int node = fdt_find_compatible(&boot_fdt, -1, "numa-distance-map-v1"), len = 0;
	const u8 *cells;

	for (int i = 0; i < MAX_NUMNODES; i++)
		for (int j = 0; j < MAX_NUMNODES; j++)
			node_distance_table[i][j] = i == j ? LOCAL_DISTANCE : REMOTE_DISTANCE;
	cells = node < 0 ? NULL : fdt_getprop(&boot_fdt, node, "distance-matrix", &len);
	if (!cells)
		return;
	for (; len >= 12; len -= 12, cells += 12) {
		u32 from = get_unaligned_be32(cells), to = get_unaligned_be32(cells + 4);
		u32 distance = get_unaligned_be32(cells + 8);

		if (from >= MAX_NUMNODES || to >= MAX_NUMNODES || distance < LOCAL_DISTANCE ||
		    distance > 255) {
			pr_warn("device tree: distance %u from node %u to %u is impossible\n",
				distance, from, to);
			continue;
		}
		node_distance_table[from][to] = distance;
		node_distance_table[to][from] = distance;
	}
}

/* ---- devices ---- */

/*
 * First interrupt of a node, as a number for request_irq(); 0: none. Either the
 * node names the controller itself, or it inherits it.
 */
static u32 node_irq(int node)
{
	u32 hwirq, parent = 0;
	int at = node, len;
	const u8 *cells = fdt_getprop(&boot_fdt, node, "interrupts-extended", &len);

	if (cells && len >= 8)
		return plic_irq_number(get_unaligned_be32(cells), get_unaligned_be32(cells + 4));
	cells = fdt_getprop(&boot_fdt, node, "interrupts", &len);
	if (!cells || len < 4)
		return 0;
	hwirq = get_unaligned_be32(cells);
	/* The controller may be named once, by a bus further up. */
	while (at >= 0 && fdt_getprop_u32(&boot_fdt, at, "interrupt-parent", &parent))
		at = fdt_parent_offset(&boot_fdt, at);
	return plic_irq_number(parent, hwirq);
}

int fdt_find_device(const char *compatible, int index, phys_addr_t *base, size_t *size, u32 *irq)
{
	u64 reg_base = 0, reg_size = 0;
	int node = -1;

	for (;;) {
		node = fdt_find_compatible(&boot_fdt, node, compatible);
		if (node < 0)
			return -ENODEV;
		if (!fdt_is_available(&boot_fdt, node) ||
		    fdt_get_reg(&boot_fdt, node, 0, &reg_base, &reg_size))
			continue;
		if (index-- == 0)
			break;
	}
	if (base)
		*base = reg_base;
	if (size)
		*size = reg_size;
	if (irq)
		*irq = node_irq(node);
	return 0;
}

/* ---- the whole ---- */

/* Without it nothing is known, not even where to print: only the SBI is left. */
static void open_device_tree(void)
{
	initial_boot_params = __va(boot_facts.dtb_pa);
	if (boot_facts.dtb_pa & 3 || boot_facts.dtb_pa < phys_ram_base ||
	    fdt_init(&boot_fdt, initial_boot_params, DTB_MAX)) {
		pr_emerg("No valid device tree at 0x%lx: there is no way to find memory\n",
			 boot_facts.dtb_pa);
		machine_power_off(1);
	}
}

/* The image stays, boot data included until free_initmem(). */
static void reserve_image(void)
{
	phys_addr_t start = __pa(_stext);

	(void)memblock_reserve(start, __pa(_end) - start);
	if (!is_memory(start, __pa(_end)))
		panic("The kernel is not in the memory of the device tree");
}

/* Keep the device tree: where it is, or a copy if "mem=" has cut its memory off. */
static void keep_device_tree(void)
{
	phys_addr_t start = boot_facts.dtb_pa, size = boot_fdt.totalsize;
	void *copy;

	if (is_memory(start, start + size)) {
		(void)memblock_reserve(start, size);
		return;
	}
	copy = memblock_alloc(size, PAGE_SIZE);
	memcpy(copy, initial_boot_params, size);
	initial_boot_params = copy;
	boot_fdt.blob = copy;
}

/* For dmesg: the SBI's console has shown the first line already. */
static void report_boot(void)
{
	pr_debug("NOMMU stage: hart %lu ran at physical 0x%lx, satp=0, device tree at 0x%lx\n",
		 boot_facts.hartid, boot_facts.stage_pc, boot_facts.dtb_pa);
	report_mmu();
}

/*
 * The order matters: the command line comes before memory ("mem="), the limit
 * before anything is reserved, and all reservations before the first allocation,
 * which is in keep_device_tree() or paging_init().
 */
void setup_arch(void)
{
	open_device_tree();
	scan_bootargs();
	parse_early_params();
	report_boot();
	scan_memory();
	reserve_firmware();
	limit_memory();
	reserve_image();
	keep_device_tree();
	scan_chosen();
	scan_harts();
	scan_distances();
	paging_init();
	print_vm_layout();
}
