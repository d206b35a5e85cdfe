/* SPDX-License-Identifier: MIT */
/*
 * tmpfs: names and mount options. The pages of its files are in mm/shmem.c.
 *
 * The directory is the dentry cache itself: a name that exists is a hashed
 * dentry with one count of its own (DCACHE_PINNED). So there is no ->lookup: a
 * name that is not in the cache does not exist.
 *
 * Invariant: i_nlink is the number of pinned dentries (a directory: 2 + its
 * subdirectories); at 0 with nobody using it the inode is evicted.
 *
 * Costs nothing to look up, and survives no reboot: a name is about 200 bytes of
 * kernel memory, which cannot be swapped, so nr_inodes= limits them as size=
 * limits pages.
 *
 *	mount -t tmpfs -o size=64m,nr_inodes=1000,mode=1777 none /tmp
 *
 * size= counts pages wherever they are, in memory or in swap. "size=50%" is of
 * RAM.
 *
 * devtmpfs and the root file system are tmpfs with other names.
 *
 * Locks: the callers hold i_rwsem of the directories.
 *
 * Linux: mm/shmem.c, the inode operations; fs/libfs.c simple_*().
 */
#include "kernel/fs/internal.h"
#include "lib/kstrtox.h"
#include "lib/string.h"
#include "lib/vsprintf.h"
#include "mm/shmem.h"
#include "mm/slab.h"

#define TMPFS_DIR_SIZE	20	/* what an entry adds to st_size of its directory */

/* A directory's size counts its entries, as Linux's tmpfs does. */
static void dir_changed(struct inode *dir, int entries)
{
	dir->i_size += entries * TMPFS_DIR_SIZE;
	dir->i_mtime = dir->i_ctime = current_time_ns();
}

/* The name holds the dentry from now on. */
static void pin(struct inode *dir, struct dentry *dentry, struct inode *inode)
{
	d_instantiate(dentry, inode);
	dentry->d_flags |= DCACHE_PINNED;
	dget(dentry);
	dir_changed(dir, 1);
}

/* -ENOSPC covers both limits: inodes and memory. */
int shmem_add(struct inode *dir, struct dentry *dentry, umode_t mode, dev_t rdev)
{
	struct inode *inode = shmem_new_inode(dir->i_sb, mode, rdev, VM_NORESERVE);

	if (!inode)
		return -ENOSPC;
	if (S_ISDIR(mode))
		dir->i_nlink++;
	pin(dir, dentry, inode);
	return 0;
}

/* A regular file: no pages yet. */
static int shmem_create(struct inode *dir, struct dentry *dentry, umode_t mode)
{
	return shmem_add(dir, dentry, mode | S_IFREG, 0);
}

/* ".." of the new directory is a link to this one. */
static int shmem_mkdir(struct inode *dir, struct dentry *dentry, umode_t mode)
{
	return shmem_add(dir, dentry, mode | S_IFDIR, 0);
}

/*
 * The text lives in kernel memory, freed with the inode. It is there before the name is, as a
 * path walk that finds the name takes no lock of ours.
 */
static int shmem_symlink(struct inode *dir, struct dentry *dentry, const char *target)
{
	char *link = kstrdup(target, GFP_KERNEL);
	struct inode *inode;

	if (!link)
		return -ENOMEM;
	inode = shmem_new_inode(dir->i_sb, S_IFLNK | 0777, 0, VM_NORESERVE);
	if (!inode) {
		kfree(link);
		return -ENOSPC;
	}
	SHMEM_I(inode)->link = link;
	inode->i_size = strlen(link);
	pin(dir, dentry, inode);
	return 0;
}

/* Cannot change once made. */
static int shmem_readlink(struct dentry *dentry, char *buf, size_t n)
{
	return strscpy(buf, SHMEM_I(dentry->d_inode)->link, n) < 0 ? -ENAMETOOLONG : 0;
}

/* One inode, one pinned dentry more. */
static int shmem_link(struct dentry *old, struct inode *dir, struct dentry *dentry)
{
	struct inode *inode = old->d_inode;

	inode->i_nlink++;
	inode->i_ctime = current_time_ns();
	ihold(inode);
	pin(dir, dentry, inode);
	return 0;
}

/* The caller's d_delete() takes the name's own count back. */
static int shmem_unlink(struct inode *dir, struct dentry *dentry)
{
	struct inode *inode = dentry->d_inode;

	inode->i_nlink--;
	inode->i_ctime = current_time_ns();
	dir_changed(dir, -1);
	return 0;
}

/* Empty means: no child that is positive. => both directories locked. */
static int shmem_rmdir(struct inode *dir, struct dentry *dentry)
{
	if (d_has_children(dentry))
		return -ENOTEMPTY;
	dentry->d_inode->i_nlink = 0;
	dir->i_nlink--;
	dir_changed(dir, -1);
	return 0;
}

/*
 * What was at the target's name is unlinked; d_move() or d_exchange() by the caller does the
 * rest.
 */
static int shmem_replace(struct inode *dir, struct dentry *victim)
{
	struct inode *inode = victim->d_inode;
	int err = S_ISDIR(inode->i_mode) ? shmem_rmdir(dir, victim) : shmem_unlink(dir, victim);

	if (err)
		return err;
	d_delete(victim);
	return 0;
}

/* Only counts and times: the dentries are the directory, and the caller moves those. */
static int shmem_rename(struct inode *old_dir, struct dentry *old, struct inode *new_dir,
			struct dentry *new, unsigned int flags)
{
	bool isdir = S_ISDIR(old->d_inode->i_mode);
	int err;

	if (flags & RENAME_EXCHANGE) {
		bool new_isdir = S_ISDIR(new->d_inode->i_mode);

		old_dir->i_nlink += new_isdir - isdir;
		new_dir->i_nlink += isdir - new_isdir;
	} else {
		err = new->d_inode ? shmem_replace(new_dir, new) : 0;
		if (err)
			return err;
		old_dir->i_nlink -= isdir;
		new_dir->i_nlink += isdir;
		dir_changed(old_dir, -1);
		dir_changed(new_dir, 1);
	}
	old->d_inode->i_ctime = current_time_ns();
	return 0;
}

/* Truncation: size first, then pages (see mm/truncate.c). */
static int shmem_setattr(struct dentry *dentry, struct iattr *attr)
{
	struct inode *inode = dentry->d_inode;
	loff_t old = inode->i_size;

	if (attr->valid & ATTR_SIZE) {
		if (!S_ISREG(inode->i_mode))
			return -EINVAL;
		WRITE_ONCE(inode->i_size, attr->size);
		if (attr->size < old)
			truncate_pagecache(inode, attr->size);
	}
	setattr_copy(inode, attr);
	return 0;
}

/* st_blocks of what is in memory or swap; a directory has none. */
const struct inode_operations shmem_file_iops = { .setattr = shmem_setattr };
const struct inode_operations shmem_special_iops = { .setattr = shmem_setattr };
const struct inode_operations shmem_link_iops = {
	.readlink = shmem_readlink,
	.setattr = shmem_setattr,
};
const struct inode_operations shmem_dir_iops = {
	.create = shmem_create,
	.link = shmem_link,
	.unlink = shmem_unlink,
	.symlink = shmem_symlink,
	.mkdir = shmem_mkdir,
	.rmdir = shmem_rmdir,
	.mknod = shmem_add,
	.rename = shmem_rename,
	.setattr = shmem_setattr,
};

/* Nothing is ever behind. */
static int shmem_dir_fsync(struct file *f, loff_t start, loff_t end, int datasync)
{
	return 0;
}

const struct file_operations shmem_dir_fops = {
	.llseek = no_seek_end_llseek,
	.iterate = dcache_readdir,
	.fsync = shmem_dir_fsync,
};

/* ---- the file system ---- */

struct tmpfs_options {
	unsigned long blocks, inodes;
	unsigned long mode, uid, gid;
};

/* "50%" of RAM, or bytes with a suffix; in pages. */
static int parse_size(const char *value, unsigned long *blocks)
{
	char *end;
	unsigned long n = memparse(value, &end);

	if (*end == '%') {
		n = totalram_pages() * n / 100;
		end++;
	} else {
		n = DIV_ROUND_UP(n, PAGE_SIZE);
	}
	*blocks = n;
	return *end || end == value ? -EINVAL : 0;
}

/* base 0: with a suffix k, m, g. */
static int parse_number(const char *value, unsigned int base, unsigned long *n)
{
	char *end;

	*n = base ? simple_strtoul(value, &end, base) : memparse(value, &end);
	return *end || end == value ? -EINVAL : 0;
}

/* One "name=value"; rw and ro are the mount's. */
static int parse_option(char *name, struct tmpfs_options *opt)
{
	char *value = strchr(name, '=');

	if (!value)
		return *name && strcmp(name, "rw") && strcmp(name, "ro") ? -EINVAL : 0;
	*value++ = 0;
	if (!strcmp(name, "size"))
		return parse_size(value, &opt->blocks);
	if (!strcmp(name, "nr_blocks"))
		return parse_number(value, 0, &opt->blocks);
	if (!strcmp(name, "nr_inodes"))
		return parse_number(value, 0, &opt->inodes);
	if (!strcmp(name, "mode"))
		return parse_number(value, 8, &opt->mode);
	if (!strcmp(name, "uid"))
		return parse_number(value, 10, &opt->uid);
	if (!strcmp(name, "gid"))
		return parse_number(value, 10, &opt->gid);
	return -EINVAL;
}

/* The string is cut up in a copy. */
static int parse_options(const char *data, struct tmpfs_options *opt)
{
	char *copy, *rest, *name;
	int err = 0;

	if (!data)
		return 0;
	copy = rest = kstrdup(data, GFP_KERNEL);
	if (!copy)
		return -ENOMEM;
	while (!err && (name = strsep(&rest, ",")))
		err = parse_option(name, opt);
	kfree(copy);
	return err;
}

/* df(1) shows a tmpfs without a limit as 0 blocks, as Linux does. */
static int shmem_statfs(struct dentry *d, struct kstatfs *buf)
{
	struct shmem_sb_info *sbi = d->d_sb->s_fs_info;

	spin_lock(&sbi->lock);
	buf->f_blocks = sbi->max_blocks;
	if (sbi->max_blocks)
		buf->f_bavail = buf->f_bfree = sbi->max_blocks - sbi->used_blocks;
	buf->f_files = sbi->max_inodes;
	if (sbi->max_inodes)
		buf->f_ffree = sbi->max_inodes - sbi->used_inodes;
	spin_unlock(&sbi->lock);
	return 0;
}

/* Limits may change, but not below what is used. */
static int shmem_remount(struct super_block *sb, unsigned long flags, const char *data)
{
	struct shmem_sb_info *sbi = sb->s_fs_info;
	struct tmpfs_options opt = { .blocks = sbi->max_blocks, .inodes = sbi->max_inodes };
	int err = parse_options(data, &opt);

	if (err)
		return err;
	spin_lock(&sbi->lock);
	if ((opt.blocks && opt.blocks < sbi->used_blocks) ||
	    (opt.inodes && opt.inodes < sbi->used_inodes)) {
		err = -EINVAL;
	} else {
		sbi->max_blocks = opt.blocks;
		sbi->max_inodes = opt.inodes;
	}
	spin_unlock(&sbi->lock);
	return err;
}

/* All inodes are evicted by now. */
static void shmem_put_super(struct super_block *sb)
{
	kfree(sb->s_fs_info);
}

/* As Linux prints them: only what differs from half of the memory. */
static void shmem_show_options(struct super_block *sb, char *buf, size_t n)
{
	struct shmem_sb_info *sbi = sb->s_fs_info;
	size_t used = 0;

	buf[0] = 0;
	if (sbi->max_blocks != sbi->default_limit)
		used = scnprintf(buf, n, ",size=%luk", sbi->max_blocks << (PAGE_SHIFT - 10));
	if (sbi->max_inodes != sbi->default_limit)
		scnprintf(buf + used, n - used, ",nr_inodes=%lu", sbi->max_inodes);
}

static const struct super_operations shmem_sops = {
	.alloc_inode = shmem_alloc_inode,
	.free_inode = shmem_free_inode,
	.evict_inode = shmem_evict_inode,
	.statfs = shmem_statfs,
	.remount = shmem_remount,
	.put_super = shmem_put_super,
	.show_options = shmem_show_options,
};

/* Half of the memory each for pages and inodes, unless told otherwise. */
int shmem_fill_super(struct super_block *sb, const char *dev, const char *data)
{
	struct tmpfs_options opt = {
		.blocks = totalram_pages() / 2, .inodes = totalram_pages() / 2, .mode = 01777,
	};
	unsigned long default_limit = opt.blocks;
	struct shmem_sb_info *sbi;
	struct inode *root;
	int err = parse_options(data, &opt);

	if (err)
		return err;
	sbi = kzalloc(sizeof(*sbi), GFP_KERNEL);
	if (!sbi)
		return -ENOMEM;
	spin_lock_init(&sbi->lock, RANK_INODE_HASH, "shmem sbinfo");
	sbi->max_blocks = opt.blocks;
	sbi->max_inodes = opt.inodes;
	sbi->default_limit = default_limit;
	sb->s_fs_info = sbi;
	sb->s_magic = TMPFS_MAGIC;
	sb->s_op = &shmem_sops;
	root = shmem_new_inode(sb, S_IFDIR | (opt.mode & 07777), 0, VM_NORESERVE);
	if (!root)
		goto err_free;
	root->i_uid = (u32)opt.uid;
	root->i_gid = (u32)opt.gid;
	sb->s_root = d_make_root(root);
	if (!sb->s_root)
		goto err_free;
	return 0;

err_free:
	kfree(sbi);
	return -ENOMEM;
}
