/* SPDX-License-Identifier: MIT */
/*
 * Control and status registers: numbers, fields and the access instructions.
 * Source: RISC-V Privileged Architecture, chapters 2 and 4 (supervisor level).
 *
 * Linux: arch/riscv/include/asm/csr.h. Differs: supervisor mode only.
 */
#pragma once
#include <asm/const.h>

#define SR_SIE		_UL(0x00000002)	/* interrupts on in S-mode */
#define SR_SPIE		_UL(0x00000020)	/* SIE before the trap */
#define SR_SPP		_UL(0x00000100)	/* trap came from S-mode */
#define SR_FS		_UL(0x00006000)	/* floating point state: off, initial, clean, dirty */
#define SR_FS_OFF	_UL(0x00000000)
#define SR_FS_INITIAL	_UL(0x00002000)
#define SR_FS_CLEAN	_UL(0x00004000)
#define SR_FS_DIRTY	_UL(0x00006000)
#define SR_SUM		_UL(0x00040000)	/* S-mode may touch user pages */

#define SATP_MODE_39	(8UL << 60)
#define SATP_ASID_SHIFT	44
#define SATP_ASID_BITS	16
#define SATP_PPN_MASK	((1UL << 44) - 1)

/* scause: interrupts have the top bit set */
#define CAUSE_IRQ_FLAG	(1UL << 63)
#define IRQ_S_SOFT	1
#define IRQ_S_TIMER	5
#define IRQ_S_EXT	9
#define IRQ_M_EXT	11		/* not ours; in the device tree */
#define EXC_INST_MISALIGNED	0
#define EXC_INST_ACCESS		1
#define EXC_INST_ILLEGAL	2
#define EXC_BREAKPOINT		3
#define EXC_LOAD_MISALIGNED	4
#define EXC_LOAD_ACCESS		5
#define EXC_STORE_MISALIGNED	6
#define EXC_STORE_ACCESS	7
#define EXC_SYSCALL		8
#define EXC_INST_PAGE_FAULT	12
#define EXC_LOAD_PAGE_FAULT	13
#define EXC_STORE_PAGE_FAULT	15

#define SIE_SSIE	(1UL << IRQ_S_SOFT)
#define SIE_STIE	(1UL << IRQ_S_TIMER)
#define SIE_SEIE	(1UL << IRQ_S_EXT)

#define CSR_STIMECMP	0x14d		/* Sstc extension */

#ifndef __ASSEMBLER__
#define csr_read(csr)						\
({								\
	unsigned long __v;					\
	asm volatile("csrr %0, %1" : "=r"(__v) : "i"(csr) : "memory"); \
	__v;							\
})
#define csr_write(csr, val)					\
	asm volatile("csrw %0, %1" : : "i"(csr), "rK"((unsigned long)(val)) : "memory")
#define csr_set(csr, val)					\
	asm volatile("csrs %0, %1" : : "i"(csr), "rK"((unsigned long)(val)) : "memory")
#define csr_clear(csr, val)					\
	asm volatile("csrc %0, %1" : : "i"(csr), "rK"((unsigned long)(val)) : "memory")
#define csr_swap(csr, val)					\
({								\
	unsigned long __v = (unsigned long)(val);		\
	asm volatile("csrrw %0, %1, %2" : "=r"(__v) : "i"(csr), "rK"(__v) : "memory"); \
	__v;							\
})
#define csr_read_clear(csr, val)				\
({								\
	unsigned long __v = (unsigned long)(val);		\
	asm volatile("csrrc %0, %1, %2" : "=r"(__v) : "i"(csr), "rK"(__v) : "memory"); \
	__v;							\
})
#endif

#define CSR_SSTATUS	0x100
#define CSR_SIE		0x104
#define CSR_STVEC	0x105
#define CSR_SCOUNTEREN	0x106
#define CSR_SSCRATCH	0x140
#define CSR_SEPC	0x141
#define CSR_SCAUSE	0x142
#define CSR_STVAL	0x143
#define CSR_SIP		0x144
#define CSR_SATP	0x180
#define CSR_TIME	0xc01
#define CSR_INSTRET	0xc02
