/* SPDX-License-Identifier: MIT */
/*
 * The parts of user access that need no assembler: range checks and errno.
 *
 * Linux: lib/strncpy_from_user.c, arch/riscv/include/asm/futex.h.
 */
#include <asm/uaccess.h>
#include "lib/errno.h"

long __asm_strncpy_from_user(char *dst, const char __user *src, long n);
int __asm_futex_cmpxchg(u32 *old, u32 __user *uaddr, u32 expect, u32 new);

long strncpy_from_user(char *dst, const char __user *src, long n)
{
	unsigned long addr = (unsigned long)src;
	long room, len;

	if (n <= 0)
		return 0;
	if (addr >= TASK_SIZE)
		return -EFAULT;
	/* A string that runs into the end of user space has no end. */
	room = min_t(unsigned long, n, TASK_SIZE - addr);
	len = __asm_strncpy_from_user(dst, src, room);
	return len < 0 || (len == room && room < n) ? -EFAULT : len;
}

int futex_cmpxchg_user(u32 *old, u32 __user *uaddr, u32 expect, u32 new)
{
	if (!access_ok(uaddr, sizeof(*uaddr)) || __asm_futex_cmpxchg(old, uaddr, expect, new))
		return -EFAULT;
	return 0;
}
