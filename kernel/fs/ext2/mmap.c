/* SPDX-License-Identifier: MIT */
/*
 * Mapped files: a page that becomes writable gets its blocks first, so that a full
 * disk is a SIGBUS at the store and not data lost later.
 *
 * Locks: the folio, held by the caller.
 *
 * Linux: fs/ext2/file.c. Differs: Linux's ext2 allocates when it writes back.
 */
#include "kernel/fs/ext2/ext2.h"
#include "mm/mm.h"

/* Up to the end of the file only: blocks behind it would be damage. */
static vm_fault_t ext2_page_mkwrite(struct vm_fault *vmf)
{
	struct folio *f = page_folio(vmf->page);
	struct inode *inode = vmf->vma->vm_file->f_mapping->host;
	unsigned int fresh;
	loff_t size;

	VM_BUG_ON(!folio_test(f, PG_locked));
	if (f->mapping != inode->i_mapping)
		return VM_FAULT_NOPAGE;
	size = READ_ONCE(inode->i_size);
	if (folio_pos(f) >= size)
		return VM_FAULT_SIGBUS;
	file_update_time(vmf->vma->vm_file);
	if (ext2_alloc_folio(inode, f, 0, min_t(loff_t, size - folio_pos(f), PAGE_SIZE), &fresh)) {
		if (fresh)
			folio_mark_dirty(f);
		return VM_FAULT_SIGBUS;
	}
	folio_mark_dirty(f);
	return 0;
}

static const struct vm_operations_struct ext2_vm_ops = {
	.fault = filemap_fault,
	.map_pages = filemap_map_pages,
	.page_mkwrite = ext2_page_mkwrite,
};

int ext2_file_mmap(struct file *file, struct vm_area_struct *vma)
{
	vma->vm_ops = &ext2_vm_ops;
	file_accessed(file);
	return 0;
}
