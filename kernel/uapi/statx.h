/* SPDX-License-Identifier: MIT */
/*
 * struct statx and its flags. Source: statx(2).
 *
 * Linux: include/uapi/linux/stat.h.
 */
#pragma once

/* Plain C types of LP64, as everywhere in uapi/: a program needs no other header for them. */
#define AT_NO_AUTOMOUNT		0x800
#define AT_STATX_SYNC_TYPE	0x6000
#define STATX_BASIC_STATS	0x7ffU
#define STATX__RESERVED		0x80000000U
#define STATX_ATTR_MOUNT_ROOT	0x2000
struct statx_timestamp {
	long tv_sec;
	unsigned int tv_nsec;
	int __reserved;
};
struct statx {
	unsigned int stx_mask, stx_blksize;
	unsigned long stx_attributes;
	unsigned int stx_nlink, stx_uid, stx_gid;
	unsigned short stx_mode, __spare0;
	unsigned long stx_ino, stx_size, stx_blocks, stx_attributes_mask;
	struct statx_timestamp stx_atime, stx_btime, stx_ctime, stx_mtime;
	unsigned int stx_rdev_major, stx_rdev_minor, stx_dev_major, stx_dev_minor;
	unsigned long stx_mnt_id;
	unsigned int stx_dio_mem_align, stx_dio_offset_align;
	unsigned long __spare3[12];
};
