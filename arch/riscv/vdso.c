/* SPDX-License-Identifier: MIT */
/*
 * The vDSO: making its two pages and mapping them into programs.
 *
 * One pair of pages for the whole system: the data page, which only the kernel
 * writes, and behind it the code page, a copy of vdso/vdso.S. Programs map both
 * read-only, the whole as one VMA.
 *
 * Each clock value is one aligned word, so a reader never sees half of one.
 *
 * Linux: arch/riscv/kernel/vdso.c, lib/vdso/gettimeofday.c. Differs: rdtime times
 * a constant (no frequency corrections), so no sequence counter is needed.
 */
#include <asm/page.h>
#include <asm/vdso.h>
#include "kernel/printk.h"
#include "lib/string.h"
#include "mm/mm.h"
#include "mm/page_alloc.h"

extern const char vdso_start[], vdso_end[], vdso_rt_sigreturn[];

/* Known to vdso/vdso.S. */
struct vdso_data {
	u64 boot_cycles, ns_per_cycle, real_offset;
};

static char *vdso_pages;		/* data, code */

void vdso_init(void)
{
	vdso_pages = alloc_pages_exact(VDSO_PAGES * PAGE_SIZE, GFP_KERNEL);
	if (!vdso_pages)
		panic("no memory for the vDSO");
	memset(vdso_pages, 0, VDSO_PAGES * PAGE_SIZE);
	memcpy(vdso_pages + PAGE_SIZE, vdso_start, vdso_end - vdso_start);
}

void vdso_update_clock(u64 boot_cycles, u64 ns_per_cycle, u64 real_offset)
{
	struct vdso_data *data = (struct vdso_data *)vdso_pages;

	WRITE_ONCE(data->boot_cycles, boot_cycles);
	WRITE_ONCE(data->real_offset, real_offset);
	WRITE_ONCE(data->ns_per_cycle, ns_per_cycle);
}

unsigned long vdso_sigreturn(const struct mm_struct *mm)
{
	return mm->context.vdso + (vdso_rt_sigreturn - vdso_start);
}

int arch_setup_additional_pages(struct mm_struct *mm)
{
	unsigned long addr;
	int err = vdso_map(mm, vdso_pages, &addr);

	if (!err)
		mm->context.vdso = addr + PAGE_SIZE;
	return err;
}
