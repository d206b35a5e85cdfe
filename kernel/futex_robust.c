/* SPDX-License-Identifier: MIT */
/*
 * Robust futexes: a thread that ends with locks held tells so. It keeps a list of the locks it
 * holds in its own memory (set_robust_list); at its end each word that still has its number is
 * marked FUTEX_OWNER_DIED, and one waiter is woken, who finds the mark.
 *
 * Nothing in the list can be believed: every access may fail, and it may go round in a circle.
 *
 * Locks: none; the words are changed by compare-and-swap, as programs do.
 *
 * Linux: kernel/futex/core.c exit_robust_list(). Differs: no priority inheritance.
 */
#include <asm/uaccess.h>
#include "kernel/futex.h"
#include "kernel/sched.h"

#define FUTEX_WAITERS		0x80000000
#define FUTEX_OWNER_DIED	0x40000000
#define FUTEX_TID_MASK		0x3fffffff
#define MAX_ENTRIES		2048

/* As the C library keeps it: the entries' links, and where their words are beside them. */
struct robust_list_head {
	unsigned long next;
	long futex_offset;
	unsigned long pending;		/* is being taken or given back right now */
};

/* 0, or -EFAULT: the list leads nowhere. */
static int owner_died(unsigned long entry, long offset, bool pending)
{
	u32 __user *word = (u32 __user *)(entry + offset);
	u32 old, seen;

	if ((unsigned long)word % sizeof(u32) || get_user(old, word))
		return -EFAULT;
	for (;;) {
		/* Given back, but nobody has been woken yet: that would have come next. */
		if (pending && !old) {
			futex_wake_user((int __user *)word);
			return 0;
		}
		if ((old & FUTEX_TID_MASK) != (u32)current->vpid)
			return 0;
		if (futex_cmpxchg_user(&seen, word, old,
				       (old & FUTEX_WAITERS) | FUTEX_OWNER_DIED))
			return -EFAULT;
		if (seen == old)
			break;
		old = seen;
	}
	if (old & FUTEX_WAITERS)
		futex_wake_user((int __user *)word);
	return 0;
}

void futex_exit_robust(struct task_struct *t)
{
	struct robust_list_head __user *head = t->robust_list;
	struct robust_list_head h;
	unsigned long entry;

	t->robust_list = NULL;
	if (get_user(h.next, &head->next) || get_user(h.pending, &head->pending))
		return;
	/* Nearly always there is nothing in it. */
	if (likely(h.next == (unsigned long)head && !h.pending))
		return;
	if (get_user(h.futex_offset, &head->futex_offset))
		return;
	entry = h.next & ~1UL;		/* bit 0 is for priority inheritance */
	for (int i = 0; i < MAX_ENTRIES && entry != (unsigned long)head; i++) {
		unsigned long next;

		/* First the link: the word may be given back, and freed, by who is woken. */
		if (get_user(next, (unsigned long __user *)entry))
			break;
		if (entry != (h.pending & ~1UL) && owner_died(entry, h.futex_offset, false))
			break;
		entry = next & ~1UL;
	}
	if (h.pending)
		(void)!owner_died(h.pending & ~1UL, h.futex_offset, true);
}
