/* SPDX-License-Identifier: MIT */
/*
 * Constants that C and assembler share: only C wants their type named.
 *
 * Linux: include/uapi/linux/const.h, _UL().
 */
#pragma once

#ifdef __ASSEMBLER__
#define _UL(x)		x
#else
#define _UL(x)		x##UL
#endif
