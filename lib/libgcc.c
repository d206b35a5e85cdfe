/* SPDX-License-Identifier: MIT */
/*
 * libgcc.c - the few libgcc functions that compiled code may call.
 *
 * The kernel does not link libgcc, so that what runs is in this tree. lib/ and mm/ use
 * bitops.h and byteorder.h and never get here; a builtin elsewhere may. No locks.
 *
 * Linux: lib/clz_ctz.c, lib/bswapsi.c. Differs: on top of bitops.h.
 */
#include "lib/bitops.h"
#include "lib/byteorder.h"
#include "lib/libgcc.h"

int __clzdi2(u64 x)
{
	return 64 - fls64(x);
}

int __ctzdi2(u64 x)
{
	return x ? (int)__ffs(x) : 64;
}

int __ffsdi2(u64 x)
{
	return ffs64(x);
}

int __popcountdi2(u64 x)
{
	return (int)hweight64(x);
}

int __paritydi2(u64 x)
{
	return (int)(hweight64(x) & 1);
}

u32 __bswapsi2(u32 x)
{
	return swab32(x);
}

u64 __bswapdi2(u64 x)
{
	return swab64(x);
}
