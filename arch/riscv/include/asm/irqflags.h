/* SPDX-License-Identifier: MIT */
/*
 * Turning interrupts off and on for this hart (sstatus.SIE).
 *
 * Linux: arch/riscv/include/asm/irqflags.h. Differs: no tracing hooks.
 */
#pragma once
#include <asm/csr.h>
#include "lib/types.h"

static inline void local_irq_enable(void)
{
	csr_set(CSR_SSTATUS, SR_SIE);
}

static inline void local_irq_disable(void)
{
	csr_clear(CSR_SSTATUS, SR_SIE);
}

/* local_irq_save() - interrupts off; returns the earlier state for restore. */
static inline unsigned long local_irq_save(void)
{
	return csr_read_clear(CSR_SSTATUS, SR_SIE);
}

static inline void local_irq_restore(unsigned long flags)
{
	csr_set(CSR_SSTATUS, flags & SR_SIE);
}

static inline bool irqs_disabled(void)
{
	return !(csr_read(CSR_SSTATUS) & SR_SIE);
}
