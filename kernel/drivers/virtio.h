/* SPDX-License-Identifier: MIT */
/*
 * The virtio-mmio registers and the split ring, as the device sees them.
 * All numbers are little-endian, like the machine.
 *
 * Source: Virtual I/O Device (VIRTIO) 1.1, chapters 2.6, 4.2 and 5.2.
 * Linux: include/uapi/linux/virtio_{mmio,ring,blk}.h.
 */
#pragma once
#include "lib/types.h"

/* Registers of virtio-mmio; (1) legacy interface only, (2) version 2 only. */
#define VIRTIO_MMIO_MAGIC_VALUE		0x000	/* "virt" */
#define VIRTIO_MMIO_VERSION		0x004
#define VIRTIO_MMIO_DEVICE_ID		0x008	/* 0: nothing plugged in here */
#define VIRTIO_MMIO_DEVICE_FEATURES	0x010
#define VIRTIO_MMIO_DEVICE_FEATURES_SEL	0x014
#define VIRTIO_MMIO_DRIVER_FEATURES	0x020
#define VIRTIO_MMIO_DRIVER_FEATURES_SEL	0x024
#define VIRTIO_MMIO_GUEST_PAGE_SIZE	0x028	/* (1) */
#define VIRTIO_MMIO_QUEUE_SEL		0x030
#define VIRTIO_MMIO_QUEUE_NUM_MAX	0x034
#define VIRTIO_MMIO_QUEUE_NUM		0x038
#define VIRTIO_MMIO_QUEUE_ALIGN		0x03c	/* (1) */
#define VIRTIO_MMIO_QUEUE_PFN		0x040	/* (1) */
#define VIRTIO_MMIO_QUEUE_READY		0x044	/* (2) */
#define VIRTIO_MMIO_QUEUE_NOTIFY	0x050
#define VIRTIO_MMIO_INTERRUPT_STATUS	0x060
#define VIRTIO_MMIO_INTERRUPT_ACK	0x064
#define VIRTIO_MMIO_STATUS		0x070
#define VIRTIO_MMIO_QUEUE_DESC_LOW	0x080	/* (2), high half behind it */
#define VIRTIO_MMIO_QUEUE_AVAIL_LOW	0x090	/* (2) */
#define VIRTIO_MMIO_QUEUE_USED_LOW	0x0a0	/* (2) */
#define VIRTIO_MMIO_CONFIG		0x100

#define VIRTIO_MMIO_MAGIC		0x74726976

#define VIRTIO_CONFIG_S_ACKNOWLEDGE	1
#define VIRTIO_CONFIG_S_DRIVER		2
#define VIRTIO_CONFIG_S_DRIVER_OK	4
#define VIRTIO_CONFIG_S_FEATURES_OK	8
#define VIRTIO_CONFIG_S_FAILED		128

#define VIRTIO_F_VERSION_1		32	/* feature bits */
#define VIRTIO_BLK_F_SEG_MAX		2
#define VIRTIO_BLK_F_RO			5
#define VIRTIO_BLK_F_BLK_SIZE		6
#define VIRTIO_BLK_F_FLUSH		9

#define VIRTIO_ID_BLOCK			2

/* Configuration space of a block device, at VIRTIO_MMIO_CONFIG. */
#define VIRTIO_BLK_CFG_CAPACITY		0x00	/* 64 bits, in 512-byte sectors */
#define VIRTIO_BLK_CFG_SEG_MAX		0x0c
#define VIRTIO_BLK_CFG_BLK_SIZE		0x14

#define VIRTIO_BLK_T_IN			0
#define VIRTIO_BLK_T_OUT		1
#define VIRTIO_BLK_T_FLUSH		4
#define VIRTIO_BLK_S_OK			0
#define VIRTIO_BLK_S_IOERR		1
#define VIRTIO_BLK_S_UNSUPP		2

/* First part of each request; then the data; then one status byte. */
struct virtio_blk_outhdr {
	u32 type;
	u32 ioprio;
	u64 sector;
};

#define VRING_DESC_F_NEXT	1
#define VRING_DESC_F_WRITE	2	/* the device writes it */

struct vring_desc {
	u64 addr;			/* physical */
	u32 len;
	u16 flags, next;
};
struct vring_avail {
	u16 flags, idx;
	u16 ring[];
};
struct vring_used_elem {
	u32 id, len;
};
struct vring_used {
	u16 flags, idx;
	struct vring_used_elem ring[];
};
