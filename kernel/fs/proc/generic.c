/* SPDX-License-Identifier: MIT */
/*
 * The fixed part of /proc: a tree of entries made at boot, and the operations
 * by which the VFS walks it. The process directories are in base.c.
 *
 * An entry is not an inode. Inodes are made when a name is looked up and go when
 * nobody uses them (the dentry cache keeps nothing that has no disk), so /proc
 * costs its entries and whatever is open. All mounts of proc show the same tree.
 *
 * A file's text is made by its show function at read(2), see seq_file.c; its size
 * is 0, since nobody knows it before.
 *
 * Locks: none; the tree is built at boot by one task and then only read.
 *
 * Linux: fs/proc/generic.c, inode.c, root.c. Differs: entries never go away.
 */
#include "kernel/fs/internal.h"
#include "kernel/fs/proc/internal.h"
#include "lib/bug.h"
#include "lib/string.h"
#include "mm/slab.h"

#define PROC_SUPER_MAGIC	0x9fa0
#define FIRST_PID_POS		256	/* readdir positions below: fixed entries */

struct proc_dir_entry proc_root = {
	/* its own parent, as the root of a tree is */
	.name = "", .mode = S_IFDIR | 0555, .ino = 1, .parent = &proc_root,
	.children = LIST_HEAD_INIT(proc_root.children),
	.sibling = LIST_HEAD_INIT(proc_root.sibling),
};

static const struct inode_operations proc_dir_iops, proc_link_iops, proc_file_iops;
static const struct file_operations proc_dir_fops, proc_file_fops;
static struct kmem_cache *proc_inode_cache;

/*
 * ---- building the tree ----
 *
 * Paths are below /proc, without a slash in front; a name may be used once.
 */

/* Directories are short: a list will do. name need not end. */
static struct proc_dir_entry *find_entry(struct proc_dir_entry *dir, const char *name, size_t len)
{
	struct proc_dir_entry *e;

	list_for_each_entry(e, &dir->children, sibling) {
		if (strlen(e->name) == len && !strncmp(e->name, name, len))
			return e;
	}
	return NULL;
}

/* The name is copied: it is often a part of a path. */
static struct proc_dir_entry *new_entry(struct proc_dir_entry *dir, const char *name, size_t len,
					umode_t mode)
{
	struct proc_dir_entry *e = kzalloc(sizeof(*e), GFP_KERNEL);

	if (!e)
		return NULL;
	e->name = kstrndup(name, len, GFP_KERNEL);
	if (!e->name) {
		kfree(e);
		return NULL;
	}
	e->mode = mode;
	e->ino = get_next_ino();
	e->parent = dir;
	INIT_LIST_HEAD(&e->children);
	list_add_tail(&e->sibling, &dir->children);
	return e;
}

/* The entry for path "a/b/c", directories on the way made as needed. NULL: no memory. */
static struct proc_dir_entry *make_path(const char *path, umode_t mode)
{
	struct proc_dir_entry *dir = &proc_root, *e;

	for (;;) {
		size_t len = strcspn(path, "/");

		if (!path[len])
			return new_entry(dir, path, len, mode);
		/* "sys/vm" exists from the second of its files on. */
		e = find_entry(dir, path, len);
		if (!e)
			e = new_entry(dir, path, len, S_IFDIR | 0555);
		if (!e)
			return NULL;
		dir = e;
		path += len + 1;
	}
}

/* Boot calls these: without memory there is no system, so callers BUG_ON() the result. */
int proc_create_rw(const char *path, umode_t mode, int (*show)(struct seq_file *m, void *v),
		   ssize_t (*write)(const char *buf, size_t n))
{
	struct proc_dir_entry *e = make_path(path, S_IFREG | mode);

	if (!e)
		return -ENOMEM;
	e->show = show;
	e->write = write;
	return 0;
}

int proc_create_data(const char *path, umode_t mode, const struct inode_operations *iop,
		     const struct file_operations *fop, const void *data)
{
	struct proc_dir_entry *e = make_path(path, S_IFREG | mode);

	if (!e)
		return -ENOMEM;
	e->iop = iop;
	e->fop = fop;
	e->data = data;
	return 0;
}

int proc_create_single(const char *path, umode_t mode, int (*show)(struct seq_file *m, void *v))
{
	return proc_create_rw(path, mode, show, NULL);
}

int proc_symlink(const char *path, const char *target, int (*make_target)(char *buf, size_t n))
{
	struct proc_dir_entry *e = make_path(path, S_IFLNK | 0777);

	if (!e)
		return -ENOMEM;
	e->target = target;
	e->make_target = make_target;
	return 0;
}

/*
 * ---- inodes ----
 *
 * An entry's number is given to it once, so all inodes ever made of it look the same.
 */

/* Counted; i_private leads back to the entry. */
static struct inode *entry_inode(struct super_block *sb, struct proc_dir_entry *e)
{
	struct inode *inode = new_inode(sb);

	if (!inode)
		return NULL;
	inode->i_mode = e->mode;
	inode->i_ino = e->ino;
	inode->i_nlink = S_ISDIR(e->mode) ? 2 : 1;	/* subdirectories are not counted */
	inode->i_atime = inode->i_mtime = inode->i_ctime = current_time_ns();
	inode->i_private = e;
	if (S_ISDIR(e->mode)) {
		inode->i_op = &proc_dir_iops;
		inode->i_fop = &proc_dir_fops;
	} else if (S_ISLNK(e->mode)) {
		inode->i_op = &proc_link_iops;
		inode->i_size = e->target ? strlen(e->target) : 0;
	} else {
		inode->i_op = e->iop ? e->iop : &proc_file_iops;
		inode->i_fop = e->fop ? e->fop : &proc_file_fops;
	}
	return inode;
}

/* Names of the tree come first: no process can hide "stat" or the reverse. */
static int proc_lookup(struct inode *dir, struct dentry *dentry)
{
	struct proc_dir_entry *e = find_entry(dir->i_private, dentry->d_name, dentry->d_len);
	struct inode *inode;

	if (!e && dir->i_private == &proc_root)
		return proc_pid_lookup(dir, dentry);
	if (!e)
		return -ENOENT;
	inode = entry_inode(dir->i_sb, e);
	if (!inode)
		return -ENOMEM;
	d_add(dentry, inode);
	return 0;
}

/* Entries by their place in the list, which never changes; in /proc itself processes follow. */
static int proc_iterate(struct file *f, struct dir_context *ctx)
{
	struct proc_dir_entry *dir = f->f_inode->i_private, *e;
	loff_t pos = 2;

	if (!dir_emit_dots(f, ctx))
		return 0;
	list_for_each_entry(e, &dir->children, sibling) {
		if (pos++ < ctx->pos)
			continue;
		ctx->pos = pos - 1;
		if (!dir_emit(ctx, e->name, strlen(e->name), e->ino, mode_to_dtype(e->mode)))
			return 0;
		ctx->pos = pos;
	}
	if (dir != &proc_root)
		return 0;
	/* Between the two there is a gap, so that entries can be added without moving pids. */
	if (ctx->pos < FIRST_PID_POS)
		ctx->pos = FIRST_PID_POS;
	return proc_pid_iterate(f, ctx, FIRST_PID_POS);
}

/* /proc/self differs from reader to reader: its text is made at each use. */
static int proc_readlink(struct dentry *dentry, char *buf, size_t n)
{
	struct proc_dir_entry *e = dentry->d_inode->i_private;

	if (e->make_target)
		return e->make_target(buf, n);
	return strscpy(buf, e->target, n) < 0 ? -ENAMETOOLONG : 0;
}

/* ---- files ---- */

/* The buffer of the text comes with the first read; opening costs only its head. */
static int proc_open(struct inode *inode, struct file *f)
{
	struct proc_dir_entry *e = inode->i_private;

	return single_open(f, e->show, NULL);
}

/* A write is one command: a page is more than any of them, and must be there as a whole. */
static ssize_t file_write(struct iov_iter *from, ssize_t (*fn)(const char *buf, size_t n))
{
	size_t n = from->count;
	ssize_t ret = -EFAULT;
	char *buf;

	if (n >= PAGE_SIZE)
		return -EINVAL;
	buf = kmalloc(n + 1, GFP_KERNEL);
	if (!buf)
		return -ENOMEM;
	if (copy_from_iter(buf, n, from) == n) {
		buf[n] = '\0';
		ret = fn(buf, n);
	}
	kfree(buf);
	return ret;
}

/* EIO for a file that cannot be written: root may open it, since modes do not bind root. */
static ssize_t proc_write_iter(struct kiocb *iocb, struct iov_iter *from)
{
	struct proc_dir_entry *e = iocb->ki_filp->f_inode->i_private;

	return e->write ? file_write(from, e->write) : -EIO;
}

static const struct inode_operations proc_dir_iops = { .lookup = proc_lookup };
static const struct inode_operations proc_link_iops = { .readlink = proc_readlink };

int proc_setattr(struct dentry *dentry, struct iattr *attr)
{
	return attr->valid & (ATTR_MODE | ATTR_UID | ATTR_GID) ? -EPERM : 0;
}
static const struct inode_operations proc_file_iops = { .setattr = proc_setattr };
static const struct file_operations proc_dir_fops = {
	.iterate = proc_iterate, .llseek = generic_file_llseek,
};
static const struct file_operations proc_file_fops = {
	.open = proc_open, .read_iter = seq_read_iter, .write_iter = proc_write_iter,
	.llseek = seq_lseek, .release = single_release,
};

/* ---- the file system ---- */

static struct inode *proc_alloc_inode(struct super_block *sb)
{
	struct proc_inode *pi = kmem_cache_zalloc(proc_inode_cache, GFP_KERNEL);

	return pi ? &pi->vfs_inode : NULL;
}

static void proc_free_inode(struct inode *inode)
{
	kmem_cache_free(proc_inode_cache, container_of(inode, struct proc_inode, vfs_inode));
}

/* The last reference to a dead task may be ours: its struct goes here. */
static void proc_evict_inode(struct inode *inode)
{
	struct task_struct *t = proc_task(inode);

	if (t)
		put_task_struct(t);
}

/* No blocks and no inodes that could run out: df leaves such a file system out. */
static int proc_statfs(struct dentry *d, struct kstatfs *buf)
{
	buf->f_type = PROC_SUPER_MAGIC;
	buf->f_bsize = buf->f_frsize = PAGE_SIZE;
	buf->f_namelen = NAME_MAX;
	return 0;
}

static const struct super_operations proc_sops = {
	.alloc_inode = proc_alloc_inode, .free_inode = proc_free_inode,
	.evict_inode = proc_evict_inode, .statfs = proc_statfs,
};

/* One super_block for all mounts (FS_SINGLE), made by the first and never unmade. */
static int proc_fill_super(struct super_block *sb, const char *dev, const char *data)
{
	struct inode *root;

	sb->s_magic = PROC_SUPER_MAGIC;
	sb->s_blocksize = PAGE_SIZE;
	sb->s_op = &proc_sops;
	root = entry_inode(sb, &proc_root);
	sb->s_root = root ? d_make_root(root) : NULL;
	return sb->s_root ? 0 : -ENOMEM;
}

static struct file_system_type proc_fs_type = {
	.name = "proc", .fill_super = proc_fill_super, .fs_flags = FS_SINGLE,
};

/* In the order in which `ls -f /proc` shows them. */
void proc_init(void)
{
	proc_inode_cache = kmem_cache_create("proc_inode_cache", sizeof(struct proc_inode), 8,
					     SLAB_RECLAIM_ACCOUNT | SLAB_PANIC, NULL);
	proc_meminfo_init();
	proc_zoneinfo_init();
	proc_mm_init();
	proc_stat_init();
	proc_misc_init();
	proc_devices_init();
	proc_sysctl_init();
	BUG_ON(register_filesystem(&proc_fs_type));
}
