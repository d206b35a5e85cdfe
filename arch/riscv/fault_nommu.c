/* SPDX-License-Identifier: MIT */
/*
 * Access faults without an MMU: addresses with no memory or device behind, and
 * the firmware's own memory, which the PMP protects. Nothing can be brought in:
 * a program gets SIGSEGV, a copy to or from user memory its fixup.
 *
 * Linux: arch/riscv/kernel/traps.c, do_trap_load_fault() and its kin.
 */
#include <asm/csr.h>
#include <asm/irqflags.h>
#include <asm/traps.h>
#include <asm/uaccess.h>
#include "kernel/signal.h"
#include "lib/vsprintf.h"

void do_page_fault(struct pt_regs *regs)
{
	unsigned long fixup;
	char what[64];

	if (user_mode(regs)) {
		local_irq_enable();
		trap_signal(regs, SIGSEGV, SEGV_MAPERR, regs->badaddr);
		return;
	}
	fixup = search_extable(regs->epc);
	if (!fixup) {
		scnprintf(what, sizeof(what), "access to 0x%lx, where nothing is",
			  regs->badaddr);
		die(regs, what);
	}
	regs->epc = fixup;
}
