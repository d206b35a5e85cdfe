/* SPDX-License-Identifier: MIT */
/*
 * The NOMMU stage: C code that runs at the kernel's physical address, before
 * there are page tables. It says where it runs, and keeps the facts for the
 * boot log.
 *
 * Rules for code in this file (it is compiled like all other): addresses of
 * functions and variables are PC-relative and so physical; no table of
 * pointers (also no large switch) is usable, because those were linked for the
 * virtual address. So there is no printk, only putchar through the SBI.
 *
 * Linux: arch/riscv/kernel/setup.c, parse_dtb(). Differs: it speaks.
 */
#include <asm/csr.h>
#include <asm/early.h>
#include <asm/page.h>
#include <asm/sbi.h>

struct boot_facts boot_facts;

static void early_puts(const char *s)
{
	while (*s)
		sbi_console_putchar(*s++);
}

static void early_puthex(unsigned long x)
{
	int shift = 60;

	while (shift && !(x >> shift))
		shift -= 4;
	early_puts("0x");
	for (; shift >= 0; shift -= 4) {
		unsigned int digit = x >> shift & 15;

		sbi_console_putchar(digit < 10 ? '0' + digit : 'a' + digit - 10);
	}
}

static void early_putdec(unsigned long x)
{
	if (x >= 10)
		early_putdec(x / 10);
	sbi_console_putchar('0' + x % 10);
}

static unsigned long current_pc(void)
{
	unsigned long pc;

	asm volatile("auipc %0, 0" : "=r"(pc));
	return pc;
}

void nommu_stage(unsigned long hartid, phys_addr_t dtb_pa)
{
	boot_facts.hartid = hartid;
	boot_facts.dtb_pa = dtb_pa;
	boot_facts.stage_pc = current_pc();
	early_puts("\nQuire NOMMU stage: hart ");
	early_putdec(hartid);
	early_puts(" running at physical ");
	early_puthex(boot_facts.stage_pc);
	early_puts(", satp=");
	early_puthex(csr_read(CSR_SATP));
	early_puts(", device tree at ");
	early_puthex(dtb_pa);
	early_puts("\n");
}

void no_mmu_found(void)
{
	early_puts("This hart has no Sv39 MMU. Build with MMU=0 (./run-qemu.sh --nommu).\n");
	machine_power_off(1);
}

void early_trap(unsigned long cause, unsigned long epc, unsigned long tval)
{
	early_puts("\nTrap during early boot: scause ");
	early_puthex(cause);
	early_puts(", sepc ");
	early_puthex(epc);
	early_puts(", stval ");
	early_puthex(tval);
	early_puts("\n");
	machine_power_off(1);
}
