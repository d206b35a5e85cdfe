/* SPDX-License-Identifier: MIT */
/*
 * config.h - the options as the unit tests have them; included before everything, where
 * the kernel has its generated config.h. A test's own FLAGS may set one otherwise.
 */
#pragma once

#ifndef CONFIG_MMU
#define CONFIG_MMU		1
#endif
#ifndef CONFIG_DEBUG_VM
#define CONFIG_DEBUG_VM		1
#endif
#ifndef CONFIG_LOCK_RANK
#define CONFIG_LOCK_RANK	0
#endif
#ifndef CONFIG_SLUB_DEBUG
#define CONFIG_SLUB_DEBUG	1
#endif
#ifndef CONFIG_KSELFTEST
#define CONFIG_KSELFTEST	0
#endif
#ifndef CONFIG_FAIL_ALLOC
#define CONFIG_FAIL_ALLOC	1
#endif
#ifndef CONFIG_NR_CPUS
#define CONFIG_NR_CPUS		4
#endif
#ifndef CONFIG_TRACE
#define CONFIG_TRACE		0
#endif
#ifndef CONFIG_RELEASE
#define CONFIG_RELEASE		0
#endif
