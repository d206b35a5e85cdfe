/* SPDX-License-Identifier: MIT */
/*
 * What the files of kernel/fs/sysfs share.
 *
 * Linux: drivers/base/base.h, mm/ and block/ in parts.
 */
#pragma once
#include "kernel/fs/kernfs.h"

/* Makers of subtrees, one a source file. => boot; no memory is fatal. */
void sysfs_cpu_init(void);
void sysfs_node_init(void);
void sysfs_memory_init(void);
void sysfs_mm_init(void);
