/* SPDX-License-Identifier: MIT */
/*
 * Loading an ELF program: map its segments (and those of its dynamic linker),
 * set up heap and stack, write what the program's start-up code expects to
 * find on the stack.
 *
 *   high   file name, environment and argument strings
 *          16 random bytes
 *          auxiliary vector, envp[], argv[], argc     <- sp, 16-byte aligned
 *   low
 *
 * Nothing of the file is read here but its headers: the page-fault handler
 * brings in the rest from the page cache when it is touched.
 *
 * Linux: fs/binfmt_elf.c. Differs: no core dumps, no randomization, no
 * executable stack.
 */
#include <asm/setup.h>
#include <asm/uaccess.h>
#include <asm/vdso.h>
#include "kernel/binfmt.h"
#include "kernel/fork.h"
#include "kernel/signal.h"
#include "kernel/uapi/auxvec.h"
#include "kernel/random.h"
#include "lib/string.h"
#include "mm/mm.h"
#include "mm/slab.h"

#define AT_VECTOR_WORDS	ARRAY_SIZE(((struct mm_struct *)0)->saved_auxv)

/* All n bytes, or -ENOEXEC: the file is shorter than it says. */
static int read_exact(struct file *f, void *buf, size_t n, loff_t pos)
{
	ssize_t got = kernel_read(f, buf, n, &pos);

	if (got < 0)
		return got;
	return (size_t)got == n ? 0 : -ENOEXEC;
}

int elf_read_image(struct file *file, const char *head, struct elf_image *image)
{
	struct elf_limits limits = { .file_size = file->f_inode->i_size, .task_size = TASK_SIZE };
	int err;

	image->file = file;
	image->phdrs = NULL;
	if (head)			/* execve has read the beginning already */
		memcpy(&image->ehdr, head, sizeof(image->ehdr));
	err = head ? 0 : read_exact(file, &image->ehdr, sizeof(image->ehdr), 0);
	if (!err)
		err = elf_check_ehdr(&image->ehdr, &limits);
	if (err)
		return err;
	image->phdrs = kmalloc(elf_phdrs_size(&image->ehdr), GFP_KERNEL);
	if (!image->phdrs)
		return -ENOMEM;
	err = read_exact(file, image->phdrs, elf_phdrs_size(&image->ehdr), image->ehdr.e_phoff);
	if (!err)
		err = elf_check_phdrs(&image->ehdr, image->phdrs, &limits, &image->layout);
	if (err)
		elf_put_image(image);
	return err;
}

void elf_put_image(struct elf_image *image)
{
	kfree(image->phdrs);
	image->phdrs = NULL;
}

/* The dynamic linker that the program names: opened and checked. */
static int open_interpreter(const struct elf_image *prog, struct elf_image *interp)
{
	const struct elf64_phdr *ph = &prog->phdrs[prog->layout.interp];
	char *name = kmalloc(ph->p_filesz, GFP_KERNEL);
	struct file *f;
	int err;

	if (!name)
		return -ENOMEM;
	err = read_exact(prog->file, name, ph->p_filesz, ph->p_offset);
	if (!err && name[ph->p_filesz - 1])
		err = -ENOEXEC;
	if (!err)
		err = open_exec(name, &f);
	kfree(name);
	if (err)
		return err;
	err = elf_read_image(f, NULL, interp);
	if (err)
		fput(f);
	return err == -ENOEXEC ? -ELIBBAD : err;
}

/* Address of the program headers in memory: the segment that holds their file offset. */
static unsigned long phdr_address(const struct elf_image *image)
{
	for (int i = 0; i < image->ehdr.e_phnum; i++) {
		const struct elf64_phdr *ph = &image->phdrs[i];

		if (ph->p_type == PT_LOAD && ph->p_offset <= image->ehdr.e_phoff &&
		    image->ehdr.e_phoff - ph->p_offset < ph->p_filesz)
			return image->load_bias + image->ehdr.e_phoff - ph->p_offset + ph->p_vaddr;
	}
	return 0;
}

/* The limits of code and data, for /proc/PID/stat and status. */
static void set_mm_bounds(struct mm_struct *mm, const struct elf_image *image)
{
	unsigned long start_code = ~0UL, end_code = 0, start_data = 0, end_data = 0;

	for (int i = 0; i < image->ehdr.e_phnum; i++) {
		const struct elf64_phdr *ph = &image->phdrs[i];

		if (ph->p_type != PT_LOAD)
			continue;
		start_code = min(start_code, (unsigned long)ph->p_vaddr);
		start_data = max(start_data, (unsigned long)ph->p_vaddr);
		if (ph->p_flags & PF_X)
			end_code = max(end_code, (unsigned long)(ph->p_vaddr + ph->p_filesz));
		end_data = max(end_data, (unsigned long)(ph->p_vaddr + ph->p_filesz));
	}
	mm->start_code = start_code + image->load_bias;
	mm->end_code = end_code + image->load_bias;
	mm->start_data = start_data + image->load_bias;
	mm->end_data = end_data + image->load_bias;
}

/* ---- the stack ---- */

/* Kept in the mm too: /proc/PID/auxv. */
static void add_aux(struct mm_struct *mm, int *n, unsigned long type, unsigned long value)
{
	mm->saved_auxv[(*n)++] = type;
	mm->saved_auxv[(*n)++] = value;
}

/* User addresses of the 16 random bytes and the file name. */
struct stack_places { unsigned long random, execfn; };

/* What the kernel tells libc and the dynamic linker: getauxval(3). */
static void build_auxv(struct mm_struct *mm, const struct elf_image *prog,
		       const struct elf_image *interp, const struct stack_places *at)
{
	int n = 0;

	memset(mm->saved_auxv, 0, sizeof(mm->saved_auxv));
	if (mm->context.vdso)
		add_aux(mm, &n, AT_SYSINFO_EHDR, mm->context.vdso);
	add_aux(mm, &n, AT_MINSIGSTKSZ, 1088);		/* struct rt_sigframe */
	add_aux(mm, &n, AT_HWCAP, elf_hwcap());
	add_aux(mm, &n, AT_PAGESZ, PAGE_SIZE);
	add_aux(mm, &n, AT_CLKTCK, USER_HZ);
	add_aux(mm, &n, AT_PHDR, phdr_address(prog));
	add_aux(mm, &n, AT_PHENT, sizeof(struct elf64_phdr));
	add_aux(mm, &n, AT_PHNUM, prog->ehdr.e_phnum);
	add_aux(mm, &n, AT_BASE, interp->file ? interp->load_bias : 0);
	add_aux(mm, &n, AT_FLAGS, 0);
	add_aux(mm, &n, AT_ENTRY, prog->ehdr.e_entry + prog->load_bias);
	add_aux(mm, &n, AT_UID, 0);
	add_aux(mm, &n, AT_EUID, 0);
	add_aux(mm, &n, AT_GID, 0);
	add_aux(mm, &n, AT_EGID, 0);
	add_aux(mm, &n, AT_SECURE, 0);
	add_aux(mm, &n, AT_RANDOM, at->random);
	add_aux(mm, &n, AT_EXECFN, at->execfn);
	add_aux(mm, &n, AT_NULL, 0);
}

/* Words in use, the final AT_NULL pair included. */
static unsigned int auxv_words(const struct mm_struct *mm)
{
	unsigned int n = 0;

	while (n + 2 < AT_VECTOR_WORDS && mm->saved_auxv[n] != AT_NULL)
		n += 2;
	return n + 2;
}

/*
 * argv[] or envp[]: pointers to `count` strings, the first at byte *at of those
 * that lie at `strings`, then NULL. *sp and *at move on.
 */
static int put_pointers(unsigned long __user **sp, const struct arg_pages *args,
			unsigned long strings, size_t *at, int count)
{
	for (int i = 0; i < count; i++) {
		if (put_user(strings + *at, (*sp)++))
			return -EFAULT;
		*at = args_next(args, *at);
	}
	return put_user(0UL, (*sp)++);
}

/* Everything below the strings. Returns the new stack pointer in *sp. */
static int create_tables(struct mm_struct *mm, const struct arg_pages *args, unsigned long strings,
			 unsigned long *sp)
{
	unsigned int naux = auxv_words(mm);
	unsigned long words = 1 + args->argc + 1 + args->envc + 1 + naux;
	unsigned long __user *p;
	size_t at = 0;

	*sp = (*sp - words * sizeof(long)) & ~15UL;	/* the ABI's alignment */
	p = (unsigned long __user *)*sp;
	if (put_user((unsigned long)args->argc, p++) ||
	    put_pointers(&p, args, strings, &at, args->argc) ||
	    put_pointers(&p, args, strings, &at, args->envc) ||
	    copy_to_user(p, mm->saved_auxv, naux * sizeof(long)))
		return -EFAULT;
	return 0;
}

/* The whole initial stack. 0, -ENOMEM, -EFAULT (no memory for a page of it). */
static int build_stack(struct linux_binprm *bprm, const struct elf_image *prog,
		       const struct elf_image *interp, unsigned long *sp)
{
	struct mm_struct *mm = current->mm;
	struct arg_pages *args = bprm->args;
	struct vm_area_struct *vma;
	struct stack_places at;
	unsigned long strings;
	u64 random[2];
	int err = mm_setup_stack(mm, STACK_TOP, &vma);

	if (err)
		return err;
	/* The last word stays zero: a mark of the stack's end, as on Linux. */
	strings = (vma->vm_end - sizeof(long) - args->used) & ~15UL;
	random[0] = get_random_u64();
	random[1] = get_random_u64();
	at.random = strings - sizeof(random);
	at.execfn = strings + args->envs_end;
	mm->arg_start = strings;
	mm->arg_end = mm->env_start = strings + args->args_end;
	mm->env_end = strings + args->envs_end;
	err = args_copy_out(args, strings);
	if (!err && copy_to_user((void __user *)at.random, random, sizeof(random)))
		err = -EFAULT;
	if (err)
		return err;
	build_auxv(mm, prog, interp, &at);
	*sp = at.random;
	err = create_tables(mm, args, strings, sp);
	mm->start_stack = *sp;
	return err;
}

/* ---- all together ---- */

/* After the point of no return: current already runs on the new, empty mm. */
static int load_into_current(struct linux_binprm *bprm, struct elf_image *prog,
			     struct elf_image *interp)
{
	struct mm_struct *mm = current->mm;
	unsigned long end, unused, sp, entry;
	int err = elf_map_image(prog, ELF_ET_DYN_BASE, &end);

	if (err)
		return err;
	set_mm_bounds(mm, prog);
	mm->start_brk = mm->brk = PAGE_ALIGN(end);	/* the heap begins behind the bss */
	entry = prog->ehdr.e_entry + prog->load_bias;
	/* The dynamic linker runs first and finds the program by AT_PHDR and AT_ENTRY. */
	if (interp->file) {
		err = elf_map_image(interp, 0, &unused);
		if (err)
			return err;
		entry = interp->ehdr.e_entry + interp->load_bias;
	}
	err = arch_setup_additional_pages(mm);
	if (!err)
		err = build_stack(bprm, prog, interp, &sp);
	if (err)
		return err;
	/* From here on a return from this system call is the first instruction of the program. */
	start_thread(current_pt_regs(), entry, sp);
	return 0;
}

/* Everything that can be checked is checked before begin_new_exec(). */
int load_elf_binary(struct linux_binprm *bprm)
{
	struct elf_image prog, interp = { .file = NULL };
	int err = elf_read_image(bprm->file, bprm->buf, &prog);

	if (err)
		return err;
	if (prog.layout.interp >= 0)		/* there is a PT_INTERP */
		err = open_interpreter(&prog, &interp);
	if (err)
		goto out_prog;
	err = begin_new_exec(bprm);
	if (err)
		goto out_interp;
	err = load_into_current(bprm, &prog, &interp);
	if (err)
		force_sig(SIGKILL);	/* the old program is gone, the new one cannot run */
out_interp:
	if (interp.file) {
		elf_put_image(&interp);
		fput(interp.file);
	}
out_prog:
	elf_put_image(&prog);
	return err;
}
