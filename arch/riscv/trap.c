/* SPDX-License-Identifier: MIT */
/*
 * Exceptions and interrupts in C: what entry.S calls.
 *
 * A user program's mistake becomes a signal with Linux's si_code and si_addr.
 * The kernel's own becomes an oops, and that is a panic: going on after one
 * would only hide what happened. System calls do not come here (entry.S).
 *
 * An oops prints registers and a backtrace, and panic() adds the memory state and
 * ends the machine; the order of the lines is for a reader of the console, who
 * sees the cause first.
 *
 * Faults of user code run with interrupts on, as does anything that may sleep.
 *
 * Locks: none of its own.
 *
 * Linux: arch/riscv/kernel/traps.c, irq.c.
 */
#include <asm/csr.h>
#include <asm/irqflags.h>
#include <asm/mmu_context.h>
#include <asm/smp.h>
#include <asm/traps.h>
#include <asm/uaccess.h>
#include <asm/vdso.h>
#include "kernel/init.h"
#include "kernel/printk.h"
#include "kernel/sched.h"
#include "kernel/signal.h"
#include "kernel/syscalls.h"
#include "lib/bug.h"

static const char *const cause_names[] = {
	[EXC_INST_MISALIGNED] = "instruction address misaligned",
	[EXC_INST_ACCESS] = "instruction access fault",
	[EXC_INST_ILLEGAL] = "illegal instruction",
	[EXC_BREAKPOINT] = "breakpoint",
	[EXC_LOAD_MISALIGNED] = "load address misaligned",
	[EXC_LOAD_ACCESS] = "load access fault",
	[EXC_STORE_MISALIGNED] = "store (or AMO) address misaligned",
	[EXC_STORE_ACCESS] = "store (or AMO) access fault",
	[EXC_SYSCALL] = "environment call from U-mode",
	[EXC_INST_PAGE_FAULT] = "instruction page fault",
	[EXC_LOAD_PAGE_FAULT] = "load page fault",
	[EXC_STORE_PAGE_FAULT] = "store (or AMO) page fault",
};

/* Only for reports; the device's own "reserved" codes have no name. */
static const char *cause_name(unsigned long cause)
{
	if (cause < ARRAY_SIZE(cause_names) && cause_names[cause])
		return cause_names[cause];
	return "unknown exception";
}

/* ---- reports ---- */

/* Three registers a line. */
static void show_one(const char *name, unsigned long value, int column)
{
	printk("%s %4s: %016lx%s", column ? KERN_CONT : KERN_EMERG, name, value,
	       column == 2 ? "\n" : "");
}

void show_regs(const struct pt_regs *regs)
{
	static const char *const names[] = {
		"epc", "ra", "sp", "gp", "tp", "t0", "t1", "t2", "s0", "s1", "a0",
		"a1", "a2", "a3", "a4", "a5", "a6", "a7", "s2", "s3", "s4", "s5",
		"s6", "s7", "s8", "s9", "s10", "s11", "t3", "t4", "t5", "t6",
	};
	const unsigned long *reg = (const unsigned long *)regs;

	pr_emerg("hart %lu, task %s (pid %d)\n", smp_processor_id(), current->comm,
		 current->pid);
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		show_one(names[i], reg[i], i % 3);
	pr_cont("\n");
	pr_emerg("status: %016lx badaddr: %016lx cause: %016lx (%s)\n", regs->status,
		 regs->badaddr, regs->cause, cause_name(regs->cause));
}

void die(struct pt_regs *regs, const char *what)
{
	local_irq_disable();
	oops_in_progress = true;
	pr_emerg("Oops: %s\n", what);
	show_regs(regs);
	show_stack_from(regs->epc, regs->s0);
	panic("Fatal exception in the kernel: %s", what);
}

void handle_stack_overflow(struct pt_regs *regs)
{
	unsigned long stack = (unsigned long)current->stack;

	oops_in_progress = true;
	pr_emerg("Insufficient stack space to handle exception!\n");
	pr_emerg("Task %s (pid %d): kernel stack [0x%016lx..0x%016lx], sp is 0x%016lx\n",
		 current->comm, current->pid, stack, stack + THREAD_SIZE, regs->sp);
	show_regs(regs);
	show_stack_from(regs->epc, regs->s0);
	panic("Kernel stack overflow");
}

/* One line for a fault that will end the program, as Linux prints; nothing if it has a handler. */
static void report_unhandled(const struct pt_regs *regs, int sig, int code)
{
	const struct k_sigaction *ka = &current->sighand->action[sig - 1];
	bool handled = ka->sa_handler != SIG_DFL && ka->sa_handler != SIG_IGN &&
		       !sigismember(&current->blocked, sig);

	if (handled)
		return;
	pr_info_ratelimited("%s[%d]: unhandled signal %d code 0x%x at 0x%016lx, epc 0x%016lx\n",
			    current->comm, current->pid, sig, code, regs->badaddr, regs->epc);
}

void trap_signal(struct pt_regs *regs, int sig, int code, unsigned long addr)
{
	if (!user_mode(regs))
		die(regs, cause_name(regs->cause));
	report_unhandled(regs, sig, code);
	force_sig_fault(sig, code, addr);
}

/* ---- from entry.S ---- */

void do_trap(struct pt_regs *regs)
{
	if (!user_mode(regs)) {
		/* A misaligned lr/sc on a user word, for a futex: like any bad address. */
		unsigned long fixup = search_extable(regs->epc);

		if (!fixup)
			die(regs, cause_name(regs->cause));
		regs->epc = fixup;
		return;
	}
	local_irq_enable();		/* a signal may have to wait for locks */
	switch (regs->cause) {
	case EXC_BREAKPOINT:
		trap_signal(regs, SIGTRAP, TRAP_BRKPT, regs->epc);
		break;
	case EXC_INST_MISALIGNED:
	case EXC_LOAD_MISALIGNED:
	case EXC_STORE_MISALIGNED:
		trap_signal(regs, SIGBUS, BUS_ADRALN, regs->badaddr);
		break;
	default:
		trap_signal(regs, SIGILL, ILL_ILLOPC, regs->epc);
		break;
	}
}

void trap_init(void)
{
	/* entry.S knows these by number. */
	BUILD_BUG_ON(offsetof(struct task_struct, thread_info) != 0);
	BUILD_BUG_ON(offsetof(struct thread_info, flags) != TI_FLAGS);
	BUILD_BUG_ON(offsetof(struct thread_info, cpu) != TI_CPU);
	BUILD_BUG_ON(offsetof(struct thread_info, kernel_sp) != TI_KERNEL_SP);
	BUILD_BUG_ON(offsetof(struct thread_info, user_sp) != TI_USER_SP);
	BUILD_BUG_ON(offsetof(struct task_struct, thread) != TASK_THREAD);
	BUILD_BUG_ON(offsetof(struct thread_struct, ra) != TASK_THREAD_RA);
	BUILD_BUG_ON(offsetof(struct thread_struct, sp) != TASK_THREAD_SP);
	BUILD_BUG_ON(offsetof(struct thread_struct, s) != TASK_THREAD_S0);
	BUILD_BUG_ON(offsetof(struct thread_struct, gp) != TASK_THREAD_GP);
	BUILD_BUG_ON(offsetof(struct pt_regs, t6) != PT_X(31));
	BUILD_BUG_ON(offsetof(struct pt_regs, status) != PT_STATUS);
	BUILD_BUG_ON(offsetof(struct pt_regs, orig_a0) != PT_ORIG_A0);
	BUILD_BUG_ON(sizeof(struct pt_regs) != PT_SIZE || PT_SIZE % 16);
	BUILD_BUG_ON(NR_syscalls != 463);

	trap_init_hart();
	asids_init();
	vdso_init();
}
