/* SPDX-License-Identifier: MIT */
/*
 * asm/processor.h of the fake machine: current is a variable.
 */
#pragma once
#include <asm/ptrace.h>

#define THREAD_SHIFT	14
#define THREAD_SIZE	(1UL << THREAD_SHIFT)
#define STACK_TOP	TASK_SIZE

#define TIF_NEED_RESCHED	0
#define TIF_SIGPENDING		1
#define TIF_NOTIFY_RESUME	2
#define TIF_MEMDIE		3
#define TIF_WORK_MASK		0x7

struct task_struct;

struct thread_info {
	unsigned long flags;
	unsigned long cpu;
	unsigned long kernel_sp;
	unsigned long user_sp;
};
struct thread_struct {
	unsigned long ra, sp;
};

extern struct task_struct *fake_current;
#define current fake_current
#define task_pt_regs(t) \
	((struct pt_regs *)(((struct thread_info *)(t))->kernel_sp - PT_SIZE))
#define smp_processor_id()	(((struct thread_info *)current)->cpu)
