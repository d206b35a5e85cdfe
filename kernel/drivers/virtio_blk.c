/* SPDX-License-Identifier: MIT */
/*
 * virtio-blk over virtio-mmio: the disks of QEMU's virt machine.
 *
 * A request is a chain of descriptors: header, one for each page of the bio,
 * status byte. The chain's head goes into the avail ring and the device is
 * notified; when it is done, the head appears in the used ring and an interrupt
 * comes. As many requests as fit into 128 descriptors are under way at once;
 * others wait on a list and follow from the interrupt.
 *
 * Invariants: free descriptors form a list through next, from free_head; a chain
 * is inflight[head] from submit until the interrupt. Header and status have a
 * fixed place for each possible head, so that a request needs no memory.
 *
 * Both interfaces are spoken: version 2 and legacy version 1, which differ only
 * in how the queue's address is told. The device at the lowest MMIO address
 * becomes vda: QEMU's command line decides by bus=virtio-mmio-bus.N.
 *
 * Locks: disk->lock (irq-safe) guards rings, free list and waiting list. bio_endio()
 * is called without it.
 *
 * Source: VIRTIO 1.1, 2.6 (split virtqueues), 3.1 (initialization), 4.2, 5.2.
 * Linux: drivers/block/virtio_blk.c, drivers/virtio/virtio_{mmio,ring}.c.
 * Differs: one queue, no indirect descriptors, no event suppression.
 */
#include <asm/barrier.h>
#include <asm/io.h>
#include <asm/setup.h>
#include "kernel/drivers/block.h"
#include "kernel/drivers/virtio.h"
#include "kernel/irq.h"
#include "kernel/printk.h"
#include "lib/sort.h"
#include "lib/string.h"
#include "mm/slab.h"
#include "mm/vmalloc.h"

#define QUEUE_SIZE	128
#define RING_ORDER	1	/* descriptors and avail ring in one page, used ring in the next */
#define MAX_SLOTS	26	/* virtio-mmio devices looked at: vda to vdz */
#define VIRTBLK_MAJOR	254

struct virtio_blk {
	void *regs;
	u32 version;
	bool write_cache;			/* it may keep writes back until a flush */
	spinlock_t lock;
	unsigned int size;			/* descriptors in the queue */
	struct vring_desc *desc;
	struct vring_avail *avail;
	struct vring_used *used;
	u16 free_head;				/* first free descriptor */
	u16 nr_free;
	u16 last_used;				/* used->idx up to which we have looked */
	struct virtio_blk_outhdr *hdr;		/* by head of the chain */
	u8 *status;				/* the same */
	struct bio *inflight[QUEUE_SIZE];
	struct list_head waiting;		/* bios for which there was no room */
	struct block_device bdev;
};

struct virtio_slot {
	phys_addr_t base;
	size_t size;
	u32 irq;
};

/* All registers are 32 bits wide; wider ones are two of them. */
static u32 reg_read(const struct virtio_blk *d, unsigned int off)
{
	return readl(d->regs + off);
}

static void reg_write(const struct virtio_blk *d, unsigned int off, u32 value)
{
	writel(value, d->regs + off);
}

/* ---- requests: all with d->lock held ---- */

/* The first free descriptor, filled in. */
static u16 desc_take(struct virtio_blk *d, phys_addr_t addr, u32 len, u16 flags)
{
	u16 i = d->free_head;

	d->free_head = d->desc[i].next;
	d->nr_free--;
	d->desc[i].addr = addr;
	d->desc[i].len = len;
	d->desc[i].flags = flags;
	return i;
}

/* The chain stays linked through next: give it back as a whole. */
static void chain_free(struct virtio_blk *d, u16 head)
{
	u16 i = head;

	d->nr_free++;
	while (d->desc[i].flags & VRING_DESC_F_NEXT) {
		i = d->desc[i].next;
		d->nr_free++;
	}
	d->desc[i].next = d->free_head;
	d->free_head = head;
}

static u32 request_type(enum req_op op)
{
	if (op == REQ_OP_FLUSH)
		return VIRTIO_BLK_T_FLUSH;
	return op == REQ_OP_WRITE ? VIRTIO_BLK_T_OUT : VIRTIO_BLK_T_IN;
}

/* Build the chain of bio and show it to the device. => d->nr_free >= nr_vecs + 2. */
static void request_queue(struct virtio_blk *d, struct bio *bio)
{
	u16 data = VRING_DESC_F_NEXT | (bio->op == REQ_OP_READ ? VRING_DESC_F_WRITE : 0);
	u16 head = d->free_head, last;

	d->hdr[head] = (struct virtio_blk_outhdr){ request_type(bio->op), 0,
						   bio->op == REQ_OP_FLUSH ? 0 : bio->sector };
	d->status[head] = 0xff;
	/* Taken in list order, so each descriptor's next already is the one taken after it. */
	desc_take(d, virt_to_phys(&d->hdr[head]), sizeof(d->hdr[head]), VRING_DESC_F_NEXT);
	for (unsigned int i = 0; i < bio->nr_vecs; i++)
		desc_take(d, page_to_phys(bio->vecs[i].page) + bio->vecs[i].offset,
			  bio->vecs[i].len, data);
	last = desc_take(d, virt_to_phys(&d->status[head]), 1, VRING_DESC_F_WRITE);
	VM_BUG_ON(last == head);
	d->inflight[head] = bio;
	d->avail->ring[d->avail->idx % d->size] = head;
	wmb();			/* the device must not see the index before the entry */
	WRITE_ONCE(d->avail->idx, d->avail->idx + 1);
}

static void device_notify(struct virtio_blk *d)
{
	mb();			/* the index before the bell */
	reg_write(d, VIRTIO_MMIO_QUEUE_NOTIFY, 0);
}

/* Bios that waited and now fit. => true: the device must be notified. */
static bool queue_waiting(struct virtio_blk *d)
{
	bool queued = false;

	while (!list_empty(&d->waiting)) {
		struct bio *bio = list_first_entry(&d->waiting, struct bio, list);

		if (d->nr_free < bio->nr_vecs + 2)
			break;
		list_del(&bio->list);
		request_queue(d, bio);
		queued = true;
	}
	return queued;
}

/* block_device.submit: also called from interrupts (a retry), so nothing here may wait. */
static int virtio_blk_submit(struct bio *bio)
{
	struct virtio_blk *d = bio->bdev->private;
	unsigned long flags;

	/* A write that was reported done is on the disk already. */
	if (bio->op == REQ_OP_FLUSH && !d->write_cache) {
		bio_endio(bio);
		return 0;
	}
	spin_lock_irqsave(&d->lock, flags);
	if (list_empty(&d->waiting) && d->nr_free >= bio->nr_vecs + 2) {
		request_queue(d, bio);
		device_notify(d);
	} else {
		list_add_tail(&bio->list, &d->waiting);
	}
	spin_unlock_irqrestore(&d->lock, flags);
	return 0;
}

/* ---- the interrupt ---- */

/* The byte the device wrote; 0xff if it never did. */
static int status_to_errno(u8 status)
{
	switch (status) {
	case VIRTIO_BLK_S_OK:
		return 0;
	case VIRTIO_BLK_S_UNSUPP:
		return -EOPNOTSUPP;
	default:
		return -EIO;
	}
}

/* Collect what the device has finished. => d->lock held. */
static void reap_used(struct virtio_blk *d, struct list_head *done)
{
	while (d->last_used != READ_ONCE(d->used->idx)) {
		u32 head;
		struct bio *bio;

		rmb();		/* the entry after the index */
		head = d->used->ring[d->last_used % d->size].id;
		d->last_used++;
		if (WARN_ON(head >= d->size || !d->inflight[head]))
			continue;
		bio = d->inflight[head];
		d->inflight[head] = NULL;
		bio->status = status_to_errno(d->status[head]);
		chain_free(d, head);
		list_add_tail(&bio->list, done);
	}
}

static void virtio_blk_interrupt(void *data)
{
	struct virtio_blk *d = data;
	struct bio *bio, *next;
	LIST_HEAD(done);

	/* Acknowledged first: what comes after this raises the line again. */
	reg_write(d, VIRTIO_MMIO_INTERRUPT_ACK, reg_read(d, VIRTIO_MMIO_INTERRUPT_STATUS));
	spin_lock(&d->lock);
	reap_used(d, &done);
	if (queue_waiting(d))
		device_notify(d);
	spin_unlock(&d->lock);
	list_for_each_entry_safe(bio, next, &done, list)
		bio_endio(bio);
}

/* ---- finding and starting a device ---- */

/* What of the device's features we use. 0, or -ENODEV: it insists on something else. */
static int negotiate(struct virtio_blk *d, u64 *features)
{
	u64 wanted = BIT(VIRTIO_BLK_F_SEG_MAX) | BIT(VIRTIO_BLK_F_RO) |
		     BIT(VIRTIO_BLK_F_BLK_SIZE) | BIT(VIRTIO_BLK_F_FLUSH);

	if (d->version > 1)
		wanted |= BIT(VIRTIO_F_VERSION_1);
	reg_write(d, VIRTIO_MMIO_DEVICE_FEATURES_SEL, 0);
	*features = reg_read(d, VIRTIO_MMIO_DEVICE_FEATURES);
	reg_write(d, VIRTIO_MMIO_DEVICE_FEATURES_SEL, 1);
	*features |= (u64)reg_read(d, VIRTIO_MMIO_DEVICE_FEATURES) << 32;
	*features &= wanted;
	reg_write(d, VIRTIO_MMIO_DRIVER_FEATURES_SEL, 0);
	reg_write(d, VIRTIO_MMIO_DRIVER_FEATURES, lower_32_bits(*features));
	reg_write(d, VIRTIO_MMIO_DRIVER_FEATURES_SEL, 1);
	reg_write(d, VIRTIO_MMIO_DRIVER_FEATURES, upper_32_bits(*features));
	if (d->version == 1)
		return 0;
	if (!(*features & BIT(VIRTIO_F_VERSION_1)))
		return -ENODEV;
	reg_write(d, VIRTIO_MMIO_STATUS, VIRTIO_CONFIG_S_ACKNOWLEDGE | VIRTIO_CONFIG_S_DRIVER |
		  VIRTIO_CONFIG_S_FEATURES_OK);
	return reg_read(d, VIRTIO_MMIO_STATUS) & VIRTIO_CONFIG_S_FEATURES_OK ? 0 : -ENODEV;
}

static void write_address(struct virtio_blk *d, unsigned int reg, const void *va)
{
	reg_write(d, reg, lower_32_bits(virt_to_phys(va)));
	reg_write(d, reg + 4, upper_32_bits(virt_to_phys(va)));
}

/* Version 1 knows one address and the layout; version 2 is told each part. */
static void announce_queue(struct virtio_blk *d)
{
	reg_write(d, VIRTIO_MMIO_QUEUE_NUM, d->size);
	if (d->version == 1) {
		reg_write(d, VIRTIO_MMIO_QUEUE_ALIGN, PAGE_SIZE);
		reg_write(d, VIRTIO_MMIO_QUEUE_PFN, virt_to_phys(d->desc) >> PAGE_SHIFT);
		return;
	}
	write_address(d, VIRTIO_MMIO_QUEUE_DESC_LOW, d->desc);
	write_address(d, VIRTIO_MMIO_QUEUE_AVAIL_LOW, d->avail);
	write_address(d, VIRTIO_MMIO_QUEUE_USED_LOW, d->used);
	reg_write(d, VIRTIO_MMIO_QUEUE_READY, 1);
}

static int setup_queue(struct virtio_blk *d)
{
	void *ring, *requests;

	if (d->version == 1)
		reg_write(d, VIRTIO_MMIO_GUEST_PAGE_SIZE, PAGE_SIZE);
	reg_write(d, VIRTIO_MMIO_QUEUE_SEL, 0);
	d->size = min_t(u32, QUEUE_SIZE, reg_read(d, VIRTIO_MMIO_QUEUE_NUM_MAX));
	if (d->size < 4)
		return -ENODEV;
	ring = (void *)__get_free_pages(GFP_KERNEL | __GFP_ZERO, RING_ORDER);
	requests = (void *)get_zeroed_page(GFP_KERNEL);
	if (!ring || !requests) {
		free_pages((unsigned long)ring, RING_ORDER);
		free_page((unsigned long)requests);
		return -ENOMEM;
	}
	d->desc = ring;
	d->avail = (void *)(d->desc + d->size);
	d->used = ring + PAGE_SIZE;
	d->hdr = requests;
	d->status = (void *)(d->hdr + QUEUE_SIZE);
	for (unsigned int i = 0; i < d->size; i++)
		d->desc[i].next = i + 1;
	d->nr_free = d->size;
	announce_queue(d);
	return 0;
}

/* What the device says is only trusted as far as our ring goes. */
static void read_config(struct virtio_blk *d, u64 features)
{
	struct block_device *bdev = &d->bdev;
	unsigned int cfg = VIRTIO_MMIO_CONFIG;
	u32 seg_max = d->size - 2;

	bdev->nr_sectors = reg_read(d, cfg + VIRTIO_BLK_CFG_CAPACITY) |
			   (u64)reg_read(d, cfg + VIRTIO_BLK_CFG_CAPACITY + 4) << 32;
	bdev->read_only = features & BIT(VIRTIO_BLK_F_RO);
	d->write_cache = features & BIT(VIRTIO_BLK_F_FLUSH);
	if (features & BIT(VIRTIO_BLK_F_SEG_MAX))
		seg_max = reg_read(d, cfg + VIRTIO_BLK_CFG_SEG_MAX);
	bdev->max_vecs = clamp_t(u32, seg_max, 1, min_t(u32, d->size - 2, BIO_MAX_VECS));
}

static int start_device(struct virtio_blk *d, const struct virtio_slot *slot)
{
	u64 features;
	int err;

	/* The order of steps is the specification's, 3.1.1. */
	reg_write(d, VIRTIO_MMIO_STATUS, 0);
	reg_write(d, VIRTIO_MMIO_STATUS, VIRTIO_CONFIG_S_ACKNOWLEDGE);
	reg_write(d, VIRTIO_MMIO_STATUS, VIRTIO_CONFIG_S_ACKNOWLEDGE | VIRTIO_CONFIG_S_DRIVER);
	err = negotiate(d, &features);
	if (!err)
		err = setup_queue(d);
	if (!err)
		err = request_irq(slot->irq, virtio_blk_interrupt, d->bdev.name, d);
	if (err) {
		reg_write(d, VIRTIO_MMIO_STATUS, VIRTIO_CONFIG_S_FAILED);
		return err;
	}
	read_config(d, features);
	reg_write(d, VIRTIO_MMIO_STATUS,
		  reg_read(d, VIRTIO_MMIO_STATUS) | VIRTIO_CONFIG_S_DRIVER_OK);
	return 0;
}

/* A disk was found in this slot: bring it up as vd<letter>. */
static void probe_disk(void *regs, const struct virtio_slot *slot, unsigned int nr)
{
	struct virtio_blk *d = kzalloc(sizeof(*d), GFP_KERNEL);
	int err = -ENOMEM;

	if (!d)
		goto fail;
	d->regs = regs;
	d->version = reg_read(d, VIRTIO_MMIO_VERSION);
	spin_lock_init(&d->lock, RANK_BLK, "virtio_blk");
	INIT_LIST_HEAD(&d->waiting);
	d->bdev.dev = MKDEV(VIRTBLK_MAJOR, nr * 16);
	strscpy(d->bdev.name, "vda", sizeof(d->bdev.name));
	d->bdev.name[2] += nr;
	d->bdev.private = d;
	d->bdev.submit = virtio_blk_submit;
	err = start_device(d, slot);
	if (err)
		goto fail_free;
	err = register_blkdev(&d->bdev);
	pr_info("virtio_blk: [%s] %lu 512-byte logical blocks (%lu MiB)\n", d->bdev.name,
		(unsigned long)d->bdev.nr_sectors, (unsigned long)d->bdev.nr_sectors >> 11);
	if (!err)
		return;
	/* Its interrupt is ours now: the structure has to stay. */
	pr_err("virtio_blk: %s: no device node (error %d)\n", d->bdev.name, -err);
	return;

fail_free:
	kfree(d);
fail:
	pr_err("virtio_blk: device at %#lx does not start (error %d)\n",
	       (unsigned long)slot->base, -err);
	iounmap(regs);
}

static int cmp_slots(const void *a, const void *b)
{
	const struct virtio_slot *x = a, *y = b;

	return x->base < y->base ? -1 : x->base > y->base;
}

static bool is_disk(void *regs)
{
	return readl(regs + VIRTIO_MMIO_MAGIC_VALUE) == VIRTIO_MMIO_MAGIC &&
	       readl(regs + VIRTIO_MMIO_DEVICE_ID) == VIRTIO_ID_BLOCK;
}

void virtio_blk_init(void)
{
	struct virtio_slot slots[MAX_SLOTS];
	unsigned int nr_slots = 0, nr_disks = 0;

	block_init();
	while (nr_slots < MAX_SLOTS &&
	       !fdt_find_device("virtio,mmio", nr_slots, &slots[nr_slots].base,
				&slots[nr_slots].size, &slots[nr_slots].irq))
		nr_slots++;
	sort(slots, nr_slots, sizeof(slots[0]), cmp_slots, NULL);
	for (unsigned int i = 0; i < nr_slots; i++) {
		void *regs = ioremap(slots[i].base, slots[i].size);

		if (regs && is_disk(regs))
			probe_disk(regs, &slots[i], nr_disks++);
		else
			iounmap(regs);
	}
}
