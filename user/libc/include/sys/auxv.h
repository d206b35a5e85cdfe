/* SPDX-License-Identifier: MIT */
/*
 * sys/auxv.h: the auxiliary vector the kernel put on the stack.
 */
#pragma once

#include "kernel/uapi/auxvec.h"

/* The value of an entry, 0 (and ENOENT) if the kernel passed none. */
unsigned long getauxval(unsigned long type);
