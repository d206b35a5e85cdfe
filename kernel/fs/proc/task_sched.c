/* SPDX-License-Identifier: MIT */
/*
 * What a task is doing: /proc/PID/schedstat, stack, syscall, personality, and
 * /proc/PID/task/TID/children.
 *
 * A task that runs changes what is read here while it is read. stack and syscall
 * look only at those that sleep; one that wakes up meanwhile may show a stack that
 * was never there as a whole, which the reader of the file must bear.
 *
 * Locks: tasklist_lock for the list of children.
 *
 * Linux: fs/proc/base.c, array.c. Differs: how long a task waited for a hart is not
 * kept and shown as 0; stack has no function sizes.
 */
#include "kernel/fs/proc/internal.h"
#include "kernel/printk.h"

#define MAX_STACK	32

static bool sleeps(const struct task_struct *t)
{
	return t != current && READ_ONCE(t->state) != TASK_RUNNING && !READ_ONCE(t->on_cpu);
}

/* ns on a hart, ns waiting for one, how often it got one. */
int proc_pid_schedstat(struct seq_file *m, void *v)
{
	struct task_struct *t = m->private;
	u64 user, system;

	task_cputime(t, &user, &system);
	seq_printf(m, "%lu 0 %lu\n", user + system, t->nvcsw + t->nivcsw + 1);
	return 0;
}

/* The innermost function first. Nothing for a task that runs, or has ended. */
int proc_pid_stack(struct seq_file *m, void *v)
{
	struct task_struct *t = m->private;
	unsigned long pc[MAX_STACK], offset;
	unsigned int n = sleeps(t) && !t->exit_state ? stack_trace_save_tsk(t, pc, MAX_STACK) : 0;

	for (unsigned int i = 0; i < n; i++) {
		char buf[KSYM_NAME_LEN];
		/* A return address may be the first behind its function: the call is before it. */
		const char *name = kallsyms_lookup(pc[i] - 1, &offset, buf);

		if (name)
			seq_printf(m, "[<0>] %s+0x%lx\n", name, offset + 1);
	}
	return 0;
}

/* Number, six arguments, stack pointer and pc; -1: asleep outside of a system call. */
int proc_pid_syscall(struct seq_file *m, void *v)
{
	struct task_struct *t = m->private;
	const struct pt_regs *r = task_pt_regs(t);

	if (!sleeps(t)) {
		seq_puts(m, "running\n");
		return 0;
	}
	if ((t->flags & PF_KTHREAD) || !in_syscall(r)) {
		seq_puts(m, "-1 0x0 0x0\n");
		return 0;
	}
	seq_printf(m, "%lu 0x%lx 0x%lx 0x%lx 0x%lx 0x%lx 0x%lx 0x%lx 0x%lx\n", r->a7, r->orig_a0,
		   r->a1, r->a2, r->a3, r->a4, r->a5, r->sp, r->epc);
	return 0;
}

/* There is only Linux's own. */
int proc_pid_personality(struct seq_file *m, void *v)
{
	seq_puts(m, "00000000\n");
	return 0;
}

/* The processes whose parent it is, by number; all belong to the process, not to a thread. */
int proc_tid_children(struct seq_file *m, void *v)
{
	struct task_struct *t = m->private, *child;

	spin_lock_irq(&tasklist_lock);
	list_for_each_entry(child, &t->children, sibling)
		seq_printf(m, "%d ", child->pid);
	spin_unlock_irq(&tasklist_lock);
	return 0;
}
