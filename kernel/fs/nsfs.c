/* SPDX-License-Identifier: MIT */
/*
 * nsfs: namespaces as files. A link of /proc/PID/ns leads to one; it can be opened, given to
 * setns(2), asked by ioctl(2), and bind-mounted, which keeps the namespace alive.
 *
 * Each look makes an inode of its own; its number is the namespace's, and that is how programs
 * tell namespaces apart.
 *
 * Locks: none.
 *
 * Linux: fs/nsfs.c. Differs: inodes are not kept.
 */
#include "kernel/fs/internal.h"
#include "kernel/fs/mount.h"
#include "kernel/pid_namespace.h"
#include "lib/string.h"
#include "lib/vsprintf.h"

#define NSFS_MAGIC		0x6e736673
#define NS_GET_USERNS		0xb701
#define NS_GET_PARENT		0xb702
#define NS_GET_NSTYPE		0xb703
#define NS_GET_OWNER_UID	0xb704

static struct vfsmount *nsfs_mnt;

static void nsfs_evict(struct inode *inode)
{
	if (inode->i_private)
		ns_put(inode->i_private);
}

static const struct super_operations nsfs_sops = { .evict_inode = nsfs_evict };

/* A descriptor for ns, whose count it takes over. */
static long ns_open(struct ns_common *ns)
{
	struct path path;
	struct file *f;
	int fd, err = ns_get_path(ns, &path);

	if (err)
		return err;
	fd = get_unused_fd_flags(O_CLOEXEC);
	if (fd >= 0) {
		err = dentry_open(&path, O_RDONLY, &f);
		if (err) {
			put_unused_fd(fd);
			fd = err;
		} else {
			fd_install(fd, f);
		}
	}
	path_put(&path);
	return fd;
}

/* PID namespaces have parents; what is above the caller's own is not his to see. */
static long ns_get_parent(struct ns_common *ns)
{
	struct pid_namespace *parent;

	if (ns->ops != &pid_ns_ops)
		return ns->ops == &user_ns_ops ? -EPERM : -EINVAL;
	parent = container_of(ns, struct pid_namespace, ns)->parent;
	if (!parent || !pid_ns_contains(current->pid_ns, parent))
		return -EPERM;
	ns_get(&parent->ns);
	return ns_open(&parent->ns);
}

static long nsfs_ioctl(struct file *f, unsigned int cmd, unsigned long arg)
{
	struct ns_common *ns = f->f_inode->i_private;

	switch (cmd) {
	case NS_GET_USERNS:
		if (ns->ops == &user_ns_ops)
			return -EPERM;	/* there is none above */
		ns_get(user_ns_common());
		return ns_open(user_ns_common());
	case NS_GET_PARENT:
		return ns_get_parent(ns);
	case NS_GET_NSTYPE:
		return ns->ops->type;
	case NS_GET_OWNER_UID:
		if (ns->ops != &user_ns_ops)
			return -EINVAL;
		return put_user(0, (u32 __user *)arg);
	}
	return -ENOTTY;
}

static const struct file_operations nsfs_fops = { .ioctl = nsfs_ioctl };

struct ns_common *ns_of_file(const struct file *f)
{
	return f->f_op == &nsfs_fops ? ns_of_inode(f->f_inode) : NULL;
}

struct ns_common *ns_of_inode(const struct inode *inode)
{
	return inode->i_fop == &nsfs_fops ? inode->i_private : NULL;
}

int ns_get_path(struct ns_common *ns, struct path *path)
{
	struct inode *inode = new_inode(nsfs_mnt->mnt_sb);
	char name[40];
	struct dentry *d;
	int len;

	if (!inode) {
		ns_put(ns);
		return -ENOMEM;
	}
	inode->i_private = ns;		/* from here on iput() drops the count */
	inode->i_mode = S_IFREG | 0444;
	inode->i_nlink = 1;
	inode->i_ino = ns->inum;
	inode->i_atime = inode->i_mtime = inode->i_ctime = current_time_ns();
	inode->i_fop = &nsfs_fops;
	len = scnprintf(name, sizeof(name), "%s:[%u]", ns->ops->name, ns->inum);
	d = d_alloc(NULL, name, len);
	if (!d) {
		iput(inode);
		return -ENOMEM;
	}
	d->d_sb = nsfs_mnt->mnt_sb;
	d->d_inode = inode;
	d->d_flags |= DCACHE_PSEUDO;
	mntget(nsfs_mnt);
	*path = (struct path){ nsfs_mnt, d };
	return 0;
}

static int nsfs_fill_super(struct super_block *sb, const char *dev, const char *data)
{
	return pseudo_fill_super(sb, &nsfs_sops, NSFS_MAGIC);
}

void nsfs_init(void)
{
	static struct file_system_type nsfs = { .name = "nsfs", .fill_super = nsfs_fill_super };

	nsfs_mnt = kern_mount(&nsfs, NULL);
	BUG_ON(!nsfs_mnt);
}
