/* SPDX-License-Identifier: MIT */
/*
 * The exception table: kernel instructions that may fault on a user address,
 * and where to go on when they do.
 *
 * It has a few dozen entries, so it is searched from the front; only a bad
 * address from a program ever gets here.
 *
 * Linux: kernel/extable.c, arch/riscv/mm/extable.c.
 */
#include <asm/uaccess.h>
#include "lib/errno.h"

struct exception_table_entry {
	unsigned long insn, fixup;
};
extern const struct exception_table_entry __start___ex_table[], __stop___ex_table[];

unsigned long search_extable(unsigned long pc)
{
	const struct exception_table_entry *e;

	for (e = __start___ex_table; e < __stop___ex_table; e++) {
		if (e->insn == pc)
			return e->fixup;
	}
	return 0;
}

int copy_from_kernel_nofault(void *dst, const void *src, size_t n)
{
	/* A user address would be faulted in, which may sleep. */
	if (CONFIG_MMU && (unsigned long)src < TASK_SIZE)
		return -EFAULT;
	return __asm_copy_from_user(dst, src, n) ? -EFAULT : 0;
}
