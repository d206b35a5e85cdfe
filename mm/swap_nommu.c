/* SPDX-License-Identifier: MIT */
/*
 * Swap without an MMU: there is none. A page that a program uses cannot be taken
 * away when nothing tells of its next access. The page cache of block devices is
 * still reclaimed (vmscan.c); tmpfs pages stay.
 *
 * Locks: none.
 *
 * Linux: CONFIG_SWAP=n in include/linux/swap.h.
 */
#include "kernel/sched.h"
#include "mm/filemap.h"
#include "mm/reclaim.h"
#include "mm/swap.h"

atomic_long_t nr_swap_pages;
int page_cluster = 3;

long sys_swapon(const char __user *path, long flags)
{
	return -ENOSYS;
}

long sys_swapoff(const char __user *path)
{
	return -ENOSYS;
}

long get_nr_swap_pages(void)
{
	return 0;
}

unsigned long total_swap_pages(void)
{
	return 0;
}

unsigned long total_swapcache_pages(void)
{
	return 0;
}

void swap_for_each_area(void (*fn)(const struct swap_area_info *info, void *arg), void *arg)
{
}

void mm_check_swap(void)
{
}

/* No page of a file is ever swapped out. */
long shmem_free_swap(struct address_space *mapping, pgoff_t index, void *entry)
{
	return 0;
}
