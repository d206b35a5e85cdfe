/* SPDX-License-Identifier: MIT */
/*
 * The platform-level interrupt controller: device interrupts.
 *
 * A PLIC has numbered sources (1..) with a priority each, and contexts, one for
 * each hart and privilege level, with an enable bit for each source. A context
 * claims the most urgent source by reading a register and completes it by
 * writing the number back.
 *
 * With NUMA nodes QEMU has one PLIC a node, wired to the harts of that node
 * only, and each has its own sources 1..; a device tree node says which one it
 * means. Interrupt numbers for request_irq() are therefore
 * plic * PLIC_SOURCES + source: with one PLIC, the source itself.
 *
 * A source goes to one hart: the boot hart if the PLIC reaches it, else the
 * lowest it does reach.
 *
 * QEMU 7.2 wires a second PLIC wrongly: what it means for a hart's M-mode comes
 * to the S-mode of that hart, and what it means for S-mode goes nowhere. So from
 * the second PLIC on a source is enabled for both contexts of its hart, and
 * claimed from the S context as ever, which takes it from both. Where the wires
 * are right this does no harm: the firmware never lets M-mode be interrupted.
 *
 * Invariant: a descriptor is complete before the source is enabled, and is
 * never removed, so the handler side takes no lock.
 * Locks: irq_lock (RANK_DEVICE) serializes request_irq().
 *
 * Source: RISC-V PLIC specification 1.0.
 * Linux: drivers/irqchip/irq-sifive-plic.c, kernel/irq/manage.c. Differs: no
 * sharing, no threads, fixed affinity.
 */
#include <asm/barrier.h>
#include <asm/csr.h>
#include <asm/plic.h>
#include <asm/setup.h>
#include <asm/smp.h>
#include "kernel/init.h"
#include "kernel/irq.h"
#include "kernel/lock/spinlock.h"
#include "kernel/printk.h"
#include "kernel/sched.h"
#include "lib/byteorder.h"
#include "lib/errno.h"
#include "mm/vmalloc.h"

#define MAX_PLICS	4
#define PLIC_SOURCES	128		/* per PLIC; QEMU has 96 */
#define MAX_IRQS	32		/* that can be requested */

#define PLIC_PRIORITY(src)	(4 * (src))
#define PLIC_ENABLE		0x2000	/* 0x80 bytes a context */
#define PLIC_ENABLE_STRIDE	0x80
#define PLIC_CONTEXT		0x200000 /* a page a context */
#define PLIC_CONTEXT_STRIDE	0x1000
#define CONTEXT_THRESHOLD	0
#define CONTEXT_CLAIM		1	/* word offset */

/* Registers of one context, mapped; enable is NULL if there is none. */
struct plic_context {
	volatile u32 __iomem *enable;
	volatile u32 __iomem *regs;
};

struct plic {
	u32 phandle;
	volatile u32 __iomem *priority;
	struct plic_context smode[CONFIG_NR_CPUS], mmode[CONFIG_NR_CPUS];
};

struct irq_desc {
	unsigned int irq;
	void (*handler)(void *data);
	const char *name;
	void *data;
	unsigned long count[CONFIG_NR_CPUS];
};

static struct plic plics[MAX_PLICS];
static int nr_plics;
static struct irq_desc irq_descs[MAX_IRQS];
static int nr_irqs;
static u8 irq_map[MAX_PLICS * PLIC_SOURCES];	/* irq -> index in irq_descs + 1 */
static DEFINE_SPINLOCK(irq_lock, RANK_DEVICE);

/* ---- the handler side ---- */

static void run_handler(struct plic *plic, unsigned int source, unsigned int cpu)
{
	unsigned int irq = (plic - plics) * PLIC_SOURCES + source;
	struct irq_desc *desc;

	if (source >= PLIC_SOURCES || !irq_map[irq]) {
		pr_warn_ratelimited("plic: source %u came unasked\n", source);
		return;
	}
	desc = &irq_descs[irq_map[irq] - 1];
	desc->count[cpu]++;
	desc->handler(desc->data);
}

void plic_handle_irq(void)
{
	unsigned int cpu = smp_processor_id();

	for (int i = 0; i < nr_plics; i++) {
		volatile u32 *regs = plics[i].smode[cpu].regs;
		u32 source;

		if (!regs)
			continue;
		while ((source = regs[CONTEXT_CLAIM])) {
			run_handler(&plics[i], source, cpu);
			regs[CONTEXT_CLAIM] = source;
		}
	}
}

/* ---- requests ---- */

static int target_cpu(const struct plic *plic)
{
	for (unsigned int cpu = 0; cpu < nr_cpu_ids; cpu++) {
		if (plic->smode[cpu].enable)
			return cpu;
	}
	return -ENODEV;
}

static int add_desc(unsigned int irq, void (*handler)(void *), const char *name, void *data)
{
	if (irq_map[irq])
		return -EBUSY;
	if (nr_irqs == MAX_IRQS)
		return -ENOSPC;
	irq_descs[nr_irqs] = (struct irq_desc){ .irq = irq, .handler = handler,
						.name = name, .data = data };
	smp_wmb();			/* complete before the handler side can find it */
	irq_map[irq] = ++nr_irqs;
	return 0;
}

static void enable_source(struct plic *plic, int cpu, unsigned int source)
{
	u32 bit = 1U << source % 32;

	plic->smode[cpu].enable[source / 32] |= bit;
	if (plic->mmode[cpu].enable)
		plic->mmode[cpu].enable[source / 32] |= bit;
}

int request_irq(unsigned int irq, void (*handler)(void *data), const char *name, void *data)
{
	unsigned int source = irq % PLIC_SOURCES;
	struct plic *plic = &plics[irq / PLIC_SOURCES];
	unsigned long flags;
	int cpu, err;

	if (!source || irq >= (unsigned int)nr_plics * PLIC_SOURCES)
		return -EINVAL;
	cpu = target_cpu(plic);
	if (cpu < 0)
		return -EINVAL;
	spin_lock_irqsave(&irq_lock, flags);
	err = add_desc(irq, handler, name, data);
	if (!err) {
		plic->priority[source] = 1;
		enable_source(plic, cpu, source);
	}
	spin_unlock_irqrestore(&irq_lock, flags);
	return err;
}

unsigned long irq_count_total(void)
{
	unsigned long sum = irq_count_local();

	for (int i = 0; i < READ_ONCE(nr_irqs); i++)
		for (unsigned int cpu = 0; cpu < nr_cpu_ids; cpu++)
			sum += irq_descs[i].count[cpu];
	return sum;
}

void irq_for_each(void (*fn)(unsigned int irq, const char *name, const unsigned long *per_cpu,
			     void *arg), void *arg)
{
	for (int i = 0; i < READ_ONCE(nr_irqs); i++)
		fn(irq_descs[i].irq, irq_descs[i].name, irq_descs[i].count, arg);
}

u32 plic_irq_number(u32 phandle, u32 hwirq)
{
	for (int i = 0; i < nr_plics; i++) {
		if (plics[i].phandle == phandle && hwirq < PLIC_SOURCES)
			return i * PLIC_SOURCES + hwirq;
	}
	return 0;
}

/* ---- start-up ---- */

/* The logical number of the hart whose interrupt controller has this phandle, or -1. */
static int intc_to_cpu(u32 phandle)
{
	int intc = fdt_node_by_phandle(&boot_fdt, phandle);
	int hart = intc < 0 ? intc : fdt_parent_offset(&boot_fdt, intc);
	u64 hartid;

	if (hart < 0 || fdt_get_reg(&boot_fdt, hart, 0, &hartid, NULL))
		return -1;
	for (unsigned int cpu = 0; cpu < nr_cpu_ids; cpu++) {
		if (cpu_hartid[cpu] == hartid)
			return cpu;
	}
	return -1;
}

/* Map the registers of context number nr, and disable all its sources. */
static void map_context(struct plic_context *context, phys_addr_t base, unsigned int nr)
{
	volatile u32 *enable;

	context->regs = ioremap(base + PLIC_CONTEXT + nr * PLIC_CONTEXT_STRIDE,
				PLIC_CONTEXT_STRIDE);
	enable = ioremap(base + PLIC_ENABLE + nr * PLIC_ENABLE_STRIDE, PLIC_ENABLE_STRIDE);
	if (!context->regs || !enable)
		return;
	for (int i = 0; i < PLIC_SOURCES / 32; i++)
		enable[i] = 0;
	context->regs[CONTEXT_THRESHOLD] = 0;
	context->enable = enable;
}

/* interrupts-extended: (controller of a hart, its line) for each context; 9 is S-mode's line. */
static void scan_contexts(struct plic *plic, int node, phys_addr_t base)
{
	int len;
	const u8 *cells = fdt_getprop(&boot_fdt, node, "interrupts-extended", &len);

	for (unsigned int nr = 0; cells && len >= 8; nr++, cells += 8, len -= 8) {
		u32 line = get_unaligned_be32(cells + 4);
		int cpu = intc_to_cpu(get_unaligned_be32(cells));

		if (cpu >= 0 && line == IRQ_S_EXT)
			map_context(&plic->smode[cpu], base, nr);
		else if (cpu >= 0 && line == IRQ_M_EXT && plic != plics)
			map_context(&plic->mmode[cpu], base, nr);
	}
}

static void add_plic(int node)
{
	struct plic *plic = &plics[nr_plics];
	u64 base;

	if (nr_plics == MAX_PLICS || !fdt_is_available(&boot_fdt, node) ||
	    fdt_get_reg(&boot_fdt, node, 0, &base, NULL) ||
	    fdt_getprop_u32(&boot_fdt, node, "phandle", &plic->phandle))
		return;
	plic->priority = ioremap(base, PLIC_SOURCES * sizeof(u32));
	if (!plic->priority)
		return;
	scan_contexts(plic, node, base);
	nr_plics++;
}

/*
 * OpenSBI clears the contexts of a hart that is started: pass all priorities
 * again, and enable again what was requested before.
 */
void plic_init_hart(void)
{
	int cpu = smp_processor_id();

	for (int i = 0; i < nr_plics; i++) {
		struct plic *plic = &plics[i];

		if (plic->smode[cpu].enable)
			plic->smode[cpu].regs[CONTEXT_THRESHOLD] = 0;
		if (plic->mmode[cpu].enable)
			plic->mmode[cpu].regs[CONTEXT_THRESHOLD] = 0;
	}
	for (int i = 0; i < READ_ONCE(nr_irqs); i++) {
		struct plic *plic = &plics[irq_descs[i].irq / PLIC_SOURCES];

		if (target_cpu(plic) == cpu)
			enable_source(plic, cpu, irq_descs[i].irq % PLIC_SOURCES);
	}
}

void irqchip_init(void)
{
	int node;

	fdt_for_each_node(node, &boot_fdt) {
		if (fdt_is_compatible(&boot_fdt, node, "sifive,plic-1.0.0") ||
		    fdt_is_compatible(&boot_fdt, node, "riscv,plic0"))
			add_plic(node);
	}
	if (!nr_plics)
		pr_warn("plic: none found, devices will have no interrupts\n");
}
