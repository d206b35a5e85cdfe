/* SPDX-License-Identifier: MIT */
/*
 * stat(2) in its three forms, readlink(2).
 *
 * One kstat is filled from the inode (or by the file system), then written in
 * the layout asked for.
 *
 * stat(2) and lstat(2) of libc are newfstatat(2) with and without
 * AT_SYMLINK_NOFOLLOW, fstat(2) has its own number, statx(2) is extensible: it
 * says in stx_mask which fields are true. Device numbers are packed differently
 * inside (12 bits major, 20 bits minor) and in struct stat.
 *
 * st_blocks counts 512-byte units, whatever the block size; it is what du(1) adds
 * up, and what mkswap and swapon look at to find holes.
 *
 * readlink(2) of a magic link (/proc/PID/exe, /proc/PID/fd/N) shows the path of
 * the object it stands for; opening it goes to the object itself, which may have
 * no path any more.
 *
 * Locks: none; the numbers may change while they are read.
 *
 * Linux: fs/stat.c.
 */
#include "kernel/fs/fs_syscalls.h"
#include "kernel/fs/internal.h"
#include "kernel/uapi/statx.h"
#include "lib/string.h"

/* What the inode knows: all there is. */
void vfs_getattr(const struct path *path, struct kstat *stat)
{
	const struct inode *inode = path->dentry->d_inode;

	stat->dev = inode->i_sb->s_dev;
	stat->rdev = inode->i_rdev;
	stat->ino = inode->i_ino;
	stat->size = READ_ONCE(inode->i_size);
	stat->blocks = inode->i_blocks;
	stat->mode = inode->i_mode;
	stat->nlink = inode->i_nlink;
	stat->uid = inode->i_uid;
	stat->gid = inode->i_gid;
	stat->blksize = inode->i_sb->s_blocksize;
	stat->atime = inode->i_atime;
	stat->mtime = inode->i_mtime;
	stat->ctime = inode->i_ctime;
	stat->btime = 0;
}

/* dev_t as programs see it: the low 8 bits of the minor, then the major, then the rest. */
static unsigned int user_dev(dev_t dev)
{
	unsigned int major = MAJOR(dev), minor = MINOR(dev);

	return (minor & 0xff) | major << 8 | (minor & ~0xffU) << 12;
}

/* Times are nanoseconds inside, seconds and the rest outside. */
static int put_stat(const struct kstat *stat, struct __kernel_stat __user *user)
{
	struct __kernel_stat st = {
		.st_dev = user_dev(stat->dev),
		.st_ino = stat->ino,
		.st_mode = stat->mode,
		.st_nlink = stat->nlink,
		.st_uid = stat->uid,
		.st_gid = stat->gid,
		.st_rdev = user_dev(stat->rdev),
		.st_size = stat->size,
		.st_blksize = stat->blksize,
		.st_blocks = stat->blocks,
		.st_atime_sec = stat->atime / NSEC_PER_SEC,
		.st_atime_nsec = stat->atime % NSEC_PER_SEC,
		.st_mtime_sec = stat->mtime / NSEC_PER_SEC,
		.st_mtime_nsec = stat->mtime % NSEC_PER_SEC,
		.st_ctime_sec = stat->ctime / NSEC_PER_SEC,
		.st_ctime_nsec = stat->ctime % NSEC_PER_SEC,
	};

	return copy_to_user(user, &st, sizeof(st)) ? -EFAULT : 0;
}

/* O_PATH files too. */
static int stat_fd(long fd, struct kstat *stat)
{
	struct file *f = fget_raw((unsigned int)fd);

	if (!f)
		return -EBADF;
	vfs_getattr(&f->f_path, stat);
	fput(f);
	return 0;
}

/* By name; an empty one with AT_EMPTY_PATH means dfd. *mnt_root may be NULL. */
static int stat_at(long dfd, const char __user *name, long flags, struct kstat *stat,
		   bool *mnt_root)
{
	unsigned int lookup = (flags & AT_SYMLINK_NOFOLLOW) ? 0 : LOOKUP_FOLLOW;
	struct path path;
	int err;

	if (flags & AT_EMPTY_PATH)
		lookup |= LOOKUP_EMPTY;
	err = user_path_at((int)dfd, name, lookup, &path);
	if (err)
		return err;
	vfs_getattr(&path, stat);
	if (mnt_root)
		*mnt_root = path.dentry == path.mnt->mnt_root;
	path_put(&path);
	return 0;
}

/* fstat(2). */
long sys_fstat(long fd, struct __kernel_stat __user *st)
{
	struct kstat stat;
	int err = stat_fd(fd, &stat);

	return err ? err : put_stat(&stat, st);
}

/* newfstatat(2): stat and lstat of libc. */
long sys_newfstatat(long dfd, const char __user *name, struct __kernel_stat __user *st,
		    long flags)
{
	struct kstat stat;
	int err;

	if (flags & ~(AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT | AT_EMPTY_PATH))
		return -EINVAL;
	err = stat_at(dfd, name, flags, &stat, NULL);
	return err ? err : put_stat(&stat, st);
}

/* As statx(2) wants it. */
static struct statx_timestamp statx_time(u64 ns)
{
	return (struct statx_timestamp){ .tv_sec = ns / NSEC_PER_SEC,
		.tv_nsec = ns % NSEC_PER_SEC };
}

/* statx(2): all basic fields are always filled, whatever the mask asks for. */
long sys_statx(long dfd, const char __user *name, long flags, unsigned long mask,
	       struct statx __user *user)
{
	struct statx stx;
	struct kstat stat;
	bool mnt_root = false;
	int err;

	if ((flags & ~(AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT | AT_EMPTY_PATH |
		       AT_STATX_SYNC_TYPE)) ||
	    (flags & AT_STATX_SYNC_TYPE) == AT_STATX_SYNC_TYPE || ((u32)mask & STATX__RESERVED))
		return -EINVAL;
	err = !name && (flags & AT_EMPTY_PATH) ? stat_fd(dfd, &stat) :
	      stat_at(dfd, name, flags, &stat, &mnt_root);
	if (err)
		return err;
	memset(&stx, 0, sizeof(stx));
	stx.stx_mask = STATX_BASIC_STATS;
	stx.stx_blksize = stat.blksize;
	stx.stx_attributes_mask = STATX_ATTR_MOUNT_ROOT;
	stx.stx_attributes = mnt_root ? STATX_ATTR_MOUNT_ROOT : 0;
	stx.stx_nlink = stat.nlink;
	stx.stx_uid = stat.uid;
	stx.stx_gid = stat.gid;
	stx.stx_mode = (u16)stat.mode;
	stx.stx_ino = stat.ino;
	stx.stx_size = stat.size;
	stx.stx_blocks = stat.blocks;
	stx.stx_atime = statx_time(stat.atime);
	stx.stx_mtime = statx_time(stat.mtime);
	stx.stx_ctime = statx_time(stat.ctime);
	stx.stx_rdev_major = MAJOR(stat.rdev);
	stx.stx_rdev_minor = MINOR(stat.rdev);
	stx.stx_dev_major = MAJOR(stat.dev);
	stx.stx_dev_minor = MINOR(stat.dev);
	return copy_to_user(user, &stx, sizeof(stx)) ? -EFAULT : 0;
}

/* ---- readlink ---- */

/* /proc/PID/exe and such: where they jump, as text. */
static int readlink_path(const struct path *link, char *buf, char **text)
{
	struct path to;
	int err = link->dentry->d_inode->i_op->follow(link->dentry, &to);

	if (err)
		return err;
	*text = d_path(&to, buf, PATH_MAX);
	path_put(&to);
	return **text ? 0 : -ENAMETOOLONG;
}

/* readlinkat(2): no 0 at the end; what does not fit is cut off. */
long sys_readlinkat(long dfd, const char __user *name, char __user *ubuf, long size)
{
	struct path path;
	char *buf, *text;
	long len;
	int err;

	if ((int)size <= 0)
		return -EINVAL;
	err = user_path_at((int)dfd, name, LOOKUP_EMPTY, &path);
	if (err)
		return err;
	buf = text = names_alloc();
	if (!buf)
		err = -ENOMEM;
	else if (S_ISLNK(path.dentry->d_inode->i_mode) && path.dentry->d_inode->i_op->follow)
		err = readlink_path(&path, buf, &text);
	else
		err = vfs_readlink(path.dentry, buf, PATH_MAX);
	path_put(&path);
	len = err;
	if (!err) {
		len = min_t(long, strlen(text), (int)size);
		if (copy_to_user(ubuf, text, len))
			len = -EFAULT;
	}
	if (buf)
		putname(buf);
	return len;
}
