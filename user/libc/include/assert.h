/* SPDX-License-Identifier: MIT */
/*
 * assert.h: assert(): stop the program where a belief turns out false.
 */
#pragma once

#include <sys/cdefs.h>

void __assert_fail(const char *expr, const char *file, int line, const char *func) __noreturn;

#undef assert
#ifdef NDEBUG
#define assert(e) ((void)0)
#else
#define assert(e) ((e) ? (void)0 : __assert_fail(#e, __FILE__, __LINE__, __func__))
#endif

#define static_assert _Static_assert
