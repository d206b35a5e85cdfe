/* SPDX-License-Identifier: MIT */
/*
 * struct statx and its flags. Source: statx(2).
 *
 * Linux: include/uapi/linux/stat.h.
 */
#pragma once

/* Fixed widths, whoever compiles it: the kernel and the programs share this file. */
#define AT_NO_AUTOMOUNT		0x800
#define AT_STATX_SYNC_TYPE	0x6000
#define STATX_BASIC_STATS	0x7ffU
#define STATX__RESERVED		0x80000000U
#define STATX_ATTR_MOUNT_ROOT	0x2000
struct statx_timestamp {
	s64 tv_sec;
	u32 tv_nsec;
	s32 __reserved;
};
struct statx {
	u32 stx_mask, stx_blksize;
	u64 stx_attributes;
	u32 stx_nlink, stx_uid, stx_gid;
	u16 stx_mode, __spare0;
	u64 stx_ino, stx_size, stx_blocks, stx_attributes_mask;
	struct statx_timestamp stx_atime, stx_btime, stx_ctime, stx_mtime;
	u32 stx_rdev_major, stx_rdev_minor, stx_dev_major, stx_dev_minor;
	u64 stx_mnt_id;
	u32 stx_dio_mem_align, stx_dio_offset_align;
	u64 __spare3[12];
};
