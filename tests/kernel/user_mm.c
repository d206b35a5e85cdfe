/* SPDX-License-Identifier: MIT */
/*
 * See user_mm.h. Process 1 has no program yet and no mm; it borrows one.
 *
 * Locks: interrupts are off while satp changes.
 *
 * Linux: kernel/kthread.c, kthread_use_mm().
 */
#include "tests/kernel/user_mm.h"
#include <asm/mmu_context.h>
#include <asm/uaccess.h>

static struct mm_struct *own_active_mm;

void user_mm_switch(struct mm_struct *mm)
{
	struct mm_struct *prev = current->active_mm;

	if (!current->mm)
		own_active_mm = prev;
	local_irq_disable();
	current->mm = current->active_mm = mm;
	switch_mm(prev, mm);
	local_irq_enable();
}

struct mm_struct *user_mm_enter(void)
{
	struct mm_struct *mm = mm_alloc();

	if (mm)
		user_mm_switch(mm);
	return mm;
}

void user_mm_leave(struct mm_struct *mm)
{
	local_irq_disable();
	current->mm = NULL;
	current->active_mm = own_active_mm;
	switch_mm(mm, own_active_mm);
	local_irq_enable();
	mmput(mm);
}

unsigned long user_map(unsigned long npages)
{
	unsigned long addr;

	if (vm_mmap(NULL, 0, npages * PAGE_SIZE, PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS, 0, &addr))
		return 0;
	return addr;
}

bool user_write(unsigned long addr, unsigned long value)
{
	return !put_user(value, (unsigned long __user *)addr);
}

bool user_read(unsigned long addr, unsigned long *value)
{
	return !get_user(*value, (unsigned long __user *)addr);
}
