/* SPDX-License-Identifier: MIT */
/*
 * The system calls on memory, in the order of their numbers.
 *
 * => all: a result, or -errno as the man page says; may sleep; take mmap_lock themselves.
 *
 * Linux: include/linux/syscalls.h. Parameters are register-wide: see
 * kernel/syscalls.h.
 */
#pragma once
#include "lib/compiler.h"

/* The heap and mappings: brk(2), munmap(2), mremap(2), mmap(2), mprotect(2). */
long sys_brk(unsigned long brk);
long sys_munmap(unsigned long addr, unsigned long len);
long sys_mremap(unsigned long addr, unsigned long old_len, unsigned long new_len,
		unsigned long flags, unsigned long new_addr);
long sys_mmap(unsigned long addr, unsigned long len, unsigned long prot, unsigned long flags,
	      long fd, unsigned long offset);
long sys_mprotect(unsigned long addr, unsigned long len, unsigned long prot);

/* Residence: msync(2), mlock(2), mincore(2), madvise(2). */
long sys_msync(unsigned long addr, unsigned long len, long flags);
long sys_mlock(unsigned long addr, unsigned long len);
long sys_munlock(unsigned long addr, unsigned long len);
long sys_mlockall(long flags);
long sys_munlockall(void);
long sys_mincore(unsigned long addr, unsigned long len, unsigned char __user *vec);
long sys_madvise(unsigned long addr, unsigned long len, long advice);
long sys_mlock2(unsigned long addr, unsigned long len, long flags);

/* NUMA: mbind(2), get_mempolicy(2), set_mempolicy(2), migrate_pages(2), move_pages(2). */
long sys_mbind(unsigned long start, unsigned long len, unsigned long mode,
	       const unsigned long __user *nmask, unsigned long maxnode, unsigned long flags);
long sys_get_mempolicy(int __user *policy, unsigned long __user *nmask, unsigned long maxnode,
		       unsigned long addr, unsigned long flags);
long sys_set_mempolicy(long mode, const unsigned long __user *nmask, unsigned long maxnode);
long sys_migrate_pages(long pid, unsigned long maxnode, const unsigned long __user *old_nodes,
		       const unsigned long __user *new_nodes);
long sys_move_pages(long pid, unsigned long count, const unsigned long __user *pages,
		    const int __user *nodes, int __user *status, unsigned long flags);
