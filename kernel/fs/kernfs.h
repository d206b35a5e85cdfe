/* SPDX-License-Identifier: MIT */
/*
 * kernfs: trees of text files that are made when they are read. proc's fixed part
 * and sysfs are such trees, and so is what other parts of the kernel put into them.
 *
 * To add files of your own, in a function that the boot calls after vfs_late_init():
 *
 *	static int on_show(struct seq_file *m, void *data) { seq_printf(m, "%d\n", on); return 0; }
 *	static ssize_t on_write(void *data, char *text, size_t n) { ...; return n; }
 *	static const struct kernfs_attr files[] = {
 *		{ "tracing_on", 0644, on_show, on_write },
 *	};
 *	err = kernfs_create_group(&sysfs_root, "kernel/tracing", files, ARRAY_SIZE(files), NULL);
 *
 * A path is relative to `dir`, without a slash in front; directories on the way are made as
 * needed. => all functions that make something: at boot, by process 1 (names are only added,
 * never taken away, and readers take no lock); 0 or -ENOMEM; may sleep.
 *
 * Linux: include/linux/kernfs.h, sysfs.h. Differs: proc uses it too; nothing is removed; the
 * files of a group are not nodes of their own.
 */
#pragma once
#include "kernel/fs/fs.h"

/*
 * One file. show() makes the whole text; its second argument is the group's or file's data. write()
 * gets one write(2) as a string, which it may change, without its last newline; bytes done, as a
 * rule n, or -errno. NULL: EIO.
 */
struct kernfs_attr {
	const char *name;
	umode_t mode;			/* permissions */
	int (*show)(struct seq_file *m, void *data);
	ssize_t (*write)(void *data, char *text, size_t n);
};

/* A name: a directory, a file, or a symbolic link. */
struct kernfs_node {
	const char *name;
	umode_t mode;
	u32 file_size;			/* what stat shows for files: a directory's are alike */
	u64 ino;
	struct kernfs_node *parent;	/* a root's is itself */
	struct list_head children, sibling;
	const struct kernfs_attr *attrs; /* a file's own one; a directory's group */
	size_t nr_attrs;
	void *data;			/* for show() and write() */
	const char *target;		/* of a link; NULL: make_target() */
	int (*make_target)(struct super_block *sb, char *buf, size_t n);
	const struct inode_operations *iop;	/* not NULL: instead of the usual ones */
	const struct file_operations *fop;
};

#define KERNFS_ROOT(root, size)						\
	{ .name = "", .mode = S_IFDIR | 0555, .file_size = (size), .ino = 1, .parent = &(root), \
	  .children = LIST_HEAD_INIT((root).children),			\
	  .sibling = LIST_HEAD_INIT((root).sibling) }

extern struct kernfs_node proc_root, sysfs_root;

/* kernfs_create_dir() - a directory; one that is there already is fine. *result may be NULL. */
int __must_check kernfs_create_dir(struct kernfs_node *dir, const char *path,
				   struct kernfs_node **result);
/* kernfs_create_group() - n files in directory path ("": in dir itself), one group each. */
int __must_check kernfs_create_group(struct kernfs_node *dir, const char *path,
				     const struct kernfs_attr *attrs, size_t n, void *data);
/* kernfs_create_file() - one file path, whose last part counts, not attr->name. attr stays. */
int __must_check kernfs_create_file(struct kernfs_node *dir, const char *path,
				    const struct kernfs_attr *attr, void *data);
/* kernfs_create_link() - a symbolic link to a text that stays. */
int __must_check kernfs_create_link(struct kernfs_node *dir, const char *path, const char *target);
/* kernfs_create_node() - any node, for those who set its operations themselves. */
int __must_check kernfs_create_node(struct kernfs_node *dir, const char *path, umode_t mode,
				    struct kernfs_node **result);

struct block_device;
/* sysfs_add_disk() - for register_blkdev(): the directory of a disk, and the links to it. */
int __must_check sysfs_add_disk(struct block_device *b);

/* ---- for file systems ---- */

/* kernfs_fill_super() - the rest of fill_super() once sb->s_op is set: root is what it shows. */
int __must_check kernfs_fill_super(struct super_block *sb, unsigned long magic,
				   struct kernfs_node *root);
int kernfs_statfs(struct dentry *d, struct kstatfs *buf);
/* Operations of directories: lookup is -ENOENT for a name that is not there. */
int kernfs_lookup(struct inode *dir, struct dentry *dentry);
int kernfs_iterate(struct file *f, struct dir_context *ctx);
/* kernfs_emit_all() - the same for those with more to say: false if the buffer is full. */
bool __must_check kernfs_emit_all(struct file *f, struct dir_context *ctx);
/* kernfs_setattr() - ">" truncates, which means nothing here; modes and owners are fixed. */
int kernfs_setattr(struct dentry *dentry, struct iattr *attr);
/* kernfs_node_of() - the node of an inode; for a file of a group its directory's. */
static inline struct kernfs_node *kernfs_node_of(const struct inode *inode)
{
	return inode->i_private;
}
