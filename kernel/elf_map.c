/* SPDX-License-Identifier: MIT */
/*
 * Mapping the segments of an ELF file, with an MMU: each PT_LOAD is a private
 * file mapping, the part of memory beyond the file is zero.
 *
 * Linux: fs/binfmt_elf.c, elf_load() and below.
 */
#include <asm/uaccess.h>
#include "kernel/binfmt.h"
#include "kernel/uapi/mman.h"
#include "mm/mm.h"

static unsigned long segment_prot(const struct elf64_phdr *ph)
{
	return (ph->p_flags & PF_R ? PROT_READ : 0) | (ph->p_flags & PF_W ? PROT_WRITE : 0) |
	       (ph->p_flags & PF_X ? PROT_EXEC : 0);
}

/*
 * [from, to): zero the rest of its first page, where the file goes on, then anonymous memory.
 * To the end of that page even if `to` comes first: the dynamic linker uses what is left of it.
 */
static int map_bss(const struct elf64_phdr *ph, unsigned long from, unsigned long to)
{
	unsigned long page_end = PAGE_ALIGN(from);
	unsigned long flags = VM_DATA_FLAGS | (ph->p_flags & PF_X ? VM_EXEC : 0);

	if (ph->p_flags & PF_W && from != page_end &&
	    clear_user((void __user *)from, page_end - from))
		return -EFAULT;
	if (PAGE_ALIGN(to) <= page_end)
		return 0;
	return vm_brk(page_end, PAGE_ALIGN(to) - page_end, flags);
}

static int map_segment(const struct elf_image *image, const struct elf64_phdr *ph)
{
	unsigned long start = image->load_bias + ph->p_vaddr;
	unsigned long page = start & PAGE_MASK, unused;
	unsigned long file_end = start + ph->p_filesz;
	int err = 0;

	if (ph->p_filesz)
		err = vm_mmap(image->file, page, PAGE_ALIGN(file_end) - page, segment_prot(ph),
			      MAP_PRIVATE | MAP_FIXED, ph->p_offset & PAGE_MASK, &unused);
	if (!err && ph->p_memsz > ph->p_filesz)
		err = map_bss(ph, ph->p_filesz ? file_end : page, start + ph->p_memsz);
	return err;
}

/* Where a position-independent image goes: one reservation shows that all of it fits. */
static int choose_bias(struct elf_image *image, unsigned long hint)
{
	unsigned long size = PAGE_ALIGN(image->layout.hi) - image->layout.lo, addr;
	int err;

	image->load_bias = 0;
	if (image->ehdr.e_type != ET_DYN)
		return 0;
	err = vm_mmap(NULL, hint, size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, 0,
		      &addr);
	if (err)
		return err;
	image->load_bias = addr - image->layout.lo;
	return vm_munmap(addr, size);
}

int elf_map_image(struct elf_image *image, unsigned long hint, unsigned long *bss_end)
{
	int err = choose_bias(image, hint);

	for (int i = 0; !err && i < image->ehdr.e_phnum; i++) {
		if (image->phdrs[i].p_type == PT_LOAD)
			err = map_segment(image, &image->phdrs[i]);
	}
	*bss_end = image->load_bias + image->layout.hi;
	return err;
}
