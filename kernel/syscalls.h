/* SPDX-License-Identifier: MIT */
/*
 * The system-call table. Every sys_ function takes register-wide parameters
 * only (long, unsigned long, pointers): the upper halves of narrow arguments
 * belong to the program and must be cut off explicitly, inside.
 * They return a result or -errno, or a -ERESTART* code of kernel/signal.h.
 *
 * Linux: include/linux/syscalls.h, arch/riscv/kernel/syscall_table.c.
 */
#pragma once
#include <asm/uaccess.h>
#include "lib/errno.h"
#include "lib/types.h"
#include "kernel/uapi/unistd.h"

typedef long (*syscall_fn_t)(long, long, long, long, long, long);
#define NR_syscalls	463
extern const syscall_fn_t sys_call_table[NR_syscalls];
/* sys_ni_syscall() - unknown call: ENOSYS and one rate-limited line with number and name. */
long sys_ni_syscall(void);
/* lacking_syscall_name() - of a number of Linux's that the table does not serve. */
const char *lacking_syscall_name(unsigned long nr);
/*
 * Each subsystem declares its calls in its own header <dir>/<name>_syscalls.h
 * (kernel/proc_syscalls.h, kernel/fs/fs_syscalls.h, mm/mm_syscalls.h,
 * kernel/time_syscalls.h, kernel/signal_syscalls.h); kernel/syscall_table.c
 * includes them all and fills the table.
 */
