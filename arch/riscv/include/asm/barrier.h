/* SPDX-License-Identifier: MIT */
/*
 * Memory barriers between harts and devices (RVWMO).
 * Source: RISC-V Unprivileged ISA, chapter "Memory consistency model".
 *
 * Linux: arch/riscv/include/asm/barrier.h. Differs: only the ones in use.
 */
#pragma once

#define RISCV_FENCE(p, s) asm volatile("fence " #p "," #s : : : "memory")

#define mb()		RISCV_FENCE(iorw, iorw)
#define rmb()		RISCV_FENCE(ir, ir)
#define wmb()		RISCV_FENCE(ow, ow)
#define smp_mb()	RISCV_FENCE(rw, rw)
#define smp_rmb()	RISCV_FENCE(r, r)
#define smp_wmb()	RISCV_FENCE(w, w)

#define smp_store_release(p, v)	__atomic_store_n((p), (v), __ATOMIC_RELEASE)
#define smp_load_acquire(p)	__atomic_load_n((p), __ATOMIC_ACQUIRE)

/* cpu_relax() - one turn of a busy wait ("pause" hint of Zihintpause). */
static inline void cpu_relax(void)
{
	asm volatile(".word 0x0100000f" : : : "memory");
}
