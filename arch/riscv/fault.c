/* SPDX-License-Identifier: MIT */
/*
 * Page faults: from scause and stval to an address and FAULT_FLAG_*, and from
 * the result to a signal. Everything between is mm_user_fault()'s business.
 *
 * The kernel may fault on user addresses only in the copies of uaccess.S: SUM
 * is set there and the instruction has an exception-table entry. Any other
 * fault of the kernel is a bug.
 *
 * Locks: none of its own; called with none held that a fault may sleep under.
 *
 * Linux: arch/riscv/mm/fault.c, do_page_fault(). Differs: no vmalloc faults (the
 * kernel half of all page tables is the same from the start).
 */
#include <asm/csr.h>
#include <asm/irqflags.h>
#include <asm/traps.h>
#include <asm/uaccess.h>
#include "kernel/printk.h"
#include "kernel/sched.h"
#include "kernel/signal.h"
#include "kernel/trace/trace.h"
#include "lib/vsprintf.h"
#include "mm/mm.h"
#include "mm/oom.h"
#include "mm/vmalloc.h"

/* By VM_READ, WRITE, EXEC, SHARED. Private writable pages start read-only: a write copies. */
const pgprot_t protection_map[16] = {
	[VM_NONE]					= PAGE_NONE,
	[VM_READ]					= PAGE_READ,
	[VM_WRITE]					= PAGE_READ,
	[VM_WRITE | VM_READ]				= PAGE_READ,
	[VM_EXEC]					= PAGE_EXEC,
	[VM_EXEC | VM_READ]				= PAGE_READ_EXEC,
	[VM_EXEC | VM_WRITE]				= PAGE_READ_EXEC,
	[VM_EXEC | VM_WRITE | VM_READ]			= PAGE_READ_EXEC,
	[VM_SHARED]					= PAGE_NONE,
	[VM_SHARED | VM_READ]				= PAGE_READ,
	[VM_SHARED | VM_WRITE]				= PAGE_WRITE,
	[VM_SHARED | VM_WRITE | VM_READ]		= PAGE_WRITE,
	[VM_SHARED | VM_EXEC]				= PAGE_EXEC,
	[VM_SHARED | VM_EXEC | VM_READ]			= PAGE_READ_EXEC,
	[VM_SHARED | VM_EXEC | VM_WRITE]		= PAGE_WRITE_EXEC,
	[VM_SHARED | VM_EXEC | VM_WRITE | VM_READ]	= PAGE_WRITE_EXEC,
};

/* The kernel touched what it must not. */
static void __noreturn kernel_fault(struct pt_regs *regs)
{
	unsigned long addr = regs->badaddr;
	char what[96];

	if (addr < PAGE_SIZE)
		scnprintf(what, sizeof(what), "NULL pointer dereference at 0x%lx", addr);
	else if (stack_guard_hit(addr))
		scnprintf(what, sizeof(what), "guard page of a kernel stack hit at 0x%lx", addr);
	else if (addr < TASK_SIZE)
		scnprintf(what, sizeof(what), "user address 0x%lx used outside a user copy", addr);
	else
		scnprintf(what, sizeof(what), "unable to handle paging request at 0x%lx", addr);
	die(regs, what);
}

/* In the kernel: to the fixup of a user copy, or the end. */
static void fixup_or_die(struct pt_regs *regs)
{
	unsigned long fixup = search_extable(regs->epc);

	if (!fixup)
		kernel_fault(regs);
	regs->epc = fixup;
}

static unsigned int fault_flags(const struct pt_regs *regs)
{
	unsigned int flags = FAULT_FLAG_ALLOW_RETRY;

	if (user_mode(regs))
		flags |= FAULT_FLAG_USER;
	if (regs->cause == EXC_STORE_PAGE_FAULT)
		flags |= FAULT_FLAG_WRITE;
	else if (regs->cause == EXC_INST_PAGE_FAULT)
		flags |= FAULT_FLAG_INSTRUCTION;
	return flags;
}

/* mm_user_fault() could not help. */
static void bad_user_fault(struct pt_regs *regs, vm_fault_t fault, int code)
{
	if (!user_mode(regs)) {
		fixup_or_die(regs);
	} else if (fault & VM_FAULT_OOM) {
		pagefault_out_of_memory();
	} else if (fault & VM_FAULT_SIGBUS) {
		trap_signal(regs, SIGBUS, code, regs->badaddr);
	} else {
		trap_signal(regs, SIGSEGV, code, regs->badaddr);
	}
}

void do_page_fault(struct pt_regs *regs)
{
	bool from_user = user_mode(regs);
	vm_fault_t fault;
	int code = SEGV_MAPERR;

	if (unlikely(regs->cause < EXC_INST_PAGE_FAULT)) {
		/* Access fault: physical memory that is not there, or the firmware's. */
		if (!from_user)
			fixup_or_die(regs);
		else
			trap_signal(regs, SIGSEGV, SEGV_ACCERR, regs->badaddr);
		return;
	}
	if (unlikely(!from_user && (regs->badaddr >= TASK_SIZE || !(regs->status & SR_SUM) ||
				    !current->mm || current->in_fault_disabled))) {
		fixup_or_die(regs);
		return;
	}
	if (likely(regs->status & SR_SPIE))
		local_irq_enable();
	if (unlikely(regs->badaddr >= TASK_SIZE))
		fault = VM_FAULT_SIGSEGV;
	else if (tracing())
		fault = mm_user_fault_traced(current->mm, regs->badaddr, fault_flags(regs), &code);
	else
		fault = mm_user_fault(current->mm, regs->badaddr, fault_flags(regs), &code);
	if (unlikely(fault & VM_FAULT_ERROR))
		bad_user_fault(regs, fault, code);
}
