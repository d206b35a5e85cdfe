/* SPDX-License-Identifier: MIT */
/*
 * The three interrupts a hart can take: its timer, a message from another hart,
 * and a device through the PLIC.
 *
 * Locks: none; interrupts are off and stay off.
 *
 * Linux: arch/riscv/kernel/irq.c, drivers/irqchip/irq-riscv-intc.c.
 */
#include <asm/csr.h>
#include <asm/plic.h>
#include <asm/smp.h>
#include <asm/traps.h>
#include "kernel/printk.h"
#include "kernel/time.h"

void do_irq(struct pt_regs *regs)
{
	unsigned long irq = regs->cause & ~CAUSE_IRQ_FLAG;

	if (irq == IRQ_S_TIMER)
		timer_interrupt(regs);
	else if (irq == IRQ_S_EXT)
		plic_handle_irq();
	else if (irq == IRQ_S_SOFT)
		handle_ipi();
	else
		pr_warn_ratelimited("interrupt %lu came unasked\n", irq);
}

void trap_init_hart(void)
{
	csr_write(CSR_SCOUNTEREN, 7);	/* programs may read cycle, time and instret */
	csr_write(CSR_SIE, SIE_SSIE | SIE_STIE | SIE_SEIE);
}
