/* SPDX-License-Identifier: MIT */
/*
 * /proc/PID/ns: a link for each kind of namespace, which leads to the namespace's file (nsfs.c).
 *
 * Locks: those of task_ns_get().
 *
 * Linux: fs/proc/namespaces.c.
 */
#include "kernel/fs/internal.h"
#include "kernel/fs/proc/internal.h"
#include "kernel/nsproxy.h"
#include "lib/string.h"

static int follow_ns(struct dentry *dentry, struct path *path)
{
	struct ns_common *ns = task_ns_get(proc_task(dentry->d_inode), dentry->d_name);

	return ns ? ns_get_path(ns, path) : -ENOENT;
}

static const struct inode_operations proc_ns_link_iops = { .follow = follow_ns };

static int proc_ns_lookup(struct inode *dir, struct dentry *dentry)
{
	const char *name;

	for (unsigned int i = 0; (name = ns_name(i)); i++) {
		if (!strcmp(name, dentry->d_name))
			return proc_add_task_inode(dentry, proc_task(dir), &(struct proc_task_kind){
				S_IFLNK | 0777, proc_ino(dir->i_ino, PROC_INO_NS + i),
				&proc_ns_link_iops, NULL, 0 });
	}
	return -ENOENT;
}

static int proc_ns_iterate(struct file *dir, struct dir_context *ctx)
{
	const char *name;

	if (proc_task_alive(proc_task(dir->f_inode)))
		return -ENOENT;
	if (!dir_emit_dots(dir, ctx))
		return 0;
	for (; (name = ns_name(ctx->pos - 2)); ctx->pos++) {
		if (!dir_emit(ctx, name, strlen(name),
			      proc_ino(dir->f_inode->i_ino, PROC_INO_NS + ctx->pos - 2), DT_LNK))
			break;
	}
	return 0;
}

const struct inode_operations proc_ns_iops = { .lookup = proc_ns_lookup };
const struct file_operations proc_ns_fops = {
	.iterate = proc_ns_iterate, .llseek = generic_file_llseek,
};
