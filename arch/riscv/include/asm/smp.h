/* SPDX-License-Identifier: MIT */
/*
 * Harts. Logical numbers 0..nr_cpu_ids-1 are used everywhere; hart ids (from
 * the device tree) only when talking to SBI and the PLIC. The boot hart is 0.
 *
 * Linux: arch/riscv/kernel/smp.c, smpboot.c, cpu_ops_sbi.c.
 */
#pragma once
#include "lib/types.h"

typedef unsigned long cpumask_t;	/* bit n: logical hart n; NR_CPUS <= 64 */

extern unsigned int nr_cpu_ids;			/* harts in the device tree, at most NR_CPUS */
extern cpumask_t cpu_online_mask;
extern unsigned long cpu_hartid[CONFIG_NR_CPUS];	/* logical -> hart id */

#define for_each_cpu(cpu, mask) \
	for ((cpu) = 0; (cpu) < nr_cpu_ids; (cpu)++) if ((mask) & (1UL << (cpu)))
#define for_each_online_cpu(cpu)	for_each_cpu(cpu, cpu_online_mask)

/* smp_boot() - start all other harts by SBI HSM and wait until they are online. */
void smp_boot(void);
/* smp_send_reschedule() - make a hart look at its run queue. */
void smp_send_reschedule(unsigned int cpu);
/*
 * smp_call_all() - run fn(arg) on every online hart, this one too, interrupts off, and wait.
 * => interrupts on, no spinlocks held.
 */
void smp_call_all(void (*fn)(void *arg), void *arg);
/*
 * smp_call_many() - run fn(arg) on the online harts of cpus but this one, in their interrupt
 * context, and wait. => no irq-safe lock held: a hart that spins for one cannot answer.
 */
void smp_call_many(cpumask_t cpus, void (*fn)(void *arg), void *arg);
/* smp_stop_others() - halt all other harts (panic, power off). */
void smp_stop_others(void);

/* hartid_mask() - harts of *cpus that one SBI call reaches: a mask from *base on; off *cpus. */
unsigned long hartid_mask(cpumask_t *cpus, unsigned long *base);
/* What one hart tells another; for /proc/interrupts count_ipis() counts those in a mask. */
enum ipi { IPI_RESCHEDULE, IPI_CALL, IPI_STOP, IPI_WAKE, NR_IPIS };
void count_ipis(unsigned long bits);
/* handle_ipi() - from do_irq(), interrupts off. */
void handle_ipi(void);
/* trap_init_hart() - let this hart's interrupts through (they stay off in sstatus). */
void trap_init_hart(void);
