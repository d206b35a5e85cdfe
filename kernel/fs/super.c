/* SPDX-License-Identifier: MIT */
/*
 * File system types and mounted file systems (super blocks).
 *
 * A super_block is one file system: a disk's, or one instance of tmpfs or proc.
 * It lives while something mounts it (s_active counts mounts). FS_SINGLE types
 * have one instance that all mounts share and that stays for ever.
 *
 * Who only passes by (sync, drop_caches) is no user: deactivate_super() waits for him, so that
 * what umount(2) has taken away is away when it returns.
 *
 * Locks: sb_lock guards the lists and s_passing; namespace_sem (of
 * namespace.c) is held by all who mount and unmount.
 *
 * Linux: fs/super.c, fs/filesystems.c. Differs: no file system modules; one
 * device is mounted at most once as a super block of its own.
 */
#include "kernel/fs/buffer.h"
#include "kernel/fs/internal.h"
#include "lib/string.h"
#include "mm/slab.h"
#include "mm/writeback.h"

static struct file_system_type *file_systems;		/* (sb_lock) only grows */
static DEFINE_SPINLOCK(sb_lock, RANK_INODE_HASH);
static LIST_HEAD(super_blocks);				/* (sb_lock) */
static DECLARE_WAIT_QUEUE_HEAD(passing_wait);		/* an s_passing of a dying one is 0 */

/* Boot only; types stay for ever. */
int register_filesystem(struct file_system_type *fs)
{
	struct file_system_type **p;
	int err = 0;

	spin_lock(&sb_lock);
	for (p = &file_systems; *p; p = &(*p)->next) {
		if (!strcmp((*p)->name, fs->name)) {
			err = -EBUSY;
			break;
		}
	}
	if (!err)
		*p = fs;
	spin_unlock(&sb_lock);
	return err;
}

/* By name, for mount(2). */
struct file_system_type *get_fs_type(const char *name)
{
	struct file_system_type *fs;

	spin_lock(&sb_lock);
	for (fs = file_systems; fs && strcmp(fs->name, name); fs = fs->next)
		;
	spin_unlock(&sb_lock);
	return fs;
}

/* The list only grows, at its end, so it can be walked without the lock. */
void filesystems_for_each(void (*fn)(const struct file_system_type *t, void *arg), void *arg)
{
	struct file_system_type *fs;

	for (fs = READ_ONCE(file_systems); fs; fs = READ_ONCE(fs->next))
		fn(fs, arg);
}

/* ---- super blocks ---- */

/* Nobody else may have it before it is complete: s_active is 0 until ->fill_super() is done. */
static struct super_block *alloc_super(struct file_system_type *type, unsigned long flags)
{
	static unsigned int next_anon_dev = 1;
	struct super_block *sb = kzalloc(sizeof(*sb), GFP_KERNEL);

	if (!sb)
		return NULL;
	sb->s_type = type;
	sb->s_flags = flags & MS_RDONLY;
	sb->s_blocksize = PAGE_SIZE;
	sb->s_maxbytes = LONG_MAX & PAGE_MASK;
	INIT_LIST_HEAD(&sb->s_inodes);
	mutex_init(&sb->s_rename_mutex, RANK_RENAME, "s_rename_mutex");
	init_rwsem(&sb->s_umount, RANK_SB, "s_umount");
	strscpy(sb->s_id, type->name, sizeof(sb->s_id));
	spin_lock(&sb_lock);
	sb->s_dev = MKDEV(0, next_anon_dev++);
	list_add_tail(&sb->s_list, &super_blocks);
	spin_unlock(&sb_lock);
	return sb;
}

/* Never mounted, or no longer. */
static void free_super(struct super_block *sb)
{
	spin_lock(&sb_lock);
	list_del(&sb->s_list);
	spin_unlock(&sb_lock);
	kfree(sb);
}

/* ---- on a block device ---- */

/* Who had the device before may have left pages of it that are old, or not yet written. */
static void forget_bdev_pages(struct block_device *bdev)
{
	(void)!sync_blockdev(bdev);
	truncate_inode_pages_range(bdev->inode->i_mapping, 0, -1);
}

/* The file system of that device, if it is mounted: with one user more. */
static struct super_block *find_super(const struct block_device *bdev)
{
	struct super_block *sb, *found = NULL;

	spin_lock(&sb_lock);
	list_for_each_entry(sb, &super_blocks, s_list) {
		if (sb->s_bdev == bdev && atomic_inc_not_zero(&sb->s_active)) {
			found = sb;
			break;
		}
	}
	spin_unlock(&sb_lock);
	return found;
}

/* A device is one file system, however often it is mounted. 1: found; 0: it may be opened. */
static int share_super(struct file_system_type *type, struct block_device *bdev,
		       unsigned long flags, struct super_block **result)
{
	struct super_block *sb = find_super(bdev);

	if (!sb)
		return bdev->holders ? -EBUSY : 0;
	if (sb->s_type != type || ((sb->s_flags ^ flags) & MS_RDONLY)) {
		deactivate_super(sb);
		return -EBUSY;
	}
	*result = sb;
	return 1;
}

/* Its number is the file system's from now on. */
static int open_bdev(struct super_block *sb, struct block_device *bdev)
{
	if (bdev->read_only && !(sb->s_flags & MS_RDONLY))
		return -EACCES;
	forget_bdev_pages(bdev);
	bdev->holders++;
	sb->s_bdev = bdev;
	sb->s_dev = bdev->dev;
	strscpy(sb->s_id, bdev->name, sizeof(sb->s_id));
	return 0;
}

/* The opposite; without a device nothing. */
static void close_bdev(struct super_block *sb)
{
	if (!sb->s_bdev)
		return;
	forget_bdev_pages(sb->s_bdev);
	sb->s_bdev->holders--;
}

/*
 * Mounted by the kernel alone, without a place in anybody's tree: the root is there for what asks
 * each super block for one, and nothing is looked up below it.
 */
int pseudo_fill_super(struct super_block *sb, const struct super_operations *sops,
		      unsigned long magic)
{
	struct inode *root;

	sb->s_op = sops;
	sb->s_magic = magic;
	root = new_inode(sb);
	if (!root)
		return -ENOMEM;
	root->i_mode = S_IFDIR | 0500;
	root->i_nlink = 2;
	sb->s_root = d_make_root(root);
	return sb->s_root ? 0 : -ENOMEM;
}

/* ---- from type and device to a super block ---- */

/* A device is had for itself before the file system looks at it. */
static int fill_super(struct super_block *sb, struct block_device *bdev, const char *dev,
		      const char *data)
{
	int err = bdev ? open_bdev(sb, bdev) : 0;

	if (!err)
		err = sb->s_type->fill_super(sb, dev, data);
	if (err) {
		close_bdev(sb);
		free_super(sb);
	}
	return err;
}

/* FS_SINGLE: one more user of the one instance, whose extra count keeps it for ever. */
int vfs_get_super(struct file_system_type *type, const char *dev, const char *data,
		  unsigned long flags, struct super_block **result)
{
	struct block_device *bdev = NULL;
	struct super_block *sb;
	int err = 0;

	if ((type->fs_flags & FS_SINGLE) && type->single) {
		atomic_inc(&type->single->s_active);
		*result = type->single;
		return 0;
	}
	if (type->fs_flags & FS_REQUIRES_DEV) {
		err = blkdev_get_by_path(dev, &bdev);
		if (!err)
			err = share_super(type, bdev, flags, result);
		if (err)
			return min(err, 0);
	}
	sb = alloc_super(type, flags);
	if (!sb)
		return -ENOMEM;
	err = fill_super(sb, bdev, dev, data);
	if (err)
		return err;
	VM_BUG_ON(!sb->s_root || !sb->s_op);
	atomic_set(&sb->s_active, 1);
	if (type->fs_flags & FS_SINGLE) {
		type->single = sb;
		atomic_inc(&sb->s_active);
	}
	*result = sb;
	return 0;
}

static bool is_passed(struct super_block *sb)
{
	bool is;

	spin_lock(&sb_lock);
	is = sb->s_passing;
	spin_unlock(&sb_lock);
	return is;
}

/*
 * The last mount is gone: no inode in the flusher's or anybody's hands; then names, which drops
 * the inodes; then what is dirty, then the file system's own. Metadata wait in the device's cache:
 * whoever looks at the disk after umount(2) finds them there.
 */
void deactivate_super(struct super_block *sb)
{
	if (!atomic_dec_and_test(&sb->s_active))
		return;
	flusher_leave_sb(sb);
	wait_event(passing_wait, !is_passed(sb));
	shrink_dcache_for_umount(sb);
	(void)!sync_filesystem(sb);
	WARN_ON(!list_empty(&sb->s_inodes));
	if (sb->s_op->put_super)
		sb->s_op->put_super(sb);
	close_bdev(sb);
	free_super(sb);
}

/* Those that are mounted. fn may sleep; the place in the list is kept by s_passing meanwhile. */
void supers_for_each(void (*fn)(struct super_block *sb, void *arg), void *arg)
{
	struct super_block *sb;

	spin_lock(&sb_lock);
	list_for_each_entry(sb, &super_blocks, s_list) {
		if (!atomic_read(&sb->s_active))
			continue;
		sb->s_passing++;
		spin_unlock(&sb_lock);
		fn(sb, arg);
		spin_lock(&sb_lock);
		if (!--sb->s_passing && !atomic_read(&sb->s_active))
			wake_up_all(&passing_wait);
	}
	spin_unlock(&sb_lock);
}

/* What all have in common; numbers of blocks are the file system's. */
int vfs_statfs(const struct path *path, struct kstatfs *buf)
{
	struct super_block *sb = path->dentry->d_sb;
	int err = 0;

	memset(buf, 0, sizeof(*buf));
	buf->f_type = sb->s_magic;
	buf->f_bsize = sb->s_blocksize;
	buf->f_frsize = sb->s_blocksize;
	buf->f_namelen = NAME_MAX;
	buf->f_fsid[0] = sb->s_dev;
	if (sb->s_op->statfs)
		err = sb->s_op->statfs(path->dentry, buf);
	buf->f_flags = ST_VALID | (path->mnt->mnt_flags & (MS_RDONLY | MS_NOSUID | MS_NODEV |
							   MS_NOEXEC | MS_NOATIME));
	if (sb->s_flags & MS_RDONLY)
		buf->f_flags |= MS_RDONLY;
	return err;
}
