/* SPDX-License-Identifier: MIT */
/*
 * Root and working directory of a task; d_path() and getcwd(2), which say where
 * a path is as text.
 *
 * Text of a path is made when somebody asks, never stored: rename(2) of a
 * directory changes the paths of everything below without touching it. What has
 * been unlinked still has its old name, and " (deleted)" behind it, as
 * /proc/PID/maps shows for a program that was replaced while it runs.
 *
 * A path is found from its end: name, parent's name, ... and at the root of a
 * mount the walk goes on at the directory it covers, until the caller's root is
 * reached. A path outside the caller's root (he did chroot(2) later) is shown from
 * the top of its mount tree.
 *
 * Locks: fs->lock guards root and pwd; their old references are dropped after it.
 *
 * Linux: fs/fs_struct.c, fs/d_path.c.
 */
#include "kernel/fork.h"
#include "kernel/fs/fs_syscalls.h"
#include "kernel/fs/internal.h"
#include "kernel/pid.h"
#include "kernel/pid_namespace.h"
#include "lib/string.h"
#include "mm/slab.h"

struct fs_struct init_fs = {
	.users = ATOMIC_INIT(1),
	.lock = SPIN_LOCK_INIT(RANK_FILES, "fs->lock"),
	.umask = 0022,
};

/* A copy with references, of one moment. */
static void get_path(struct fs_struct *fs, const struct path *from, struct path *to)
{
	spin_lock(&fs->lock);
	*to = *from;
	path_get(to);
	spin_unlock(&fs->lock);
}

/* What "/" means to the current task. */
void get_fs_root(struct path *root)
{
	get_path(current->fs, &current->fs->root, root);
}

/* Where relative names start. */
void get_fs_pwd(struct path *pwd)
{
	get_path(current->fs, &current->fs->pwd, pwd);
}

/* The old path is put outside the lock: that may sleep. */
static void set_path(struct fs_struct *fs, struct path *where, const struct path *path)
{
	struct path old;

	path_get(path);
	spin_lock(&fs->lock);
	old = *where;
	*where = *path;
	spin_unlock(&fs->lock);
	if (old.mnt)
		path_put(&old);
}

/* chroot, and the boot code. */
void set_fs_root(struct fs_struct *fs, const struct path *path)
{
	set_path(fs, &fs->root, path);
}

/* chdir, fchdir. */
void set_fs_pwd(struct fs_struct *fs, const struct path *path)
{
	set_path(fs, &fs->pwd, path);
}

/* A private copy, of one moment: root and pwd belong together. */
static struct fs_struct *copy_fs_struct(struct fs_struct *old)
{
	struct fs_struct *fs = kzalloc(sizeof(*fs), GFP_KERNEL);

	if (!fs)
		return NULL;
	atomic_set(&fs->users, 1);
	spin_lock_init(&fs->lock, RANK_FILES, "fs->lock");
	spin_lock(&old->lock);
	fs->umask = old->umask;
	fs->root = old->root;
	fs->pwd = old->pwd;
	if (fs->root.mnt) {
		path_get(&fs->root);
		path_get(&fs->pwd);
	}
	spin_unlock(&old->lock);
	return fs;
}

/* The last task that used it has gone. Before mount_root() there is nothing to put. */
static void put_fs_struct(struct fs_struct *fs)
{
	if (!fs || !atomic_dec_and_test(&fs->users))
		return;
	if (fs->root.mnt) {
		path_put(&fs->root);
		path_put(&fs->pwd);
	}
	kfree(fs);
}

/* For a new task: CLONE_FS shares, so that one thread's chdir(2) moves all. */
int copy_fs(u64 clone_flags, struct task_struct *t)
{
	struct fs_struct *old = current->fs;

	if (!old)
		return 0;
	if (clone_flags & CLONE_FS) {
		atomic_inc(&old->users);
		t->fs = old;
		return 0;
	}
	t->fs = copy_fs_struct(old);
	return t->fs ? 0 : -ENOMEM;
}

/* Guards task->fs against exit_fs(), for those who look from outside. */
static DEFINE_SPINLOCK(task_fs_lock, RANK_FILES);

/* An ending task gives up its directories, so that they can be unmounted. */
void exit_fs(struct task_struct *t)
{
	struct fs_struct *fs;

	spin_lock(&task_fs_lock);
	fs = t->fs;
	t->fs = NULL;
	spin_unlock(&task_fs_lock);
	put_fs_struct(fs);
}

int get_task_fs_path(struct task_struct *t, bool root, struct path *path)
{
	struct fs_struct *fs;

	spin_lock(&task_fs_lock);
	fs = t->fs;
	if (fs)
		atomic_inc(&fs->users);
	spin_unlock(&task_fs_lock);
	if (!fs)
		return -ENOENT;
	spin_lock(&fs->lock);
	*path = root ? fs->root : fs->pwd;
	path_get(path);
	spin_unlock(&fs->lock);
	put_fs_struct(fs);
	return 0;
}

int task_umask(struct task_struct *t)
{
	int umask;

	spin_lock(&task_fs_lock);
	umask = t->fs ? t->fs->umask : 0;
	spin_unlock(&task_fs_lock);
	return umask;
}

bool fs_is_private(struct fs_struct *fs)
{
	return atomic_read(&fs->users) == 1;
}

/*
 * One directory of one fs_struct, if it is at `from`. The reference it had is dropped outside of
 * the lock: that may sleep.
 */
static void move_ref(struct fs_struct *fs, struct path *where, const struct path *from,
		     const struct path *to)
{
	bool moved = false;

	spin_lock(&fs->lock);
	if (where->mnt == from->mnt && where->dentry == from->dentry) {
		path_get(to);
		*where = *to;
		moved = true;
	}
	spin_unlock(&fs->lock);
	if (moved)
		path_put((struct path *)from);
}

/*
 * For pivot_root(2). Threads are taken to share with their process's leader: one that does not
 * (unshare(CLONE_FS) in a thread) stays at the old root.
 */
void move_fs_refs(const struct path *from, const struct path *to)
{
	struct task_struct *p;

	for (pid_t pid = 1; (p = next_tgid(&pid, &init_pid_ns)); pid++) {
		struct fs_struct *fs;

		/* It may end meanwhile: its directories stay as long as we look at them. */
		spin_lock(&task_fs_lock);
		fs = p->fs;
		if (fs)
			atomic_inc(&fs->users);
		spin_unlock(&task_fs_lock);
		put_task_struct(p);
		if (!fs)
			continue;
		move_ref(fs, &fs->root, from, to);
		move_ref(fs, &fs->pwd, from, to);
		put_fs_struct(fs);
	}
}

/* unshare(CLONE_FS). */
int unshare_fs(void)
{
	struct fs_struct *old = current->fs, *fs;

	if (atomic_read(&old->users) == 1)
		return 0;
	fs = copy_fs_struct(old);
	if (!fs)
		return -ENOMEM;
	current->fs = fs;
	put_fs_struct(old);
	return 0;
}

/* ---- paths as text ---- */

/* Put /name in front of *p. false: no room. */
static bool prepend(char **p, char *buf, const struct dentry *d)
{
	if (*p - buf < d->d_len + 1)
		return false;
	*p -= d->d_len;
	memcpy(*p, d->d_name, d->d_len);
	*--*p = '/';
	return true;
}

/* Walk up from *path to root; => dcache_lock. false: no room. *reached: we did get there. */
static bool prepend_path(const struct path *path, const struct path *root, char *buf, char **p,
			 bool *reached)
{
	const struct dentry *d = path->dentry;
	const struct vfsmount *m = path->mnt;

	*reached = true;
	while (d != root->dentry || m != root->mnt) {
		if (d == m->mnt_root || d == d->d_parent) {
			if (m->mnt_parent == m) {
				*reached = false;
				break;
			}
			d = m->mnt_mountpoint;
			m = m->mnt_parent;
			continue;
		}
		if (!prepend(p, buf, d))
			return false;
		d = d->d_parent;
	}
	return true;
}

/* Mounts above the caller's root, as the initramfs after a chroot(2), are none of his business. */
bool mnt_is_reachable(const struct vfsmount *mnt)
{
	const struct dentry *d = mnt->mnt_root;
	struct path root;

	get_fs_root(&root);
	spin_lock(&dcache_lock);
	while (mnt != root.mnt && mnt->mnt_parent != mnt) {
		d = mnt->mnt_mountpoint;
		mnt = mnt->mnt_parent;
	}
	while (d != root.dentry && d != mnt->mnt_root && d != d->d_parent)
		d = d->d_parent;
	spin_unlock(&dcache_lock);
	path_put(&root);
	return d == root.dentry && mnt == root.mnt;
}

/* A name that is no more: it is unhashed, or its file has no names left. */
static bool d_unlinked(const struct dentry *d)
{
	return (d->d_flags & DCACHE_UNHASHED) && d != d->d_parent;
}

/*
 * Built from the end: the deepest name is met first. The root is the caller's, so
 * inside a chroot a path starts there.
 */
char *d_path(const struct path *path, char *buf, int buflen)
{
	static const char deleted[] = " (deleted)";
	struct path root;
	char *p = buf + buflen - 1;
	bool reached, fits;

	*p = 0;
	if (path->dentry->d_flags & DCACHE_PSEUDO) {
		p -= min_t(int, path->dentry->d_len, buflen - 1);
		memcpy(p, path->dentry->d_name, buf + buflen - 1 - p);
		return p;
	}
	if (d_unlinked(path->dentry) && buflen > (int)sizeof(deleted)) {
		p -= sizeof(deleted) - 1;
		memcpy(p, deleted, sizeof(deleted) - 1);
	}
	get_fs_root(&root);
	spin_lock(&dcache_lock);
	fits = prepend_path(path, &root, buf, &p, &reached);
	spin_unlock(&dcache_lock);
	path_put(&root);
	if (!fits)
		return buf + buflen - 1;
	if (!*p && p > buf)
		*--p = '/';
	return p;
}

/*
 * getcwd(2): the length with its 0; ENOENT if the directory was removed, ENAMETOOLONG if its path
 * is longer than any.
 */
long sys_getcwd(char __user *ubuf, unsigned long size)
{
	struct path pwd;
	char *buf = names_alloc(), *p;
	long len;

	if (!buf)
		return -ENOMEM;
	get_fs_pwd(&pwd);
	if (d_unlinked(pwd.dentry)) {
		len = -ENOENT;
	} else {
		p = d_path(&pwd, buf, PATH_MAX);
		len = buf + PATH_MAX - p;
		if (!*p)
			len = -ENAMETOOLONG;
		else if ((unsigned long)len > size)
			len = -ERANGE;
		else if (copy_to_user(ubuf, p, len))
			len = -EFAULT;
	}
	path_put(&pwd);
	putname(buf);
	return len;
}
