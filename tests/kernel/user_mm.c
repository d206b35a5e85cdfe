/* SPDX-License-Identifier: MIT */
/*
 * See user_mm.h. Process 1 has no program yet and no mm; it borrows one.
 *
 * Locks: interrupts are off while satp changes.
 *
 * Linux: kernel/kthread.c, kthread_use_mm().
 */
#include "tests/kernel/selftest.h"
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

/* On this hart: stop borrowing mm, if current does. */
static void return_borrowed(struct mm_struct *mm)
{
	if (current->active_mm != mm)
		return;
	local_irq_disable();
	mmgrab(&init_mm);
	current->active_mm = &init_mm;
	switch_mm(mm, &init_mm);
	local_irq_enable();
	mmdrop(mm);
}

/*
 * If the test slept, it may have come back on another hart, and the idle task of the first one
 * still borrows mm: its tables would stay until a program runs there. We go to each hart, take
 * over what its idle task has borrowed, and return it.
 */
static void return_on_all_harts(struct mm_struct *mm)
{
	cpumask_t allowed = current->cpus_mask;

	for (unsigned int cpu = 0; cpu < CONFIG_NR_CPUS; cpu++)
		if (!set_cpus_allowed(current, BIT(cpu)))
			return_borrowed(mm);
	BUG_ON(set_cpus_allowed(current, allowed));
}

void user_mm_leave(struct mm_struct *mm)
{
	local_irq_disable();
	current->mm = NULL;
	current->active_mm = own_active_mm;
	switch_mm(mm, own_active_mm);
	local_irq_enable();
	return_on_all_harts(mm);
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

/* The idle task of each hart that an address space has left borrows it, and gives it back. */
static int user_mm_borrowed(struct kselftest_ctx *ctx)
{
	unsigned int cpu, last = __fls(cpu_online_mask);
	cpumask_t allowed = current->cpus_mask;
	struct mm_struct *mm = user_mm_enter();

	if (!mm)
		return -ENOMEM;
	mmgrab(mm);
	for (cpu = 0; cpu <= last; cpu++)
		EXPECT_EQ(ctx, set_cpus_allowed(current, BIT(cpu)), 0);
	EXPECT_EQ(ctx, set_cpus_allowed(current, allowed), 0);
	EXPECT_EQ(ctx, atomic_read(&mm->mm_count), 2 + (int)last);
	user_mm_leave(mm);
	EXPECT_EQ(ctx, atomic_read(&mm->mm_count), 1);
	mmdrop(mm);
	return 0;
}

extern const struct kselftest user_mm_tests[];
const struct kselftest user_mm_tests[] = {
	{ "user_mm_borrowed", user_mm_borrowed },
	{ }
};
