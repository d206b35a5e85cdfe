/* SPDX-License-Identifier: MIT */
/*
 * The clock and the tick.
 *
 * ktime_get() is the time CSR since boot, in ns. Each hart has its own tick of
 * HZ; hart 0's counts jiffies. Wall-clock time is an offset, read once from
 * the real-time clock.
 *
 * Linux: kernel/time/{timekeeping,tick-common}.c.
 */
#include <asm/timex.h>
#include <asm/vdso.h>
#include "kernel/drivers/rtc.h"
#include "kernel/hrtimer.h"
#include "kernel/printk.h"
#include "kernel/sched.h"
#include "kernel/time.h"
#include "lib/errno.h"

volatile unsigned long jiffies;
u64 timebase_hz = 10000000;
static u64 boot_cycles;
static u64 ns_per_cycle = 100;		/* 0: timebase does not divide 1e9 */
static u64 real_offset;			/* ns between ktime_get() and 1970 */
static u64 next_tick[CONFIG_NR_CPUS];

static u64 cycles_to_ns(u64 cycles)
{
	if (ns_per_cycle)
		return cycles * ns_per_cycle;
	return cycles / timebase_hz * NSEC_PER_SEC +
	       cycles % timebase_hz * NSEC_PER_SEC / timebase_hz;
}

u64 ns_to_cycles(u64 ns)
{
	if (ns > U64_MAX / 2)
		return U64_MAX;		/* never */
	if (ns_per_cycle)
		return boot_cycles + (ns + ns_per_cycle - 1) / ns_per_cycle;
	return boot_cycles + ns / NSEC_PER_SEC * timebase_hz +
	       (ns % NSEC_PER_SEC * timebase_hz + NSEC_PER_SEC - 1) / NSEC_PER_SEC;
}

u64 ktime_get(void)
{
	return cycles_to_ns(get_cycles() - boot_cycles);
}

u64 ktime_get_real(void)
{
	return ktime_get() + real_offset;
}

u64 ktime_real_offset(void)
{
	return real_offset;
}

int ktime_set_real(const struct __kernel_timespec *ts)
{
	u64 ns = timespec_valid(ts) ? timespec_to_ns(ts) : KTIME_MAX, now = ktime_get();

	if (ns < now || ns >= KTIME_MAX)
		return -EINVAL;
	real_offset = ns - now;
	vdso_update_clock(boot_cycles, ns_per_cycle, real_offset);
	return 0;
}

u64 ktime_add_timespec(const struct __kernel_timespec *ts)
{
	return ktime_get() + timespec_to_ns(ts);
}

/*
 * One tick for each TICK_NSEC that has passed: a hart that was stopped (by the
 * debugger, or because the host was busy) catches up in jiffies only.
 */
static bool tick_due(unsigned int cpu, u64 now)
{
	bool due = now >= next_tick[cpu];

	while (now >= next_tick[cpu]) {
		next_tick[cpu] += TICK_NSEC;
		if (cpu == 0)
			jiffies++;
	}
	return due;
}

void timer_interrupt(struct pt_regs *regs)
{
	unsigned int cpu = smp_processor_id();
	u64 now = ktime_get();

	if (tick_due(cpu, now))
		scheduler_tick(user_mode(regs));
	hrtimer_run_queues(now, next_tick[cpu]);
}

void time_init_secondary(void)
{
	unsigned int cpu = smp_processor_id();
	u64 now = ktime_get();

	next_tick[cpu] = now + TICK_NSEC;
	hrtimer_run_queues(now, next_tick[cpu]);
}

void timekeeping_init(void)
{
	boot_cycles = get_cycles();
}

void time_init(void)
{
	ns_per_cycle = NSEC_PER_SEC % timebase_hz ? 0 : NSEC_PER_SEC / timebase_hz;
	hrtimers_init();
	real_offset = rtc_read_ns();
	vdso_update_clock(boot_cycles, ns_per_cycle, real_offset);
	time_init_secondary();
}
