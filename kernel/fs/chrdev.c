/* SPDX-License-Identifier: MIT */
/*
 * Character devices: from a device number to the driver's operations.
 *
 * Opening a character special file replaces the file's operations by those the
 * driver registered for the number, and calls its ->open().
 *
 * Locks: chrdev_lock; entries are never removed.
 *
 * Linux: fs/char_dev.c. Differs: one entry a device, not a range.
 */
#include "kernel/fs/internal.h"
#include "lib/string.h"
#include "mm/slab.h"

struct chrdev {
	struct list_head list;		/* (chrdev_lock) in order of registration */
	dev_t dev;
	const char *name;
	const struct file_operations *fop;
};

static DEFINE_SPINLOCK(chrdev_lock, RANK_INODE_HASH);
static LIST_HEAD(chrdevs);

/* => chrdev_lock. */
static struct chrdev *find_chrdev(dev_t dev)
{
	struct chrdev *c;

	list_for_each_entry(c, &chrdevs, list) {
		if (c->dev == dev)
			return c;
	}
	return NULL;
}

/* Numbers are unique: the first driver keeps its device. */
int register_chrdev(dev_t dev, const char *name, umode_t mode, const struct file_operations *fop)
{
	struct chrdev *c = kzalloc(sizeof(*c), GFP_KERNEL);
	bool taken;

	if (!c)
		return -ENOMEM;
	c->dev = dev;
	c->name = name;
	c->fop = fop;
	spin_lock(&chrdev_lock);
	taken = find_chrdev(dev);
	if (!taken)
		list_add_tail(&c->list, &chrdevs);
	spin_unlock(&chrdev_lock);
	if (taken) {
		kfree(c);
		return -EBUSY;
	}
	return devtmpfs_create_node(name, S_IFCHR | mode, dev);
}

/* For /proc/devices. */
void chrdev_for_each(void (*fn)(dev_t dev, const char *name, void *arg), void *arg)
{
	struct chrdev *c;

	/* The list only grows, at its end. */
	list_for_each_entry(c, &chrdevs, list)
		fn(c->dev, c->name, arg);
}

/* The first and last operation of def_chr_fops: from here on the file has the driver's. */
static int chrdev_open(struct inode *inode, struct file *f)
{
	struct chrdev *c;

	spin_lock(&chrdev_lock);
	c = find_chrdev(inode->i_rdev);
	spin_unlock(&chrdev_lock);
	if (!c)
		return -ENXIO;
	f->f_op = c->fop;
	return c->fop->open ? c->fop->open(inode, f) : 0;
}

const struct file_operations def_chr_fops = { .open = chrdev_open };
