/* SPDX-License-Identifier: MIT */
/*
 * sys/cdefs.h: spellings used by the other headers.
 */
#pragma once

#define __noreturn	__attribute__((noreturn))
#define __printf_like(fmt, args) __attribute__((format(printf, fmt, args)))
#define __scanf_like(fmt, args) __attribute__((format(scanf, fmt, args)))
