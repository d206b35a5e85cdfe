/* SPDX-License-Identifier: MIT */
/*
 * From an address to a function's name, with the table that tools/kallsyms.py makes at link time:
 * offsets from _stext in rising order, the place of each name, and the names themselves.
 *
 * Invariants: the table is read-only data and complete before the first instruction runs, so no
 * lock is taken and a panic at any moment may look a name up. The first of the kernel's three
 * links has an empty table; the code must not rely on any entry.
 *
 * Linux: kernel/kallsyms.c, kallsyms_lookup(). Differs: names are not compressed, and data
 * symbols and modules are left out.
 */
#include "kernel/printk.h"

#include <stddef.h>
#include <stdint.h>

extern const char _stext[];
extern const uint32_t kallsyms_num;
extern const uint32_t kallsyms_end;
extern const uint32_t kallsyms_offsets[];
extern const uint32_t kallsyms_names[];
extern const char kallsyms_strings[];

/* Index of the last function that begins at or below `at`; there must be one. */
static uint32_t last_at_or_below(uint32_t at)
{
	uint32_t low = 0, high = kallsyms_num;

	while (high - low > 1) {
		uint32_t mid = low + (high - low) / 2;

		if (kallsyms_offsets[mid] <= at)
			low = mid;
		else
			high = mid;
	}
	return low;
}

const char *kallsyms_lookup(unsigned long addr, unsigned long *offset)
{
	unsigned long at = addr - (unsigned long)_stext;
	uint32_t i;

	/* One comparison refuses addresses below _stext too: the difference wraps. */
	if (kallsyms_num == 0 || at >= kallsyms_end || at < kallsyms_offsets[0])
		return NULL;
	i = last_at_or_below((uint32_t)at);
	if (offset)
		*offset = at - kallsyms_offsets[i];
	return kallsyms_strings + kallsyms_names[i];
}
