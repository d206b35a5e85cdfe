/* SPDX-License-Identifier: MIT */
/*
 * What entry.S calls, and the reports about traps that should not have been.
 *
 * Linux: arch/riscv/include/asm/{bug,entry-common,stacktrace}.h.
 */
#pragma once
#include <asm/ptrace.h>
#include "lib/compiler.h"

/* From entry.S, interrupts off, regs on this task's stack. */
void do_irq(struct pt_regs *regs);
void do_page_fault(struct pt_regs *regs);	/* page and access faults */
void do_trap(struct pt_regs *regs);		/* every other exception */
/* handle_stack_overflow() - on the emergency stack; reports and panics. */
void handle_stack_overflow(struct pt_regs *regs) __noreturn;

/* die() - a trap the kernel itself should not have caused: oops, then panic. */
void die(struct pt_regs *regs, const char *what) __noreturn;
/* trap_signal() - a signal for what user code did at regs->epc. */
void trap_signal(struct pt_regs *regs, int sig, int code, unsigned long addr);
/* show_stack_from() - symbolised backtrace, one line a frame, from this pc and frame pointer on. */
void show_stack_from(unsigned long pc, unsigned long fp);

extern char handle_exception[], entry_text_end[];	/* entry.S: bounds of the trap entry */
extern char ret_from_fork[];
