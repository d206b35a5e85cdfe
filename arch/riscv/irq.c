/* SPDX-License-Identifier: MIT */
/*
 * The three interrupts a hart can take: its timer, a message from another hart,
 * and a device through the PLIC.
 *
 * The hart's own are counted here, devices in plic.c.
 *
 * Locks: none; interrupts are off and stay off. Each hart counts for itself.
 *
 * Linux: arch/riscv/kernel/irq.c, drivers/irqchip/irq-riscv-intc.c.
 */
#include <asm/csr.h>
#include <asm/plic.h>
#include <asm/processor.h>
#include <asm/smp.h>
#include <asm/traps.h>
#include "kernel/irq.h"
#include "kernel/printk.h"
#include "kernel/time.h"

static struct local_irqs {
	unsigned long timer, ipi[NR_IPIS];
} __aligned(64) local_irqs[CONFIG_NR_CPUS];

static const struct { const char *id, *name; } ipi_names[NR_IPIS] = {
	[IPI_RESCHEDULE] = { "IPI0", "Rescheduling interrupts" },
	[IPI_CALL] = { "IPI1", "Function call interrupts" },
	[IPI_STOP] = { "IPI2", "CPU stop interrupts" },
	[IPI_WAKE] = { "IPI3", "Function call done interrupts" },
};

void count_ipis(unsigned long bits)
{
	struct local_irqs *own = &local_irqs[smp_processor_id()];

	for (int i = 0; i < NR_IPIS; i++)
		own->ipi[i] += bits >> i & 1;
}

void irq_for_each_local(void (*fn)(const char *id, const char *name, const unsigned long *per_cpu,
				   void *arg), void *arg)
{
	unsigned long per_cpu[CONFIG_NR_CPUS];

	for (int cpu = 0; cpu < CONFIG_NR_CPUS; cpu++)
		per_cpu[cpu] = local_irqs[cpu].timer;
	fn("5", " RISC-V INTC   5 Edge      riscv-timer", per_cpu, arg);
	for (int i = 0; i < NR_IPIS; i++) {
		for (int cpu = 0; cpu < CONFIG_NR_CPUS; cpu++)
			per_cpu[cpu] = local_irqs[cpu].ipi[i];
		fn(ipi_names[i].id, ipi_names[i].name, per_cpu, arg);
	}
}

unsigned long irq_count_local(void)
{
	unsigned long sum = 0;

	for (int cpu = 0; cpu < CONFIG_NR_CPUS; cpu++) {
		sum += local_irqs[cpu].timer;
		for (int i = 0; i < NR_IPIS; i++)
			sum += local_irqs[cpu].ipi[i];
	}
	return sum;
}

void do_irq(struct pt_regs *regs)
{
	unsigned long irq = regs->cause & ~CAUSE_IRQ_FLAG;

	if (irq == IRQ_S_TIMER) {
		local_irqs[smp_processor_id()].timer++;
		timer_interrupt(regs);
	} else if (irq == IRQ_S_EXT) {
		plic_handle_irq();
	} else if (irq == IRQ_S_SOFT) {
		handle_ipi();
	} else {
		pr_warn_ratelimited("interrupt %lu came unasked\n", irq);
	}
}

void trap_init_hart(void)
{
	csr_write(CSR_SCOUNTEREN, 7);	/* programs may read cycle, time and instret */
	csr_write(CSR_SIE, SIE_SSIE | SIE_STIE | SIE_SEIE);
}
