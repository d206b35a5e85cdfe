/* SPDX-License-Identifier: MIT */
/*
 * Copying between kernel and user memory. The copy runs with sstatus.SUM set;
 * a fault inside it goes through the normal page-fault path, so a valid page
 * is brought in, and a bad address lands at a fixup (exception table) and is
 * reported. May sleep (page fault): not under a spinlock.
 *
 * Linux: arch/riscv/include/asm/uaccess.h, lib/uaccess.S.
 */
#pragma once
#include "lib/errno.h"
#include <asm/csr.h>
#include <asm/page.h>
#include "lib/bug.h"
#include "lib/errno.h"
#include "lib/kernel.h"
#include "lib/types.h"


static inline bool access_ok(const void __user *p, unsigned long n)
{
	unsigned long a = (unsigned long)p;

	return n <= TASK_SIZE && a <= TASK_SIZE - n;
}

/* Raw copies, no range check: return the number of bytes NOT copied. In uaccess.S. */
unsigned long __asm_copy_to_user(void __user *to, const void *from, unsigned long n);
unsigned long __asm_copy_from_user(void *to, const void __user *from, unsigned long n);
unsigned long __asm_clear_user(void __user *to, unsigned long n);

/* copy_to_user(), copy_from_user() - return bytes NOT copied, 0 on success. */
static inline unsigned long __must_check copy_to_user(void __user *to, const void *from,
						      unsigned long n)
{
	return access_ok(to, n) ? __asm_copy_to_user(to, from, n) : n;
}
/* On failure the rest of the kernel buffer is NOT touched. */
static inline unsigned long __must_check copy_from_user(void *to, const void __user *from,
							unsigned long n)
{
	return access_ok(from, n) ? __asm_copy_from_user(to, from, n) : n;
}
static inline unsigned long __must_check clear_user(void __user *to, unsigned long n)
{
	return access_ok(to, n) ? __asm_clear_user(to, n) : n;
}

/*
 * strncpy_from_user() - copy a string of at most n bytes, its 0 included.
 * => its length without the 0; n if it did not end within n; -EFAULT.
 */
long __must_check strncpy_from_user(char *dst, const char __user *src, long n);

/*
 * One load or store with SUM set. The error is set before the access and
 * cleared after it, so the fixup of a fault is simply the instruction behind.
 */
#define __user_access(insn, constraints...)				\
	asm volatile("csrs sstatus, %[sum]\n"				\
		     "	li %[err], %[efault]\n"				\
		     "1:	" insn "\n"					\
		     "	li %[err], 0\n"					\
		     "2:	csrc sstatus, %[sum]\n"			\
		     "	.pushsection __ex_table, \"a\"\n"		\
		     "	.balign 8\n"					\
		     "	.dword 1b, 2b\n"				\
		     "	.popsection" constraints)

#define __put_user_asm(insn, x, ptr, err)				\
	__user_access(insn " %[val], %[mem]",				\
		: [err] "=&r"(err), [mem] "=m"(*(ptr))			\
		: [val] "r"(x), [sum] "r"(SR_SUM), [efault] "i"(-EFAULT))
#define __get_user_asm(insn, x, ptr, err)				\
	__user_access(insn " %[val], %[mem]",				\
		: [err] "=&r"(err), [val] "=&r"(x)			\
		: [mem] "m"(*(ptr)), [sum] "r"(SR_SUM), [efault] "i"(-EFAULT))

/* size is a constant: one case remains. Other sizes are copied. */
static __always_inline int __put_user_sized(u64 val, void __user *to, unsigned long size)
{
	int err = 0;

	switch (size) {
	case 1:
		__put_user_asm("sb", val, (u8 __user *)to, err);
		break;
	case 2:
		__put_user_asm("sh", val, (u16 __user *)to, err);
		break;
	case 4:
		__put_user_asm("sw", val, (u32 __user *)to, err);
		break;
	default:
		__put_user_asm("sd", val, (u64 __user *)to, err);
		break;
	}
	return err;
}

static __always_inline int __get_user_sized(u64 *val, const void __user *from, unsigned long size)
{
	u64 v = 0;
	int err = 0;

	switch (size) {
	case 1:
		__get_user_asm("lbu", v, (const u8 __user *)from, err);
		break;
	case 2:
		__get_user_asm("lhu", v, (const u16 __user *)from, err);
		break;
	case 4:
		__get_user_asm("lwu", v, (const u32 __user *)from, err);
		break;
	default:
		__get_user_asm("ld", v, (const u64 __user *)from, err);
		break;
	}
	*val = v;
	return err;
}

/* Single objects of 1, 2, 4 or 8 bytes: 0 or -EFAULT. On failure x is not touched. */
#define put_user(x, ptr)						\
({									\
	__typeof__(ptr) __p = (ptr);					\
	__typeof__(*(ptr)) __x = (x);					\
	u64 __v = 0;							\
	BUILD_BUG_ON(sizeof(__x) & (sizeof(__x) - 1) || sizeof(__x) > 8); \
	__builtin_memcpy(&__v, &__x, sizeof(__x));			\
	access_ok(__p, sizeof(__x)) ?					\
		__put_user_sized(__v, __p, sizeof(__x)) : -EFAULT;	\
})
#define get_user(x, ptr)						\
({									\
	__typeof__(ptr) __p = (ptr);					\
	__typeof__((__typeof__(*(ptr)))0) __g;	/* not const */		\
	u64 __v = 0;							\
	int __e = -EFAULT;						\
	BUILD_BUG_ON(sizeof(__g) & (sizeof(__g) - 1) || sizeof(__g) > 8); \
	if (access_ok(__p, sizeof(__g)))				\
		__e = __get_user_sized(&__v, __p, sizeof(__g));		\
	if (!__e) {							\
		__builtin_memcpy(&__g, &__v, sizeof(__g));		\
		(x) = __g;						\
	}								\
	__e;								\
})

/*
 * futex_atomic_cmpxchg() / futex_load(): one user word, atomically.
 * => 0 and *old = the value found, or -EFAULT.
 */
int __must_check futex_cmpxchg_user(u32 *old, u32 __user *uaddr, u32 expect, u32 new);

/* search_extable() - fixup for a kernel pc that faulted on user memory, or 0. */
unsigned long search_extable(unsigned long pc);

/* copy_nofault() - read kernel memory that may not be mapped: 0 or -EFAULT. For dumps. */
int __must_check copy_from_kernel_nofault(void *dst, const void *src, size_t n);
