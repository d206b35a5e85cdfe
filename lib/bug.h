/* SPDX-License-Identifier: MIT */
/*
 * bug.h - assertions.
 *
 * Three strengths: BUG_ON (always compiled in: to go on would corrupt memory), WARN_ON
 * (a bug that can be survived: report and go on) and VM_BUG_ON (CONFIG_DEBUG_VM only, but
 * always type-checked). None of them is for a user's mistake: that is an errno.
 *
 * No locks; bug_at and warn_at may be called anywhere, with any lock held.
 *
 * Linux: include/asm-generic/bug.h, include/linux/mmdebug.h. Differs: a plain call with
 * file, line and the failed condition instead of a trapping instruction and a table.
 */
#pragma once

#include "lib/compiler.h"
#include "lib/types.h"

/*
 * bug_at() - report that @what held at @file:@line and stop the machine.
 * warn_at() - report it, with a backtrace, and go on.
 *
 * => any context; never allocate, never sleep.
 * => the kernel defines them in kernel/panic.c, the unit tests in tests/host/bug.c.
 */
void bug_at(const char *file, int line, const char *what) __noreturn __cold;
void warn_at(const char *file, int line, const char *what) __cold;

#define BUG()	bug_at(__FILE__, __LINE__, "BUG()")

#define BUG_ON(cond) do {						\
	if (unlikely(cond))						\
		bug_at(__FILE__, __LINE__, #cond);			\
} while (0)

/* Both evaluate to the truth of @cond, so that a caller can write `if (WARN_ON(x))`. */
#define WARN_ON(cond) ({						\
	bool __warn_cond = !!(cond);					\
	if (unlikely(__warn_cond))					\
		warn_at(__FILE__, __LINE__, #cond);			\
	unlikely(__warn_cond); })

#define WARN_ON_ONCE(cond) ({						\
	static bool __warned;						\
	bool __warn_cond = !!(cond);					\
	if (unlikely(__warn_cond && !__warned)) {			\
		__warned = true;					\
		warn_at(__FILE__, __LINE__, #cond);			\
	}								\
	unlikely(__warn_cond); })

#define VM_BUG_ON(cond) do {						\
	if (CONFIG_DEBUG_VM)						\
		BUG_ON(cond);						\
} while (0)

#define VM_WARN_ON(cond) do {						\
	if (CONFIG_DEBUG_VM)						\
		(void)WARN_ON(cond);					\
} while (0)
