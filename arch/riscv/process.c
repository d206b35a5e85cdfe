/* SPDX-License-Identifier: MIT */
/*
 * The architecture's part of a task: its first registers, and the floating
 * point state.
 *
 * FP registers are saved only if the program changed them (sstatus.FS dirty)
 * and loaded only if the hart does not hold them already. fp_owner[hart] is
 * whose saved state the hart's registers are equal to: a task, or NULL for "all
 * zero", which is what every new program starts with. A task pointer alone is
 * not enough, for the memory may have become another task, or the task may have
 * run elsewhere: its fp_cpu must name the hart too. So programs that do not use
 * FP cost nothing here, and one that does costs a save for each switch.
 *
 * Locks: none. fp_owner[] belongs to its hart, interrupts off or no sleeping in
 * between; thread.fp belongs to the task.
 *
 * Linux: arch/riscv/kernel/process.c, arch/riscv/include/asm/switch_to.h.
 * Differs: the owner is remembered; Linux loads at every switch to an FP user.
 */
#include <asm/csr.h>
#include <asm/fpu.h>
#include <asm/irqflags.h>
#include <asm/processor.h>
#include <asm/traps.h>
#include "kernel/fork.h"
#include "kernel/sched.h"
#include "lib/string.h"

static struct task_struct *fp_owner[CONFIG_NR_CPUS];

static unsigned long fp_status(const struct pt_regs *regs)
{
	return regs->status & SR_FS;
}

static void set_fp_status(struct pt_regs *regs, unsigned long fs)
{
	regs->status = (regs->status & ~SR_FS) | fs;
}

void fp_save(struct task_struct *t)
{
	struct pt_regs *regs = task_pt_regs(t);
	unsigned int cpu = smp_processor_id();

	if (likely(fp_status(regs) != SR_FS_DIRTY))
		return;
	csr_set(CSR_SSTATUS, SR_FS);
	__fp_store(&t->thread.fp);
	set_fp_status(regs, SR_FS_CLEAN);
	t->thread.fp_cpu = cpu;
	fp_owner[cpu] = t;
}

/* The registers of this hart are neither zero nor t's, as t needs them. */
static void fp_load(struct task_struct *t, unsigned int cpu)
{
	csr_set(CSR_SSTATUS, SR_FS);
	if (fp_status(task_pt_regs(t)) == SR_FS_INITIAL) {
		__fp_clear();
		fp_owner[cpu] = NULL;
		return;
	}
	__fp_load(&t->thread.fp);
	t->thread.fp_cpu = cpu;
	fp_owner[cpu] = t;
}

void fp_restore(struct task_struct *t)
{
	unsigned int cpu = smp_processor_id();
	unsigned long fs = fp_status(task_pt_regs(t));

	if (fs == SR_FS_OFF)
		return;			/* a kernel thread */
	if (fs == SR_FS_INITIAL ? fp_owner[cpu] != NULL :
	    fp_owner[cpu] != t || t->thread.fp_cpu != (long)cpu)
		fp_load(t, cpu);
}

/* current gets a new state: thread.fp, or all zero. Its old one, wherever it is, is void. */
static void fp_replace(unsigned long fs)
{
	struct pt_regs *regs = current_pt_regs();
	unsigned long flags = local_irq_save();

	if (fp_status(regs) == SR_FS_DIRTY || fp_status(regs) == SR_FS_CLEAN || fs == SR_FS_CLEAN) {
		set_fp_status(regs, fs);
		fp_load(current, smp_processor_id());
	} else {
		set_fp_status(regs, fs);
		fp_restore(current);
	}
	local_irq_restore(flags);
}

void fp_set_current(const struct fp_state *fp)
{
	current->thread.fp = *fp;
	fp_replace(SR_FS_CLEAN);
}

bool fp_is_initial(const struct task_struct *t)
{
	return fp_status(task_pt_regs(t)) == SR_FS_INITIAL;
}

void start_thread(struct pt_regs *regs, unsigned long pc, unsigned long sp)
{
	unsigned long fs = fp_status(regs);

	*regs = (struct pt_regs){
		.epc = pc, .sp = sp,
		.status = SR_SPIE | fs,		/* to user mode, interrupts on there */
		.cause = ~0UL,			/* not a system call any more: nothing to restart */
	};
	fp_replace(SR_FS_INITIAL);
	set_tsk_thread_flag(current, TIF_NOTIFY_RESUME);	/* reload all registers: entry.S */
}

void copy_thread(struct task_struct *p, const struct kernel_clone_args *args)
{
	struct pt_regs *regs = task_pt_regs(p);

	p->thread.s[0] = p->thread.s[1] = 0;	/* no frame above, no function; the rest is free */
	p->thread.ra = (unsigned long)ret_from_fork;
	p->thread.sp = (unsigned long)regs;
	p->thread.fp_cpu = -1;
	if (args->fn) {
		memset(regs, 0, sizeof(*regs));
		regs->status = SR_SPP | SR_SPIE;
		p->thread.s[1] = (unsigned long)args->fn;
		p->thread.s[2] = (unsigned long)args->fn_arg;
		return;
	}
	*regs = *current_pt_regs();
	if (!fp_is_initial(current))
		p->thread.fp = current->thread.fp;
	regs->a0 = 0;			/* what clone returns in the child */
	if (args->stack)
		regs->sp = args->stack + args->stack_size;
	if (args->flags & CLONE_SETTLS)
		regs->tp = args->tls;
}
