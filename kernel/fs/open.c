/* SPDX-License-Identifier: MIT */
/*
 * Opening files: from a path and flags to a struct file; close(2) is in file.c.
 *
 * do_filp_open() decides, dentry_open() does. With O_CREAT the last name is
 * looked up with its directory locked, so that making it and finding it are one
 * step; a symbolic link found there is followed by opening its target again.
 *
 * Invariant: an open file counts its path; one open for writing counts in
 * i_writecount, which keeps execve() off (and the reverse, ETXTBSY).
 *
 * The life of an open(2):
 *
 *	getname()            the path, out of the program's memory
 *	get_unused_fd_flags()  a number, reserved
 *	do_filp_open()       walk, make the file if asked to, check
 *	  dentry_open()      struct file; write access counted; ->open() of the driver
 *	  do_truncate()      O_TRUNC
 *	fd_install()         the number is good
 *
 * An O_PATH file is only a name with a number: no operations, no access checks on
 * the file itself, no count in i_writecount; it serves as dirfd, for fstat(2) and
 * /proc/self/fd.
 *
 * A character device replaces the file's operations in its ->open(), a block
 * device the mapping; a FIFO waits there for its other side.
 *
 * Locks: i_rwsem of the directory with O_CREAT, of the file with O_TRUNC.
 *
 * Linux: fs/open.c, fs/namei.c path_openat().
 */
#include "kernel/fs/fs_syscalls.h"
#include "kernel/fs/internal.h"
#include "lib/string.h"

/* ---- a file from a path ---- */

/* A read-only mount forbids files and directories, not devices and FIFOs on it. */
static int get_write_access(struct file *f)
{
	struct inode *inode = f->f_inode;
	int old, seen;

	if (S_ISREG(inode->i_mode) || S_ISDIR(inode->i_mode)) {
		int err = mnt_want_write(f->f_path.mnt);

		if (err)
			return err;
	}
	if (!S_ISREG(inode->i_mode))
		return 0;
	for (old = atomic_read(&inode->i_writecount); old >= 0; old = seen) {
		seen = atomic_cmpxchg(&inode->i_writecount, old, old + 1);
		if (seen == old) {
			f->f_mode |= FMODE_WRITER;
			/* Either this sees a remount to read-only, or that sees our count. */
			return mnt_want_write(f->f_path.mnt);
		}
	}
	return -ETXTBSY;
}

/* On failure the caller puts the file: the path is in it already. */
int do_dentry_open(struct file *f, const struct path *path)
{
	struct inode *inode = path->dentry->d_inode;
	int err;

	f->f_path = *path;
	f->f_inode = inode;
	f->f_mapping = inode->i_mapping;
	if (f->f_mode & FMODE_PATH)
		return 0;
	if (f->f_mode & FMODE_WRITE) {
		err = get_write_access(f);
		if (err)
			return err;
	}
	f->f_op = inode->i_fop;
	if (!f->f_op)
		return -ENXIO;
	f->f_mode |= FMODE_LSEEK | FMODE_PREAD;
	if (f->f_op->open) {
		err = f->f_op->open(inode, f);
		if (err)
			return err;
	}
	if (!f->f_op->llseek)
		f->f_mode &= ~FMODE_LSEEK;
	f->f_wb_err = errseq_sample(&f->f_mapping->wb_err);
	f->f_sb_err = errseq_sample(&inode->i_sb->s_wb_err);
	if (f->f_mapping->a_ops)
		file_ra_state_init(f);
	return 0;
}

/* Creation flags have done their work; F_GETFL does not show them. */
int dentry_open(const struct path *path, int flags, struct file **file)
{
	struct file *f = alloc_empty_file(flags);
	int err;

	if (!f)
		return -ENFILE;
	path_get(path);
	err = do_dentry_open(f, path);
	if (err) {
		/* Not opened: ->release() must not see it, fput() does the rest. */
		f->f_op = NULL;
		fput(f);
		return err;
	}
	f->f_flags &= ~(O_CREAT | O_EXCL | O_NOCTTY | O_TRUNC);
	*file = f;
	return 0;
}

/* ---- open(2) ---- */

/* May this inode be opened like this? */
static int may_open(const struct path *path, int flags)
{
	struct inode *inode = path->dentry->d_inode;
	int acc = flags & O_ACCMODE, mask;

	if (flags & O_PATH)
		return 0;
	switch (inode->i_mode & S_IFMT) {
	case S_IFLNK:
		return -ELOOP;
	case S_IFDIR:
		if (acc != O_RDONLY || (flags & O_CREAT))
			return -EISDIR;
		break;
	case S_IFCHR:
	case S_IFBLK:
		if (path->mnt->mnt_flags & MS_NODEV)
			return -EACCES;
		break;
	}
	mask = acc == O_RDONLY ? MAY_READ : acc == O_WRONLY ? MAY_WRITE : MAY_READ | MAY_WRITE;
	return inode_permission(inode, mask);
}

/* Check, open, cut off. O_TRUNC comes last: an open that fails must not lose data. */
static int open_path(const struct path *path, int flags, struct file **f)
{
	struct inode *inode = path->dentry->d_inode;
	int err = may_open(path, flags);

	if (err)
		return err;
	if ((flags & O_DIRECTORY) && !S_ISDIR(inode->i_mode))
		return -ENOTDIR;
	err = dentry_open(path, flags, f);
	if (err || !(flags & O_TRUNC) || !S_ISREG(inode->i_mode))
		return err;
	err = mnt_want_write(path->mnt);
	/* O_RDONLY | O_TRUNC: not a writer, who would have been refused already. */
	if (!err && atomic_read(&inode->i_writecount) < 0)
		err = -ETXTBSY;
	if (!err)
		err = do_truncate(path->dentry, 0);
	if (err)
		fput(*f);
	return err;
}

/* The last name of an O_CREAT open: *path is the file, made if it was missing (then *made). */
static int open_last_create(struct name_parent *p, int flags, umode_t mode, struct path *path,
			    bool *made)
{
	struct inode *dir = p->path.dentry->d_inode;
	struct dentry *d;
	int err;

	inode_lock_dir(dir);
	err = lookup_one(p->path.dentry, p->last, p->len, &d);
	if (err)
		goto out_unlock;
	if (d->d_inode) {
		err = (flags & O_EXCL) ? -EEXIST : 0;
	} else {
		err = mnt_want_write(p->path.mnt);
		if (!err)
			err = may_create(dir);
		if (!err)
			err = dir->i_op->create(dir, d, S_IFREG | (mode & ~current->fs->umask &
								  07777));
		*made = !err;
	}
	if (err) {
		dput(d);
	} else {
		path->mnt = p->path.mnt;
		path->dentry = d;
		mntget(path->mnt);
	}
out_unlock:
	inode_unlock(dir);
	return err;
}

/* The last name is a link of /proc that stands for an open file itself. Eats link. */
static int open_magic_link(struct path *link, int flags, struct file **f)
{
	struct path to;
	int err = link->dentry->d_inode->i_op->follow(link->dentry, &to);

	path_put(link);
	if (err)
		return err;
	err = open_path(&to, flags, f);
	path_put(&to);
	return err;
}

/* With O_CREAT; where the last name is a link, the same again in the directory it points into. */
static int open_create(int dfd, const char *name, int flags, umode_t mode, struct file **f)
{
	struct name_parent p;
	struct path path;
	bool made = false;
	int err = parent_lookup(dfd, name, &p);

	if (err)
		return err;
	for (;;) {
		if (p.type != LAST_NORM) {
			err = (flags & O_EXCL) ? -EEXIST : -EISDIR;
			break;
		}
		err = -EISDIR;
		if (p.slash)
			break;
		err = open_last_create(&p, flags, mode, &path, &made);
		if (err)
			break;
		follow_mount(&path);
		if (!S_ISLNK(path.dentry->d_inode->i_mode) || (flags & O_NOFOLLOW)) {
			/* What was just made needs no O_TRUNC. */
			err = open_path(&path, made ? flags & ~O_TRUNC : flags, f);
			path_put(&path);
			break;
		}
		if (path.dentry->d_inode->i_op->follow) {
			err = open_magic_link(&path, flags, f);
			break;
		}
		err = parent_follow(&p, &path);
		if (err)
			return err;
	}
	name_parent_put(&p);
	return err;
}

/* O_PATH ignores what it does not need; O_CREAT goes its own way. */
int do_filp_open(int dfd, const char *name, int flags, umode_t mode, struct file **f)
{
	unsigned int lookup = 0;
	struct path path;
	int err;

	if (flags & O_PATH)
		flags &= O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
	if ((flags & O_TMPFILE) == O_TMPFILE)
		return -EOPNOTSUPP;
	if ((flags & O_CREAT) && (flags & O_DIRECTORY))
		return -EINVAL;
	if (!(flags & O_CREAT)) {
		if (!(flags & O_NOFOLLOW))
			lookup |= LOOKUP_FOLLOW;
		if (flags & O_DIRECTORY)
			lookup |= LOOKUP_DIRECTORY;
		err = filename_lookup(dfd, name, lookup, &path);
		if (err)
			return err;
		err = open_path(&path, flags, f);
		path_put(&path);
		return err;
	}
	return open_create(dfd, name, flags, mode, f);
}

/* For the kernel: initial console, initramfs, exec. */
int file_open(const char *path, int flags, umode_t mode, struct file **f)
{
	return do_filp_open(AT_FDCWD, path, flags, mode, f);
}

/* openat(2): the descriptor is reserved first, so that O_CREAT makes nothing in vain. */
long sys_openat(long dfd, const char __user *path, long flags, long mode)
{
	struct file *f;
	char *name;
	int fd, err = getname(path, &name);

	if (err)
		return err;
	fd = get_unused_fd_flags((unsigned int)flags);
	if (fd >= 0) {
		err = do_filp_open((int)dfd, name, (int)flags | O_LARGEFILE,
				   (umode_t)mode & 07777, &f);
		if (err) {
			put_unused_fd(fd);
			fd = err;
		} else {
			fd_install(fd, f);
		}
	}
	putname(name);
	return fd;
}
