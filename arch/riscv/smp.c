/* SPDX-License-Identifier: MIT */
/*
 * The other harts: starting them, messages between harts, stopping them.
 *
 * A message is a bit in the receiver's word and a software interrupt. The
 * receiver takes all bits at once, so that none is lost and several cost one
 * interrupt.
 *
 * Waiting for another hart never only spins: after a while the waiter sleeps in
 * wfi with interrupts off (a pending one still wakes it), because QEMU with
 * -icount gives a hart that spins no reason to let another run.
 *
 * Locks: call_lock (RANK_SPIN) serializes smp_call_all().
 *
 * Linux: arch/riscv/kernel/smp.c, smpboot.c, cpu_ops_sbi.c; kernel/smp.c.
 */
#include <asm/barrier.h>
#include <asm/csr.h>
#include <asm/early.h>
#include <asm/mmu_context.h>
#include <asm/page.h>
#include <asm/plic.h>
#include <asm/sbi.h>
#include <asm/smp.h>
#include "kernel/init.h"
#include "kernel/printk.h"
#include "kernel/sched.h"
#include "kernel/time.h"
#include "lib/kstrtox.h"

enum ipi { IPI_RESCHEDULE, IPI_CALL, IPI_STOP, IPI_WAKE };

#define SPIN_TURNS	1000			/* before a waiter sleeps */
#define BOOT_TIMEOUT	(2 * NSEC_PER_SEC)

static struct {
	unsigned long bits;
} __aligned(64) ipi_pending[CONFIG_NR_CPUS];

static DEFINE_SPINLOCK(call_lock, RANK_SPIN);
static struct {
	void (*fn)(void *arg);
	void *arg;
	atomic_t waiting;			/* harts that have not run fn yet */
	unsigned int caller;
} call;

static struct secondary_boot secondary_boot[CONFIG_NR_CPUS];

/* ---- messages ---- */

unsigned long hartid_mask(cpumask_t *cpus, unsigned long *base)
{
	unsigned long mask = 0, lowest = ~0UL;
	unsigned int cpu;

	for_each_cpu(cpu, *cpus)
		lowest = min(lowest, cpu_hartid[cpu]);
	for_each_cpu(cpu, *cpus) {
		if (cpu_hartid[cpu] - lowest < 64) {
			mask |= 1UL << (cpu_hartid[cpu] - lowest);
			*cpus &= ~(1UL << cpu);
		}
	}
	*base = lowest;
	return mask;
}

/* Bits first, then the interrupt: the receiver clears it before it looks. */
static void send_ipi(cpumask_t cpus, enum ipi message)
{
	unsigned long base, mask;
	unsigned int cpu;

	for_each_cpu(cpu, cpus)
		__atomic_fetch_or(&ipi_pending[cpu].bits, 1UL << message, __ATOMIC_RELEASE);
	while (cpus) {
		mask = hartid_mask(&cpus, &base);
		sbi_send_ipi(mask, base);
	}
}

/* For good; only a reset brings it back. */
static __noreturn void stop_this_hart(void)
{
	clear_bit(smp_processor_id(), &cpu_online_mask);
	csr_write(CSR_SIE, 0);
	for (;;)
		wait_for_interrupt();
}

/* The last one wakes the caller, who may sleep in wfi. */
static void run_call(void)
{
	call.fn(call.arg);
	if (atomic_dec_and_test(&call.waiting))
		send_ipi(1UL << call.caller, IPI_WAKE);
}

void handle_ipi(void)
{
	unsigned long bits;

	csr_clear(CSR_SIP, SIE_SSIE);
	smp_mb();			/* not pending any more before the bits are taken */
	bits = __atomic_exchange_n(&ipi_pending[smp_processor_id()].bits, 0, __ATOMIC_ACQUIRE);
	if (bits & 1UL << IPI_STOP)
		stop_this_hart();
	if (bits & 1UL << IPI_CALL)
		run_call();
	/* RESCHEDULE and WAKE: the interrupt itself was the message. */
}

void smp_send_reschedule(unsigned int cpu)
{
	send_ipi(1UL << cpu, IPI_RESCHEDULE);
}

/* Wait until *word is `value`: spin, then sleep from interrupt to interrupt. => interrupts on. */
static void wait_until(atomic_t *word, int value)
{
	for (int i = 0; i < SPIN_TURNS; i++) {
		if (atomic_read(word) == value)
			return;
		cpu_relax();
	}
	for (;;) {
		local_irq_disable();
		if (atomic_read(word) == value)
			break;
		wait_for_interrupt();
		local_irq_enable();
	}
	local_irq_enable();
}

void smp_call_all(void (*fn)(void *arg), void *arg)
{
	unsigned int self = smp_processor_id();
	cpumask_t others = cpu_online_mask & ~(1UL << self);
	unsigned long flags;

	if (others) {
		spin_lock(&call_lock);
		call.fn = fn;
		call.arg = arg;
		call.caller = self;
		atomic_set(&call.waiting, hweight64(others));
		send_ipi(others, IPI_CALL);
	}
	flags = local_irq_save();	/* as on the others */
	fn(arg);
	local_irq_restore(flags);
	if (others) {
		wait_until(&call.waiting, 0);
		smp_rmb();
		spin_unlock(&call_lock);
	}
}

/* Bounded: a hart that is stuck with interrupts off must not hold up a panic. */
void smp_stop_others(void)
{
	cpumask_t others = cpu_online_mask & ~(1UL << smp_processor_id());
	u64 end = ktime_get() + 100 * NSEC_PER_MSEC;

	send_ipi(others, IPI_STOP);
	while (READ_ONCE(cpu_online_mask) & others && ktime_get() < end)
		cpu_relax();
}

/* ---- start-up ---- */

void secondary_start(void)
{
	trap_init_hart();
	plic_init_hart();
	time_init_secondary();
	pr_debug("smp: hart %lu (cpu %lu) online\n", cpu_hartid[smp_processor_id()],
		 smp_processor_id());
	set_bit(smp_processor_id(), &cpu_online_mask);
	smp_send_reschedule(0);		/* the boot hart waits in wfi */
	cpu_idle();
}

/* Start one hart and wait for it: one after the other, so that the boot log is in order. */
static bool start_hart(unsigned int cpu)
{
	u64 end = ktime_get() + BOOT_TIMEOUT;
	int err;

	secondary_boot[cpu].task = idle_task(cpu);
	secondary_boot[cpu].satp = csr_read(CSR_SATP);
	smp_wmb();
	err = sbi_hsm_hart_start(cpu_hartid[cpu], __pa(secondary_start_sbi),
				 __pa(&secondary_boot[cpu]));
	if (err) {
		pr_warn("smp: hart %lu cannot be started (error %d)\n", cpu_hartid[cpu], -err);
		return false;
	}
	while (!test_bit(cpu, &cpu_online_mask)) {
		if (ktime_get() > end) {
			pr_warn("smp: hart %lu did not come up\n", cpu_hartid[cpu]);
			return false;
		}
		local_irq_disable();
		if (!test_bit(cpu, &cpu_online_mask))
			wait_for_interrupt();
		local_irq_enable();
	}
	return true;
}

/* "maxcpus=2": only so many harts are started. */
static unsigned int max_cpus(void)
{
	char value[16];
	unsigned int max = nr_cpu_ids;

	if (!cmdline_get("maxcpus", value, sizeof(value)))
		return max;
	if (kstrtouint(value, 10, &max))
		pr_warn("maxcpus=%s is not a number\n", value);
	return min(max, nr_cpu_ids);
}

void smp_boot(void)
{
	unsigned int cpu, max = max_cpus(), online = 1;

	for (cpu = 1; cpu < max; cpu++)
		online += start_hart(cpu);
	pr_info("smp: %u of %u harts online\n", online, nr_cpu_ids);
}
