/* SPDX-License-Identifier: MIT */
/*
 * How hard an allocation may try.
 *
 * Linux: include/linux/gfp_types.h. Differs: no mobility or highmem bits.
 */
#pragma once
#include "lib/types.h"

#define __GFP_DMA32		0x01u	/* below 4 GiB */
#define __GFP_HIGH		0x02u	/* may use half of the min reserve */
#define __GFP_IO		0x04u	/* reclaim may start I/O */
#define __GFP_FS		0x08u	/* reclaim may call into file systems */
#define __GFP_ZERO		0x10u	/* zeroed */
#define __GFP_DIRECT_RECLAIM	0x20u	/* may sleep and reclaim itself */
#define __GFP_KSWAPD_RECLAIM	0x40u	/* may wake kswapd */
#define __GFP_NOWARN		0x80u	/* failing is fine: no report */
#define __GFP_NORETRY		0x100u	/* one round of reclaim, then fail, no OOM killer */
#define __GFP_NOFAIL		0x200u	/* never fails (and never returns NULL) */
#define __GFP_MEMALLOC		0x400u	/* may use all reserves */
#define __GFP_COMP		0x800u	/* make it a compound page */
#define __GFP_NOMEMALLOC	0x1000u	/* not even if the task is PF_MEMALLOC */
#define __GFP_MOVABLE		0x2000u	/* user page: can be migrated or reclaimed */
#define __GFP_ACCOUNT		0x4000u	/* accepted, no memcg */
#define __GFP_RECLAIM		(__GFP_DIRECT_RECLAIM | __GFP_KSWAPD_RECLAIM)

#define GFP_ATOMIC	(__GFP_HIGH | __GFP_KSWAPD_RECLAIM)
#define GFP_NOWAIT	(__GFP_KSWAPD_RECLAIM | __GFP_NOWARN)
#define GFP_KERNEL	(__GFP_RECLAIM | __GFP_IO | __GFP_FS)
#define GFP_NOIO	(__GFP_RECLAIM)
#define GFP_NOFS	(__GFP_RECLAIM | __GFP_IO)
#define GFP_USER	(GFP_KERNEL)
#define GFP_HIGHUSER_MOVABLE	(GFP_USER | __GFP_MOVABLE)
#define GFP_KERNEL_ACCOUNT	(GFP_KERNEL | __GFP_ACCOUNT)
