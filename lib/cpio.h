/* SPDX-License-Identifier: MIT */
/*
 * cpio.h - walk a cpio archive in "newc" format: what an initramfs is.
 *
 * The archive is input from outside: every size in it is checked against the bytes there
 * are. Names and data point into the archive. Nothing is allocated; no locks.
 *
 * Linux: init/initramfs.c. Differs: an iterator instead of a state machine; uncompressed
 * "070701" archives only.
 */
#pragma once

#include "lib/errno.h"
#include "lib/kernel.h"

struct cpio_iter {
	const u8 *data;
	size_t size;
	size_t pos;		/* of the next header */
	u32 archive;		/* how many trailers were passed: see cpio_entry.archive */
};

struct cpio_entry {
	const char *name;	/* NUL-terminated, in the archive; may start with / or ./ */
	size_t namelen;		/* without the NUL */
	u32 ino;		/* with dev: names of one file with nlink > 1 share it ... */
	u32 archive;		/* ... but only within one of several archives in a row */
	u32 mode;		/* S_IF* and permissions */
	u32 uid, gid;
	u32 nlink;
	u32 mtime;
	u32 dev_major, dev_minor;
	u32 rdev_major, rdev_minor;
	const void *data;	/* file contents, or the target of a symbolic link (no NUL) */
	size_t size;
};

/* cpio_init() - start a walk over @size bytes at @data. */
void cpio_init(struct cpio_iter *it, const void *data, size_t size);

/*
 * cpio_next() - the next entry.
 *
 * => 1 and *entry; 0 at the end (behind the last trailer; zero bytes and further archives
 *    may follow a trailer); -EINVAL: malformed or cut off. After 0 or -EINVAL the walk is
 *    over: further calls return the same.
 * => the directory part, duplicates and the sense of mode are the caller's business.
 */
int cpio_next(struct cpio_iter *it, struct cpio_entry *entry) __must_check;
