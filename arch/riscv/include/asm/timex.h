/* SPDX-License-Identifier: MIT */
/*
 * The time counter of the machine, the same on all harts.
 *
 * Source: RISC-V Unprivileged ISA, Zicntr, "rdtime".
 * Linux: arch/riscv/include/asm/timex.h.
 */
#pragma once
#include <asm/csr.h>
#include "lib/types.h"

/* get_cycles() - the counter now; it runs at timebase_hz, not at the speed of the processor. */
static inline u64 get_cycles(void)
{
	return csr_read(CSR_TIME);
}
