/* SPDX-License-Identifier: MIT */
/*
 * asm/irqflags.h of the fake machine: a variable says whether interrupts are on.
 */
#pragma once
#include "lib/types.h"

extern bool fake_irqs_on;

static inline void local_irq_enable(void) { fake_irqs_on = true; }
static inline void local_irq_disable(void) { fake_irqs_on = false; }
static inline unsigned long local_irq_save(void)
{
	unsigned long flags = fake_irqs_on;

	fake_irqs_on = false;
	return flags;
}
static inline void local_irq_restore(unsigned long flags)
{
	if (flags)
		fake_irqs_on = true;
}
static inline bool irqs_disabled(void) { return !fake_irqs_on; }
