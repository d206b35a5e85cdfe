/* SPDX-License-Identifier: MIT */
/*
 * sys/sysmacros.h: device numbers: 12 bits of major, 20 of minor, as Linux packs them.
 */
#pragma once

#define major(dev)	((unsigned int)(((dev) >> 8) & 0xfff))
#define minor(dev)	((unsigned int)(((dev) & 0xff) | (((dev) >> 12) & 0xfff00)))
#define makedev(ma, mi)	\
	(((unsigned long)(ma) << 8) | ((mi) & 0xff) | (((unsigned long)(mi) & 0xfff00) << 12))
