/* SPDX-License-Identifier: MIT */
/*
 * Sysctls: kernel variables as files below /proc/sys, described by tables.
 *
 * Linux: include/linux/sysctl.h. Differs: one row says kind and range; a handler
 * is needed only where storing a number is not all.
 */
#pragma once
#include "kernel/fs/proc/internal.h"

enum ctl_kind {
	CTL_INT,		/* *data is an int: number, sign allowed, out of range EINVAL */
	CTL_ULONG,		/* *data is an unsigned long: a negative number is ignored */
	CTL_STRING,		/* data is char[size]: up to the first newline, cut to size - 1 */
	CTL_TEXT,		/* no variable: show() only */
};

/*
 * One file. min and max, both included, hold for CTL_INT and CTL_ULONG; a zero max is
 * "no limit". set() is called in place of the store, with a number in the range; it may
 * sleep; 0 or -errno. Calls of set() exclude each other, unless it is `unlocked`: then it
 * may take locks of any rank. show() is called in place of the usual text.
 */
struct ctl_table {
	const char *path;		/* below /proc/sys */
	umode_t mode;			/* binds root, too */
	enum ctl_kind kind;
	void *data;
	long min, max;
	size_t size;
	int (*set)(long value);
	bool unlocked;
	void (*show)(struct seq_file *m);
	char *(*string)(void);		/* CTL_STRING: where it is for the caller */
};

#define CTL_INT_RANGE(p, var, lo, hi) \
	{ .path = p, .mode = 0644, .kind = CTL_INT, .data = &(var), .min = lo, .max = hi }
#define CTL_INT_ANY(p, var)	CTL_INT_RANGE(p, var, INT_MIN, INT_MAX)
#define CTL_ULONG_ANY(p, var)	{ .path = p, .mode = 0644, .kind = CTL_ULONG, .data = &(var) }
#define CTL_STRING_RW(p, array) \
	{ .path = p, .mode = 0644, .kind = CTL_STRING, .data = array, .size = sizeof(array) }
#define CTL_TEXT_RO(p, fn)	{ .path = p, .mode = 0444, .kind = CTL_TEXT, .show = fn }

/* sysctl_register() - make the files of a table of n rows. => boot: no memory is fatal. */
void sysctl_register(const struct ctl_table *table, size_t n);

/* The tables: sysctl_vm.c, sysctl_reclaim.c (MMU only), sysctl_kernel.c. */
void sysctl_vm_init(void);
void sysctl_reclaim_init(void);
void sysctl_kernel_init(void);
