/* SPDX-License-Identifier: MIT */
/*
 * proc as a file system: its fixed part is a kernfs tree, made at boot; the process
 * directories of base.c come behind its names.
 *
 * Locks: none.
 *
 * Linux: fs/proc/generic.c, inode.c, root.c. Differs: entries never go away.
 */
#include "kernel/fs/internal.h"
#include "kernel/fs/kernfs.h"
#include "kernel/fs/proc/internal.h"
#include "kernel/pid_namespace.h"
#include "lib/bug.h"
#include "mm/slab.h"

#define PROC_SUPER_MAGIC	0x9fa0
#define FIRST_PID_POS		256	/* readdir positions below: fixed entries */

static const struct inode_operations proc_root_iops;
static const struct file_operations proc_root_fops;
static struct kmem_cache *proc_inode_cache;

struct kernfs_node proc_root = KERNFS_ROOT(proc_root, 0);

/* ---- building the tree ---- */

int proc_create_rw(const char *path, umode_t mode, int (*show)(struct seq_file *m, void *v),
		   ssize_t (*write)(void *data, char *text, size_t n))
{
	struct kernfs_attr *attr = kmalloc(sizeof(*attr), GFP_KERNEL);
	int err;

	if (!attr)
		return -ENOMEM;
	*attr = (struct kernfs_attr){ path, mode, show, write };
	err = kernfs_create_file(&proc_root, path, attr, NULL);
	if (err)
		kfree(attr);
	return err;
}

int proc_create_single(const char *path, umode_t mode, int (*show)(struct seq_file *m, void *v))
{
	return proc_create_rw(path, mode, show, NULL);
}

int proc_create_data(const char *path, umode_t mode, const struct inode_operations *iop,
		     const struct file_operations *fop, const void *data)
{
	struct kernfs_node *n;
	int err = kernfs_create_node(&proc_root, path, S_IFREG | mode, &n);

	if (err)
		return err;
	n->iop = iop;
	n->fop = fop;
	n->data = (void *)data;
	return 0;
}

int proc_symlink(const char *path,
		 int (*make_target)(struct super_block *sb, char *buf, size_t n))
{
	struct kernfs_node *n;
	int err = kernfs_create_node(&proc_root, path, S_IFLNK | 0777, &n);

	if (err)
		return err;
	n->make_target = make_target;
	return 0;
}

/* ---- /proc itself ---- */

/* Names of the tree come first: no process can hide "stat" or the reverse. */
static int proc_root_lookup(struct inode *dir, struct dentry *dentry)
{
	int err = kernfs_lookup(dir, dentry);

	return err == -ENOENT ? proc_pid_lookup(dir, dentry) : err;
}

/* Between the two there is a gap, so that entries can be added without moving pids. */
static int proc_root_iterate(struct file *f, struct dir_context *ctx)
{
	if (ctx->pos < FIRST_PID_POS) {
		if (!kernfs_emit_all(f, ctx))
			return 0;
		ctx->pos = FIRST_PID_POS;
	}
	return proc_pid_iterate(f, ctx, FIRST_PID_POS);
}

static const struct inode_operations proc_root_iops = { .lookup = proc_root_lookup };
static const struct file_operations proc_root_fops = {
	.iterate = proc_root_iterate, .llseek = generic_file_llseek,
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

static void proc_put_super(struct super_block *sb)
{
	put_pid_ns(proc_pid_ns(sb));
}

static const struct super_operations proc_sops = {
	.alloc_inode = proc_alloc_inode, .free_inode = proc_free_inode,
	.evict_inode = proc_evict_inode, .statfs = kernfs_statfs, .put_super = proc_put_super,
};

/* Each mount has a super_block: it shows the PID namespace of who mounted it. */
static int proc_fill_super(struct super_block *sb, const char *dev, const char *data)
{
	int err;

	sb->s_op = &proc_sops;
	err = kernfs_fill_super(sb, PROC_SUPER_MAGIC, &proc_root);
	if (err)
		return err;
	sb->s_fs_info = current->pid_ns;
	get_pid_ns(current->pid_ns);
	return 0;
}

static struct file_system_type proc_fs_type = {
	.name = "proc", .fill_super = proc_fill_super,
};

/* In the order in which `ls -f /proc` shows them. */
void proc_init(void)
{
	proc_root.iop = &proc_root_iops;
	proc_root.fop = &proc_root_fops;
	proc_inode_cache = kmem_cache_create("proc_inode_cache", sizeof(struct proc_inode), 8,
					     SLAB_RECLAIM_ACCOUNT | SLAB_PANIC, NULL);
	proc_meminfo_init();
	proc_zoneinfo_init();
	proc_mm_init();
	proc_stat_init();
	proc_irqs_init();
	proc_iomem_init();
	proc_misc_init();
	proc_devices_init();
	proc_sysctl_init();
	BUG_ON(register_filesystem(&proc_fs_type));
}
