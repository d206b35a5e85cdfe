/* SPDX-License-Identifier: MIT */
/*
 * Loading the segments of an ELF file without an MMU: one block of memory for
 * the whole image, each segment read to its place in it. Only position-
 * independent programs can be loaded, since a block may be anywhere.
 *
 * Linux: fs/binfmt_elf_fdpic.c. Differs: segments keep their distances.
 */
#include <asm/uaccess.h>
#include "kernel/binfmt.h"
#include "kernel/uapi/mman.h"
#include "mm/mm.h"

static int read_segment(const struct elf_image *image, const struct elf64_phdr *ph)
{
	loff_t pos = ph->p_offset;
	char *to = (char *)(image->load_bias + ph->p_vaddr);
	size_t left = ph->p_filesz;

	while (left) {
		ssize_t n = kernel_read(image->file, to, left, &pos);

		if (n < 0)
			return n;
		if (n == 0)
			return -ENOEXEC;	/* the file became shorter */
		to += n;
		left -= n;
	}
	return 0;
}

int elf_map_image(struct elf_image *image, unsigned long hint, unsigned long *bss_end)
{
	unsigned long size = PAGE_ALIGN(image->layout.hi) - image->layout.lo, addr;
	int err;

	if (image->ehdr.e_type != ET_DYN)
		return -ENOEXEC;
	/* Anonymous memory is zeroed, so nothing is left to do for the bss. */
	err = vm_mmap(NULL, 0, size, PROT_READ | PROT_WRITE | PROT_EXEC,
		      MAP_PRIVATE | MAP_ANONYMOUS, 0, &addr);
	if (err)
		return err;
	image->load_bias = addr - image->layout.lo;
	for (int i = 0; !err && i < image->ehdr.e_phnum; i++) {
		if (image->phdrs[i].p_type == PT_LOAD)
			err = read_segment(image, &image->phdrs[i]);
	}
	*bss_end = image->load_bias + image->layout.hi;
	return err;
}
