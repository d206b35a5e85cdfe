/* SPDX-License-Identifier: MIT */
/*
 * elf.c - the checks on a program file's headers.
 *
 * Every sum is guarded by a subtraction from its limit, so nothing wraps. What Linux
 * tolerates is tolerated: segments in any order, odd p_align, unknown header types.
 *
 * No state, no locks.
 *
 * Linux: fs/binfmt_elf.c, load_elf_phdrs(), total_mapping_size(), maximum_alignment().
 * Differs: see elf.h.
 */
#include "lib/elf.h"
#include "lib/string.h"

#define ELF_PHDRS_MAX	65536UL

/* Do @size bytes at @off end at or before @limit? */
static bool range_inside(u64 off, u64 size, u64 limit)
{
	return size <= limit && off <= limit - size;
}

int elf_check_ehdr(const struct elf64_hdr *ehdr, const struct elf_limits *limits)
{
	const u8 *ident = ehdr->e_ident;

	if (memcmp(ident, "\177ELF", 4) != 0 || ident[EI_CLASS] != ELFCLASS64 ||
	    ident[EI_DATA] != ELFDATA2LSB || ident[EI_VERSION] != EV_CURRENT)
		return -ENOEXEC;
	if (ehdr->e_machine != EM_RISCV || (ehdr->e_type != ET_EXEC && ehdr->e_type != ET_DYN))
		return -ENOEXEC;
	if (ehdr->e_phentsize != sizeof(struct elf64_phdr) || !ehdr->e_phnum)
		return -ENOEXEC;
	if (elf_phdrs_size(ehdr) > ELF_PHDRS_MAX)
		return -ENOEXEC;
	if (!range_inside(ehdr->e_phoff, elf_phdrs_size(ehdr), limits->file_size))
		return -ENOEXEC;
	return 0;
}

/* One PT_LOAD; a header of size 0 maps nothing and is passed over. */
static int check_load(const struct elf64_phdr *ph, const struct elf_limits *limits,
		      struct elf_layout *layout)
{
	if (ph->p_filesz > ph->p_memsz)
		return -EINVAL;
	if (!range_inside(ph->p_vaddr, ph->p_memsz, limits->task_size))
		return -EINVAL;
	if (!range_inside(ph->p_offset, ph->p_filesz, limits->file_size))
		return -EINVAL;
	/* A page of the file can only be mapped at a multiple of the page size. */
	if (ph->p_filesz && (ph->p_vaddr ^ ph->p_offset) % ELF_PAGE_SIZE)
		return -EINVAL;
	if (!ph->p_memsz)
		return 0;
	layout->lo = min(layout->lo, ALIGN_DOWN(ph->p_vaddr, ELF_PAGE_SIZE));
	layout->hi = max(layout->hi, ph->p_vaddr + ph->p_memsz);
	if (is_power_of_2(ph->p_align))
		layout->max_align = max(layout->max_align, ph->p_align);
	return 0;
}

static int check_interp(const struct elf64_phdr *ph, const struct elf_limits *limits)
{
	if (ph->p_filesz < 2 || ph->p_filesz > PATH_MAX)
		return -ENOEXEC;
	return range_inside(ph->p_offset, ph->p_filesz, limits->file_size) ? 0 : -ENOEXEC;
}

int elf_check_phdrs(const struct elf64_hdr *ehdr, const struct elf64_phdr *phdr,
		    const struct elf_limits *limits, struct elf_layout *layout)
{
	int i, err = 0;

	*layout = (struct elf_layout) {
		.lo = U64_MAX, .max_align = ELF_PAGE_SIZE, .interp = -1,
	};
	for (i = 0; i < ehdr->e_phnum && !err; i++) {
		if (phdr[i].p_type == PT_LOAD) {
			err = check_load(&phdr[i], limits, layout);
		} else if (phdr[i].p_type == PT_INTERP && layout->interp < 0) {
			layout->interp = i;
			err = check_interp(&phdr[i], limits);
		} else if (phdr[i].p_type == PT_GNU_STACK) {
			layout->exec_stack = phdr[i].p_flags & PF_X;
		}
	}
	if (err)
		return err;
	return layout->hi > 0 ? 0 : -EINVAL;
}

int elf_check_header(const void *image, size_t size, const struct elf_limits *limits,
		     struct elf_layout *layout)
{
	const struct elf64_hdr *ehdr = image;
	int err;

	if (size < sizeof(*ehdr) || !PTR_IS_ALIGNED(image, 8))
		return -ENOEXEC;
	err = elf_check_ehdr(ehdr, limits);
	if (err)
		return err;
	if (ehdr->e_phoff % 8 || !range_inside(ehdr->e_phoff, elf_phdrs_size(ehdr), size))
		return -ENOEXEC;
	return elf_check_phdrs(ehdr, (const void *)((const u8 *)image + ehdr->e_phoff), limits,
			       layout);
}
