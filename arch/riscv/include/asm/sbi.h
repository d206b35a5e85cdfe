/* SPDX-License-Identifier: MIT */
/*
 * Calls into the supervisor binary interface (OpenSBI).
 * Source: RISC-V SBI specification 1.0.
 *
 * Linux: arch/riscv/kernel/sbi.c.
 */
#pragma once
#include "lib/types.h"

struct sbiret {
	long error;
	long value;
};

#define SBI_EXT_BASE	0x10
#define SBI_EXT_TIME	0x54494d45
#define SBI_EXT_IPI	0x735049
#define SBI_EXT_RFENCE	0x52464e43
#define SBI_EXT_HSM	0x48534d
#define SBI_EXT_SRST	0x53525354

/* One out-of-line ecall, so that a debugger can step over it. */
struct sbiret sbi_ecall(int ext, int fid, unsigned long a0, unsigned long a1,
			unsigned long a2, unsigned long a3, unsigned long a4, unsigned long a5);
void sbi_console_putchar(int c);		/* legacy, for the time before the UART driver */
void sbi_set_timer(u64 deadline);
void sbi_send_ipi(unsigned long hart_mask, unsigned long base);
int sbi_hsm_hart_start(unsigned long hartid, unsigned long pc_phys, unsigned long opaque);
/* machine_power_off()/restart() never return. status != 0 is QEMU's exit code (sifive_test). */
void machine_power_off(int status) __attribute__((noreturn));
void machine_restart(void) __attribute__((noreturn));
