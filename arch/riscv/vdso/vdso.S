/* SPDX-License-Identifier: MIT */
/*
 * The vDSO's code page: a shared library of one page, written out by hand as
 * the linker would make it, so that a C library can look functions up in it.
 *
 *   ELF header, program headers (load, dynamic), dynamic section,
 *   symbols, their versions (LINUX_4.15), a hash table of one chain, text
 *
 * The clock calls read rdtime and the data page that lies before this one
 * (struct vdso_data of vdso.c); what they cannot answer they pass on to the
 * system call of the same name.
 *
 * __vdso_rt_sigreturn must be exactly these two instructions: unwinders know a
 * signal frame by them.
 *
 * Invariant: everything is relative to vdso_start; vdso.c copies the page.
 *
 * Linux: arch/riscv/kernel/vdso/. Differs: hand-made; getcpu is a system call.
 */
#define NR_clock_gettime	113
#define NR_clock_getres		114
#define NR_rt_sigreturn		139
#define NR_getcpu		168
#define NR_gettimeofday		169
#define NR_riscv_hwprobe	258
#define NR_riscv_flush_icache	259

/* struct vdso_data, at -4096 from vdso_start */
#define DATA_BOOT_CYCLES	0
#define DATA_NS_PER_CYCLE	8
#define DATA_REAL_OFFSET	16

#define SONAME_HASH	0x0deebfa1	/* elf_hash("linux-vdso.so.1") */
#define VERSION_HASH	0x0ae77f75	/* elf_hash("LINUX_4.15") */

#define DT_HASH 4
#define DT_STRTAB 5
#define DT_SYMTAB 6
#define DT_STRSZ 10
#define DT_SYMENT 11
#define DT_SONAME 14
#define DT_VERSYM 0x6ffffff0
#define DT_VERDEF 0x6ffffffc
#define DT_VERDEFNUM 0x6ffffffd

	.option	norelax
	.section .rodata
	.balign	16
	.globl	vdso_start
vdso_start:
/* ---- Elf64_Ehdr ---- */
	.byte	0x7f, 'E', 'L', 'F', 2, 1, 1, 0
	.dword	0
	.half	3, 243			/* ET_DYN, EM_RISCV */
	.word	1
	.dword	0			/* e_entry */
	.dword	phdrs - vdso_start
	.dword	0			/* no sections */
	.word	5			/* compressed code, double-float ABI */
	.half	64, 56, 2, 64, 0, 0
phdrs:
	.word	1, 5			/* PT_LOAD, read and execute */
	.dword	0, 0, 0, vdso_end - vdso_start, vdso_end - vdso_start, 4096
	.word	2, 4			/* PT_DYNAMIC */
	.dword	dynamic - vdso_start, dynamic - vdso_start, dynamic - vdso_start
	.dword	dynamic_end - dynamic, dynamic_end - dynamic, 8

dynamic:
	.dword	DT_SONAME, str_soname - strings
	.dword	DT_HASH, hash - vdso_start
	.dword	DT_STRTAB, strings - vdso_start
	.dword	DT_SYMTAB, symbols - vdso_start
	.dword	DT_STRSZ, strings_end - strings
	.dword	DT_SYMENT, 24
	.dword	DT_VERSYM, versions - vdso_start
	.dword	DT_VERDEF, verdefs - vdso_start
	.dword	DT_VERDEFNUM, 2
	.dword	0, 0
dynamic_end:

/* A global function of the first "section"; its version is number 2. */
	.macro	SYMBOL name
	.word	str_\name - strings
	.byte	0x12, 0			/* STB_GLOBAL, STT_FUNC */
	.half	1
	.dword	\name - vdso_start, \name\()_end - \name
	.endm
symbols:
	.word	0, 0
	.dword	0, 0
	SYMBOL	__vdso_rt_sigreturn
	SYMBOL	__vdso_gettimeofday
	SYMBOL	__vdso_clock_gettime
	SYMBOL	__vdso_clock_getres
	SYMBOL	__vdso_getcpu
	SYMBOL	__vdso_flush_icache
	SYMBOL	__vdso_riscv_hwprobe
#define NR_SYMBOLS 8

/* One bucket: a chain through all symbols. */
hash:
	.word	1, NR_SYMBOLS, 1
	.word	0, 2, 3, 4, 5, 6, 7, 0

versions:
	.half	0, 2, 2, 2, 2, 2, 2, 2

	.balign	4
verdefs:				/* the file itself, then LINUX_4.15 */
	.half	1, 1, 1, 1
	.word	SONAME_HASH, 20, 28
	.word	str_soname - strings, 0
	.half	1, 0, 2, 1
	.word	VERSION_HASH, 20, 0
	.word	str_version - strings, 0

strings:
	.byte	0
str_soname:			.asciz	"linux-vdso.so.1"
str_version:			.asciz	"LINUX_4.15"
str___vdso_rt_sigreturn:	.asciz	"__vdso_rt_sigreturn"
str___vdso_gettimeofday:	.asciz	"__vdso_gettimeofday"
str___vdso_clock_gettime:	.asciz	"__vdso_clock_gettime"
str___vdso_clock_getres:	.asciz	"__vdso_clock_getres"
str___vdso_getcpu:		.asciz	"__vdso_getcpu"
str___vdso_flush_icache:	.asciz	"__vdso_flush_icache"
str___vdso_riscv_hwprobe:	.asciz	"__vdso_riscv_hwprobe"
strings_end:

/* ---- text ---- */
	.balign	16
	.globl	vdso_rt_sigreturn
vdso_rt_sigreturn:
__vdso_rt_sigreturn:
	.word	0x08b00893		/* li a7, NR_rt_sigreturn */
	.word	0x00000073		/* ecall */
__vdso_rt_sigreturn_end:

	.macro	PASS_ON name, nr
	.balign	4
__vdso_\name:
	li	a7, \nr
	ecall
	ret
__vdso_\name\()_end:
	.endm
	PASS_ON	clock_getres, NR_clock_getres
	PASS_ON	getcpu, NR_getcpu
	PASS_ON	flush_icache, NR_riscv_flush_icache
	PASS_ON	riscv_hwprobe, NR_riscv_hwprobe

/* t0 = data page */
	.macro	DATA_PAGE
	lla	t0, vdso_start
	li	t1, 4096
	sub	t0, t0, t1
	.endm

/* t2 = ns since boot; t1 = 0 if the clock cannot be computed. Uses t3. => t0 = data page. */
	.macro	MONOTONIC_NS
	ld	t1, DATA_NS_PER_CYCLE(t0)
	ld	t3, DATA_BOOT_CYCLES(t0)
	rdtime	t2
	sub	t2, t2, t3
	mul	t2, t2, t1
	.endm

	.balign	4
__vdso_clock_gettime:			/* a0 = clock, a1 = struct timespec * */
	DATA_PAGE
	li	t4, 1 << 0 | 1 << 1 | 1 << 4 | 1 << 5 | 1 << 6 | 1 << 7
	li	t1, 8
	bgeu	a0, t1, .Lgettime_call
	srl	t4, t4, a0		/* REALTIME MONOTONIC _RAW _COARSE _COARSE BOOTTIME */
	andi	t4, t4, 1
	beqz	t4, .Lgettime_call
	MONOTONIC_NS
	beqz	t1, .Lgettime_call
	li	t1, 1 << 0 | 1 << 5	/* REALTIME and REALTIME_COARSE */
	srl	t1, t1, a0
	andi	t1, t1, 1
	beqz	t1, 2f
	ld	t1, DATA_REAL_OFFSET(t0)
	add	t2, t2, t1
2:
	li	t1, 1000000000
	divu	t3, t2, t1
	remu	t4, t2, t1
	sd	t3, 0(a1)
	sd	t4, 8(a1)
	li	a0, 0
	ret
.Lgettime_call:
	li	a7, NR_clock_gettime
	ecall
	ret
__vdso_clock_gettime_end:

	.balign	4
__vdso_gettimeofday:			/* a0 = struct timeval *, a1 = struct timezone * */
	bnez	a1, .Ltimeofday_call
	beqz	a0, .Ltimeofday_call
	DATA_PAGE
	MONOTONIC_NS
	beqz	t1, .Ltimeofday_call
	ld	t1, DATA_REAL_OFFSET(t0)
	add	t2, t2, t1
	li	t1, 1000
	divu	t2, t2, t1
	li	t1, 1000000
	divu	t3, t2, t1
	remu	t4, t2, t1
	sd	t3, 0(a0)
	sd	t4, 8(a0)
	li	a0, 0
	ret
.Ltimeofday_call:
	li	a7, NR_gettimeofday
	ecall
	ret
__vdso_gettimeofday_end:
	.balign	16
	.globl	vdso_end
vdso_end:
