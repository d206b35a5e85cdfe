/* SPDX-License-Identifier: MIT */
/*
 * Between tracefs.c and reader.c: the operations of the file "trace".
 *
 * Linux: kernel/trace/trace.h.
 */
#pragma once
#include "kernel/fs/fs.h"

extern const struct inode_operations trace_file_iops;
extern const struct file_operations trace_file_fops;
