/* SPDX-License-Identifier: MIT */
/*
 * The mount tree: which file system covers which directory.
 *
 * A vfsmount puts a (sub)tree of a super_block on a dentry of its parent mount.
 * Path walk asks lookup_mnt() wherever DCACHE_MOUNTED is set. Mounts on the same
 * directory stack, because the walk that finds the mount point goes through what
 * is there already.
 *
 * Invariant: a mount in the list holds a count on its parent mount, on the
 * dentry it covers and on its root. mnt_count is 1 for being mounted plus users
 * (paths) and children; umount(2) refuses if there are more than the 1.
 *
 *	"/"           root_mnt, a tmpfs
 *	"/proc"       mnt_parent = root_mnt, mnt_mountpoint = dentry "proc" of the tmpfs,
 *	              mnt_root = root dentry of the proc file system
 *
 * The directory that is covered is unchanged underneath, and appears again after
 * umount(2). A bind mount has a mnt_root in the middle of a file system.
 *
 * Locks: namespace_sem (write) to change the tree; mount_lock under it for
 * lookups by path walk, which takes only that.
 *
 * Each mount namespace has a tree of its own; copies of trees and pivot_root(2) are
 * in mnt_namespace.c.
 *
 * Linux: fs/namespace.c. Differs: no propagation: each mount is private.
 */
#include <asm/barrier.h>
#include "kernel/fs/fs_syscalls.h"
#include "kernel/fs/internal.h"
#include "kernel/fs/mount.h"
#include "kernel/printk.h"
#include "lib/string.h"
#include "mm/shmem.h"
#include "mm/slab.h"

struct rw_semaphore namespace_sem = RWSEM_INIT(namespace_sem, RANK_SB);
static DEFINE_SPINLOCK(mount_lock, RANK_MOUNT);
static int next_mnt_id = 1;			/* (namespace_sem) */

/* One user more: a path, a child mount. */
/* It may be the last of the file system: this can sleep. */
static noinline void free_mnt(struct vfsmount *mnt)
{
	dput(mnt->mnt_root);
	deactivate_super(mnt->mnt_sb);
	kfree(mnt);
}

void mntput(struct vfsmount *mnt)
{
	if (mnt && atomic_dec_and_test(&mnt->mnt_count))
		free_mnt(mnt);
}

/* A mount of root (counted for it), in no tree yet. Eats one s_active on success. */
static struct vfsmount *alloc_mnt(struct super_block *sb, struct dentry *root, const char *dev,
				  unsigned long flags)
{
	struct vfsmount *mnt = kzalloc(sizeof(*mnt), GFP_KERNEL);

	if (!mnt)
		return NULL;
	mnt->mnt_sb = sb;
	mnt->mnt_root = dget(root);
	mnt->mnt_parent = mnt;
	mnt->mnt_mountpoint = root;
	mnt->mnt_flags = flags & MS_MNT_FLAGS;
	atomic_set(&mnt->mnt_count, 1);
	strscpy(mnt->mnt_devname, dev, sizeof(mnt->mnt_devname));
	return mnt;
}

/* Another view of the same, with options as they are. NULL: no memory. */
struct vfsmount *clone_mnt(const struct vfsmount *old, struct dentry *root)
{
	struct vfsmount *mnt = alloc_mnt(old->mnt_sb, root, old->mnt_devname, old->mnt_flags);

	if (mnt)
		atomic_inc(&mnt->mnt_sb->s_active);
	return mnt;
}

/* A new file system, or one more mount of a FS_SINGLE one. */
static int vfs_kern_mount(struct file_system_type *type, const char *dev, const char *data,
			  unsigned long flags, struct vfsmount **mnt)
{
	struct super_block *sb;
	int err = vfs_get_super(type, dev, data, flags, &sb);

	if (err)
		return err;
	*mnt = alloc_mnt(sb, sb->s_root, dev, flags);
	if (*mnt)
		return 0;
	deactivate_super(sb);
	return -ENOMEM;
}

/* In no tree: nobody can unmount it, and no path leads to it. */
struct vfsmount *kern_mount(struct file_system_type *type, const char *data)
{
	struct vfsmount *mnt;

	return vfs_kern_mount(type, type->name, data, 0, &mnt) ? NULL : mnt;
}

/* ---- finding ---- */

/* => mount_lock or namespace_sem. */
static struct vfsmount *__lookup_mnt(const struct vfsmount *parent, const struct dentry *dentry)
{
	struct vfsmount *m;

	if (!parent->mnt_ns)
		return NULL;
	list_for_each_entry(m, &parent->mnt_ns->list, mnt_list) {
		if (m->mnt_parent == parent && m->mnt_mountpoint == dentry && m != parent)
			return m;
	}
	return NULL;
}

/*
 * For path walk: only mount_lock, so that walks do not wait for a mount(2) that
 * reads a disk.
 */
struct vfsmount *lookup_mnt(const struct path *path)
{
	struct vfsmount *m;

	spin_lock(&mount_lock);
	m = __lookup_mnt(path->mnt, path->dentry);
	if (m)
		mntget(m);
	spin_unlock(&mount_lock);
	return m;
}

/* Down: mounts may be stacked on one directory. */
void follow_mount(struct path *path)
{
	struct vfsmount *m;

	while ((path->dentry->d_flags & DCACHE_MOUNTED) && (m = lookup_mnt(path))) {
		struct dentry *root = dget(m->mnt_root);

		path_put(path);
		path->mnt = m;
		path->dentry = root;
	}
}

/* Up one mount: for ".." at its root. */
bool follow_up(struct path *path)
{
	struct path up;

	spin_lock(&mount_lock);
	up.mnt = path->mnt->mnt_parent;
	up.dentry = path->mnt->mnt_mountpoint;
	if (up.mnt == path->mnt) {
		spin_unlock(&mount_lock);
		return false;
	}
	path_get(&up);
	spin_unlock(&mount_lock);
	path_put(path);
	*path = up;
	return true;
}

/* Here, in the caller's namespace: DCACHE_MOUNTED is never cleared, so look whether it is true. */
bool is_mountpoint(const struct dentry *dentry)
{
	struct vfsmount *m;
	bool found = false;

	if (!(dentry->d_flags & DCACHE_MOUNTED))
		return false;
	spin_lock(&mount_lock);
	list_for_each_entry(m, &current->nsproxy->mnt_ns->list, mnt_list)
		found |= m->mnt_mountpoint == dentry && m->mnt_parent != m;
	spin_unlock(&mount_lock);
	return found;
}

/* For /proc/mounts; fn may sleep. */
void mounts_for_each(struct mnt_namespace *ns, void (*fn)(struct vfsmount *m, void *arg),
		     void *arg)
{
	struct vfsmount *m;

	down_read(&namespace_sem);
	list_for_each_entry(m, &ns->list, mnt_list)
		fn(m, arg);
	up_read(&namespace_sem);
}

/* Files that never had a name may have no mount. */
bool path_noexec(const struct path *path)
{
	return path->mnt && (path->mnt->mnt_flags & MS_NOEXEC);
}

/* Read-only is a property of both; either forbids. */
int mnt_want_write(const struct vfsmount *mnt)
{
	if (((mnt->mnt_flags | mnt->mnt_sb->s_flags) & MS_RDONLY) ||
	    READ_ONCE(mnt->mnt_sb->s_readonly_remount))
		return -EROFS;
	return 0;
}

/* ---- changing the tree. => namespace_sem held for write ---- */

/* Last in the list: it hides what was mounted there before. */
void attach_mnt(struct vfsmount *mnt, const struct path *path)
{
	path_get(path);
	mnt->mnt_id = next_mnt_id++;
	spin_lock(&mount_lock);
	mnt->mnt_parent = path->mnt;
	mnt->mnt_mountpoint = path->dentry;
	mnt->mnt_ns = path->mnt->mnt_ns;
	path->dentry->d_flags |= DCACHE_MOUNTED;
	list_add_tail(&mnt->mnt_list, &mnt->mnt_ns->list);
	spin_unlock(&mount_lock);
}

void attach_root(struct vfsmount *mnt, struct mnt_namespace *ns)
{
	mnt->mnt_id = next_mnt_id++;
	spin_lock(&mount_lock);
	mnt->mnt_ns = ns;
	ns->root = mnt;
	list_add(&mnt->mnt_list, &ns->list);
	spin_unlock(&mount_lock);
}

/* Out of the tree; *covered is what it was on, its counts now the caller's. */
void detach_mnt(struct vfsmount *mnt, struct path *covered)
{
	spin_lock(&mount_lock);
	covered->mnt = mnt->mnt_parent;
	covered->dentry = mnt->mnt_mountpoint;
	mnt->mnt_parent = mnt;
	mnt->mnt_mountpoint = mnt->mnt_root;
	mnt->mnt_ns = NULL;
	list_del(&mnt->mnt_list);
	spin_unlock(&mount_lock);
}

/* Any mount whose mount point is in this one. */
static struct vfsmount *first_child(const struct vfsmount *parent)
{
	struct vfsmount *m;

	list_for_each_entry(m, &parent->mnt_ns->list, mnt_list) {
		if (m->mnt_parent == parent && m != parent)
			return m;
	}
	return NULL;
}

/* Take mnt and, with MNT_DETACH, all that is mounted below it out of the tree. */
static int umount_tree(struct vfsmount *mnt, int flags)
{
	struct vfsmount *child;
	struct path covered;

	if (mnt == mnt->mnt_ns->root)
		return (flags & MNT_DETACH) ? -EINVAL : -EBUSY;
	/* One for being mounted, one of the caller's path. */
	if (!(flags & MNT_DETACH) && atomic_read(&mnt->mnt_count) > 2)
		return -EBUSY;
	while ((child = first_child(mnt))) {
		while (first_child(child))
			child = first_child(child);
		detach_mnt(child, &covered);
		path_put(&covered);
		mntput(child);
	}
	detach_mnt(mnt, &covered);
	path_put(&covered);
	mntput(mnt);
	return 0;
}

/*
 * The mount point is locked by namespace_sem; path was resolved through what covers
 * it already.
 */
static int do_new_mount(const char *dev, const struct path *path, const char *type_name,
			unsigned long flags, const char *data)
{
	struct file_system_type *type = get_fs_type(type_name);
	struct vfsmount *mnt;
	int err;

	if (!type)
		return -ENODEV;
	if (!S_ISDIR(path->dentry->d_inode->i_mode))
		return -ENOTDIR;
	err = vfs_kern_mount(type, dev, data, flags, &mnt);
	if (err)
		return err;
	/* The same again on top of itself would only hide what is mounted in it. */
	if (path->dentry == path->mnt->mnt_root && path->mnt->mnt_sb == mnt->mnt_sb) {
		mntput(mnt);
		return -EBUSY;
	}
	attach_mnt(mnt, path);
	return 0;
}

/* Another view of a tree that is mounted already; with MS_REC also of what is mounted in it. */
static int do_bind(const char *from, const struct path *path, bool recursive)
{
	struct path old;
	struct vfsmount *mnt;
	int err = kern_path(from, LOOKUP_FOLLOW, &old);

	if (err)
		return err;
	err = -ENOTDIR;
	if (S_ISDIR(old.dentry->d_inode->i_mode) != S_ISDIR(path->dentry->d_inode->i_mode))
		goto out;
	err = -EINVAL;
	if (mnt_ns_loop(old.dentry->d_inode, path->mnt->mnt_ns))
		goto out;
	err = -ENOMEM;
	mnt = clone_mnt(old.mnt, old.dentry);
	if (!mnt)
		goto out;
	attach_mnt(mnt, path);
	err = recursive && old.mnt->mnt_ns ? copy_mounts_below(old.mnt, old.dentry, mnt) : 0;
	if (err)
		(void)!umount_tree(mnt, MNT_DETACH);
out:
	path_put(&old);
	return err;
}

/* MS_MOVE: not into itself, and not what has been detached. */
static int do_move_mount(const char *from, const struct path *path)
{
	struct path old, covered;
	int err = kern_path(from, LOOKUP_FOLLOW, &old);

	if (err)
		return err;
	err = -EINVAL;
	if (old.dentry != old.mnt->mnt_root || old.mnt->mnt_ns != path->mnt->mnt_ns ||
	    old.mnt == old.mnt->mnt_ns->root ||
	    S_ISDIR(old.dentry->d_inode->i_mode) != S_ISDIR(path->dentry->d_inode->i_mode))
		goto out;
	err = -ELOOP;
	for (struct vfsmount *m = path->mnt; ; m = m->mnt_parent) {
		if (m == old.mnt)
			goto out;
		if (m == m->mnt_parent)
			break;
	}
	detach_mnt(old.mnt, &covered);
	path_put(&covered);
	attach_mnt(old.mnt, path);
	err = 0;
out:
	path_put(&old);
	return err;
}

static bool is_dir(struct inode *inode)
{
	return S_ISDIR(inode->i_mode);
}

/* Whoever changes names has the directory locked since before he asked mnt_want_write(). */
static void wait_for_names(struct inode *dir, void *unused)
{
	inode_lock_dir(dir);
	inode_unlock(dir);
}

/*
 * Nobody begins to write from now on, and nobody writes any more. -EBUSY: a file is open for it,
 * or will be gone with its last user; if that is so from the start nobody meets EROFS.
 */
static int begin_readonly(struct super_block *sb)
{
	if (sb_has_writers(sb))
		return -EBUSY;
	WRITE_ONCE(sb->s_readonly_remount, true);
	mb();			/* get_write_access() counts first, then looks */
	sb_for_each_inode(sb, is_dir, wait_for_names, NULL);
	return sb_has_writers(sb) ? -EBUSY : 0;
}

/* Options of the file system as a whole. */
static int remount_sb(struct super_block *sb, unsigned long flags, const char *data)
{
	int err = 0;

	if ((flags & MS_RDONLY) && !(sb->s_flags & MS_RDONLY))
		err = begin_readonly(sb);
	if (!err && sb->s_op->remount)
		err = sb->s_op->remount(sb, flags, data);
	if (!err)
		sb->s_flags = (sb->s_flags & ~MS_RDONLY) | (flags & MS_RDONLY);
	WRITE_ONCE(sb->s_readonly_remount, false);
	return err;
}

/* MS_REMOUNT: options of the file system; with MS_BIND only those of this mount. */
static int do_remount(const struct path *path, unsigned long flags, const char *data)
{
	int err = 0;

	if (path->dentry != path->mnt->mnt_root)
		return -EINVAL;
	if (!(flags & MS_BIND))
		err = remount_sb(path->mnt->mnt_sb, flags, data);
	if (err)
		return err;
	path->mnt->mnt_flags = flags & MS_MNT_FLAGS;
	return 0;
}

/* Old programs put a magic number into the upper half of the flags. */
int do_mount(const char *dev, const char *dir, const char *type, unsigned long flags,
	     const char *data)
{
	struct path path;
	int err;

	if ((flags & MS_MGC_MSK) == MS_MGC_VAL)
		flags &= ~MS_MGC_MSK;
	err = kern_path(dir, LOOKUP_FOLLOW, &path);
	if (err)
		return err;
	down_write(&namespace_sem);
	if (path.mnt->mnt_ns != current->nsproxy->mnt_ns)
		err = -EINVAL;		/* of another namespace, or in none any more */
	else if (path.dentry != path.mnt->mnt_root && (path.dentry->d_flags & DCACHE_UNHASHED))
		err = -ENOENT;		/* removed: no walk would find what is mounted there */
	else if (flags & MS_REMOUNT)
		err = do_remount(&path, flags, data);
	else if (flags & MS_BIND)
		err = dev ? do_bind(dev, &path, flags & MS_REC) : -EINVAL;
	else if (flags & MS_PROPAGATION)
		err = path.dentry == path.mnt->mnt_root ? 0 : -EINVAL;
	else if (flags & MS_MOVE)
		err = dev ? do_move_mount(dev, &path) : -EINVAL;
	else
		err = type ? do_new_mount(dev ? dev : "none", &path, type, flags, data) : -EINVAL;
	up_write(&namespace_sem);
	path_put(&path);
	return err;
}

/* ---- system calls ---- */

/* Device and type: at most a path long; NULL stays NULL. */
static int copy_mount_string(const char __user *user, char **s)
{
	*s = NULL;
	return user ? getname(user, s) : 0;
}

/* The options: up to a page, which may end before the page does. */
static int copy_mount_options(const void __user *user, char **data)
{
	unsigned long left, n;
	char *p;

	*data = NULL;
	if (!user)
		return 0;
	p = kzalloc(PAGE_SIZE, GFP_KERNEL);
	if (!p)
		return -ENOMEM;
	/* They may lie at the very end of the address space, on the stack. */
	n = min(PAGE_SIZE - 1, TASK_SIZE - min((unsigned long)user, TASK_SIZE));
	left = copy_from_user(p, user, n);
	if (left == n) {
		kfree(p);
		return -EFAULT;
	}
	*data = p;
	return 0;
}

/* mount(2): all strings are copied before anything is changed. */
long sys_mount(const char __user *udev, const char __user *udir, const char __user *utype,
	       unsigned long flags, const void __user *udata)
{
	char *dev = NULL, *dir = NULL, *type = NULL, *data = NULL;
	int err;

	err = getname(udir, &dir);
	if (!err)
		err = copy_mount_string(udev, &dev);
	if (!err)
		err = copy_mount_string(utype, &type);
	if (!err)
		err = copy_mount_options(udata, &data);
	if (!err)
		err = do_mount(dev, dir, type, flags, data);
	kfree(data);
	putname(type);
	putname(dev);
	putname(dir);
	return err;
}

/* Eats the reference on path's mount and dentry. */
static int path_umount(struct path *path, int flags)
{
	int err;

	down_write(&namespace_sem);
	if (path->dentry != path->mnt->mnt_root ||
	    path->mnt->mnt_ns != current->nsproxy->mnt_ns) {
		err = -EINVAL;
	} else {
		/* Our path must not pin the file system that is to go. */
		dput(path->dentry);
		path->dentry = NULL;
		err = umount_tree(path->mnt, flags);
	}
	up_write(&namespace_sem);
	dput(path->dentry);
	mntput(path->mnt);
	return err;
}

/* For the kernel itself, and tests. */
int do_umount(const char *dir, int flags)
{
	struct path path;
	int err = kern_path(dir, LOOKUP_FOLLOW, &path);

	return err ? err : path_umount(&path, flags);
}

/* umount2(2): EBUSY while in use, unless MNT_DETACH. */
long sys_umount2(const char __user *name, long flags)
{
	struct path path;
	int err;

	if (flags & ~(MNT_FORCE | MNT_DETACH | MNT_EXPIRE | UMOUNT_NOFOLLOW))
		return -EINVAL;
	err = user_path_at(AT_FDCWD, name, (flags & UMOUNT_NOFOLLOW) ? 0 : LOOKUP_FOLLOW, &path);
	return err ? err : path_umount(&path, (int)flags);
}

/* ---- boot ---- */

/* The root is a tmpfs of half the memory, which populate_rootfs() fills. */
void mount_root(void)
{
	static const char *const dirs[] = { "/dev", "/proc", "/sys", "/tmp", "/root" };
	static struct file_system_type rootfs = {
		.name = "rootfs", .fill_super = shmem_fill_super,
	};
	struct vfsmount *root_mnt;
	struct path root;

	root_mnt = kern_mount(&rootfs, "mode=0755");
	if (!root_mnt)
		panic("VFS: no memory for the root file system");
	strscpy(root_mnt->mnt_devname, "rootfs", sizeof(root_mnt->mnt_devname));
	init_mnt_ns_init(root_mnt);
	root = (struct path){ root_mnt, root_mnt->mnt_root };
	set_fs_root(current->fs, &root);
	set_fs_pwd(current->fs, &root);
	if (init_fs.root.mnt == NULL) {
		set_fs_root(&init_fs, &root);
		set_fs_pwd(&init_fs, &root);
	}
	for (size_t i = 0; i < ARRAY_SIZE(dirs); i++)
		(void)!vfs_mkdir_path(dirs[i], i == 3 ? 01777 : 0755);
	(void)!vfs_mknod_path("/dev/console", S_IFCHR | 0600, MKDEV(5, 1));
}
