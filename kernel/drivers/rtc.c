/* SPDX-License-Identifier: MIT */
/*
 * Goldfish RTC: two registers, low half first (reading it latches the high one).
 *
 * Linux: drivers/rtc/rtc-goldfish.c. Differs: read once at boot, no alarm.
 */
#include <asm/barrier.h>
#include <asm/setup.h>
#include "kernel/drivers/rtc.h"
#include "mm/vmalloc.h"

#define TIMER_TIME_LOW	0x00
#define TIMER_TIME_HIGH	0x04

u64 rtc_read_ns(void)
{
	phys_addr_t base;
	size_t size;
	u32 irq;
	u64 ns;
	volatile u32 *regs;

	if (fdt_find_device("google,goldfish-rtc", 0, &base, &size, &irq))
		return 0;
	regs = ioremap(base, size);
	if (!regs)
		return 0;
	ns = regs[TIMER_TIME_LOW / 4];
	rmb();
	ns |= (u64)regs[TIMER_TIME_HIGH / 4] << 32;
	iounmap((void *)regs);
	return ns;
}
