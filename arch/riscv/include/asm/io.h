/* SPDX-License-Identifier: MIT */
/*
 * Access to device registers. A write is ordered after all earlier accesses to
 * memory, a read before all later ones, so that a driver may fill a buffer,
 * ring the bell, and read the result without barriers of its own.
 *
 * Linux: arch/riscv/include/asm/{io,mmio}.h.
 */
#pragma once
#include <asm/barrier.h>
#include "lib/compiler.h"
#include "lib/types.h"

static inline u8 readb(const volatile void __iomem *addr)
{
	u8 val = *(const volatile u8 __iomem *)addr;

	RISCV_FENCE(i, ir);
	return val;
}
static inline u32 readl(const volatile void __iomem *addr)
{
	u32 val = *(const volatile u32 __iomem *)addr;

	RISCV_FENCE(i, ir);
	return val;
}
static inline void writeb(u8 val, volatile void __iomem *addr)
{
	RISCV_FENCE(w, o);
	*(volatile u8 __iomem *)addr = val;
}
static inline void writel(u32 val, volatile void __iomem *addr)
{
	RISCV_FENCE(w, o);
	*(volatile u32 __iomem *)addr = val;
}
