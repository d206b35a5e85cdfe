/* SPDX-License-Identifier: MIT */
/*
 * The end: panic(), and the reports of failed assertions.
 *
 * A panic prints why, the registers if a trap led here, a symbolised
 * backtrace and the memory state, stops the other harts, and then does what
 * "panic=" on the command line says: -1 powers off with exit status 1 (tests),
 * N > 0 reboots after N seconds, else the hart waits for a debugger. Before the
 * device tree is found nobody can have asked for anything: it powers off.
 *
 * Linux: kernel/panic.c. Differs: no kexec, no notifiers, an oops is a panic.
 */
#include <asm/sbi.h>
#include <asm/smp.h>
#include <asm/barrier.h>
#include "kernel/init.h"
#include "kernel/printk.h"
#include "kernel/sched.h"
#include "kernel/time.h"
#include "lib/bug.h"
#include "lib/kstrtox.h"
#include "lib/vsprintf.h"
#include "mm/page_alloc.h"

static atomic_t panicking;		/* hart + 1 of the first to panic */
static char why[256];			/* written by that hart only */
int panic_timeout;

void panic_param(void)
{
	static bool read;
	char value[16];

	if (!read && cmdline_get("panic", value, sizeof(value)) &&
	    kstrtoint(value, 10, &panic_timeout))
		panic_timeout = 0;
	read = true;
}

static __noreturn void panic_end(void)
{
	int timeout;

	/* Once more, where the reader looks: the report is longer than a screen. */
	pr_emerg("---[ end Kernel panic - not syncing: %s ]---\n", why);
	panic_param();
	timeout = panic_timeout;
	if (timeout < 0 || !initial_boot_params)
		machine_power_off(1);
	if (timeout > 0) {
		u64 end = ktime_get() + timeout * NSEC_PER_SEC;

		pr_emerg("Rebooting in %d seconds..\n", timeout);
		while (ktime_get() < end)
			cpu_relax();
		machine_restart();
	}
	pr_emerg("Ctrl-A X leaves QEMU\n");
	for (;;)
		wait_for_interrupt();
}

void panic(const char *fmt, ...)
{
	int self = smp_processor_id() + 1, first;
	va_list ap;

	local_irq_disable();
	first = atomic_cmpxchg(&panicking, 0, self);
	if (first == self)
		panic_end();		/* a fault in the report: it must end all the same */
	if (first) {
		for (;;)		/* a second hart: only the first one reports */
			wait_for_interrupt();
	}
	oops_in_progress = true;
	va_start(ap, fmt);
	vscnprintf(why, sizeof(why), fmt, ap);
	va_end(ap);
	smp_stop_others();
	pr_emerg("Kernel panic - not syncing: %s\n", why);
	pr_emerg("hart %lu, task %s (pid %d)\n", smp_processor_id(), current->comm, current->pid);
	dump_stack();
	show_mem();
	panic_end();
}

void bug_at(const char *file, int line, const char *what)
{
	panic("BUG at %s:%d: %s", file, line, what);
}

void warn_at(const char *file, int line, const char *what)
{
	pr_warn("WARNING at %s:%d: %s\n", file, line, what);
	dump_stack();
}
