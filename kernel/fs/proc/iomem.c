/* SPDX-License-Identifier: MIT */
/*
 * /proc/iomem: what is where in physical memory. /proc/consoles, modules, net/unix.
 *
 * Below "System RAM" stand the parts that were taken before the page allocator got
 * the rest: firmware's, the kernel image, the device tree, early tables.
 *
 * Locks: none; the ranges do not change after boot.
 *
 * Linux: kernel/resource.c, fs/proc/consoles.c, kernel/module/procfs.c. Differs: no
 * devices in iomem; no modules, ever.
 */
#include <asm/page.h>
#include <asm/early.h>
#include "kernel/fs/proc/internal.h"
#include "lib/bug.h"
#include "mm/memblock.h"

static void range(struct seq_file *m, int indent, phys_addr_t start, phys_addr_t end,
		  const char *name)
{
	seq_printf(m, "%*s%08lx-%08lx : %s\n", indent, "", (unsigned long)start,
		   (unsigned long)end - 1, name);
}

static void image_part(struct seq_file *m, const char *start, const char *end, const char *name)
{
	range(m, 4, __pa(start), __pa(end), name);
}

/* The image and its parts, in order of address. */
static void show_image(struct seq_file *m)
{
	range(m, 2, __pa(_start), __pa(_end), "Kernel image");
	image_part(m, _stext, _etext, "Kernel code");
	image_part(m, _srodata, _erodata, "Kernel rodata");
	image_part(m, _sdata, _edata, "Kernel data");
	image_part(m, _sbss, _ebss, "Kernel bss");
}

static void show_reserved(struct seq_file *m, const struct memblock_region *ram)
{
	phys_addr_t image = __pa(_start);

	for (int i = 0; i < memblock_reserved.cnt; i++) {
		const struct memblock_region *r = &memblock_reserved.regions[i];

		if (r->base < ram->base || r->base >= ram->base + ram->size)
			continue;
		if (image >= r->base && image < r->base + r->size)
			show_image(m);
		else
			range(m, 2, r->base, r->base + r->size, "Reserved");
	}
}

static int iomem_show(struct seq_file *m, void *v)
{
	for (int i = 0; i < memblock_memory.cnt; i++) {
		const struct memblock_region *ram = &memblock_memory.regions[i];

		range(m, 0, ram->base, ram->base + ram->size, "System RAM");
		show_reserved(m, ram);
	}
	return 0;
}

/* Write only; enabled, the preferred one, told all messages, usable whatever else is off. */
static int consoles_show(struct seq_file *m, void *v)
{
	seq_printf(m, "%-21s%s (%s) %4d:%d\n", "ttyS0", "-W-", "EC  p a", 4, 64);
	return 0;
}

static int modules_show(struct seq_file *m, void *v)
{
	return 0;
}

/* No sockets yet: the heads of the tables, which fuser and others read. */
static int net_unix_show(struct seq_file *m, void *v)
{
	seq_puts(m, "Num       RefCount Protocol Flags    Type St Inode Path\n");
	return 0;
}

void proc_iomem_init(void)
{
	BUG_ON(proc_create_single("iomem", 0400, iomem_show) ||
	       proc_create_single("consoles", 0444, consoles_show) ||
	       proc_create_single("modules", 0444, modules_show) ||
	       proc_create_single("net/unix", 0444, net_unix_show));
}
