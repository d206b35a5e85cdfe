/* SPDX-License-Identifier: MIT */
/*
 * /proc/interrupts and softirqs: what interrupts each hart.
 *
 * Locks: none; each hart counts its own.
 *
 * Linux: fs/proc/{interrupts,softirqs}.c, arch/riscv/kernel/smp.c. Differs: there
 * are no softirqs: what Linux puts off to them is done in the interrupt or by
 * kernel threads, so their counts are 0.
 */
#include "kernel/fs/proc/internal.h"
#include "kernel/irq.h"
#include "lib/bug.h"

static void counts(struct seq_file *m, const unsigned long *per_cpu)
{
	unsigned int cpu;

	for_each_online_cpu(cpu)
		seq_printf(m, "%10lu ", per_cpu[cpu]);
}

/* A device: its number at the PLIC counts. */
static void device_row(unsigned int irq, const char *name, const unsigned long *per_cpu, void *arg)
{
	seq_printf(arg, "%3u: ", irq);
	counts(arg, per_cpu);
	seq_printf(arg, " SiFive PLIC %3u Edge      %s\n", irq, name);
}

/* The timer and the messages between harts have no number that a driver could ask for. */
static void local_row(const char *id, const char *name, const unsigned long *per_cpu, void *arg)
{
	seq_printf(arg, "%3s: ", id);
	counts(arg, per_cpu);
	seq_printf(arg, " %s\n", name);
}

static int interrupts_show(struct seq_file *m, void *v)
{
	unsigned int cpu;

	seq_printf(m, "%11s", "");
	for_each_online_cpu(cpu)
		seq_printf(m, "CPU%-8u", cpu);
	seq_putc(m, '\n');
	irq_for_each(device_row, m);
	irq_for_each_local(local_row, m);
	return 0;
}

static int softirqs_show(struct seq_file *m, void *v)
{
	static const char *const names[] = {
		"HI", "TIMER", "NET_TX", "NET_RX", "BLOCK", "IRQ_POLL", "TASKLET", "SCHED",
		"HRTIMER", "RCU",
	};
	unsigned int cpu;

	seq_printf(m, "%20s", "");
	for_each_online_cpu(cpu)
		seq_printf(m, "CPU%-8u", cpu);
	seq_putc(m, '\n');
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		seq_printf(m, "%12s:", names[i]);
		for_each_online_cpu(cpu)
			seq_printf(m, " %10u", 0);
		seq_putc(m, '\n');
	}
	return 0;
}

void proc_irqs_init(void)
{
	BUG_ON(proc_create_single("interrupts", 0444, interrupts_show) ||
	       proc_create_single("softirqs", 0444, softirqs_show));
}
