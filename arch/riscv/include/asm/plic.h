/* SPDX-License-Identifier: MIT */
/*
 * The platform-level interrupt controller, for irq.c and smp.c.
 *
 * Linux: drivers/irqchip/irq-sifive-plic.c.
 */
#pragma once

void plic_handle_irq(void);	/* from do_irq(), interrupts off */
void plic_init_hart(void);	/* on each hart that was started */
