/* SPDX-License-Identifier: MIT */
/*
 * What the kernel calls itself. uname(2) reports Linux's name and a version
 * whose system calls we speak, because programs (glibc) check it.
 *
 * Linux: include/linux/utsname.h, init/version.c.
 */
#pragma once
#define UTS_SYSNAME	"Linux"
#define UTS_RELEASE	"6.12.0-quire"
#define UTS_MACHINE	"riscv64"
#define UTS_NODENAME	"quire"
extern const char uts_version[];	/* "#1 SMP ..." */
extern const char quire_banner[];	/* first line of the log, and /proc/version */
