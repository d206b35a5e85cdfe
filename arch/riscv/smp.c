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
 * -icount gives a hart that spins no reason to let another run, and because a
 * host with fewer cores than harts has better things to do. (OpenSBI only spins,
 * which is why TLB flushes go through here and not through its RFENCE calls.)
 *
 * Locks: call_busy serializes calls. It is no spinlock_t: it is held while
 * interrupts come in, whose handlers take locks of any rank. A waiter with
 * interrupts off handles its own messages, so that two harts can call each other.
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
#include <asm/tlbflush.h>
#include "kernel/init.h"
#include "kernel/printk.h"
#include "kernel/sched.h"
#include "kernel/time.h"
#include "lib/kstrtox.h"

#define SPIN_TURNS	1000			/* before a waiter sleeps */
#define BOOT_TURNS	1000			/* times the boot hart wakes up: 10 s of ticks */

static struct {
	unsigned long bits;
} __aligned(64) ipi_pending[CONFIG_NR_CPUS];

static atomic_t call_busy;
static struct {
	void (*fn)(void *arg);
	void *arg;
	atomic_t waiting;			/* harts that have not run fn yet */
	unsigned int caller;
	bool asleep;				/* the caller wants to be woken */
} call;						/* (call_busy) */

struct secondary_boot secondary_boot[CONFIG_NR_CPUS];
_Static_assert(sizeof(struct secondary_boot) == SB_SIZE, "head.S knows it");

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

/* The last one wakes the caller if that sleeps. */
static void run_call(void)
{
	unsigned int caller = call.caller;

	call.fn(call.arg);
	/* After the last decrement call belongs to the next caller, but asleep is only a hint. */
	if (atomic_dec_and_test(&call.waiting) && READ_ONCE(call.asleep))
		send_ipi(1UL << caller, IPI_WAKE);
}

void handle_ipi(void)
{
	unsigned long bits;

	csr_clear(CSR_SIP, SIE_SSIE);
	smp_mb();			/* not pending any more before the bits are taken */
	bits = __atomic_exchange_n(&ipi_pending[smp_processor_id()].bits, 0, __ATOMIC_ACQUIRE);
	count_ipis(bits);
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

/* One turn of a wait: with interrupts off nobody else handles our messages. */
static void wait_turn(bool irqs_off)
{
	if (irqs_off && READ_ONCE(ipi_pending[smp_processor_id()].bits))
		handle_ipi();
	cpu_relax();
}

/* All called harts have run fn: spin, then sleep from interrupt to interrupt. */
static void wait_for_call(void)
{
	unsigned long flags;
	bool irqs_off = irqs_disabled();

	for (int i = 0; i < SPIN_TURNS; i++) {
		if (!atomic_read(&call.waiting))
			return;
		wait_turn(irqs_off);
	}
	WRITE_ONCE(call.asleep, true);
	smp_mb();			/* pairs with run_call(): asleep before waiting */
	for (;;) {
		flags = local_irq_save();
		if (!atomic_read(&call.waiting))
			break;
		wait_for_interrupt();
		local_irq_restore(flags);
		wait_turn(irqs_off);
	}
	local_irq_restore(flags);
}

void smp_call_many(cpumask_t cpus, void (*fn)(void *arg), void *arg)
{
	bool irqs_off = irqs_disabled();

	cpus &= cpu_online_mask & ~(1UL << smp_processor_id());
	if (!cpus)
		return;
	while (atomic_xchg(&call_busy, 1))
		wait_turn(irqs_off);
	call.fn = fn;
	call.arg = arg;
	call.caller = smp_processor_id();
	call.asleep = false;
	atomic_set(&call.waiting, hweight64(cpus));
	send_ipi(cpus, IPI_CALL);
	wait_for_call();
	smp_mb();			/* what fn did is seen; call is not touched any more */
	atomic_set(&call_busy, 0);
}

void smp_call_all(void (*fn)(void *arg), void *arg)
{
	unsigned long flags = local_irq_save();	/* as on the others */

	fn(arg);
	local_irq_restore(flags);
	smp_call_many(cpu_online_mask, fn, arg);
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
	if (CONFIG_MMU)			/* flushes before this moment passed us by */
		local_flush_tlb_all();
	smp_send_reschedule(0);		/* the boot hart waits in wfi */
	cpu_idle();
}

/* Start one hart and wait for it: one after the other, so that the boot log is in order. */
static bool start_hart(unsigned int cpu)
{
	int err, turns = 0;

	secondary_boot[cpu].task = idle_task(cpu);
	secondary_boot[cpu].satp = csr_read(CSR_SATP);
	smp_wmb();
	err = sbi_hsm_hart_start(cpu_hartid[cpu], __pa(secondary_start_sbi),
				 __pa(&secondary_boot[cpu]));
	if (err) {
		pr_warn("smp: hart %lu cannot be started (error %d)\n", cpu_hartid[cpu], -err);
		return false;
	}
	/* Turns, not time: when the host stands still, so does the hart that is waited for. */
	while (!test_bit(cpu, &cpu_online_mask)) {
		if (turns++ == BOOT_TURNS) {
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
