/* SPDX-License-Identifier: MIT */
/*
 * /proc/PID/smaps and friends without an MMU: there are no page tables, so all
 * of a mapping is resident and an address is its own frame.
 *
 * Linux: fs/proc/task_nommu.c.
 */
#include "kernel/fs/internal.h"
#include "kernel/fs/proc/internal.h"
#include "kernel/fs/proc/task_maps.h"
#include "mm/mm.h"

static int show_sizes(struct seq_file *m, bool each)
{
	struct mm_struct *mm = get_task_mm(m->private);
	struct vm_area_struct *vma;
	unsigned long total = 0;

	if (!mm)
		return 0;
	mmap_read_lock(mm);
	for_each_vma(mm, vma) {
		unsigned long size = vma->vm_end - vma->vm_start;

		total += size;
		if (!each)
			continue;
		show_map_line(m, vma);
		seq_printf(m, "Size: %18lu kB\nRss: %19lu kB\n", size >> 10, size >> 10);
	}
	mmap_read_unlock(mm);
	mmput(mm);
	if (!each)
		seq_printf(m, "Rss: %19lu kB\n", total >> 10);
	return 0;
}

int proc_pid_smaps(struct seq_file *m, void *v)
{
	return show_sizes(m, true);
}

/* One node, and no policy that would have a meaning. */
int proc_pid_numa_maps(struct seq_file *m, void *v)
{
	return 0;
}

int proc_pid_smaps_rollup(struct seq_file *m, void *v)
{
	return show_sizes(m, false);
}

static ssize_t pagemap_read(struct kiocb *iocb, struct iov_iter *to)
{
	return 0;
}

const struct file_operations proc_pagemap_fops = { .read_iter = pagemap_read };
