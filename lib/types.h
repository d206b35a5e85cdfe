/* SPDX-License-Identifier: MIT */
/*
 * types.h - the integer and identifier types every file uses.
 *
 * => u64 is `unsigned long` (as uint64_t is on LP64), so it is printed with %lu and %lx.
 * => Freestanding (the kernel) we name the POSIX types ourselves; hosted (tests/host)
 *    they come from the C library, so that a test may include system headers too.
 * => No state, no locks.
 *
 * Linux: include/linux/types.h. Differs: u64 is unsigned long, not unsigned long long.
 */
#pragma once

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#if __STDC_HOSTED__
#include <sys/types.h>
#else
typedef long		ssize_t;
typedef long		off_t;
typedef long		loff_t;		/* a file position, may pass 4 GiB */
typedef int		pid_t;
typedef unsigned int	uid_t;
typedef unsigned int	gid_t;
typedef unsigned int	mode_t;
typedef unsigned int	dev_t;		/* MKDEV(): 12 bits major, 20 bits minor */
typedef unsigned long	ino_t;
#endif

typedef uint8_t		u8;
typedef uint16_t	u16;
typedef uint32_t	u32;
typedef uint64_t	u64;
typedef int8_t		s8;
typedef int16_t		s16;
typedef int32_t		s32;
typedef int64_t		s64;

/* On-disk and on-wire integers: the name says the byte order, the accessor converts. */
typedef uint16_t	le16;
typedef uint32_t	le32;
typedef uint64_t	le64;
typedef uint16_t	be16;
typedef uint32_t	be32;
typedef uint64_t	be64;

typedef mode_t		umode_t;	/* file type and permission bits */
typedef unsigned int	gfp_t;		/* how an allocation may be satisfied: GFP_* */
typedef unsigned long	pgoff_t;	/* index of a page in a file */
typedef u64		phys_addr_t;	/* a physical address; never dereference it */
typedef u64		dma_addr_t;	/* an address as a device sees it */
typedef u64		sector_t;	/* a disk position in 512-byte sectors */
typedef s64		time64_t;	/* seconds since 1970 */
typedef s64		ktime_t;	/* nanoseconds since boot */
