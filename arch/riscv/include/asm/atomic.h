/* SPDX-License-Identifier: MIT */
/*
 * atomic_t and atomic_long_t: integers that several harts change at once.
 *
 * Read-modify-write operations that return a value are fully ordered; those
 * that return nothing are relaxed, as in Linux (memory-barriers.txt).
 * The compiler turns them into the A extension's amoadd/lr/sc.
 *
 * Linux: include/linux/atomic.h. Differs: built on the compiler's __atomic.
 */
#pragma once
#include "lib/bitops.h"	/* test_bit() */
#include "lib/types.h"

typedef struct { int counter; } atomic_t;
typedef struct { long counter; } atomic_long_t;

#define ATOMIC_INIT(i)	{ (i) }

#define atomic_read(v)		__atomic_load_n(&(v)->counter, __ATOMIC_RELAXED)
/* A volatile store: gcc turns __atomic_store_n into an amoswap, twice the work. */
#define atomic_set(v, i)	((void)(*(volatile __typeof__((v)->counter) *)&(v)->counter = (i)))
#define atomic_add(i, v)	((void)__atomic_fetch_add(&(v)->counter, (i), __ATOMIC_RELAXED))
#define atomic_sub(i, v)	((void)__atomic_fetch_sub(&(v)->counter, (i), __ATOMIC_RELAXED))
#define atomic_inc(v)		atomic_add(1, v)
#define atomic_dec(v)		atomic_sub(1, v)
#define atomic_or(i, v)		((void)__atomic_fetch_or(&(v)->counter, (i), __ATOMIC_RELAXED))
#define atomic_and(i, v)	((void)__atomic_fetch_and(&(v)->counter, (i), __ATOMIC_RELAXED))
#define atomic_add_return(i, v)	__atomic_add_fetch(&(v)->counter, (i), __ATOMIC_SEQ_CST)
#define atomic_sub_return(i, v)	__atomic_sub_fetch(&(v)->counter, (i), __ATOMIC_SEQ_CST)
#define atomic_inc_return(v)	atomic_add_return(1, v)
#define atomic_dec_return(v)	atomic_sub_return(1, v)
#define atomic_dec_and_test(v)	(atomic_sub_return(1, v) == 0)
#define atomic_sub_and_test(i, v) (atomic_sub_return(i, v) == 0)
#define atomic_add_negative(i, v) (atomic_add_return(i, v) < 0)
#define atomic_xchg(v, n)	__atomic_exchange_n(&(v)->counter, (n), __ATOMIC_SEQ_CST)

/* atomic_cmpxchg() - returns the value found; equal to @old on success. */
static inline int atomic_cmpxchg(atomic_t *v, int old, int new)
{
	__atomic_compare_exchange_n(&v->counter, &old, new, false,
				    __ATOMIC_SEQ_CST, __ATOMIC_RELAXED);
	return old;
}

/* atomic_inc_not_zero() - take a reference unless the last one is gone. */
static inline bool atomic_inc_not_zero(atomic_t *v)
{
	int old = atomic_read(v);

	while (old) {
		if (__atomic_compare_exchange_n(&v->counter, &old, old + 1, false,
						__ATOMIC_SEQ_CST, __ATOMIC_RELAXED))
			return true;
	}
	return false;
}

#define atomic_long_read	atomic_read
#define atomic_long_set		atomic_set
#define atomic_long_add		atomic_add
#define atomic_long_sub		atomic_sub
#define atomic_long_inc		atomic_inc
#define atomic_long_dec		atomic_dec
#define atomic_long_add_return	atomic_add_return
#define atomic_long_sub_return	atomic_sub_return
#define atomic_long_xchg	atomic_xchg

#define xchg(p, v)	__atomic_exchange_n((p), (v), __ATOMIC_SEQ_CST)
/* cmpxchg() - pointer/word compare and swap; returns the value found. */
#define cmpxchg(p, o, n)						\
({									\
	__typeof__(*(p)) __o = (o);					\
	__atomic_compare_exchange_n((p), &__o, (n), false,		\
				    __ATOMIC_SEQ_CST, __ATOMIC_RELAXED); \
	__o;								\
})

/* Atomic bits of an unsigned long array, numbered from bit 0 of word 0. */
#define __BIT_WORD(p, nr)	((unsigned long *)(p) + (nr) / 64)
#define __BIT_MASK(nr)		(1UL << ((nr) % 64))
static inline void set_bit(unsigned int nr, volatile void *p)
{
	__atomic_fetch_or(__BIT_WORD(p, nr), __BIT_MASK(nr), __ATOMIC_RELAXED);
}
static inline void clear_bit(unsigned int nr, volatile void *p)
{
	__atomic_fetch_and(__BIT_WORD(p, nr), ~__BIT_MASK(nr), __ATOMIC_RELAXED);
}
static inline bool test_and_set_bit(unsigned int nr, volatile void *p)
{
	return __atomic_fetch_or(__BIT_WORD(p, nr), __BIT_MASK(nr), __ATOMIC_SEQ_CST) &
	       __BIT_MASK(nr);
}
static inline bool test_and_clear_bit(unsigned int nr, volatile void *p)
{
	return __atomic_fetch_and(__BIT_WORD(p, nr), ~__BIT_MASK(nr), __ATOMIC_SEQ_CST) &
	       __BIT_MASK(nr);
}
