/* SPDX-License-Identifier: MIT */
/*
 * The board's power switch (sifive,test0), which unlike the SBI can give QEMU
 * an exit status.
 *
 * Linux: drivers/power/reset/syscon-poweroff.c.
 */
#pragma once
#include "lib/compiler.h"

/* reset_device_set() - its registers, mapped; from then on machine_power_off() uses them. */
void reset_device_set(volatile void __iomem *regs);
