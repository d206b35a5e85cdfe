/* SPDX-License-Identifier: MIT */
/*
 * Backtraces from frame pointers.
 *
 * GCC and clang put the caller's return address at fp - 8 and the caller's
 * frame pointer at fp - 16. A frame in the trap entry is different: there fp is
 * the address of the pt_regs, and the interrupted code goes on from those.
 *
 * The stack that is walked may be the broken one: each step must go up, stay on
 * one stack, and is read so that a bad address ends the walk.
 *
 * Linux: arch/riscv/kernel/stacktrace.c.
 */
#include <asm/early.h>
#include <asm/traps.h>
#include <asm/uaccess.h>
#include "kernel/printk.h"
#include "kernel/sched.h"

#define MAX_FRAMES	40

static bool is_kernel_text(unsigned long pc)
{
	return pc >= (unsigned long)_stext && pc < (unsigned long)_etext;
}

static bool is_trap_entry(unsigned long pc)
{
	return pc >= (unsigned long)handle_exception && pc < (unsigned long)ret_from_fork;
}

/*
 * A return address may lie behind its function, if the call was that function's
 * end (of panic, say): the call itself is one byte before it at least.
 */
static void print_frame(unsigned long pc, bool is_return)
{
	char buf[KSYM_NAME_LEN];
	unsigned long offset;
	const char *name = NULL;

	if (is_kernel_text(pc))
		name = kallsyms_lookup(pc - is_return, &offset, buf);
	if (name)
		pr_warn("[<%016lx>] %s+0x%lx\n", pc, name, offset + is_return);
	else
		pr_warn("[<%016lx>]\n", pc);
}

/* Is fp a frame above sp on the stack that sp is on? */
static bool frame_ok(unsigned long fp, unsigned long sp)
{
	return !(fp & 7) && fp > sp && fp - sp < THREAD_SIZE;
}

/*
 * The trap's registers at fp: print where it was, and go on there. False: the
 * walk ends, because it was user code or the registers cannot be read.
 */
static bool cross_trap(unsigned long *pc, unsigned long *fp, unsigned long *sp)
{
	struct pt_regs regs;

	if (copy_from_kernel_nofault(&regs, (void *)*fp, sizeof(regs)))
		return false;
	pr_warn("--- trap: cause 0x%lx, address 0x%lx, from %s mode ---\n", regs.cause,
		 regs.badaddr, user_mode(&regs) ? "user" : "kernel");
	print_frame(regs.epc, false);
	if (user_mode(&regs))
		return false;
	*pc = regs.ra;
	*sp = regs.sp;
	*fp = regs.s0;
	return true;
}

static void walk(unsigned long pc, unsigned long fp, unsigned long sp)
{
	unsigned long frame[2];		/* the caller's fp and return address */

	pr_warn("Call Trace:\n");
	for (int depth = 0; depth < MAX_FRAMES; depth++) {
		if (is_trap_entry(pc)) {
			if (!cross_trap(&pc, &fp, &sp))
				return;
		} else {
			print_frame(pc, depth > 0);
		}
		if (!frame_ok(fp, sp) ||
		    copy_from_kernel_nofault(frame, (void *)(fp - 16), sizeof(frame)))
			return;
		sp = fp;
		fp = frame[0];
		pc = frame[1];
		if (!is_kernel_text(pc))
			return;
		/* In the trap entry the caller's "frame pointer" is the program's s0. */
		if (is_trap_entry(pc))
			fp = sp;
	}
}

/* The frames that switch_to() left behind, up to the trap entry. Without frame pointers one. */
unsigned int stack_trace_save_tsk(struct task_struct *t, unsigned long *pc, unsigned int max)
{
	unsigned long sp = t->thread.sp, fp = t->thread.s[0], frame[2];
	unsigned int n = 1;

	pc[0] = t->thread.ra;
	while (n < max && frame_ok(fp, sp - 1) && !is_trap_entry(pc[n - 1])) {
		if (copy_from_kernel_nofault(frame, (void *)(fp - 16), sizeof(frame)) ||
		    !is_kernel_text(frame[1]))
			break;
		sp = fp;
		fp = frame[0];
		pc[n++] = frame[1];
	}
	return n;
}

void show_stack_from(unsigned long pc, unsigned long fp)
{
	walk(pc, fp, fp - THREAD_SIZE + 1);
}

void dump_stack(void)
{
	unsigned long fp = (unsigned long)__builtin_frame_address(0);

	walk((unsigned long)dump_stack, fp, fp - 1);
}
