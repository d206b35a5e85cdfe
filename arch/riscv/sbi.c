/* SPDX-License-Identifier: MIT */
/*
 * Calls into the firmware, and the two ways to switch the machine off.
 *
 * A hart mask for the SBI is 64 bits from a base hart id; hart ids are
 * arbitrary, so callers in this kernel pass one mask for each run of harts that
 * fits (smp.c, hartid_mask).
 *
 * No locks: OpenSBI has its own. Works at physical and virtual addresses.
 *
 * Source: RISC-V SBI specification 1.0.
 * Linux: arch/riscv/kernel/sbi.c; drivers/power/reset/syscon-poweroff.c.
 */
#include <asm/barrier.h>
#include <asm/processor.h>
#include <asm/reset.h>
#include <asm/sbi.h>
#include "lib/compiler.h"
#include "lib/errno.h"

#define SBI_LEGACY_PUTCHAR	1
#define SBI_ERR_INVALID_PARAM	(-3)
#define SBI_ERR_ALREADY_AVAILABLE (-6)
#define SRST_SHUTDOWN		0
#define SRST_COLD_REBOOT	1

/* The sifive_test device: QEMU ends with (value >> 16) as exit status. */
#define TEST_FAIL		0x3333
#define TEST_PASS		0x5555

static volatile u32 __iomem *test_device;

noinline struct sbiret sbi_ecall(int ext, int fid, unsigned long arg0, unsigned long arg1,
				 unsigned long arg2, unsigned long arg3, unsigned long arg4,
				 unsigned long arg5)
{
	register unsigned long a0 asm("a0") = arg0;
	register unsigned long a1 asm("a1") = arg1;
	register unsigned long a2 asm("a2") = arg2;
	register unsigned long a3 asm("a3") = arg3;
	register unsigned long a4 asm("a4") = arg4;
	register unsigned long a5 asm("a5") = arg5;
	register unsigned long a6 asm("a6") = fid;
	register unsigned long a7 asm("a7") = ext;

	asm volatile("ecall"
		     : "+r"(a0), "+r"(a1)
		     : "r"(a2), "r"(a3), "r"(a4), "r"(a5), "r"(a6), "r"(a7)
		     : "memory");
	return (struct sbiret){ .error = a0, .value = a1 };
}

void sbi_console_putchar(int c)
{
	sbi_ecall(SBI_LEGACY_PUTCHAR, 0, c, 0, 0, 0, 0, 0);
}

void sbi_set_timer(u64 deadline)
{
	sbi_ecall(SBI_EXT_TIME, 0, deadline, 0, 0, 0, 0, 0);
}

void sbi_send_ipi(unsigned long hart_mask, unsigned long base)
{
	sbi_ecall(SBI_EXT_IPI, 0, hart_mask, base, 0, 0, 0, 0);
}

int sbi_hsm_hart_start(unsigned long hartid, unsigned long pc_phys, unsigned long opaque)
{
	struct sbiret ret = sbi_ecall(SBI_EXT_HSM, 0, hartid, pc_phys, opaque, 0, 0, 0);

	if (!ret.error)
		return 0;
	if (ret.error == SBI_ERR_ALREADY_AVAILABLE)
		return -EBUSY;
	return ret.error == SBI_ERR_INVALID_PARAM ? -ENODEV : -EIO;
}

void reset_device_set(volatile void __iomem *regs)
{
	test_device = regs;
}

void machine_power_off(int status)
{
	if (test_device) {
		*test_device = status ? (u32)status << 16 | TEST_FAIL : TEST_PASS;
		mb();
	}
	sbi_ecall(SBI_EXT_SRST, 0, SRST_SHUTDOWN, status ? 1 : 0, 0, 0, 0, 0);
	for (;;)
		wait_for_interrupt();
}

void machine_restart(void)
{
	sbi_ecall(SBI_EXT_SRST, 0, SRST_COLD_REBOOT, 0, 0, 0, 0, 0);
	for (;;)
		wait_for_interrupt();
}
