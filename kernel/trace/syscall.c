/* SPDX-License-Identifier: MIT */
/*
 * Tracing system calls, at no cost while they are not traced: entry.S takes the address
 * of the table from a variable, and tracing puts another table there, in which every
 * entry is sys_traced().
 *
 * A call that does not come back (exit, execve's old program, a new task) has no
 * sys_exit event.
 *
 * Locks: none. A hart that reads the variable sees one table or the other; both live
 * for ever.
 *
 * Linux: kernel/trace/trace_syscalls.c. Differs: Linux marks every task with a flag that
 * sends it the slow way.
 */
#include "kernel/sched.h"
#include "kernel/syscalls.h"
#include "kernel/trace/internal.h"
#include "kernel/trace/syscall.h"

const syscall_fn_t *sys_call_dispatch = sys_call_table;

static long sys_traced(long a0, long a1, long a2, long a3, long a4, long a5)
{
	const long args[TRACE_ARGS] = { a0, a1, a2, a3, a4, a5 };
	unsigned long nr = current_pt_regs()->a7;	/* the call may change the registers */
	long ret;

	trace_sys_enter(nr, args);
	ret = sys_call_table[nr](a0, a1, a2, a3, a4, a5);
	trace_sys_exit(nr, ret);
	return ret;
}

static const syscall_fn_t traced_table[NR_syscalls] = { [0 ... NR_syscalls - 1] = sys_traced };

void trace_syscalls(bool on)
{
	WRITE_ONCE(sys_call_dispatch, on ? traced_table : sys_call_table);
}
