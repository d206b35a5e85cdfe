/* SPDX-License-Identifier: MIT */
/*
 * devtmpfs: a tmpfs that the kernel fills with the devices there are.
 *
 * Drivers register long before anything is mounted, so the nodes are remembered
 * in a list and made when the one instance comes to life; later ones at once.
 *
 * Locks: devtmpfs_mutex guards the list and the making of nodes.
 *
 * Linux: drivers/base/devtmpfs.c. Differs: no thread of its own; nodes stay.
 */
#include "kernel/fs/internal.h"
#include "lib/string.h"
#include "mm/shmem.h"
#include "mm/slab.h"

struct dev_node {
	struct list_head list;		/* (devtmpfs_mutex) */
	umode_t mode;
	dev_t dev;
	char name[32];
};

static DEFINE_MUTEX(devtmpfs_mutex, RANK_RENAME);
static LIST_HEAD(dev_nodes);
static struct super_block *devtmpfs_sb;		/* (devtmpfs_mutex) */

/* => devtmpfs_mutex. */
static int make_node(struct super_block *sb, const struct dev_node *n)
{
	struct inode *root = sb->s_root->d_inode;
	struct dentry *d;
	int err;

	inode_lock_dir(root);
	err = lookup_one(sb->s_root, n->name, strlen(n->name), &d);
	if (!err) {
		err = d->d_inode ? -EEXIST : shmem_add(root, d, n->mode, n->dev);
		dput(d);
	}
	inode_unlock(root);
	return err;
}

/* Remembered in any case, so that the instance is complete whenever it is first mounted. */
int devtmpfs_create_node(const char *name, umode_t mode, dev_t dev)
{
	struct dev_node *n = kzalloc(sizeof(*n), GFP_KERNEL);
	int err = 0;

	if (!n)
		return -ENOMEM;
	n->mode = mode;
	n->dev = dev;
	strscpy(n->name, name, sizeof(n->name));
	mutex_lock(&devtmpfs_mutex);
	list_add_tail(&n->list, &dev_nodes);
	if (devtmpfs_sb)
		err = make_node(devtmpfs_sb, n);
	mutex_unlock(&devtmpfs_mutex);
	return err;
}

/* The one instance: a tmpfs, and then all devices known so far. */
static int devtmpfs_fill_super(struct super_block *sb, const char *dev, const char *data)
{
	struct dev_node *n;
	int err = shmem_fill_super(sb, dev, "mode=0755");

	if (err)
		return err;
	mutex_lock(&devtmpfs_mutex);
	list_for_each_entry(n, &dev_nodes, list)
		(void)!make_node(sb, n);
	devtmpfs_sb = sb;
	mutex_unlock(&devtmpfs_mutex);
	return 0;
}

struct file_system_type devtmpfs_type = {
	.name = "devtmpfs", .fs_flags = FS_SINGLE, .fill_super = devtmpfs_fill_super,
};
