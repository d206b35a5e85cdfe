/* SPDX-License-Identifier: MIT */
/*
 * How much memory may be promised: overcommit and resource limits.
 *
 * mmap() promises memory that is only found at the first touch. Committed_AS
 * counts what could be asked for in the worst case: every private writable page
 * and every page of tmpfs. vm.overcommit_memory decides what of it is refused:
 *
 *	0 heuristic   only a single request above all of RAM and swap
 *	1 always      nothing
 *	2 never       what would bring the sum above CommitLimit
 *
 * Invariant: a VMA with VM_ACCOUNT has its whole size in vm_committed_as; whoever
 * sets or clears the flag, or the size, moves the counter with it.
 *
 * Locks: none; the counter is atomic.
 *
 * Linux: mm/util.c, __vm_enough_memory(); mm/mmap.c, may_expand_vm(). Differs: an
 * exact counter, not one of batches a hart; no capabilities: the limits of mode
 * 2 and of RLIMIT_MEMLOCK bind everybody.
 */
#include "kernel/sched.h"
#include "mm/swap.h"
#include "mm/vma.h"

int sysctl_overcommit_memory;			/* vm.overcommit_memory: 0, 1, 2 */
int sysctl_overcommit_ratio = 50;		/* per cent of RAM in CommitLimit */
unsigned long sysctl_overcommit_kbytes;		/* if not 0: instead of the ratio */
unsigned long sysctl_user_reserve_kbytes = 1UL << 17;	/* mode 2: kept for a way out */
unsigned long sysctl_admin_reserve_kbytes = 1UL << 13;

int sysctl_max_map_count = 65530;		/* VMAs of one process */
unsigned long sysctl_stack_guard_gap = 256;	/* pages between a stack and what is below it */

static atomic_long_t vm_committed_as;

enum { OVERCOMMIT_GUESS, OVERCOMMIT_ALWAYS, OVERCOMMIT_NEVER };

unsigned long vm_committed(void)
{
	long x = atomic_long_read(&vm_committed_as);

	return x < 0 ? 0 : x;
}

void vm_unacct_memory(long pages)
{
	atomic_long_sub(pages, &vm_committed_as);
}

unsigned long vm_commit_limit(void)
{
	unsigned long allowed;

	if (sysctl_overcommit_kbytes)
		allowed = sysctl_overcommit_kbytes >> (PAGE_SHIFT - 10);
	else
		allowed = totalram_pages() * sysctl_overcommit_ratio / 100;
	return allowed + total_swap_pages();
}

/* Mode 2: is the sum, with what was just added, within the limit less a small reserve? */
static bool within_commit_limit(const struct mm_struct *mm)
{
	long allowed = vm_commit_limit();

	/* A single process must not take all: something has to be left to stop it with. */
	if (mm)
		allowed -= min(mm->total_vm / 32, sysctl_user_reserve_kbytes >> (PAGE_SHIFT - 10));
	return (long)vm_committed() < allowed;
}

int vm_enough_memory(struct mm_struct *mm, long pages)
{
	bool ok = true;

	atomic_long_add(pages, &vm_committed_as);
	if (sysctl_overcommit_memory == OVERCOMMIT_GUESS)
		ok = pages <= (long)(totalram_pages() + total_swap_pages());
	else if (sysctl_overcommit_memory == OVERCOMMIT_NEVER)
		ok = within_commit_limit(mm);
	if (ok)
		return 0;
	vm_unacct_memory(pages);
	return -ENOMEM;
}

bool accountable_mapping(const struct file *file, unsigned long vm_flags)
{
	return (vm_flags & (VM_NORESERVE | VM_SHARED | VM_WRITE)) == VM_WRITE;
}

unsigned long rlimit_of(unsigned int which)
{
	return READ_ONCE(current->signal->rlim[which].rlim_cur);
}

/* Private writable memory that is no stack: what RLIMIT_DATA and VmData mean by data. */
static bool is_data_mapping(unsigned long vm_flags)
{
	return (vm_flags & (VM_WRITE | VM_SHARED | VM_GROWSDOWN)) == VM_WRITE;
}

bool may_expand_vm(struct mm_struct *mm, unsigned long vm_flags, unsigned long npages)
{
	if (mm->total_vm + npages > rlimit_of(RLIMIT_AS) >> PAGE_SHIFT)
		return false;
	return !is_data_mapping(vm_flags) ||
	       mm->data_vm + npages <= rlimit_of(RLIMIT_DATA) >> PAGE_SHIFT;
}

void vm_stat_account(struct mm_struct *mm, unsigned long vm_flags, long npages)
{
	mm->total_vm += npages;
	if ((vm_flags & (VM_EXEC | VM_WRITE | VM_GROWSDOWN)) == VM_EXEC)
		mm->exec_vm += npages;
	else if (vm_flags & VM_GROWSDOWN)
		mm->stack_vm += npages;
	else if (is_data_mapping(vm_flags))
		mm->data_vm += npages;
}

/* => called before memory is given up; any lock may be held. */
void update_hiwater(struct mm_struct *mm)
{
	unsigned long rss = get_mm_rss(mm);

	if (mm->hiwater_rss < rss)
		mm->hiwater_rss = rss;
	if (mm->hiwater_vm < mm->total_vm)
		mm->hiwater_vm = mm->total_vm;
}

bool mlock_future_ok(struct mm_struct *mm, unsigned long vm_flags, unsigned long bytes)
{
	if (!(vm_flags & VM_LOCKED))
		return true;
	return mm->locked_vm + (bytes >> PAGE_SHIFT) <= rlimit_of(RLIMIT_MEMLOCK) >> PAGE_SHIFT;
}
