/* SPDX-License-Identifier: MIT */
/*
 * user/libc/mman.c: the memory calls, one to one, and the break.
 *
 * brk(2) answers with the break it has set, and that is the old one if the new
 * one was refused; sbrk() keeps the last answer, so asking where the break is
 * costs nothing.
 *
 * Linux: man 2 mmap and its neighbours. Differs: nothing.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/swap.h>
#include "internal.h"

static char *current_break;

int brk(void *end)
{
	current_break = (char *)__syscall(__NR_brk, end);
	if (current_break < (char *)end) {
		errno = ENOMEM;
		return -1;
	}
	return 0;
}

void *sbrk(intptr_t increment)
{
	char *old;

	if (!current_break)
		brk(NULL);
	old = current_break;
	/* Without an MMU there may be no break at all: then the answer is 0 or -errno. */
	if ((intptr_t)old <= 0) {
		current_break = NULL;
		errno = ENOMEM;
		return (void *)-1;
	}
	if (increment == 0)
		return old;
	if (brk(old + increment) < 0 || current_break != old + increment) {
		errno = ENOMEM;
		return (void *)-1;
	}
	return old;
}

void *mmap(void *addr, size_t length, int prot, int flags, int fd, off_t offset)
{
	return (void *)syscall(__NR_mmap, addr, length, prot, flags, fd, offset);
}

int munmap(void *addr, size_t length)
{
	return syscall(__NR_munmap, addr, length);
}

int mprotect(void *addr, size_t length, int prot)
{
	return syscall(__NR_mprotect, addr, length, prot);
}

void *mremap(void *old, size_t old_size, size_t new_size, int flags, ...)
{
	void *new_addr;
	va_list ap;

	va_start(ap, flags);
	new_addr = va_arg(ap, void *);	/* read only with MREMAP_FIXED */
	va_end(ap);
	return (void *)syscall(__NR_mremap, old, old_size, new_size, flags, new_addr);
}

int madvise(void *addr, size_t length, int advice)
{
	return syscall(__NR_madvise, addr, length, advice);
}

int mincore(void *addr, size_t length, unsigned char *vec)
{
	return syscall(__NR_mincore, addr, length, vec);
}

int msync(void *addr, size_t length, int flags)
{
	return syscall(__NR_msync, addr, length, flags);
}

int mlock(const void *addr, size_t length)
{
	return syscall(__NR_mlock, addr, length);
}

int mlock2(const void *addr, size_t length, unsigned int flags)
{
	return syscall(__NR_mlock2, addr, length, flags);
}

int munlock(const void *addr, size_t length)
{
	return syscall(__NR_munlock, addr, length);
}

int mlockall(int flags)
{
	return syscall(__NR_mlockall, flags);
}

int munlockall(void)
{
	return syscall(__NR_munlockall);
}

int memfd_create(const char *name, unsigned int flags)
{
	return syscall(__NR_memfd_create, name, flags);
}

int swapon(const char *path, int flags)
{
	return syscall(__NR_swapon, path, flags);
}

int swapoff(const char *path)
{
	return syscall(__NR_swapoff, path);
}
