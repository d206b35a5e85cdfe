/* SPDX-License-Identifier: MIT */
/*
 * byteorder.h - between the machine's little-endian words and the order of a disk or blob.
 *
 * __builtin_bswap is a libgcc call on rv64imac, so the swaps are written out. The get_*
 * forms read from any address, aligned or not, one byte at a time: misaligned loads may
 * trap to firmware on RISC-V. No state, no locks.
 *
 * Linux: include/linux/byteorder/generic.h, include/linux/unaligned.h. Differs: little-
 * endian hosts only.
 */
#pragma once

#include "lib/compiler.h"
#include "lib/types.h"

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "little-endian machines only");

static inline u16 swab16(u16 x)
{
	return (u16)(x << 8 | x >> 8);
}

static inline u32 swab32(u32 x)
{
	return x << 24 | (x & 0xff00) << 8 | ((x >> 8) & 0xff00) | x >> 24;
}

static inline u64 swab64(u64 x)
{
	return (u64)swab32((u32)x) << 32 | swab32((u32)(x >> 32));
}

#define le16_to_cpu(x)	((u16)(x))
#define le32_to_cpu(x)	((u32)(x))
#define le64_to_cpu(x)	((u64)(x))
#define cpu_to_le16(x)	((le16)(x))
#define cpu_to_le32(x)	((le32)(x))
#define cpu_to_le64(x)	((le64)(x))
#define be16_to_cpu(x)	swab16(x)
#define be32_to_cpu(x)	swab32(x)
#define be64_to_cpu(x)	swab64(x)
#define cpu_to_be16(x)	swab16(x)
#define cpu_to_be32(x)	swab32(x)
#define cpu_to_be64(x)	swab64(x)

/* Big-endian numbers at any address. */
static inline u32 get_unaligned_be32(const void *p)
{
	const u8 *b = p;

	return (u32)b[0] << 24 | (u32)b[1] << 16 | (u32)b[2] << 8 | b[3];
}

static inline u64 get_unaligned_be64(const void *p)
{
	return (u64)get_unaligned_be32(p) << 32 | get_unaligned_be32((const u8 *)p + 4);
}

static inline void put_unaligned_be32(u32 val, void *p)
{
	u8 *b = p;

	b[0] = (u8)(val >> 24);
	b[1] = (u8)(val >> 16);
	b[2] = (u8)(val >> 8);
	b[3] = (u8)val;
}
