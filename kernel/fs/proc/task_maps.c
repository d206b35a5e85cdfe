/* SPDX-License-Identifier: MIT */
/*
 * /proc/PID/maps: one line a VMA.
 *
 * Locks: mmap_lock read for the whole text.
 *
 * Linux: fs/proc/task_mmu.c, show_map_vma().
 */
#include "kernel/fs/internal.h"
#include "kernel/fs/proc/internal.h"
#include "kernel/fs/proc/task_maps.h"
#include "mm/mm.h"

#define NAME_COLUMN	73

void pad_to_name(struct seq_file *m, size_t begin)
{
	while (m->count - begin < NAME_COLUMN && m->count < m->size)
		seq_putc(m, ' ');
}

const char *vma_name(struct vm_area_struct *vma)
{
	struct mm_struct *mm = vma->vm_mm;

	if (vma->vm_ops && vma->vm_ops->name)
		return vma->vm_ops->name(vma);
	if (vma->vm_file)
		return NULL;
	if (vma->vm_start < mm->brk && vma->vm_end > mm->start_brk)
		return "[heap]";
	if (vma->vm_start <= mm->start_stack && vma->vm_end >= mm->start_stack)
		return "[stack]";
	return NULL;
}

void show_map_line(struct seq_file *m, struct vm_area_struct *vma)
{
	unsigned long flags = vma->vm_flags;
	size_t begin = m->count;
	const char *name = vma_name(vma);
	struct inode *inode = vma->vm_file ? vma->vm_file->f_inode : NULL;
	dev_t dev = inode ? inode->i_sb->s_dev : 0;

	seq_printf(m, "%08lx-%08lx %c%c%c%c %08lx %02x:%02x %lu ", vma->vm_start, vma->vm_end,
		   flags & VM_READ ? 'r' : '-', flags & VM_WRITE ? 'w' : '-',
		   flags & VM_EXEC ? 'x' : '-', flags & VM_SHARED ? 's' : 'p',
		   inode ? vma->vm_pgoff << PAGE_SHIFT : 0, MAJOR(dev), MINOR(dev),
		   inode ? inode->i_ino : 0);
	if (name || inode) {
		pad_to_name(m, begin);
		if (name)
			seq_puts(m, name);
		else
			seq_path(m, &vma->vm_file->f_path);
	}
	seq_putc(m, '\n');
}

int proc_pid_maps(struct seq_file *m, void *v)
{
	struct mm_struct *mm = get_task_mm(m->private);
	struct vm_area_struct *vma;

	if (!mm)
		return 0;
	mmap_read_lock(mm);
	for_each_vma(mm, vma)
		show_map_line(m, vma);
	mmap_read_unlock(mm);
	mmput(mm);
	return 0;
}
