/* SPDX-License-Identifier: MIT */
/*
 * What the device tree says about this machine, read once by setup_arch().
 *
 * Linux: include/linux/of.h, of_address.h, arch/riscv/include/asm/cpufeature.h.
 * Differs: devices are found by a loop over "compatible", there are no drivers
 * to match and no platform bus.
 */
#pragma once
#include "lib/fdt.h"
#include "lib/types.h"

/* The checked device tree, valid for ever (its memory stays reserved). */
extern struct fdt boot_fdt;

/*
 * fdt_find_device() - device number index (from 0) with this "compatible".
 *
 * => 0, and its registers and interrupt (0: none), each pointer may be NULL;
 *    -ENODEV: there are no more. Devices whose status is not okay do not count.
 * => irq is a number for request_irq(): with several PLICs not the raw cell.
 */
int __must_check fdt_find_device(const char *compatible, int index, phys_addr_t *base,
				 size_t *size, u32 *irq);

/* Timer deadlines are a CSR (Sstc extension): all harts have it. */
extern bool riscv_has_sstc;
/* riscv_has_ext() - have all harts this extension ("sstc", "m")? By riscv,isa. */
bool riscv_has_ext(const char *name);
/* riscv_isa_string() - riscv,isa of the boot hart, for /proc/cpuinfo. Never NULL. */
const char *riscv_isa_string(void);
/* riscv_mmu_string() - "sv39" or "none", for /proc/cpuinfo. */
const char *riscv_mmu_string(void);

#define ELF_HWCAP_IMAFDC	0x112d	/* AT_HWCAP: bit n stands for the letter 'A' + n */
/* elf_hwcap() - AT_HWCAP: which of these extensions all harts have. */
unsigned long elf_hwcap(void);

/* plic_irq_number() - request_irq() number of line hwirq of the PLIC with this phandle; 0: none. */
u32 plic_irq_number(u32 phandle, u32 hwirq);

/* scan_harts() - /cpus: fills cpu_hartid[], nr_cpu_ids, timebase_hz, nodes. => boot_fdt is open. */
void scan_harts(void);
/* print_vm_layout(), report_mmu() - lines of the boot log; vm_layout.c or vm_layout_nommu.c. */
void print_vm_layout(void);
void report_mmu(void);
