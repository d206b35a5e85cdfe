/* SPDX-License-Identifier: MIT */
/*
 * A program on its way to be executed: shared by exec.c (what every format
 * needs), exec_args.c (argument strings), binfmt_elf.c and elf_map*.c.
 *
 * Linux: include/linux/binfmts.h, fs/exec.c.
 */
#pragma once
#include "kernel/fs/fs.h"
#include "lib/elf.h"

#define BINPRM_BUF_SIZE		256
#define MAX_ARG_PAGES		512	/* 2 MiB of argument and environment strings */
#define MAX_ARG_STRLEN		(32 * PAGE_SIZE)
#define MAX_SCRIPT_DEPTH	5
#define ELF_ET_DYN_BASE		(TASK_SIZE / 3 * 2 & PAGE_MASK)	/* where PIE programs go */

/* The strings of argv, envp and the file name, one after the other. */
struct arg_pages {
	struct page *pages[MAX_ARG_PAGES];
	size_t used;			/* bytes */
	size_t args_end;		/* argv strings are [0, args_end) */
	size_t envs_end;		/* envp: [args_end, envs_end), then the file name */
	int argc, envc;
};

/* Where strings come from: user memory, or the kernel's own (init). */
struct arg_source {
	const void *vec;		/* array of pointers to strings, NULL-ended */
	bool kernel;
};

struct linux_binprm {
	struct file *file;		/* what is really loaded (the interpreter of a script) */
	const char *filename;		/* as given to execve */
	char buf[BINPRM_BUF_SIZE];	/* first bytes of file, zero-filled */
	char *script_args[2 * MAX_SCRIPT_DEPTH + 1];	/* put before argv[1..], outermost first */
	int nr_script_args;
	struct arg_pages *args;
	struct mm_struct *mm;		/* the new address space, until it is current's */
};

/* One ELF file, headers read and checked. */
struct elf_image {
	struct file *file;
	struct elf64_hdr ehdr;
	struct elf64_phdr *phdrs;	/* kmalloc'ed */
	struct elf_layout layout;
	unsigned long load_bias;	/* added to every address; set by elf_map_image() */
};

/* ---- exec_args.c ---- */
/* args_alloc() - no strings yet: 0 or -ENOMEM; args_free() - with all its pages, NULL is fine. */
int __must_check args_alloc(struct arg_pages **args);
void args_free(struct arg_pages *args);
/* args_add_kernel() - append one string. -E2BIG, -ENOMEM. */
int __must_check args_add_kernel(struct arg_pages *args, const char *s);
/*
 * args_add_vector() - append all strings from index skip on; *count grows.
 * => argc and envc count what was appended so far: the pointers take room too.
 * Errors: -E2BIG, -EFAULT, -ENOMEM.
 */
int __must_check args_add_vector(struct arg_pages *args, const struct arg_source *src, int skip,
				 int *count);
/* args_next() - where the string after the one at byte `at` begins. */
size_t args_next(const struct arg_pages *args, size_t at);
/* args_copy_out() - write all strings to user memory at addr. -EFAULT. */
int __must_check args_copy_out(const struct arg_pages *args, unsigned long addr);

/* ---- elf_map.c or elf_map_nommu.c ---- */
/*
 * elf_map_image() - map all segments of image into current->mm, position
 * independent ones at hint. Sets image->load_bias and *bss_end (first byte
 * after the last segment). 0, -ENOMEM, -ENOEXEC, -EIO, -EFAULT. May sleep.
 */
int __must_check elf_map_image(struct elf_image *image, unsigned long hint,
			       unsigned long *bss_end);

/* ---- binfmt_elf.c ---- */
/* elf_read_image() - read and check headers. -ENOEXEC, -EIO, -ENOMEM. elf_put_image() undoes it. */
int __must_check elf_read_image(struct file *file, const char *head, struct elf_image *image);
void elf_put_image(struct elf_image *image);		/* not the file */
/* load_elf_binary() - the whole of it; past the point of no return errors are fatal to current. */
int __must_check load_elf_binary(struct linux_binprm *bprm);

/* ---- exec.c ---- */
/* begin_new_exec() - the point of no return: other threads die, the mm is switched. */
int __must_check begin_new_exec(struct linux_binprm *bprm);
/* open_exec() - a regular file that may be executed: -EACCES, -ENOENT ... */
int __must_check open_exec(const char *name, struct file **file);
