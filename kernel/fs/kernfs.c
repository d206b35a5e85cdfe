/* SPDX-License-Identifier: MIT */
/*
 * kernfs: trees of nodes made at boot, and the operations by which the VFS walks
 * them. proc and sysfs are two such trees.
 *
 * A node is not an inode. Inodes are made when a name is looked up and go when
 * nobody uses them (the dentry cache keeps nothing that has no disk), so a tree
 * costs its nodes and whatever is open. All mounts show the same tree.
 *
 * The files of a group have no nodes: they are rows of the table of their directory.
 * Their inodes lead to the directory's node, and the inode number, counted from the
 * directory's, tells which row it is. So a device with 20 files costs one node.
 *
 * A file's text is made by its show function at read(2), see seq_file.c.
 *
 * Locks: none; the tree is built at boot by one task and then only read.
 *
 * Linux: fs/kernfs/, fs/proc/generic.c. Differs: nodes never go away.
 */
#include "kernel/fs/kernfs.h"
#include "kernel/fs/internal.h"
#include "lib/bug.h"
#include "lib/string.h"
#include "mm/slab.h"

static const struct inode_operations dir_iops, link_iops, file_iops;
static const struct file_operations dir_fops, file_fops;

/* ---- building a tree ---- */

/* Directories are short: a list will do. name need not end. */
static struct kernfs_node *find_node(struct kernfs_node *dir, const char *name, size_t len)
{
	struct kernfs_node *n;

	list_for_each_entry(n, &dir->children, sibling) {
		if (strlen(n->name) == len && !strncmp(n->name, name, len))
			return n;
	}
	return NULL;
}

/* The first of n numbers in a row that no other node or file has. Roots have 1. */
static u64 take_inos(size_t n)
{
	static u64 next = 2;
	u64 first = next;

	next += n;
	return first;
}

/* The name is copied: it is often a part of a path. */
static struct kernfs_node *new_node(struct kernfs_node *dir, const char *name, size_t len,
				    umode_t mode)
{
	struct kernfs_node *n = kzalloc(sizeof(*n), GFP_KERNEL);

	if (!n)
		return NULL;
	n->name = kstrndup(name, len, GFP_KERNEL);
	if (!n->name) {
		kfree(n);
		return NULL;
	}
	n->mode = mode;
	n->file_size = dir->file_size;
	n->ino = take_inos(1);
	n->parent = dir;
	INIT_LIST_HEAD(&n->children);
	list_add_tail(&n->sibling, &dir->children);
	return n;
}

/* "devices/system" exists from the first of its files on: then it is found, else made. */
int kernfs_create_dir(struct kernfs_node *dir, const char *path, struct kernfs_node **result)
{
	while (*path) {
		size_t len = strcspn(path, "/");
		struct kernfs_node *n = find_node(dir, path, len);

		if (!n)
			n = new_node(dir, path, len, S_IFDIR | (dir->mode & 0777));
		if (!n)
			return -ENOMEM;
		dir = n;
		path += len + (path[len] == '/');
	}
	if (result)
		*result = dir;
	return 0;
}

int kernfs_create_node(struct kernfs_node *dir, const char *path, umode_t mode,
		       struct kernfs_node **result)
{
	for (;;) {
		size_t len = strcspn(path, "/");
		struct kernfs_node *n = path[len] ? find_node(dir, path, len) : NULL;

		if (!n)
			n = new_node(dir, path, len, path[len] ? S_IFDIR | 0555 : mode);
		if (!n)
			return -ENOMEM;
		if (!path[len]) {
			*result = n;
			return 0;
		}
		dir = n;
		path += len + 1;
	}
}

int kernfs_create_file(struct kernfs_node *dir, const char *path, const struct kernfs_attr *attr,
		       void *data)
{
	struct kernfs_node *n;
	int err = kernfs_create_node(dir, path, S_IFREG | attr->mode, &n);

	if (err)
		return err;
	n->attrs = attr;
	n->data = data;
	return 0;
}

int kernfs_create_group(struct kernfs_node *dir, const char *path, const struct kernfs_attr *attrs,
			size_t nr, void *data)
{
	struct kernfs_node *n;
	int err = kernfs_create_dir(dir, path, &n);

	if (err)
		return err;
	BUG_ON(n->attrs);
	n->ino = take_inos(1 + nr);	/* the files' numbers follow it */
	n->attrs = attrs;
	n->nr_attrs = nr;
	n->data = data;
	return 0;
}

int kernfs_create_link(struct kernfs_node *dir, const char *path, const char *target)
{
	struct kernfs_node *n;
	int err = kernfs_create_node(dir, path, S_IFLNK | 0777, &n);

	if (err)
		return err;
	n->target = target;
	return 0;
}

/* ---- inodes ---- */

/* A node's number is given to it once, so all inodes ever made of it look the same. */
static struct inode *new_kernfs_inode(struct super_block *sb, struct kernfs_node *n, umode_t mode)
{
	struct inode *inode = new_inode(sb);

	if (!inode)
		return NULL;
	inode->i_mode = mode;
	inode->i_ino = n->ino;
	inode->i_nlink = S_ISDIR(mode) ? 2 : 1;		/* subdirectories are not counted */
	inode->i_atime = inode->i_mtime = inode->i_ctime = current_time_ns();
	inode->i_private = n;
	if (S_ISREG(mode)) {
		inode->i_op = &file_iops;
		inode->i_fop = &file_fops;
		inode->i_size = n->file_size;
	}
	return inode;
}

static struct inode *node_inode(struct super_block *sb, struct kernfs_node *n)
{
	struct inode *inode = new_kernfs_inode(sb, n, n->mode);

	if (!inode)
		return NULL;
	if (S_ISDIR(n->mode)) {
		inode->i_op = &dir_iops;
		inode->i_fop = &dir_fops;
	} else if (S_ISLNK(n->mode)) {
		inode->i_op = &link_iops;
		inode->i_size = n->target ? strlen(n->target) : 0;
	}
	if (n->iop)
		inode->i_op = n->iop;
	if (n->fop)
		inode->i_fop = n->fop;
	return inode;
}

/* A row of a group; NULL if no row has the name. */
static const struct kernfs_attr *find_attr(const struct kernfs_node *dir,
					   const struct dentry *dentry)
{
	for (size_t i = 0; i < dir->nr_attrs; i++) {
		const char *name = dir->attrs[i].name;

		if (strlen(name) == dentry->d_len && !strncmp(name, dentry->d_name, dentry->d_len))
			return &dir->attrs[i];
	}
	return NULL;
}

/* The reverse of what kernfs_lookup() numbers. */
static const struct kernfs_attr *attr_of(const struct inode *inode)
{
	const struct kernfs_node *n = inode->i_private;

	return S_ISDIR(n->mode) ? &n->attrs[inode->i_ino - n->ino - 1] : n->attrs;
}

int kernfs_lookup(struct inode *dir, struct dentry *dentry)
{
	struct kernfs_node *parent = dir->i_private, *n;
	const struct kernfs_attr *attr = find_attr(parent, dentry);
	struct inode *inode;

	n = find_node(parent, dentry->d_name, dentry->d_len);
	if (!n && !attr)
		return -ENOENT;
	if (n) {
		inode = node_inode(dir->i_sb, n);
	} else {
		inode = new_kernfs_inode(dir->i_sb, parent, S_IFREG | attr->mode);
		if (inode)
			inode->i_ino += 1 + (attr - parent->attrs);
	}
	if (!inode)
		return -ENOMEM;
	d_add(dentry, inode);
	return 0;
}

/* One entry at its position; false: the buffer is full. */
static bool emit(struct dir_context *ctx, loff_t pos, const char *name, u64 ino, umode_t mode)
{
	if (pos < ctx->pos)
		return true;
	ctx->pos = pos;
	if (!dir_emit(ctx, name, strlen(name), ino, mode_to_dtype(mode)))
		return false;
	ctx->pos = pos + 1;
	return true;
}

/* The group first, then the nodes, each by its place, which never changes. */
bool kernfs_emit_all(struct file *f, struct dir_context *ctx)
{
	struct kernfs_node *dir = f->f_inode->i_private, *n;
	loff_t pos = 2;

	if (!dir_emit_dots(f, ctx))
		return false;
	for (size_t i = 0; i < dir->nr_attrs; i++) {
		if (!emit(ctx, pos++, dir->attrs[i].name, dir->ino + 1 + i, S_IFREG))
			return false;
	}
	list_for_each_entry(n, &dir->children, sibling) {
		if (!emit(ctx, pos++, n->name, n->ino, n->mode))
			return false;
	}
	return true;
}

int kernfs_iterate(struct file *f, struct dir_context *ctx)
{
	(void)!kernfs_emit_all(f, ctx);
	return 0;
}

/* /proc/self differs from reader to reader: its text is made at each use. */
static int kernfs_readlink(struct dentry *dentry, char *buf, size_t n)
{
	struct kernfs_node *node = dentry->d_inode->i_private;

	if (node->make_target)
		return node->make_target(dentry->d_sb, buf, n);
	return strscpy(buf, node->target, n) < 0 ? -ENAMETOOLONG : 0;
}

int kernfs_setattr(struct dentry *dentry, struct iattr *attr)
{
	return attr->valid & (ATTR_MODE | ATTR_UID | ATTR_GID) ? -EPERM : 0;
}

/* ---- files ---- */

/* A file without a show function can be opened, as root may, but not read. */
static int show_nothing(struct seq_file *m, void *data)
{
	return -EIO;
}

/* The buffer of the text comes with the first read; opening costs only its head. */
static int kernfs_open(struct inode *inode, struct file *f)
{
	const struct kernfs_attr *attr = attr_of(inode);

	return single_open(f, attr->show ? attr->show : show_nothing,
			   kernfs_node_of(inode)->data);
}

/* A write is one command: a page is more than any of them, and must be there as a whole. */
static ssize_t kernfs_write_iter(struct kiocb *iocb, struct iov_iter *from)
{
	struct inode *inode = iocb->ki_filp->f_inode;
	const struct kernfs_attr *attr = attr_of(inode);
	size_t n = from->count;
	ssize_t ret = -EFAULT;
	char *text;

	if (!attr->write)
		return -EIO;
	if (n >= PAGE_SIZE)
		return -EINVAL;
	text = kmalloc(n + 1, GFP_KERNEL);
	if (!text)
		return -ENOMEM;
	if (copy_from_iter(text, n, from) == n) {
		text[n] = '\0';
		if (n && text[n - 1] == '\n')
			text[n - 1] = '\0';
		ret = attr->write(kernfs_node_of(inode)->data, text, n);
	}
	kfree(text);
	return ret;
}

static const struct inode_operations dir_iops = { .lookup = kernfs_lookup };
static const struct inode_operations link_iops = { .readlink = kernfs_readlink };
static const struct inode_operations file_iops = { .setattr = kernfs_setattr };
static const struct file_operations dir_fops = {
	.iterate = kernfs_iterate, .llseek = generic_file_llseek,
};
static const struct file_operations file_fops = {
	.open = kernfs_open, .read_iter = seq_read_iter, .write_iter = kernfs_write_iter,
	.llseek = no_seek_end_llseek, .release = single_release,
};

/* ---- the file system ---- */

/* No blocks and no inodes that could run out: df leaves such a file system out. */
int kernfs_statfs(struct dentry *d, struct kstatfs *buf)
{
	buf->f_type = d->d_sb->s_magic;
	buf->f_bsize = buf->f_frsize = PAGE_SIZE;
	buf->f_namelen = NAME_MAX;
	return 0;
}

int kernfs_fill_super(struct super_block *sb, unsigned long magic, struct kernfs_node *root)
{
	struct inode *inode;

	sb->s_magic = magic;
	sb->s_blocksize = PAGE_SIZE;
	inode = node_inode(sb, root);
	sb->s_root = inode ? d_make_root(inode) : NULL;
	return sb->s_root ? 0 : -ENOMEM;
}
