/* SPDX-License-Identifier: MIT */
/*
 * elf.h - the ELF64 structures, and the check every program file must pass before any
 * number in it is used.
 *
 * A program file is input from outside. After elf_check_ehdr() the program header table has
 * a sane place and size; after elf_check_phdrs() no sum over the fields of a PT_LOAD or
 * PT_INTERP header wraps, and all segments lie below the task size.
 *
 * No state, no locks. Page size here is 4 KiB, as everywhere in Quire.
 *
 * Linux: include/uapi/linux/elf.h, fs/binfmt_elf.c (load_elf_binary). Differs: the checks
 * are a pass of their own before anything is mapped.
 */
#pragma once

#include "lib/errno.h"
#include "lib/kernel.h"

#define ELF_PAGE_SIZE	4096UL

#define EI_NIDENT	16
#define EI_CLASS	4
#define EI_DATA		5
#define EI_VERSION	6
#define ELFCLASS64	2
#define ELFDATA2LSB	1
#define EV_CURRENT	1

#define ET_EXEC		2		/* linked to fixed addresses */
#define ET_DYN		3		/* position independent */
#define EM_RISCV	243

#define PT_NULL		0
#define PT_LOAD		1
#define PT_DYNAMIC	2
#define PT_INTERP	3
#define PT_NOTE		4
#define PT_PHDR		6
#define PT_TLS		7
#define PT_GNU_STACK	0x6474e551
#define PT_GNU_RELRO	0x6474e552

#define PF_X		1
#define PF_W		2
#define PF_R		4

typedef struct elf64_hdr {
	u8 e_ident[EI_NIDENT];
	u16 e_type;
	u16 e_machine;
	u32 e_version;
	u64 e_entry;
	u64 e_phoff;		/* file offset of the program headers */
	u64 e_shoff;
	u32 e_flags;
	u16 e_ehsize;
	u16 e_phentsize;
	u16 e_phnum;
	u16 e_shentsize;
	u16 e_shnum;
	u16 e_shstrndx;
} Elf64_Ehdr;

typedef struct elf64_phdr {
	u32 p_type;
	u32 p_flags;		/* PF_* */
	u64 p_offset;		/* in the file */
	u64 p_vaddr;
	u64 p_paddr;
	u64 p_filesz;
	u64 p_memsz;		/* what exceeds filesz is zero */
	u64 p_align;
} Elf64_Phdr;

typedef struct elf64_sym {
	u32 st_name;
	u8 st_info;
	u8 st_other;
	u16 st_shndx;
	u64 st_value;
	u64 st_size;
} Elf64_Sym;

typedef struct elf64_rela {
	u64 r_offset;
	u64 r_info;
	s64 r_addend;
} Elf64_Rela;

typedef struct elf64_dyn {
	s64 d_tag;
	u64 d_val;
} Elf64_Dyn;

#define DT_NULL		0
#define DT_RELA		7
#define DT_RELASZ	8
#define DT_RELAENT	9
#define ELF64_R_TYPE(info)	((u32)(info))
#define R_RISCV_RELATIVE	3

/* What the caller of a check allows. */
struct elf_limits {
	u64 file_size;		/* U64_MAX: do not compare (Linux: SIGBUS at the access) */
	u64 task_size;		/* first address a program cannot have */
};

/* What elf_check_phdrs() found out. */
struct elf_layout {
	u64 lo, hi;		/* PT_LOADs cover [lo, hi): lo page-aligned, hi not */
	u64 max_align;		/* largest power-of-two p_align of a PT_LOAD, >= a page */
	int interp;		/* index of the PT_INTERP header, or -1 */
	bool exec_stack;	/* PT_GNU_STACK asks for it (no such header: false) */
};

/* Bytes of the program header table; only after elf_check_ehdr(). */
static inline size_t elf_phdrs_size(const struct elf64_hdr *ehdr)
{
	return (size_t)ehdr->e_phnum * sizeof(struct elf64_phdr);
}

/*
 * elf_check_ehdr() - is this a RISC-V 64 program, with a header table we can read?
 *
 * => 0 or -ENOEXEC. On 0: 1 <= e_phnum, the table has at most 64 KiB, and e_phoff plus its
 *    size does not wrap and is at most limits->file_size.
 */
int elf_check_ehdr(const struct elf64_hdr *ehdr, const struct elf_limits *limits) __must_check;

/*
 * elf_check_phdrs() - check the @ehdr->e_phnum program headers at @phdr.
 *
 * => 0 and *layout.
 * => -ENOEXEC: PT_INTERP of length < 2 or > PATH_MAX, or out of the file.
 * => -EINVAL: no PT_LOAD; or one with filesz > memsz, an end that wraps or passes task_size
 *    or file_size, or file offset and address that differ modulo the page size.
 */
int elf_check_phdrs(const struct elf64_hdr *ehdr, const struct elf64_phdr *phdr,
		    const struct elf_limits *limits, struct elf_layout *layout) __must_check;

/*
 * elf_check_header() - both checks on a file whose first @size bytes are at @image.
 *
 * => as above; also -ENOEXEC if the headers do not lie in these bytes, or @image or the
 *    table is not aligned to 8.
 */
int elf_check_header(const void *image, size_t size, const struct elf_limits *limits,
		     struct elf_layout *layout) __must_check;
