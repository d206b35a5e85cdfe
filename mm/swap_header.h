/* SPDX-License-Identifier: MIT */
/*
 * The first page of a swap area, as mkswap writes it.
 *
 * Linux: union swap_header in include/linux/swap.h.
 */
#pragma once
#include "lib/errno.h"
#include "lib/kernel.h"

#define SWAP_HEADER_SIZE	4096
#define SWAP_MAGIC_OFFSET	(SWAP_HEADER_SIZE - 10)
#define SWAP_MAGIC		"SWAPSPACE2"
#define SWAP_INFO_OFFSET	1024	/* before it: room for a boot loader */

struct swap_header_info {
	u32 version;			/* 1 */
	u32 last_page;			/* number of the last slot */
	u32 nr_badpages;
	u8 uuid[16];
	char volume[16];
	u32 padding[117];
	u32 badpages[];			/* up to the magic */
};
#define MAX_SWAP_BADPAGES \
	((SWAP_MAGIC_OFFSET - SWAP_INFO_OFFSET - sizeof(struct swap_header_info)) / sizeof(u32))

/*
 * swap_header_check() - is page (4096 bytes, from outside) the header of an area that fits into
 * nr_pages pages?
 * => 0 and *info points into page; -EINVAL and *why says in a few words what is wrong.
 */
int __must_check swap_header_check(const void *page, unsigned long nr_pages,
				   const struct swap_header_info **info, const char **why);
