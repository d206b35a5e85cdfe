/* SPDX-License-Identifier: MIT */
/*
 * System calls that only RISC-V has; for kernel/syscall_table.c.
 * Contracts: Linux's Documentation/arch/riscv/{hwprobe,uabi}.rst.
 *
 * Linux: arch/riscv/include/asm/syscall.h.
 */
#pragma once
#include "lib/compiler.h"

/* sys_riscv_hwprobe() - what the harts can do. 0, -EINVAL, -EFAULT. */
long sys_riscv_hwprobe(void __user *pairs, unsigned long count, unsigned long cpusetsize,
		       const unsigned long __user *cpus, unsigned long flags);
/* sys_riscv_flush_icache() - fence.i on every hart. 0 or -EINVAL. */
long sys_riscv_flush_icache(unsigned long start, unsigned long end, unsigned long flags);
