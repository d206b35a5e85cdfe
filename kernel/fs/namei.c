/* SPDX-License-Identifier: MIT */
/*
 * Path walk: from a string to a (mount, dentry).
 *
 * The walk goes component by component with a counted position. A symbolic link
 * is followed by rewriting: a new string is made of the link's target and what
 * was still to be walked, and the walk goes on with it; so there is no
 * recursion, and "a/link" and "link" as the last component are one case. At
 * most 40 links, then ELOOP: any loop ends.
 *
 * A trailing slash demands a directory, and follows a link in the last place.
 *
 * Locks: none held on entry. i_rwsem of a directory for a lookup that is not
 * cached. The position's counts keep everything alive.
 *
 * Linux: fs/namei.c. Differs: no RCU walk; links are rewritten, not stacked.
 */
#include "kernel/fs/internal.h"
#include "lib/string.h"
#include "mm/slab.h"

struct nameidata {
	struct path path;		/* where we are, counted */
	struct path root;		/* what "/" means, counted; asked for when needed */
	const char *name;		/* still to walk */
	char *buf;			/* what name points into, once a link was followed */
	unsigned int flags;		/* LOOKUP_* */
	int links;
	const char *last;		/* LOOKUP_PARENT: the last component ... */
	int last_len;
	int last_type;
	bool last_slash;		/* ... and whether slashes follow it */
};

static struct kmem_cache *names_cache;

/* Paths are up to a page long: too large for the stack. */
void namei_init(void)
{
	names_cache = kmem_cache_create("names_cache", PATH_MAX, 8, SLAB_PANIC, NULL);
}

/* Room for one path; also for what readlink(2) and getcwd(2) return. */
char *names_alloc(void)
{
	return kmem_cache_alloc(names_cache, GFP_KERNEL);
}

/* NULL is ignored. */
void putname(char *name)
{
	kmem_cache_free(names_cache, name);
}

/* A path of PATH_MAX bytes without a 0 is too long; a bad address is EFAULT. */
int getname(const char __user *user, char **result)
{
	char *name = names_alloc();
	long len;

	if (!name)
		return -ENOMEM;
	len = strncpy_from_user(name, user, PATH_MAX);
	if (unlikely(len < 0 || len == PATH_MAX)) {
		putname(name);
		return len < 0 ? len : -ENAMETOOLONG;
	}
	*result = name;
	return 0;
}

/* Mount and dentry are counted apart: an unlinked directory still belongs to its mount. */
void path_get(const struct path *p)
{
	mntget(p->mnt);
	dget(p->dentry);
}

/* The dentry first: it belongs to the file system the mount keeps alive. */
void path_put(const struct path *p)
{
	dput(p->dentry);
	mntput(p->mnt);
}

/* ---- permissions ---- */

/*
 * There is one user, root, who may do all but run a file without any x bit.
 * Whether the file system can be written is the mount's question.
 */
int inode_permission(struct inode *inode, int mask)
{
	if (unlikely(inode->i_op && inode->i_op->permission))
		return inode->i_op->permission(inode, mask);
	if ((mask & MAY_EXEC) && !S_ISDIR(inode->i_mode) && !(inode->i_mode & 0111))
		return -EACCES;
	return 0;
}

/* The directory may have been removed while we waited for its lock. */
int may_create(struct inode *dir)
{
	if (!dir->i_nlink)
		return -ENOENT;
	if (!dir->i_op->create)
		return -EPERM;
	return inode_permission(dir, MAY_WRITE | MAY_EXEC);
}

/* The rules of unlink(2), rmdir(2) and rename(2) for what is to go. => dir locked. */
int may_delete(struct inode *dir, struct dentry *victim, bool isdir)
{
	struct inode *inode = victim->d_inode;
	int err = inode_permission(dir, MAY_WRITE | MAY_EXEC);

	if (err)
		return err;
	if (!inode)
		return -ENOENT;
	if (isdir) {
		if (!S_ISDIR(inode->i_mode))
			return -ENOTDIR;
		if (victim == victim->d_parent)
			return -EBUSY;
	} else if (S_ISDIR(inode->i_mode)) {
		return -EISDIR;
	}
	return is_mountpoint(victim) ? -EBUSY : 0;
}

/* ---- one component ---- */

/* A cached dentry that its file system still stands by. */
static struct dentry *lookup_cached(struct dentry *dir, const char *name, int len)
{
	struct dentry *d = d_lookup(dir, name, len);

	if (d && unlikely(d->d_op && d->d_op->d_revalidate) && !d->d_op->d_revalidate(d)) {
		d_drop(d);
		dput(d);
		return NULL;
	}
	return d;
}

/* With the directory locked: the answer stays true until it is unlocked. */
int lookup_one(struct dentry *dir, const char *name, int len, struct dentry **result)
{
	struct inode *inode = dir->d_inode;
	struct dentry *d = lookup_cached(dir, name, len);
	int err = 0;

	if (!d) {
		if (!inode->i_nlink)
			return -ENOENT;
		if (len > NAME_MAX)
			return -ENAMETOOLONG;
		d = d_alloc(dir, name, len);
		if (!d)
			return -ENOMEM;
		/* No ->lookup: every name that exists is in the cache. */
		if (inode->i_op->lookup)
			err = inode->i_op->lookup(inode, d);
		if (err) {
			dput(d);
			return err;
		}
	}
	*result = d;
	return 0;
}

/* Not cached. Memory file systems have no ->lookup: what is not cached does not exist. */
static int lookup_slow(struct dentry *dir, const char *name, int len, struct dentry **result)
{
	int err;

	if (len > NAME_MAX)
		return -ENAMETOOLONG;
	if (!dir->d_inode->i_op->lookup)
		return -ENOENT;
	inode_lock_dir(dir->d_inode);
	err = lookup_one(dir, name, len, result);
	inode_unlock(dir->d_inode);
	return err;
}

/*
 * The child that is mounted, exists, and is counted. nd stays where it is. On the same mount,
 * which is the rule, the child has no count of its own on it: nd's will be its.
 */
static int lookup_child(struct nameidata *nd, const char *name, int len, struct path *child)
{
	struct dentry *dir = nd->path.dentry, *d;
	int err;

	d = lookup_cached(dir, name, len);
	if (!d) {
		err = lookup_slow(dir, name, len, &d);
		if (err)
			return err;
	}
	if (!d->d_inode) {
		dput(d);
		return -ENOENT;
	}
	child->mnt = nd->path.mnt;
	child->dentry = d;
	if (unlikely(d->d_flags & DCACHE_MOUNTED)) {
		mntget(child->mnt);
		follow_mount(child);
		if (child->mnt == nd->path.mnt)
			mntput(child->mnt);
	}
	return 0;
}

/* Most walks need it only as their start, if at all. */
static void nd_need_root(struct nameidata *nd)
{
	if (!nd->root.mnt)
		get_fs_root(&nd->root);
}

/* ".." does not leave the root, and leaves a mount by the directory it covers. */
static void walk_dotdot(struct nameidata *nd)
{
	struct dentry *parent;

	nd_need_root(nd);
	for (;;) {
		if (nd->path.dentry == nd->root.dentry && nd->path.mnt == nd->root.mnt)
			return;
		if (nd->path.dentry != nd->path.mnt->mnt_root)
			break;
		if (!follow_up(&nd->path))
			return;
	}
	spin_lock(&dcache_lock);	/* a rename may be moving us */
	parent = dget(nd->path.dentry->d_parent);
	spin_unlock(&dcache_lock);
	dput(nd->path.dentry);
	nd->path.dentry = parent;
	follow_mount(&nd->path);
}

/* ---- symbolic links ---- */

/* The text of a link. EINVAL for what is none, as readlink(2) says it. */
int vfs_readlink(struct dentry *dentry, char *buf, size_t n)
{
	struct inode *inode = dentry->d_inode;

	if (!S_ISLNK(inode->i_mode) || !inode->i_op->readlink)
		return -EINVAL;
	return inode->i_op->readlink(dentry, buf, n);
}

/* An absolute link starts at the caller's root, not at the file system's. */
static void nd_jump_root(struct nameidata *nd)
{
	nd_need_root(nd);
	path_get(&nd->root);
	path_put(&nd->path);
	nd->path = nd->root;
}

/* Walk on at the target of link, then `rest`. Eats the reference on link. */
static int nd_follow_link(struct nameidata *nd, struct path *link, const char *rest)
{
	const struct inode_operations *op = link->dentry->d_inode->i_op;
	size_t len, rest_len = strlen(rest);
	char *buf;
	int err;

	err = -ELOOP;
	if (nd->links++ >= MAXSYMLINKS)
		goto out_link;
	err = -ENOMEM;
	buf = names_alloc();
	if (!buf)
		goto out_link;
	buf[0] = 0;
	if (op->follow) {
		struct path to;

		err = op->follow(link->dentry, &to);
		if (!err) {
			path_put(&nd->path);
			nd->path = to;
		}
	} else {
		err = vfs_readlink(link->dentry, buf, PATH_MAX);
		if (!err && !buf[0])
			err = -ENOENT;
	}
	len = err ? 0 : strlen(buf);
	if (!err && len + rest_len >= PATH_MAX)
		err = -ENAMETOOLONG;
	if (err) {
		putname(buf);
		goto out_link;
	}
	memcpy(buf + len, rest, rest_len + 1);
	if (nd->buf)
		putname(nd->buf);
	nd->buf = buf;
	/* "/rest" behind a jump is relative to where we jumped. */
	nd->name = op->follow ? buf + strspn(buf, "/") : buf;
	if (!op->follow && buf[0] == '/')
		nd_jump_root(nd);
out_link:
	path_put(link);
	return err;
}

/* ---- the walk ---- */

/* Where the component that begins at p ends. */
static inline const char *component_end(const char *p)
{
	while (*p && *p != '/')
		p++;
	return p;
}

/* Walk into the component [name, name + len), which `rest` follows. */
static int walk_component(struct nameidata *nd, const char *name, int len, const char *rest)
{
	struct path child;
	int err;

	if (name[0] == '.' && len == 1)
		return 0;
	if (name[0] == '.' && len == 2 && name[1] == '.') {
		walk_dotdot(nd);
		return 0;
	}
	err = lookup_child(nd, name, len, &child);
	if (err)
		return err;
	if (S_ISLNK(child.dentry->d_inode->i_mode) &&
	    (rest[0] == '/' || (nd->flags & LOOKUP_FOLLOW))) {
		if (child.mnt == nd->path.mnt)
			mntget(child.mnt);
		return nd_follow_link(nd, &child, rest);
	}
	dput(nd->path.dentry);
	if (unlikely(child.mnt != nd->path.mnt))
		mntput(nd->path.mnt);
	nd->path = child;
	return 0;
}

/* Before a component is looked up: where we are must be a directory we may search. */
static int nd_check_dir(const struct nameidata *nd)
{
	struct inode *inode = nd->path.dentry->d_inode;

	if (!inode || !S_ISDIR(inode->i_mode))
		return -ENOTDIR;
	return inode_permission(inode, MAY_EXEC);
}

/* Callers that make or remove names must tell "." and ".." from names. */
static void nd_set_last(struct nameidata *nd, const char *name, int len, bool slash)
{
	nd->last = name;
	nd->last_len = len;
	nd->last_slash = slash;
	nd->last_type = LAST_NORM;
	if (name[0] == '.' && len == 1)
		nd->last_type = LAST_DOT;
	else if (name[0] == '.' && len == 2 && name[1] == '.')
		nd->last_type = LAST_DOTDOT;
}

/* The quick part of the walk, which may be all of it. */
static void nd_walk_cached(struct nameidata *nd)
{
	struct dentry *d = d_walk_cached(nd->path.dentry, &nd->name, nd->flags);

	dput(nd->path.dentry);
	nd->path.dentry = d;
}

/*
 * Walk nd->name on from where nd_init() or a link led; with LOOKUP_PARENT stop before the last
 * component.
 */
static int path_walk(struct nameidata *nd)
{
	bool slash;
	int err;

	nd->last_type = LAST_ROOT;
	nd->last_len = 0;
	for (;;) {
		const char *name, *rest;
		int len;

		name = skip_slashes(nd->name);
		rest = component_end(name);
		len = rest - name;
		slash = name != nd->name;
		if (!len)
			break;
		err = nd_check_dir(nd);
		if (err)
			return err;
		if ((nd->flags & LOOKUP_PARENT) && !*skip_slashes(rest)) {
			nd_set_last(nd, name, len, *rest == '/');
			return 0;
		}
		nd->name = rest;
		err = walk_component(nd, name, len, rest);
		if (err)
			return err;
		nd_walk_cached(nd);
	}
	if ((slash || (nd->flags & LOOKUP_DIRECTORY)) &&
	    !S_ISDIR(nd->path.dentry->d_inode->i_mode))
		return -ENOTDIR;
	return 0;
}

/*
 * The start: root for an absolute path, else working directory or the descriptor's. Any
 * descriptor will do for an empty path; else the walk finds out whether it is a directory.
 *
 * From there at once as far as what is cached leads. While fs->lock keeps root and working
 * directory where they are, nobody has to count them.
 */
static int nd_init(struct nameidata *nd, int dfd, const char *name, unsigned int flags)
{
	struct fs_struct *fs = current->fs;
	struct file *f;

	nd->name = name;
	nd->buf = NULL;
	nd->flags = flags;
	nd->links = 0;
	nd->root.mnt = NULL;
	nd->last_slash = false;
	if (!*name && !(flags & LOOKUP_EMPTY))
		return -ENOENT;
	if (*name == '/' || dfd == AT_FDCWD) {
		spin_lock(&fs->lock);
		nd->path = *name == '/' ? fs->root : fs->pwd;
		mntget(nd->path.mnt);
		nd->path.dentry = d_walk_cached(nd->path.dentry, &nd->name, flags);
		spin_unlock(&fs->lock);
		return 0;
	}
	f = fget_raw(dfd);
	if (!f)
		return -EBADF;
	nd->path = f->f_path;
	path_get(&nd->path);
	fput(f);
	nd_walk_cached(nd);
	return 0;
}

static void nd_put_root(struct nameidata *nd)
{
	if (nd->root.mnt)
		path_put(&nd->root);
}

/* Root and buffer; where we got to is the caller's. */
static void nd_end(struct nameidata *nd)
{
	if (nd->buf)
		putname(nd->buf);
	nd_put_root(nd);
}

/* The walk for a name that must exist. */
int filename_lookup(int dfd, const char *name, unsigned int flags, struct path *path)
{
	struct nameidata nd;
	int err = nd_init(&nd, dfd, name, flags & ~LOOKUP_PARENT);

	if (err)
		return err;
	if (*nd.name || flags & LOOKUP_DIRECTORY) {	/* more than the cache could tell */
		err = path_walk(&nd);
		nd_end(&nd);
	}
	if (err)
		path_put(&nd.path);
	else
		*path = nd.path;
	return err;
}

/* The same from the working directory, for the kernel's own use. */
int kern_path(const char *name, unsigned int flags, struct path *path)
{
	return filename_lookup(AT_FDCWD, name, flags, path);
}

/* The same with a name from user space; most are short enough for the stack. */
int user_path_at(int dfd, const char __user *user, unsigned int flags, struct path *path)
{
	char small[128], *name;
	long len = strncpy_from_user(small, user, sizeof(small));
	int err;

	if (unlikely(len < 0))
		return len;
	if (likely(len < (long)sizeof(small)))
		return filename_lookup(dfd, small, flags, path);
	err = getname(user, &name);
	if (err)
		return err;
	err = filename_lookup(dfd, name, flags, path);
	putname(name);
	return err;
}

/* Finish a LOOKUP_PARENT walk: nd's references become p's, or are dropped. */
static int nd_to_parent(struct nameidata *nd, struct name_parent *p)
{
	int err = path_walk(nd);

	/* Only the last component is missing: what is before it must be a directory. */
	if (!err && !S_ISDIR(nd->path.dentry->d_inode->i_mode))
		err = -ENOTDIR;
	if (err) {
		path_put(&nd->path);
		nd_end(nd);
		return err;
	}
	p->path = nd->path;
	p->last = nd->last;
	p->len = nd->last_len;
	p->type = nd->last_type;
	p->slash = nd->last_slash;
	p->buf = nd->buf;
	p->links = nd->links;
	nd_put_root(nd);
	return 0;
}

/* The walk for a name that may not exist yet: up to its directory. */
int parent_lookup(int dfd, const char *name, struct name_parent *p)
{
	struct nameidata nd;
	int err = nd_init(&nd, dfd, name, LOOKUP_PARENT);

	return err ? err : nd_to_parent(&nd, p);
}

/*
 * open(O_CREAT) found a link as the last component: the file is to be made where it
 * points.
 */
int parent_follow(struct name_parent *p, struct path *link)
{
	struct nameidata nd = {
		.path = p->path, .buf = p->buf, .links = p->links, .flags = LOOKUP_PARENT,
	};
	int err;

	get_fs_root(&nd.root);
	err = nd_follow_link(&nd, link, p->slash ? "/" : "");
	if (err) {
		path_put(&nd.path);
		nd_end(&nd);
		return err;
	}
	return nd_to_parent(&nd, p);
}

/* `last` may point into buf: not to be used afterwards. */
void name_parent_put(struct name_parent *p)
{
	if (p->buf)
		putname(p->buf);
	path_put(&p->path);
}
