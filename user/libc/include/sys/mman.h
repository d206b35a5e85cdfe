/* SPDX-License-Identifier: MIT */
/*
 * sys/mman.h: mapping memory.
 */
#pragma once

#include <sys/types.h>

#include "kernel/uapi/mman.h"

#define MAP_ANON	MAP_ANONYMOUS
#define MAP_FAILED	((void *)-1)
#define MFD_CLOEXEC	1

void *mmap(void *addr, size_t length, int prot, int flags, int fd, off_t offset);
int munmap(void *addr, size_t length);
int mprotect(void *addr, size_t length, int prot);
void *mremap(void *old, size_t old_size, size_t new_size, int flags, ...);
int madvise(void *addr, size_t length, int advice);
int mincore(void *addr, size_t length, unsigned char *vec);
int msync(void *addr, size_t length, int flags);
int mlock(const void *addr, size_t length);
int mlock2(const void *addr, size_t length, unsigned int flags);
int munlock(const void *addr, size_t length);
int mlockall(int flags);
int munlockall(void);
int memfd_create(const char *name, unsigned int flags);
