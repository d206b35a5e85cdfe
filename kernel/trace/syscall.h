/* SPDX-License-Identifier: MIT */
/*
 * The way of a system call through the tracer.
 *
 * Linux: include/trace/syscall.h.
 */
#pragma once
#include "kernel/syscalls.h"

/* What entry.S calls through. */
extern const syscall_fn_t *sys_call_dispatch;
/* trace_sys_enter(), trace_sys_exit() - the events; args: the six of the call (events.c). */
void trace_sys_enter(unsigned long nr, const long *args);
void trace_sys_exit(unsigned long nr, long ret);
