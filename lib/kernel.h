/* SPDX-License-Identifier: MIT */
/*
 * kernel.h - the small arithmetic and pointer macros used everywhere.
 *
 * => Arguments of min, max, clamp, swap and container_of are evaluated once. ALIGN and
 *    the rounding macros may be used in constant expressions and evaluate twice.
 * => min(a, b) with arguments of different signedness does not compile (-Wsign-compare);
 *    say min_t(type, a, b) and mean it.
 *
 * Linux: include/linux/kernel.h, minmax.h, align.h, math.h, container_of.h, log2.h.
 * Differs: one file.
 */
#pragma once

#include "lib/bitops.h"
#include "lib/compiler.h"
#include "lib/types.h"

#if __STDC_HOSTED__
#include <limits.h>
#else
#define CHAR_BIT	8
#define SCHAR_MAX	__SCHAR_MAX__
#define UCHAR_MAX	(__SCHAR_MAX__ * 2 + 1)
#define SHRT_MAX	__SHRT_MAX__
#define USHRT_MAX	(__SHRT_MAX__ * 2 + 1)
#define INT_MAX		__INT_MAX__
#define INT_MIN		(-INT_MAX - 1)
#define UINT_MAX	(~0U)
#define LONG_MAX	__LONG_MAX__
#define LONG_MIN	(-LONG_MAX - 1)
#define ULONG_MAX	(~0UL)
#define LLONG_MAX	__LONG_LONG_MAX__
#define LLONG_MIN	(-LLONG_MAX - 1)
#define ULLONG_MAX	(~0ULL)
#define SSIZE_MAX	LONG_MAX
#define PATH_MAX	4096		/* bytes in a path, with the NUL */
#define NAME_MAX	255		/* bytes in one component, without it */
#endif

#define U8_MAX		((u8)~0U)
#define U16_MAX		((u16)~0U)
#define U32_MAX		((u32)~0U)
#define U64_MAX		((u64)~0UL)
#define S32_MAX		((s32)(U32_MAX >> 1))
#define S32_MIN		((s32)(-S32_MAX - 1))
#define S64_MAX		((s64)(U64_MAX >> 1))
#define S64_MIN		((s64)(-S64_MAX - 1))

#define ARRAY_SIZE(a)		(sizeof(a) / sizeof((a)[0]))
#define sizeof_field(type, member) sizeof(((type *)0)->member)

#define __same_type(a, b) \
	__builtin_types_compatible_p(__typeof__(a), __typeof__(b))

/* The structure of @type that has @ptr as its @member. */
#define container_of(ptr, type, member) ({				\
	void *__mptr = (void *)(ptr);					\
	_Static_assert(__same_type(*(ptr), ((type *)0)->member) ||	\
		       __same_type(*(ptr), void),			\
		       "container_of: pointer and member differ");	\
	(type *)((char *)__mptr - offsetof(type, member)); })

#define min(a, b) ({							\
	__typeof__(a) __min_a = (a);					\
	__typeof__(b) __min_b = (b);					\
	__min_a < __min_b ? __min_a : __min_b; })
#define max(a, b) ({							\
	__typeof__(a) __max_a = (a);					\
	__typeof__(b) __max_b = (b);					\
	__max_a > __max_b ? __max_a : __max_b; })
#define min_t(type, a, b)	min((type)(a), (type)(b))
#define max_t(type, a, b)	max((type)(a), (type)(b))
#define min3(a, b, c)		min(min(a, b), c)
#define max3(a, b, c)		max(max(a, b), c)
#define clamp(val, lo, hi)	min(max(val, lo), hi)
#define clamp_t(type, val, lo, hi) \
	clamp((type)(val), (type)(lo), (type)(hi))

/* For constant expressions (array sizes); evaluates its arguments twice. */
#undef MIN
#undef MAX
#define MIN(a, b)		((a) < (b) ? (a) : (b))
#define MAX(a, b)		((a) > (b) ? (a) : (b))

#define abs_diff(a, b) ({						\
	__typeof__(a) __ad_a = (a);					\
	__typeof__(b) __ad_b = (b);					\
	__ad_a > __ad_b ? __ad_a - __ad_b : __ad_b - __ad_a; })

#define swap(a, b) do {							\
	__typeof__(a) __swap_tmp = (a);					\
	(a) = (b);							\
	(b) = __swap_tmp;						\
} while (0)

/* Rounding to a multiple of @a, a power of two. ALIGN keeps the type of @x. */
#define __ALIGN_MASK(x, mask)	(((x) + (mask)) & ~(mask))
#define ALIGN(x, a)		__ALIGN_MASK(x, (__typeof__(x))(a) - 1)
#define ALIGN_DOWN(x, a)	((x) & ~((__typeof__(x))(a) - 1))
#define IS_ALIGNED(x, a)	(((x) & ((__typeof__(x))(a) - 1)) == 0)
#define PTR_ALIGN(p, a)		((__typeof__(p))ALIGN((uintptr_t)(p), (a)))
#define PTR_ALIGN_DOWN(p, a)	((__typeof__(p))ALIGN_DOWN((uintptr_t)(p), (a)))
#define PTR_IS_ALIGNED(p, a)	IS_ALIGNED((uintptr_t)(p), (a))
#define round_up(x, a)		ALIGN(x, a)
#define round_down(x, a)	ALIGN_DOWN(x, a)

/* Rounding to a multiple of any @n: these divide. */
#define DIV_ROUND_UP(x, n)	(((x) + (n) - 1) / (n))
#define DIV_ROUND_CLOSEST(x, n)	(((x) + (n) / 2) / (n))
#define roundup(x, n)		(DIV_ROUND_UP(x, n) * (n))
#define rounddown(x, n)		((x) - (x) % (n))

#define lower_32_bits(x)	((u32)((u64)(x) & 0xffffffffUL))
#define upper_32_bits(x)	((u32)((u64)(x) >> 32))

/* Checked arithmetic: true when the mathematical result does not fit in *@res. */
#define check_add_overflow(a, b, res)	__builtin_add_overflow(a, b, res)
#define check_sub_overflow(a, b, res)	__builtin_sub_overflow(a, b, res)
#define check_mul_overflow(a, b, res)	__builtin_mul_overflow(a, b, res)

#define __stringify_1(x...)	#x
#define __stringify(x...)	__stringify_1(x)

/* Position of the highest set bit; usable in constant expressions. @n must not be 0. */
#define ilog2(n)							\
	(__builtin_constant_p(n) ?					\
	 63 - __builtin_clzll((unsigned long long)(n) | 1) :		\
	 (int)__fls(n))

static inline bool is_power_of_2(unsigned long n)
{
	return n != 0 && (n & (n - 1)) == 0;
}

/* The smallest power of two >= @n; @n from 1 to 2^63. */
static inline unsigned long roundup_pow_of_two(unsigned long n)
{
	return n <= 1 ? 1 : 1UL << fls64(n - 1);
}

/* The largest power of two <= @n; @n must not be 0. */
static inline unsigned long rounddown_pow_of_two(unsigned long n)
{
	return 1UL << __fls(n);
}

/* The smallest order with 2^order >= @n: 0 for 0 and 1. */
static inline int order_base_2(unsigned long n)
{
	return n <= 1 ? 0 : fls64(n - 1);
}
