/* SPDX-License-Identifier: MIT */
/*
 * /proc/sys/vm, the part that only a kernel with an MMU has: swapping.
 *
 * Linux: kernel/sysctl.c (vm_table).
 */
#include "kernel/fs/proc/sysctl.h"
#include "mm/lru.h"
#include "mm/swap.h"

static const struct ctl_table reclaim_table[] = {
	CTL_INT_RANGE("vm/swappiness", vm_swappiness, 0, 200),
	CTL_INT_RANGE("vm/page-cluster", page_cluster, 0, 31),
};

void sysctl_reclaim_init(void)
{
	sysctl_register(reclaim_table, ARRAY_SIZE(reclaim_table));
}
