/* SPDX-License-Identifier: MIT */
/*
 * What the files of kernel/fs/sysfs share.
 *
 * Linux: drivers/base/base.h.
 */
#pragma once
#include "kernel/fs/kernfs.h"

/* Makers of subtrees, one a source file. => boot; no memory is fatal. */
void sysfs_cpu_init(void);
void sysfs_node_init(void);
void sysfs_memory_init(void);
void sysfs_mm_init(void);
void sysfs_slab_init(void);

/* show.c: show functions that need no data, and a line with a set of harts or nodes. */
int sysfs_show_0(struct seq_file *m, void *data);
int sysfs_show_1(struct seq_file *m, void *data);
int sysfs_show_none(struct seq_file *m, void *data);
int sysfs_show_empty(struct seq_file *m, void *data);
/* sysfs_print_list() - "0-3"; sysfs_print_mask() - "f", as many digits as nbits need. */
void sysfs_print_list(struct seq_file *m, unsigned long mask);
void sysfs_print_mask(struct seq_file *m, unsigned long mask, unsigned int nbits);

/* Blocks of memory, as /sys/devices/system/memory numbers them (memory.c). */
unsigned long memory_block_size_bytes(void);
/* memory_blocks_of_node() - the first block of a node and the one after its last. */
void memory_blocks_of_node(int nid, unsigned long *first, unsigned long *end);
