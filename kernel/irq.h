/* SPDX-License-Identifier: MIT */
/*
 * Device interrupts (PLIC).
 *
 * Linux: include/linux/interrupt.h, drivers/irqchip/irq-sifive-plic.c.
 */
#pragma once
/* request_irq() - handler(data) is called with irqs off on one hart. 0, -EINVAL, -EBUSY. */
int request_irq(unsigned int irq, void (*handler)(void *data), const char *name, void *data);
unsigned long irq_count_total(void);		/* all interrupts, for /proc/stat */
/* irq_for_each() - fn() for every interrupt that has a handler, with its count on each hart. */
void irq_for_each(void (*fn)(unsigned int irq, const char *name, const unsigned long *per_cpu,
			     void *arg), void *arg);
/* irq_for_each_local() - the same for a hart's own: its timer, and messages of other harts. */
void irq_for_each_local(void (*fn)(const char *id, const char *name, const unsigned long *per_cpu,
				   void *arg), void *arg);
/* irq_count_local() - their sum. */
unsigned long irq_count_local(void);
