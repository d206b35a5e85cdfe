/* SPDX-License-Identifier: MIT */
/*
 * A kernel without tracepoints (CONFIG_TRACE=0, as in release builds): the hooks of trace.h are
 * compiled away, and those few that are functions do nothing. The command line is told so.
 *
 * Locks: none.
 *
 * Linux: include/linux/tracepoint.h without CONFIG_TRACEPOINTS. Differs: a file of empty
 * functions instead of empty inlines.
 */
#include "kernel/init.h"
#include "kernel/printk.h"
#include "kernel/syscalls.h"
#include "kernel/trace/syscall.h"
#include "kernel/trace/trace.h"

const syscall_fn_t *sys_call_dispatch = sys_call_table;

/* It is not an error: the boot goes on. */
void trace_init(void)
{
	char list[128];

	if (cmdline_get("trace", list, sizeof(list)))
		pr_warn("trace=%s: this kernel was built without tracepoints; the debug build has "
			"them\n", list);
}

/* There is no /sys/kernel/tracing then. */
void tracefs_init(void)
{
}

void trace_lru_activate(const struct folio *f)
{
}

void trace_write(enum trace_event event, unsigned long a, unsigned long b)
{
}

void trace_shrink(enum trace_event event, unsigned int lru, unsigned long looked_at,
		  unsigned long done)
{
}

void trace_mark_victim(const struct task_struct *p, unsigned long rss)
{
}
