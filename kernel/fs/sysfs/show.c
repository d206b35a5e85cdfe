/* SPDX-License-Identifier: MIT */
/*
 * What many files of sysfs say: a constant, a set of harts or nodes.
 *
 * Locks: none.
 *
 * Linux: lib/cpumask.c, cpumap_print_to_pagebuf().
 */
#include "kernel/fs/sysfs/internal.h"
#include "lib/bitmap.h"

int sysfs_show_0(struct seq_file *m, void *data)
{
	seq_puts(m, "0\n");
	return 0;
}

int sysfs_show_1(struct seq_file *m, void *data)
{
	seq_puts(m, "1\n");
	return 0;
}

int sysfs_show_none(struct seq_file *m, void *data)
{
	seq_puts(m, "none\n");
	return 0;
}

int sysfs_show_empty(struct seq_file *m, void *data)
{
	seq_putc(m, '\n');
	return 0;
}

void sysfs_print_list(struct seq_file *m, unsigned long mask)
{
	char list[128];

	bitmap_print_list(list, sizeof(list), &mask, BITS_PER_LONG);
	seq_printf(m, "%s\n", list);
}

void sysfs_print_mask(struct seq_file *m, unsigned long mask, unsigned int nbits)
{
	seq_printf(m, "%0*lx\n", (int)DIV_ROUND_UP(nbits, 4), mask);
}
