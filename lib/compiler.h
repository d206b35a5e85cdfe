/* SPDX-License-Identifier: MIT */
/*
 * compiler.h - names for compiler attributes and single accesses to shared memory.
 *
 * => READ_ONCE/WRITE_ONCE only stop the compiler from splitting, repeating or caching an
 *    access. They order nothing between harts: that is asm/barrier.h's business.
 * => __requires/__acquires/__releases name the lock a function needs, takes or drops.
 *    gcc ignores them. `make check-locks` runs clang with QUIRE_THREAD_SAFETY defined, and
 *    clang then proves each caller.
 * => __no_lock_check exempts a function whose locking clang cannot follow: a lock that is
 *    taken or dropped on a condition, or known by two names. Its callers are still checked.
 *
 * Linux: include/linux/compiler_attributes.h, compiler.h, rwonce.h. Differs: the lock
 * annotations are clang's thread-safety attributes, not sparse's.
 */
#pragma once

#undef __always_inline		/* glibc's sys/cdefs.h has one too, with the same meaning */
#define __always_inline		inline __attribute__((__always_inline__))
#define noinline		__attribute__((__noinline__))
#define __noreturn		__attribute__((__noreturn__))
#define __must_check		__attribute__((__warn_unused_result__))
#define __printf(fmt, args)	__attribute__((__format__(__printf__, fmt, args)))
#define __maybe_unused		__attribute__((__unused__))
#define __used			__attribute__((__used__))
#define __weak			__attribute__((__weak__))
#define __packed		__attribute__((__packed__))
#define __aligned(n)		__attribute__((__aligned__(n)))
#define __section(name)		__attribute__((__section__(name)))
#define __cold			__attribute__((__cold__))
#define __may_alias		__attribute__((__may_alias__))
#define fallthrough		__attribute__((__fallthrough__))

/* A pointer into the running program's memory: only copy_{to,from}_user may follow it. */
#define __user
/* A pointer to device registers: only readl/writel and friends may follow it. */
#define __iomem

#if defined(__clang__) && defined(QUIRE_THREAD_SAFETY)
#define __capability(what)	__attribute__((capability(what)))
#define __requires(lock)	__attribute__((requires_capability(lock)))
#define __acquires(lock)	__attribute__((acquire_capability(lock)))
#define __releases(lock)	__attribute__((release_capability(lock)))
#define __try_acquires(ret, lock) __attribute__((try_acquire_capability(ret, lock)))
#define __no_lock_check		__attribute__((no_thread_safety_analysis))
#else
#define __capability(what)
#define __requires(lock)
#define __acquires(lock)
#define __releases(lock)
#define __try_acquires(ret, lock)
#define __no_lock_check
#endif

#define likely(cond)		__builtin_expect(!!(cond), 1)
#define unlikely(cond)		__builtin_expect(!!(cond), 0)
#define unreachable()		__builtin_unreachable()

/* The compiler may not move memory accesses across this; the processor still may. */
#define barrier()		__asm__ __volatile__("" : : : "memory")

#define READ_ONCE(x)		(*(const volatile __typeof__(x) *)&(x))
#define WRITE_ONCE(x, val)	do { *(volatile __typeof__(x) *)&(x) = (val); } while (0)

/* Fail to compile when @cond, an integer constant expression, is true. */
#define BUILD_BUG_ON(cond)	_Static_assert(!(cond), "BUILD_BUG_ON: " #cond)
