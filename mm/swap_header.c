/* SPDX-License-Identifier: MIT */
/*
 * Checking a swap header. It comes from a disk that anybody may have written: every
 * number is tested before it is used. No kernel state, so tests/host compiles it.
 *
 * Locks: none.
 *
 * Linux: mm/swapfile.c, read_swap_header(). Differs: no area of the other byte order.
 */
#include "lib/string.h"
#include "mm/swap_header.h"

static bool badpages_fit(const struct swap_header_info *info)
{
	if (info->nr_badpages > MAX_SWAP_BADPAGES)
		return false;
	for (u32 i = 0; i < info->nr_badpages; i++)
		if (!info->badpages[i] || info->badpages[i] > info->last_page)
			return false;
	return true;
}

int swap_header_check(const void *page, unsigned long nr_pages,
		      const struct swap_header_info **infop, const char **why)
{
	const struct swap_header_info *info = page + SWAP_INFO_OFFSET;

	*why = NULL;
	if (memcmp(page + SWAP_MAGIC_OFFSET, SWAP_MAGIC, strlen(SWAP_MAGIC)))
		*why = "Unable to find swap-space signature";
	else if (info->version != 1)
		*why = "Unable to handle swap header version";
	else if (!info->last_page)
		*why = "Empty swap-file";
	else if (info->last_page >= nr_pages)
		*why = "Swap area shorter than signature indicates";
	else if (!badpages_fit(info))
		*why = "Bad list of bad pages in swap header";
	else if (info->nr_badpages >= info->last_page)
		*why = "Empty swap-file";
	*infop = info;
	return *why ? -EINVAL : 0;
}
