/* SPDX-License-Identifier: MIT */
/*
 * Changing what is known about a file: size, mode, owner, times; where a process
 * stands (chdir, chroot); how full a file system is.
 *
 * Each call finds an inode by path or descriptor and goes through
 * notify_change(), which is where a file system takes part.
 *
 * Locks: i_rwsem of the inode in notify_change().
 *
 * Linux: fs/attr.c, fs/open.c, fs/utimes.c, fs/statfs.c.
 */
#include "kernel/fs/fs_syscalls.h"
#include "kernel/fs/internal.h"
#include "kernel/signal.h"
#include "lib/string.h"

/*
 * The one place through which attributes change. The file system's ->setattr()
 * decides what it can do; without one, size cannot change and the rest is only
 * copied to the inode.
 */
int notify_change(struct dentry *dentry, struct iattr *attr)
{
	struct inode *inode = dentry->d_inode;
	int err = 0;

	if (S_ISDIR(inode->i_mode))
		inode_lock_dir(inode);
	else
		down_write(&inode->i_rwsem);
	if (inode->i_op && inode->i_op->setattr)
		err = inode->i_op->setattr(dentry, attr);
	else if (attr->valid & ATTR_SIZE)
		err = -EINVAL;
	else
		setattr_copy(inode, attr);
	up_write(&inode->i_rwsem);
	return err;
}

/* The same for a path: the mount may be read-only although the file system is not. */
static int path_setattr(const struct path *path, struct iattr *attr)
{
	int err = mnt_want_write(path->mnt);

	return err ? err : notify_change(path->dentry, attr);
}

/* As the calls on a path or descriptor do it: "" with AT_EMPTY_PATH means dfd itself. */
static int setattr_at(long dfd, const char __user *name, long flags, struct iattr *attr)
{
	unsigned int lookup = (flags & AT_SYMLINK_NOFOLLOW) ? 0 : LOOKUP_FOLLOW;
	struct path path;
	int err;

	if (flags & ~(AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH))
		return -EINVAL;
	if (flags & AT_EMPTY_PATH)
		lookup |= LOOKUP_EMPTY;
	err = user_path_at((int)dfd, name, lookup, &path);
	if (err)
		return err;
	if ((attr->valid & ATTR_MODE) && S_ISLNK(path.dentry->d_inode->i_mode))
		err = -EOPNOTSUPP;
	else
		err = path_setattr(&path, attr);
	path_put(&path);
	return err;
}

/* For the calls that have a descriptor instead of a name. */
static int setattr_fd(long fd, struct iattr *attr)
{
	struct fd f = fdget((unsigned int)fd);
	int err;

	if (!f.file)
		return -EBADF;
	err = path_setattr(&f.file->f_path, attr);
	fdput(f);
	return err;
}

/* ---- size ---- */

int inode_newsize_ok(const struct inode *inode, loff_t size)
{
	unsigned long limit = current->signal->rlim[RLIMIT_FSIZE].rlim_cur;

	if (size <= inode->i_size || (unsigned long)size <= limit)
		return 0;
	send_sig(SIGXFSZ, current);
	return -EFBIG;
}

/* Set the length, in either direction: what is added reads as zeros. */
int do_truncate(struct dentry *dentry, loff_t length)
{
	struct inode *inode = dentry->d_inode;
	struct iattr attr = { .valid = ATTR_SIZE | ATTR_MTIME | ATTR_CTIME, .size = length };
	int err;

	if (length < 0)
		return -EINVAL;
	if (length > inode->i_sb->s_maxbytes)
		return -EFBIG;
	err = inode_newsize_ok(inode, length);
	if (err)
		return err;
	attr.mtime = attr.ctime = current_time_ns();
	return notify_change(dentry, &attr);
}

/* Only regular files have a length that can be set. */
static int inode_truncatable(const struct inode *inode)
{
	if (S_ISDIR(inode->i_mode))
		return -EISDIR;
	return S_ISREG(inode->i_mode) ? 0 : -EINVAL;
}

/* truncate(2): by name, so nobody has checked yet whether the file may be written. */
long sys_truncate(const char __user *name, long length)
{
	struct path path;
	int err = user_path_at(AT_FDCWD, name, LOOKUP_FOLLOW, &path);

	if (err)
		return err;
	err = inode_truncatable(path.dentry->d_inode);
	if (!err)
		err = mnt_want_write(path.mnt);
	/* Writers may have it open; a running program may not lose its text. */
	if (!err && atomic_read(&path.dentry->d_inode->i_writecount) < 0)
		err = -ETXTBSY;
	if (!err)
		err = do_truncate(path.dentry, length);
	path_put(&path);
	return err;
}

/* ftruncate(2): the descriptor must be open for writing (EINVAL, not EBADF, says POSIX). */
long sys_ftruncate(long fd, long length)
{
	struct fd f = fdget((unsigned int)fd);
	int err;

	if (length < 0) {
		fdput(f);
		return -EINVAL;
	}
	if (!f.file)
		return -EBADF;
	err = inode_truncatable(f.file->f_inode) || !(f.file->f_mode & FMODE_WRITE) ? -EINVAL :
	      do_truncate(f.file->f_path.dentry, length);
	fdput(f);
	return err;
}

/* fallocate(2): the order of the checks is Linux's, as programs probe for the errors. */
long sys_fallocate(long fd, long mode, long offset, long len)
{
	struct fd f = fdget((unsigned int)fd);
	long err;

	if (!f.file)
		return -EBADF;
	if (offset < 0 || len <= 0)
		err = -EINVAL;
	else if ((mode & (FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE)) == FALLOC_FL_PUNCH_HOLE)
		err = -EOPNOTSUPP;
	else if (!(f.file->f_mode & FMODE_WRITE))
		err = -EBADF;
	else if (S_ISFIFO(f.file->f_inode->i_mode))
		err = -ESPIPE;
	else if (S_ISDIR(f.file->f_inode->i_mode))
		err = -EISDIR;
	else if (!S_ISREG(f.file->f_inode->i_mode) && !S_ISBLK(f.file->f_inode->i_mode))
		err = -ENODEV;
	else if (offset > f.file->f_inode->i_sb->s_maxbytes - len)
		err = -EFBIG;
	else if (!f.file->f_op->fallocate)
		err = -EOPNOTSUPP;
	else
		err = f.file->f_op->fallocate(f.file, (int)mode, offset, len);
	fdput(f);
	return err;
}

/* ---- mode and owner ---- */

/* fchmod(2), on a descriptor that may be open for reading only. */
long sys_fchmod(long fd, long mode)
{
	struct iattr attr = { .valid = ATTR_MODE, .mode = (umode_t)mode };

	return setattr_fd(fd, &attr);
}

/* fchmodat(2) as the system call is: it has no flags; libc does those itself. */
long sys_fchmodat(long dfd, const char __user *path, long mode)
{
	return sys_fchmodat2(dfd, path, mode, 0);
}

/* fchmodat2(2): with AT_SYMLINK_NOFOLLOW and AT_EMPTY_PATH. */
long sys_fchmodat2(long dfd, const char __user *path, long mode, long flags)
{
	struct iattr attr = { .valid = ATTR_MODE, .mode = (umode_t)mode };

	return setattr_at(dfd, path, flags, &attr);
}

/* -1 leaves that one alone. */
static struct iattr owner_attr(long uid, long gid)
{
	struct iattr attr = { .uid = (u32)uid, .gid = (u32)gid };

	if (attr.uid != (u32)-1)
		attr.valid |= ATTR_UID;
	if (attr.gid != (u32)-1)
		attr.valid |= ATTR_GID;
	return attr;
}

/* fchownat(2): serves chown, lchown and fchownat of libc. */
long sys_fchownat(long dfd, const char __user *path, long uid, long gid, long flags)
{
	struct iattr attr = owner_attr(uid, gid);

	return setattr_at(dfd, path, flags, &attr);
}

/* fchown(2). */
long sys_fchown(long fd, long uid, long gid)
{
	struct iattr attr = owner_attr(uid, gid);

	return setattr_fd(fd, &attr);
}

/* ---- times ---- */

/* One of the two times: UTIME_NOW, UTIME_OMIT or a value. 0 or -EINVAL. */
static int time_attr(struct iattr *attr, const struct __kernel_timespec *ts, unsigned int which,
		     u64 *value)
{
	if (ts->tv_nsec == UTIME_OMIT)
		return 0;
	attr->valid |= which;
	if (ts->tv_nsec == UTIME_NOW) {
		*value = current_time_ns();
		return 0;
	}
	if (ts->tv_nsec < 0 || ts->tv_nsec >= (s64)NSEC_PER_SEC)
		return -EINVAL;
	*value = timespec_to_ns(ts);
	return 0;
}

/* utimensat(2): times NULL means now; path NULL means the descriptor dfd (futimens). */
long sys_utimensat(long dfd, const char __user *path, const struct __kernel_timespec __user *times,
		   long flags)
{
	struct __kernel_timespec ts[2] = { { 0, UTIME_NOW }, { 0, UTIME_NOW } };
	struct iattr attr = { .valid = 0 };

	if (times && copy_from_user(ts, times, sizeof(ts)))
		return -EFAULT;
	if (time_attr(&attr, &ts[0], ATTR_ATIME, &attr.atime) ||
	    time_attr(&attr, &ts[1], ATTR_MTIME, &attr.mtime))
		return -EINVAL;
	if (!attr.valid)
		return 0;
	if (!path)
		return (int)dfd == AT_FDCWD ? -EFAULT : setattr_fd(dfd, &attr);
	return setattr_at(dfd, path, flags, &attr);
}

/* ---- may I? ---- */

/*
 * faccessat2(2): for root that is: does it exist, has it an x bit, is the file
 * system writable. Real and effective user are the same here, so AT_EACCESS changes
 * nothing.
 */
long sys_faccessat2(long dfd, const char __user *name, long mode, long flags)
{
	unsigned int lookup = (flags & AT_SYMLINK_NOFOLLOW) ? 0 : LOOKUP_FOLLOW;
	struct path path;
	int err;

	if ((mode & ~(R_OK | W_OK | X_OK)) ||
	    (flags & ~(AT_EACCESS | AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH)))
		return -EINVAL;
	if (flags & AT_EMPTY_PATH)
		lookup |= LOOKUP_EMPTY;
	err = user_path_at((int)dfd, name, lookup, &path);
	if (err)
		return err;
	err = inode_permission(path.dentry->d_inode, (int)mode);
	if (!err && (mode & X_OK) && S_ISREG(path.dentry->d_inode->i_mode) && path_noexec(&path))
		err = -EACCES;
	if (!err && (mode & W_OK) && (S_ISREG(path.dentry->d_inode->i_mode) ||
				      S_ISDIR(path.dentry->d_inode->i_mode)))
		err = mnt_want_write(path.mnt);
	path_put(&path);
	return err;
}

/* faccessat(2): the older call, without flags. */
long sys_faccessat(long dfd, const char __user *path, long mode)
{
	return sys_faccessat2(dfd, path, mode, 0);
}

/* ---- where a process stands ---- */

/* chdir(2): the directory must exist and be searchable. */
long sys_chdir(const char __user *name)
{
	struct path path;
	int err = user_path_at(AT_FDCWD, name, LOOKUP_FOLLOW | LOOKUP_DIRECTORY, &path);

	if (err)
		return err;
	err = inode_permission(path.dentry->d_inode, MAY_EXEC);
	if (!err)
		set_fs_pwd(current->fs, &path);
	path_put(&path);
	return err;
}

/* fchdir(2): the descriptor may be an O_PATH one. */
long sys_fchdir(long fd)
{
	struct file *f = fget_raw((unsigned int)fd);
	int err = 0;

	if (!f)
		return -EBADF;
	if (!S_ISDIR(f->f_inode->i_mode))
		err = -ENOTDIR;
	else
		set_fs_pwd(current->fs, &f->f_path);
	fput(f);
	return err;
}

/* chroot(2): only the meaning of "/" changes; the working directory may stay outside. */
long sys_chroot(const char __user *name)
{
	struct path path;
	int err = user_path_at(AT_FDCWD, name, LOOKUP_FOLLOW | LOOKUP_DIRECTORY, &path);

	if (err)
		return err;
	set_fs_root(current->fs, &path);
	path_put(&path);
	return 0;
}

/* umask(2): returns the old one; only the permission bits count. */
long sys_umask(long mask)
{
	return xchg(&current->fs->umask, (int)mask & 0777);
}

/* ---- file systems ---- */

/* Fill a statfs and hand it out; kernel and user share the layout. */
static int put_statfs(const struct path *path, struct kstatfs __user *user)
{
	struct kstatfs buf;
	int err = vfs_statfs(path, &buf);

	if (!err && copy_to_user(user, &buf, sizeof(buf)))
		err = -EFAULT;
	return err;
}

/* statfs(2). */
long sys_statfs(const char __user *name, struct kstatfs __user *buf)
{
	struct path path;
	int err = user_path_at(AT_FDCWD, name, LOOKUP_FOLLOW, &path);

	if (err)
		return err;
	err = put_statfs(&path, buf);
	path_put(&path);
	return err;
}

/* fstatfs(2). */
long sys_fstatfs(long fd, struct kstatfs __user *buf)
{
	struct file *f = fget_raw((unsigned int)fd);
	int err;

	if (!f)
		return -EBADF;
	err = put_statfs(&f->f_path, buf);
	fput(f);
	return err;
}
