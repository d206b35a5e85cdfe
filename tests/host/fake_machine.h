/* SPDX-License-Identifier: MIT */
/*
 * fake_machine.h - a machine for mm/ to run on inside a unit test: RAM, harts,
 * and the few services of kernel/ that memory management calls.
 *
 * Linux: tools/testing/memblock, tools/testing/radix-tree do the same for parts.
 */
#pragma once
#include "host_test.h"
#include "lib/errno.h"

/*
 * fake_ram() - RAM of `size` bytes at physical `base`, contents garbage, as
 * one memblock range of node 0. => replaces the RAM and memblock of an earlier call.
 */
void fake_ram(phys_addr_t base, size_t size);
/* fake_hart() - the calls that follow come from this hart. */
void fake_hart(unsigned int cpu);

/* What the kernel printed since fake_log_clear(). */
extern char fake_log[64 << 10];
void fake_log_clear(void);
bool fake_logged(const char *text);

extern const char *fake_cmdline;	/* "a=b c" */
/* Called by direct reclaim; returns pages freed. NULL: nothing can be reclaimed. */
extern unsigned long (*fake_reclaim)(unsigned int order);
extern bool (*fake_oom)(void);		/* NULL: nothing to kill */
extern unsigned int fake_kswapd_wakeups, fake_reclaims, fake_ooms;
