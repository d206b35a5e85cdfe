/* SPDX-License-Identifier: MIT */
/*
 * libgcc.h - what gcc calls on rv64imac for lack of bit-manipulation instructions.
 *
 * Nobody calls these by name: the compiler does, for __builtin_clz and its kin on values
 * it does not know. No state, no locks, any context.
 *
 * Linux: lib/clz_ctz.c, arch/riscv/lib. Differs: Linux links its own __clzsi2 etc. too.
 */
#pragma once

#include "lib/types.h"

/* Leading and trailing zeros of a value that is not 0; bits set; bytes reversed. */
int __clzdi2(u64 x);
int __ctzdi2(u64 x);
int __ffsdi2(u64 x);
int __popcountdi2(u64 x);
int __paritydi2(u64 x);
u32 __bswapsi2(u32 x);
u64 __bswapdi2(u64 x);
