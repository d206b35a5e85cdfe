/* SPDX-License-Identifier: MIT */
/*
 * Where the vDSO goes in an address space: the highest free place of the mmap
 * area.
 *
 * Linux: arch/riscv/kernel/vdso.c, __setup_additional_pages(). Differs: one VMA
 * for both pages.
 */
#include <asm/page.h>
#include <asm/vdso.h>
#include "mm/mm.h"
#include "mm/vma.h"

int vdso_map(struct mm_struct *mm, char *pages, unsigned long *addr)
{
	static struct page *page_list[VDSO_PAGES];	/* the mapping refers to it for good */
	int err;

	for (int i = 0; i < VDSO_PAGES; i++)
		page_list[i] = virt_to_page(pages + i * PAGE_SIZE);
	/* A new program has one thread: the place cannot be taken between the two calls. */
	mmap_write_lock(mm);
	err = get_unmapped_area(0, VDSO_PAGES * PAGE_SIZE, 0, addr);
	mmap_write_unlock(mm);
	if (!err)
		err = install_special_mapping(mm, *addr, VDSO_PAGES * PAGE_SIZE,
					      VM_READ | VM_EXEC | VM_MAYREAD | VM_MAYEXEC,
					      page_list, "[vdso]");
	return err;
}
