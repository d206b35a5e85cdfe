/* SPDX-License-Identifier: MIT */
/*
 * Mount namespaces: copying a tree of mounts (unshare, clone, mount --rbind), taking one down
 * when its last user has gone, entering another one, and pivot_root(2).
 *
 * A copy shares the file systems, not the mounts: what is mounted afterwards in one namespace is
 * not seen in another.
 *
 * Invariant: a namespace whose file is mounted somewhere is held by that mount. So that none is
 * held by itself, over whatever others, each holds only later ones (seq).
 *
 * Locks: namespace_sem for the trees. fs->lock, under it, for the directories of tasks.
 *
 * Linux: fs/namespace.c. Differs: mounts are private, nothing propagates.
 */
#include "kernel/fs/fs_syscalls.h"
#include "kernel/fs/internal.h"
#include "kernel/fs/mount.h"
#include "mm/slab.h"

struct mnt_namespace *init_mnt_ns;

struct ns_common *mnt_ns_common(struct mnt_namespace *ns)
{
	return &ns->ns;
}

struct mnt_namespace *to_mnt_ns(struct ns_common *ns)
{
	return container_of(ns, struct mnt_namespace, ns);
}

/* NULL: no memory. */
static struct mnt_namespace *alloc_mnt_ns(void)
{
	static atomic_long_t last_seq;
	struct mnt_namespace *ns = kzalloc(sizeof(*ns), GFP_KERNEL);

	if (!ns)
		return NULL;
	ns_init(&ns->ns, &mnt_ns_ops);
	INIT_LIST_HEAD(&ns->list);
	ns->seq = atomic_long_add_return(1, &last_seq);
	return ns;
}

bool mnt_ns_loop(const struct inode *inode, const struct mnt_namespace *ns)
{
	struct ns_common *file = ns_of_inode(inode);

	return file && file->ops == &mnt_ns_ops && to_mnt_ns(file)->seq <= ns->seq;
}

void init_mnt_ns_init(struct vfsmount *root)
{
	init_mnt_ns = alloc_mnt_ns();
	BUG_ON(!init_mnt_ns);
	attach_root(root, init_mnt_ns);
	init_nsproxy.mnt_ns = init_mnt_ns;
}

/* ---- copying ---- */

/* Is m mounted somewhere in the tree of `from` at `below`? */
static bool mounted_below(const struct vfsmount *m, const struct vfsmount *from,
			  const struct dentry *below)
{
	for (; m != m->mnt_parent; m = m->mnt_parent) {
		if (m->mnt_parent == from)
			return d_ancestor(below, m->mnt_mountpoint);
	}
	return false;
}

/*
 * A copy is later than all that its model may hold. What is mounted on such a file cannot be
 * copied either: it would have nothing to be on.
 */
static bool on_mnt_ns_loop(const struct vfsmount *m, const struct mnt_namespace *ns)
{
	for (; m != m->mnt_parent; m = m->mnt_parent) {
		if (mnt_ns_loop(m->mnt_root->d_inode, ns))
			return true;
	}
	return false;
}

/* Onto the copy of its parent, with its own parent first. */
static void attach_copy(struct vfsmount *m)
{
	struct vfsmount *parent = m->mnt_parent, *copy = m->mnt_copy;
	struct path at;

	if (!copy || copy->mnt_ns)
		return;
	if (!parent->mnt_copy->mnt_ns)
		attach_copy(parent);
	at = (struct path){ parent->mnt_copy, m->mnt_mountpoint };
	attach_mnt(copy, &at);
	mntput(at.mnt == copy ? copy : NULL);
}

/* No memory for all: those that were made were in no tree yet. */
static void drop_copies(struct mnt_namespace *ns, const struct vfsmount *top)
{
	struct vfsmount *m;

	list_for_each_entry(m, &ns->list, mnt_list) {
		if (m->mnt_copy && m->mnt_copy != top)
			mntput(m->mnt_copy);
		m->mnt_copy = NULL;
	}
}

/* A copy is looked up through mnt_copy only while it is made: it may be gone any time later. */
static void forget_copies(struct mnt_namespace *ns)
{
	struct vfsmount *m;

	list_for_each_entry(m, &ns->list, mnt_list)
		m->mnt_copy = NULL;
}

/* The copies stay known, for move_to_copy(): forget_copies() is the caller's. */
static int __copy_mounts_below(struct vfsmount *from, struct dentry *below, struct vfsmount *top)
{
	struct mnt_namespace *ns = from->mnt_ns;
	struct vfsmount *m, *last;

	/* First all of them, so that running out of memory changes nothing that is seen. */
	list_for_each_entry(m, &ns->list, mnt_list) {
		/* A tree that is bound into itself: what it shows already is no part of it. */
		if (m == top || !mounted_below(m, from, below) ||
		    mounted_below(m, top, top->mnt_root) || on_mnt_ns_loop(m, top->mnt_ns))
			continue;
		m->mnt_copy = clone_mnt(m, m->mnt_root);
		if (!m->mnt_copy) {
			drop_copies(ns, top);
			return -ENOMEM;
		}
	}
	from->mnt_copy = top;
	/* Copies go to the end of a list, which may be this one: they have no copies themselves. */
	last = list_last_entry(&ns->list, struct vfsmount, mnt_list);
	list_for_each_entry(m, &ns->list, mnt_list) {
		attach_copy(m);
		if (m == last)
			break;
	}
	return 0;
}

int copy_mounts_below(struct vfsmount *from, struct dentry *below, struct vfsmount *top)
{
	int err = __copy_mounts_below(from, below, top);

	forget_copies(from->mnt_ns);
	return err;
}

/*
 * A directory of fs moves to the same place in the copy. One that is in another namespace, or
 * nowhere any more, stays: its mount has no copy.
 */
static void move_to_copy(struct fs_struct *fs, struct path *where)
{
	struct path old, new;

	spin_lock(&fs->lock);
	old = *where;
	new = (struct path){ old.mnt ? old.mnt->mnt_copy : NULL, old.dentry };
	if (new.mnt) {
		path_get(&new);
		*where = new;
	}
	spin_unlock(&fs->lock);
	if (new.mnt)
		path_put(&old);
}

/* The new tree's top is a mount of the same root; the rest hangs below. */
static int copy_tree(struct mnt_namespace *old, struct mnt_namespace *ns)
{
	struct vfsmount *top = clone_mnt(old->root, old->root->mnt_root);

	if (!top)
		return -ENOMEM;
	attach_root(top, ns);
	return __copy_mounts_below(old->root, old->root->mnt_root, top);
}

/* The caller's directories must be of the same moment: all is done under one lock. */
int copy_mnt_ns(struct mnt_namespace *old, struct fs_struct *fs, struct mnt_namespace **copy)
{
	struct mnt_namespace *ns = alloc_mnt_ns();
	int err;

	if (!ns)
		return -ENOMEM;
	down_write(&namespace_sem);
	err = copy_tree(old, ns);
	if (!err) {
		move_to_copy(fs, &fs->root);
		move_to_copy(fs, &fs->pwd);
	}
	forget_copies(old);
	up_write(&namespace_sem);
	if (err)
		ns_put(&ns->ns);
	else
		*copy = ns;
	return err;
}

/* ---- the end ---- */

/* What somebody still has open keeps its mount, in no tree. */
static void free_mnt_ns(struct ns_common *common)
{
	struct mnt_namespace *ns = to_mnt_ns(common);
	struct path covered;
	struct vfsmount *m;

	down_write(&namespace_sem);
	/* From the end: children were mounted after what they are on. */
	while (!list_empty(&ns->list)) {
		m = list_last_entry(&ns->list, struct vfsmount, mnt_list);
		detach_mnt(m, &covered);
		if (covered.mnt != m)
			path_put(&covered);
		mntput(m);
	}
	up_write(&namespace_sem);
	kfree(ns);
}

const struct ns_operations mnt_ns_ops = {
	.name = "mnt", .type = CLONE_NEWNS, .free = free_mnt_ns,
};

/* ---- entering ---- */

/* The root of the tree, with whatever is mounted over it. */
void mnt_ns_enter(struct mnt_namespace *ns)
{
	struct path root;

	down_read(&namespace_sem);
	root = (struct path){ ns->root, ns->root->mnt_root };
	path_get(&root);
	up_read(&namespace_sem);
	follow_mount(&root);
	set_fs_root(current->fs, &root);
	set_fs_pwd(current->fs, &root);
	path_put(&root);
}

/* ---- pivot_root(2) ---- */

/* Is p->mnt mounted, at any depth, below dir? */
static bool path_is_under(const struct path *p, const struct path *dir)
{
	const struct vfsmount *m = p->mnt;
	const struct dentry *d = p->dentry;

	for (; m != dir->mnt; m = m->mnt_parent) {
		if (m == m->mnt_parent)
			return false;
		d = m->mnt_mountpoint;
	}
	return d_ancestor(dir->dentry, d);
}

/*
 * EBUSY: one of the two is the old root itself. EINVAL: not the root of a mount, or not where it
 * must be, or not of this namespace. => namespace_sem held.
 */
static int check_pivot(const struct path *root, const struct path *new, const struct path *old)
{
	struct mnt_namespace *ns = current->nsproxy->mnt_ns;

	if (root->mnt->mnt_ns != ns || new->mnt->mnt_ns != ns || old->mnt->mnt_ns != ns)
		return -EINVAL;
	if (new->mnt == root->mnt || old->mnt == root->mnt)
		return -EBUSY;
	if (root->dentry != root->mnt->mnt_root || new->dentry != new->mnt->mnt_root)
		return -EINVAL;
	if (!path_is_under(old, new) || !path_is_under(new, root))
		return -EINVAL;
	return 0;
}

/* new takes the place of root, which goes onto old. */
static void exchange_roots(const struct path *root, const struct path *new, const struct path *old)
{
	struct mnt_namespace *ns = root->mnt->mnt_ns;
	struct path new_covered, root_covered;

	detach_mnt(new->mnt, &new_covered);
	detach_mnt(root->mnt, &root_covered);
	/* The first root is on nothing: then the new one is the top of the tree. */
	if (root_covered.mnt == root->mnt) {
		attach_root(new->mnt, ns);
	} else {
		attach_mnt(new->mnt, &root_covered);
		path_put(&root_covered);
	}
	attach_mnt(root->mnt, old);
	path_put(&new_covered);
}

/* Processes that were at the old root are at the new one; others stay where they are. */
static int do_pivot_root(const struct path *new, const struct path *old)
{
	struct path root;
	int err;

	get_fs_root(&root);
	down_write(&namespace_sem);
	err = check_pivot(&root, new, old);
	if (!err)
		exchange_roots(&root, new, old);
	up_write(&namespace_sem);
	if (!err)
		move_fs_refs(&root, new);
	path_put(&root);
	return err;
}

/* Both are directories, new the root of a mount, old at or below it. */
long sys_pivot_root(const char __user *unew, const char __user *uold)
{
	struct path new, old;
	int err = user_path_at(AT_FDCWD, unew, LOOKUP_FOLLOW | LOOKUP_DIRECTORY, &new);

	if (err)
		return err;
	err = user_path_at(AT_FDCWD, uold, LOOKUP_FOLLOW | LOOKUP_DIRECTORY, &old);
	if (!err) {
		err = do_pivot_root(&new, &old);
		path_put(&old);
	}
	path_put(&new);
	return err;
}
