/* SPDX-License-Identifier: MIT */
/*
 * The run-time check of the lock order (debug builds): each task keeps a stack
 * of the locks it holds, and taking one whose rank is not above all of them is
 * a panic that names both and where each was taken.
 *
 * An interrupt pushes on the stack of the task it interrupted. That is right:
 * irq-safe ranks are all above the ranks that are held with interrupts on.
 *
 * Linux: kernel/locking/lockdep.c. Differs: a declared order, not a learned
 * one, so the first wrong acquisition is caught, not the first deadlock.
 */
#include "kernel/lock/spinlock.h"
#include "kernel/printk.h"
#include "kernel/sched.h"

static void rank_violation(const struct held_lock *held, const char *name, unsigned int rank)
{
	char buf[KSYM_NAME_LEN];
	unsigned long off = 0;
	const char *fn = kallsyms_lookup((unsigned long)held->ip, &off, buf);

	panic("lock order: taking %s (rank %u) while holding %s (rank %u, taken in %s+0x%lx)",
	      name, rank, held->name, held->rank, fn ? fn : "?", off);
}

void lock_rank_acquire(const void *lock, unsigned int rank, const char *name, bool nested)
{
	struct task_struct *t = current;
	unsigned long flags;
	unsigned int depth;

	if (!t || oops_in_progress)
		return;
	flags = local_irq_save();
	depth = t->lock_depth;
	for (unsigned int i = 0; i < depth; i++) {
		const struct held_lock *h = &t->held[i];

		if (h->lock == lock)
			panic("lock %s taken twice by %s", name, t->comm);
		if (!nested && h->rank >= rank)
			rank_violation(h, name, rank);
	}
	if (depth >= MAX_LOCK_DEPTH)
		panic("%s holds more than %d locks (taking %s)", t->comm, MAX_LOCK_DEPTH, name);
	t->held[depth] = (struct held_lock){
		.lock = lock, .name = name, .rank = rank, .ip = __builtin_return_address(0),
	};
	t->lock_depth = depth + 1;
	local_irq_restore(flags);
}

void lock_rank_release(const void *lock, unsigned int rank, const char *name)
{
	struct task_struct *t = current;
	unsigned long flags;

	if (!t || oops_in_progress)
		return;
	flags = local_irq_save();
	for (unsigned int i = t->lock_depth; i-- > 0; ) {
		if (t->held[i].lock != lock)
			continue;
		for (; i + 1 < t->lock_depth; i++)	/* need not be the last one taken */
			t->held[i] = t->held[i + 1];
		t->lock_depth--;
		local_irq_restore(flags);
		return;
	}
	panic("%s (rank %u) released by %s, which does not hold it", name, rank, t->comm);
}

bool lock_rank_held(const void *lock)
{
	for (unsigned int i = 0; i < current->lock_depth; i++)
		if (current->held[i].lock == lock)
			return true;
	return false;
}

void assert_lock_held(const void *lock, const char *what, const char *file, int line)
{
	if (!oops_in_progress && !lock_rank_held(lock))
		panic("%s:%d: %s is not held", file, line, what);
}

void __might_sleep(const char *file, int line)
{
	struct task_struct *t = current;

	if (oops_in_progress)
		return;
	for (unsigned int i = 0; i < t->lock_depth; i++) {
		if (t->held[i].rank > RANK_SPIN)
			panic("%s:%d: may sleep while holding %s", file, line, t->held[i].name);
	}
	if (irqs_disabled() && t->pid)
		panic("%s:%d: may sleep with interrupts off", file, line);
}
