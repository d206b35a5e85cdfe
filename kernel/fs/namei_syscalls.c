/* SPDX-License-Identifier: MIT */
/*
 * System calls that make, remove and rename names.
 *
 * All have one shape: find the directory (parent_lookup), lock it, look up the
 * last name, check, call the file system, unlock. A name that exists is -EEXIST
 * before anything else is said.
 *
 * Why the directory is locked over look-up and change: between "the name is free"
 * and "make it" nobody else may make it. Look-ups by path walk do not take the
 * lock for names that are cached; they see a name before or after, never in
 * between, since hashing a dentry is one step under dcache_lock.
 *
 * rename(2) is the only call with two directories. Were two renames to move two
 * directories into each other at the same time, each would find its own move
 * harmless, and both would cut a ring out of the tree; so renames between
 * different directories of one file system go one at a time, and d_ancestor() is
 * asked under that lock.
 *
 * A victim that is a directory is locked too: with i_nlink 0 it accepts no more
 * names, and so "empty" stays true.
 *
 * Ask yourself: in which order would two renames a->b and b->a lock their
 * directories, if the address decided alone, and one were inside the other?
 *
 * A name is at most NAME_MAX bytes; a path of PATH_MAX is copied before anything
 * else is done, so that a bad address has no effect.
 *
 * Locks: i_rwsem of the directory, then of a file that gets or loses a name. rename
 * between directories: s_rename_mutex of the file system first, so that the tree cannot
 * change its shape meanwhile, then both directories, the ancestor (or lower address) first.
 *
 * Linux: fs/namei.c, do_mkdirat() and below.
 */
#include "kernel/fs/fs_syscalls.h"
#include "kernel/fs/internal.h"
#include "lib/string.h"

/* ---- making ---- */

/* The locked directory and a negative dentry in it, for a new name. Undo with done_create(). */
static int start_create(int dfd, const char *name, bool isdir, struct name_parent *p,
			struct dentry **dentry)
{
	struct inode *dir;
	int err = parent_lookup(dfd, name, p);

	if (err)
		return err;
	dir = p->path.dentry->d_inode;
	inode_lock_dir(dir);
	err = -EEXIST;
	if (p->type != LAST_NORM)
		goto err_unlock;
	err = lookup_one(p->path.dentry, p->last, p->len, dentry);
	if (err)
		goto err_unlock;
	err = -EEXIST;
	if ((*dentry)->d_inode)
		goto err_dput;
	err = p->slash && !isdir ? -ENOENT : mnt_want_write(p->path.mnt);
	if (!err)
		err = may_create(dir);
	if (!err)
		return 0;
err_dput:
	dput(*dentry);
err_unlock:
	inode_unlock(dir);
	name_parent_put(p);
	return err;
}

/* The opposite of start_create(), whether the name was made or not. */
static void done_create(struct name_parent *p, struct dentry *dentry)
{
	inode_unlock(p->path.dentry->d_inode);
	dput(dentry);
	name_parent_put(p);
}

/* The sticky bit is the only one besides the permissions that mkdir(2) sets. */
static int do_mkdirat(int dfd, const char *name, umode_t mode)
{
	struct name_parent p;
	struct dentry *dentry;
	struct inode *dir;
	int err = start_create(dfd, name, true, &p, &dentry);

	if (err)
		return err;
	dir = p.path.dentry->d_inode;
	err = dir->i_op->mkdir ? dir->i_op->mkdir(dir, dentry, mode & ~current->fs->umask & 01777) :
	      -EPERM;
	done_create(&p, dentry);
	return err;
}

/* No type means a regular file. */
static int do_mknodat(int dfd, const char *name, umode_t mode, dev_t dev)
{
	struct name_parent p;
	struct dentry *dentry;
	struct inode *dir;
	int err;

	if (S_ISDIR(mode))
		return -EPERM;
	if (!(mode & S_IFMT))
		mode |= S_IFREG;
	if (!S_ISREG(mode) && !S_ISCHR(mode) && !S_ISBLK(mode) && !S_ISFIFO(mode) &&
	    !S_ISSOCK(mode))
		return -EINVAL;
	err = start_create(dfd, name, false, &p, &dentry);
	if (err)
		return err;
	dir = p.path.dentry->d_inode;
	mode &= ~current->fs->umask;
	if (S_ISREG(mode))
		err = dir->i_op->create(dir, dentry, mode);
	else
		err = dir->i_op->mknod ? dir->i_op->mknod(dir, dentry, mode, dev) : -EPERM;
	done_create(&p, dentry);
	return err;
}

/* The target is only text: it need not exist. */
static int do_symlinkat(const char *target, int dfd, const char *name)
{
	struct name_parent p;
	struct dentry *dentry;
	struct inode *dir;
	int err;

	if (!*target)
		return -ENOENT;
	err = start_create(dfd, name, false, &p, &dentry);
	if (err)
		return err;
	dir = p.path.dentry->d_inode;
	err = dir->i_op->symlink ? dir->i_op->symlink(dir, dentry, target) : -EPERM;
	done_create(&p, dentry);
	return err;
}

/*
 * i_nlink is guarded by the lock of the file: its other names are in other directories. A file
 * whose last one has gone meanwhile gets no new one.
 */
static int link_file(struct dentry *old, struct inode *dir, struct dentry *dentry)
{
	struct inode *inode = old->d_inode;
	int err;

	down_write(&inode->i_rwsem);
	err = inode->i_nlink ? dir->i_op->link(old, dir, dentry) : -ENOENT;
	up_write(&inode->i_rwsem);
	return err;
}

/* Directories have one name only, or the tree would be none. */
static int do_linkat(struct path *old, int dfd, const char *name)
{
	struct inode *inode = old->dentry->d_inode, *dir;
	struct name_parent p;
	struct dentry *dentry;
	int err = start_create(dfd, name, false, &p, &dentry);

	if (err)
		return err;
	dir = p.path.dentry->d_inode;
	if (old->mnt != p.path.mnt)
		err = -EXDEV;
	else if (S_ISDIR(inode->i_mode) || !dir->i_op->link)
		err = -EPERM;
	else
		err = link_file(old->dentry, dir, dentry);
	done_create(&p, dentry);
	return err;
}

/* ---- removing ---- */

/* "." and ".." cannot be removed; which error, depends on the call. */
static int unlink_last_type(const struct name_parent *p, bool isdir)
{
	switch (p->type) {
	case LAST_NORM:
		return 0;
	case LAST_DOT:
		return isdir ? -EINVAL : -EISDIR;
	case LAST_DOTDOT:
		return isdir ? -ENOTEMPTY : -EISDIR;
	default:
		return isdir ? -EBUSY : -EISDIR;
	}
}

/* With the victim locked nothing can be made in it any more: its i_nlink is 0 afterwards. */
static int do_rmdir_locked(struct inode *dir, struct dentry *dentry)
{
	struct inode *victim = dentry->d_inode;
	int err;

	if (!dir->i_op->rmdir)
		return -EPERM;
	inode_lock_dir_nested(victim);
	err = dir->i_op->rmdir(dir, dentry);
	inode_unlock(victim);
	if (!err)
		d_prune_children(dentry);
	return err;
}

/* The opposite of link_file(). */
static int unlink_file(struct inode *dir, struct dentry *dentry)
{
	struct inode *victim = dentry->d_inode;
	int err;

	if (!dir->i_op->unlink)
		return -EPERM;
	down_write(&victim->i_rwsem);
	err = dir->i_op->unlink(dir, dentry);
	up_write(&victim->i_rwsem);
	return err;
}

/* The dentry is unhashed or made negative by d_delete(), after the file system agreed. */
static int do_unlink_locked(struct name_parent *p, struct dentry *dentry, bool isdir)
{
	struct inode *dir = p->path.dentry->d_inode;
	int err;

	if (!dentry->d_inode)
		return -ENOENT;
	if (p->slash && !isdir)
		return S_ISDIR(dentry->d_inode->i_mode) ? -EISDIR : -ENOTDIR;
	err = mnt_want_write(p->path.mnt);
	if (!err)
		err = may_delete(dir, dentry, isdir);
	if (err)
		return err;
	err = isdir ? do_rmdir_locked(dir, dentry) : unlink_file(dir, dentry);
	if (!err)
		d_delete(dentry);
	return err;
}

/* The file itself goes with its last reference, which may be our own. */
static int do_unlinkat(int dfd, const char *name, bool isdir)
{
	struct name_parent p;
	struct dentry *dentry;
	struct inode *inode = NULL;
	int err = parent_lookup(dfd, name, &p);

	if (err)
		return err;
	err = unlink_last_type(&p, isdir);
	if (err)
		goto out;
	inode_lock_dir(p.path.dentry->d_inode);
	err = lookup_one(p.path.dentry, p.last, p.len, &dentry);
	if (!err) {
		inode = dentry->d_inode;
		if (inode)
			ihold(inode);
		err = do_unlink_locked(&p, dentry, isdir);
		dput(dentry);
	}
	inode_unlock(p.path.dentry->d_inode);
	/* Freeing a large file takes long: after the directory is unlocked. */
	iput(inode);
out:
	name_parent_put(&p);
	return err;
}

/* ---- renaming ---- */

/*
 * Ancestor first is the order path walk and rmdir use; unrelated directories go by
 * address.
 */
static void lock_rename(struct dentry *a, struct dentry *b)
{
	if (a == b) {
		inode_lock_dir(a->d_inode);
		return;
	}
	mutex_lock(&a->d_sb->s_rename_mutex);
	if (d_ancestor(b, a) || (!d_ancestor(a, b) && b < a))
		swap(a, b);
	inode_lock_dir(a->d_inode);
	inode_lock_dir_nested(b->d_inode);
}

/* The opposite; s_rename_mutex last. */
static void unlock_rename(struct dentry *a, struct dentry *b)
{
	inode_unlock(a->d_inode);
	if (a == b)
		return;
	inode_unlock(b->d_inode);
	mutex_unlock(&a->d_sb->s_rename_mutex);
}

/* The rules of rename(2) for what is there already. */
static int rename_target_ok(struct inode *dir, struct dentry *old, struct dentry *new,
			    unsigned int flags)
{
	bool isdir = S_ISDIR(old->d_inode->i_mode);

	if (!new->d_inode)
		return (flags & RENAME_EXCHANGE) ? -ENOENT : may_create(dir);
	if (flags & RENAME_EXCHANGE)
		return may_delete(dir, new, S_ISDIR(new->d_inode->i_mode));
	return may_delete(dir, new, isdir);
}

/* A directory that is replaced must stay empty meanwhile, as in rmdir; a file loses a name. */
static void lock_replaced(struct inode *inode)
{
	ihold(inode);
	if (S_ISDIR(inode->i_mode))
		inode_lock_dir_nested(inode);
	else
		down_write(&inode->i_rwsem);
}

/*
 * => both directories locked. Everything rename(2) forbids, then the file system,
 * then the dentries change places.
 */
static int vfs_rename(struct name_parent *from, struct dentry *old, struct name_parent *to,
		      struct dentry *new, unsigned int flags)
{
	struct inode *old_dir = from->path.dentry->d_inode, *new_dir = to->path.dentry->d_inode;
	bool isdir = S_ISDIR(old->d_inode->i_mode);
	struct inode *replaced;
	int err;

	if ((flags & RENAME_NOREPLACE) && new->d_inode)
		return -EEXIST;
	if ((from->slash || to->slash) && !isdir)
		return -ENOTDIR;
	if (old->d_inode == new->d_inode)
		return 0;		/* two links to one file: nothing happens */
	if (d_ancestor(old, to->path.dentry))
		return -EINVAL;
	if (d_ancestor(new, from->path.dentry))
		return (flags & RENAME_EXCHANGE) ? -EINVAL : -ENOTEMPTY;
	err = may_delete(old_dir, old, isdir);
	if (!err)
		err = rename_target_ok(new_dir, old, new, flags);
	if (!err && !old_dir->i_op->rename)
		err = -EPERM;
	if (err)
		return err;
	replaced = new->d_inode;
	if (replaced)
		lock_replaced(replaced);
	err = old_dir->i_op->rename(old_dir, old, new_dir, new, flags);
	if (replaced) {
		inode_unlock(replaced);
		iput(replaced);
	}
	if (err)
		return err;
	if (replaced && !(flags & RENAME_EXCHANGE))
		d_prune_children(new);
	if (flags & RENAME_EXCHANGE)
		d_exchange(old, new);
	else
		d_move(old, new);
	return 0;
}

/* Old name and new name, looked up where nobody can change them now. */
static int rename_locked(struct name_parent *from, struct name_parent *to, unsigned int flags)
{
	struct dentry *old, *new;
	int err = mnt_want_write(from->path.mnt);

	if (!err)
		err = lookup_one(from->path.dentry, from->last, from->len, &old);
	if (err)
		return err;
	err = old->d_inode ? lookup_one(to->path.dentry, to->last, to->len, &new) : -ENOENT;
	if (!err) {
		err = vfs_rename(from, old, to, new, flags);
		dput(new);
	}
	dput(old);
	return err;
}

/* Both directories must be on one mount: a rename never copies. */
static int do_renameat(int olddfd, const char *oldname, int newdfd, const char *newname,
		       unsigned int flags)
{
	struct name_parent from, to;
	int err;

	if ((flags & ~(RENAME_NOREPLACE | RENAME_EXCHANGE)) ||
	    flags == (RENAME_NOREPLACE | RENAME_EXCHANGE))
		return -EINVAL;
	err = parent_lookup(olddfd, oldname, &from);
	if (err)
		return err;
	err = parent_lookup(newdfd, newname, &to);
	if (err)
		goto out_from;
	err = -EXDEV;
	if (from.path.mnt != to.path.mnt)
		goto out_to;
	err = -EBUSY;
	if (from.type != LAST_NORM)
		goto out_to;
	if (to.type != LAST_NORM) {
		err = (flags & RENAME_NOREPLACE) ? -EEXIST : -EBUSY;
		goto out_to;
	}
	lock_rename(from.path.dentry, to.path.dentry);
	err = rename_locked(&from, &to, flags);
	unlock_rename(from.path.dentry, to.path.dentry);
out_to:
	name_parent_put(&to);
out_from:
	name_parent_put(&from);
	return err;
}

/* ---- system calls ---- */

/* mkdirat(2). */
long sys_mkdirat(long dfd, const char __user *path, long mode)
{
	char *name;
	int err = getname(path, &name);

	if (err)
		return err;
	err = do_mkdirat((int)dfd, name, (umode_t)mode);
	putname(name);
	return err;
}

/* mknodat(2): devices, FIFOs, sockets, and plain files. */
long sys_mknodat(long dfd, const char __user *path, long mode, long dev)
{
	/* User space packs 12 bits of major between two halves of the minor. */
	unsigned int d = (unsigned int)dev;
	dev_t rdev = MKDEV(d >> 8 & 0xfff, (d & 0xff) | (d >> 12 & 0xfff00));
	char *name;
	int err = getname(path, &name);

	if (err)
		return err;
	err = do_mknodat((int)dfd, name, (umode_t)mode & 0xffff, rdev);
	putname(name);
	return err;
}

/* symlinkat(2). */
long sys_symlinkat(const char __user *utarget, long dfd, const char __user *path)
{
	char *name, *target;
	int err = getname(utarget, &target);

	if (err)
		return err;
	err = getname(path, &name);
	if (!err) {
		err = do_symlinkat(target, (int)dfd, name);
		putname(name);
	}
	putname(target);
	return err;
}

/* linkat(2): links are not followed unless asked for; AT_EMPTY_PATH names a descriptor. */
long sys_linkat(long olddfd, const char __user *oldpath, long newdfd, const char __user *newpath,
		long flags)
{
	unsigned int lookup = (flags & AT_SYMLINK_FOLLOW) ? LOOKUP_FOLLOW : 0;
	struct path old;
	char *name;
	int err;

	if (flags & ~(AT_SYMLINK_FOLLOW | AT_EMPTY_PATH))
		return -EINVAL;
	if (flags & AT_EMPTY_PATH)
		lookup |= LOOKUP_EMPTY;
	err = user_path_at((int)olddfd, oldpath, lookup, &old);
	if (err)
		return err;
	err = getname(newpath, &name);
	if (!err) {
		err = do_linkat(&old, (int)newdfd, name);
		putname(name);
	}
	path_put(&old);
	return err;
}

/* unlinkat(2): rmdir(2) too, with AT_REMOVEDIR. */
long sys_unlinkat(long dfd, const char __user *path, long flag)
{
	char *name;
	int err;

	if (flag & ~AT_REMOVEDIR)
		return -EINVAL;
	err = getname(path, &name);
	if (err)
		return err;
	err = do_unlinkat((int)dfd, name, flag & AT_REMOVEDIR);
	putname(name);
	return err;
}

/* renameat2(2): flags RENAME_NOREPLACE or RENAME_EXCHANGE. */
long sys_renameat2(long olddfd, const char __user *oldpath, long newdfd,
		   const char __user *newpath, long flags)
{
	char *oldname, *newname;
	int err = getname(oldpath, &oldname);

	if (err)
		return err;
	err = getname(newpath, &newname);
	if (!err) {
		err = do_renameat((int)olddfd, oldname, (int)newdfd, newname, (unsigned int)flags);
		putname(newname);
	}
	putname(oldname);
	return err;
}

/* ---- for the kernel itself, at boot ---- */

/* Modes are meant as given: no umask. */
int vfs_mkdir_path(const char *path, umode_t mode)
{
	int umask = xchg(&current->fs->umask, 0);
	int err = do_mkdirat(AT_FDCWD, path, mode);

	current->fs->umask = umask;
	return err;
}

/* Boot: /dev/console, and device nodes of the initramfs. */
int vfs_mknod_path(const char *path, umode_t mode, dev_t dev)
{
	int umask = xchg(&current->fs->umask, 0);
	int err = do_mknodat(AT_FDCWD, path, mode, dev);

	current->fs->umask = umask;
	return err;
}

/* Boot: links of the initramfs. */
int vfs_symlink_path(const char *target, const char *path)
{
	return do_symlinkat(target, AT_FDCWD, path);
}

/* Boot: several names of one file. A link as oldpath is not followed. */
int vfs_link_path(const char *oldpath, const char *newpath)
{
	struct path old;
	int err = kern_path(oldpath, 0, &old);

	if (err)
		return err;
	err = do_linkat(&old, AT_FDCWD, newpath);
	path_put(&old);
	return err;
}

/* Boot: what a later archive replaces; tests. */
int vfs_unlink_path(const char *path)
{
	int err = do_unlinkat(AT_FDCWD, path, false);

	return err == -EISDIR ? do_unlinkat(AT_FDCWD, path, true) : err;
}

/* Tests. */
int vfs_rename_path(const char *oldpath, const char *newpath, unsigned int flags)
{
	return do_renameat(AT_FDCWD, oldpath, AT_FDCWD, newpath, flags);
}
