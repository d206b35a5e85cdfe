/* SPDX-License-Identifier: MIT */
/*
 * user/libc/start.c: from the kernel's stack to main().
 *
 * Programs are static-PIE: linked for address 0, loaded anywhere. Every pointer
 * that the linker put into data is short by the load address until relocate()
 * has added it, and until then no global may be reached through a pointer in
 * memory. The same code runs in a program linked at a fixed address, where the
 * load bias is 0 and there is nothing to relocate.
 *
 * Linux: none (glibc: csu/libc-start.c, elf/dl-reloc-static-pie.c). Differs:
 * no symbols, no IRELATIVE, no stack protector.
 */
#include <elf.h>
#include <err.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include "internal.h"

char **environ;
size_t *__auxv;
struct __tls_image __tls = { .align = 16 };
char *program_invocation_short_name;

/* The main thread's TCB when the program has no __thread variables. */
static struct { struct __tcb tcb; } main_block __attribute__((aligned(16)));

extern void (*__init_array_start[])(void) __attribute__((visibility("hidden")));
extern void (*__init_array_end[])(void) __attribute__((visibility("hidden")));

/* Read with no library call and no global: it runs before relocation. */
static size_t aux(const size_t *auxv, size_t type)
{
	for (; auxv[0] != AT_NULL; auxv += 2) {
		if (auxv[0] == type)
			return auxv[1];
	}
	return 0;
}

/*
 * The distance between where the program is and where it was linked. The
 * program headers follow the ELF header, and that lies at the start of the first
 * segment.
 */
static size_t load_bias(const Elf64_Phdr *phdr, size_t nr)
{
	for (size_t i = 0; i < nr; i++) {
		if (phdr[i].p_type == PT_LOAD && phdr[i].p_offset == 0)
			return (size_t)phdr - sizeof(Elf64_Ehdr) - phdr[i].p_vaddr;
	}
	return 0;
}

static void relocate(size_t bias, const Elf64_Dyn *dyn)
{
	const Elf64_Rela *rela = NULL;
	size_t size = 0;

	for (; dyn->d_tag != DT_NULL; dyn++) {
		if (dyn->d_tag == DT_RELA)
			rela = (const Elf64_Rela *)(bias + dyn->d_val);
		if (dyn->d_tag == DT_RELASZ)
			size = dyn->d_val;
	}
	for (size_t i = 0; i < size / sizeof(*rela); i++) {
		size_t *where = (size_t *)(bias + rela[i].r_offset);

		if (ELF64_R_TYPE(rela[i].r_info) == R_RISCV_RELATIVE)
			*where = bias + rela[i].r_addend;
		if (ELF64_R_TYPE(rela[i].r_info) == R_RISCV_TLS_TPREL64)
			*where = rela[i].r_addend;	/* from tp, not from the load address */
	}
}

static void find_tls(size_t bias, const Elf64_Phdr *phdr, size_t nr)
{
	for (size_t i = 0; i < nr; i++) {
		if (phdr[i].p_type != PT_TLS)
			continue;
		__tls.init = (const void *)(bias + phdr[i].p_vaddr);
		__tls.init_size = phdr[i].p_filesz;
		__tls.size = phdr[i].p_memsz;
		if (phdr[i].p_align > __tls.align)
			__tls.align = phdr[i].p_align;
	}
}

size_t __tls_bytes(void)
{
	return sizeof(struct __tcb) + __tls.size + 2 * __tls.align;
}

struct __tcb *__tls_setup(void *mem)
{
	size_t tp = (size_t)mem + sizeof(struct __tcb) + __tls.align - 1;

	tp -= tp % __tls.align;
	if (__tls.init_size)
		memcpy((void *)tp, __tls.init, __tls.init_size);
	return (struct __tcb *)tp - 1;
}

static void start_tls(void)
{
	struct __tcb *tcb = &main_block.tcb;
	void *mem;

	if (__tls.size) {
		mem = mmap(NULL, __tls_bytes(), PROT_READ | PROT_WRITE,
			   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		tcb = __tls_setup(mem);
	}
	__asm__ volatile("mv tp, %0" : : "r"(tcb + 1) : "memory");
	tcb->tid = __syscall(__NR_set_tid_address, &tcb->tid);
}

static void set_program_name(const char *path)
{
	char *slash = path ? strrchr(path, '/') : NULL;

	program_invocation_short_name = slash ? slash + 1 : (char *)(path ? path : "?");
}

/*
 * Everything that may use globals. Not inlined: the compiler may otherwise load
 * an address from the global offset table before relocate() has filled it in.
 */
static __noreturn __attribute__((noinline)) void run(int argc, char **argv, size_t *auxv)
{
	const Elf64_Phdr *phdr = (const Elf64_Phdr *)aux(auxv, AT_PHDR);
	size_t nr = aux(auxv, AT_PHNUM);

	environ = argv + argc + 1;
	__auxv = auxv;
	find_tls(load_bias(phdr, nr), phdr, nr);
	start_tls();
	set_program_name(argv[0]);
	for (void (**func)(void) = __init_array_start; func < __init_array_end; func++)
		(*func)();
	exit(main(argc, argv, environ));
}

void __libc_start(size_t *sp)
{
	int argc = sp[0];
	char **argv = (char **)(sp + 1);
	char **end = argv + argc + 1;
	const Elf64_Phdr *phdr;
	size_t *auxv, bias, nr;

	while (*end)
		end++;
	auxv = (size_t *)(end + 1);
	phdr = (const Elf64_Phdr *)aux(auxv, AT_PHDR);
	nr = aux(auxv, AT_PHNUM);
	bias = load_bias(phdr, nr);
	for (size_t i = 0; i < nr; i++) {
		if (phdr[i].p_type == PT_DYNAMIC)
			relocate(bias, (const Elf64_Dyn *)(bias + phdr[i].p_vaddr));
	}
	run(argc, argv, auxv);
}
