/* SPDX-License-Identifier: MIT */
/*
 * Mapped files without an MMU: there are no PTEs, so nothing to fault in or
 * take away. mm/nommu.c reads the file into memory of its own at mmap.
 *
 * Locks: none.
 *
 * Linux: mm/filemap.c and mm/nommu.c, the !CONFIG_MMU parts.
 */
#include "kernel/fs/fs.h"
#include "mm/filemap.h"

const struct vm_operations_struct generic_file_vm_ops = { .fault = NULL };
const struct vm_operations_struct shmem_vm_ops = { .fault = NULL };

int generic_file_mmap(struct file *file, struct vm_area_struct *vma)
{
	if (!file->f_op->read_iter)
		return -ENODEV;
	vma->vm_ops = &generic_file_vm_ops;
	return 0;
}

void unmap_mapping_range(struct address_space *mapping, loff_t start, loff_t len, bool even_cows)
{
}

void unmap_folio(struct address_space *mapping, struct folio *f)
{
}
