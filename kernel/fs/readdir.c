/* SPDX-License-Identifier: MIT */
/*
 * getdents64(2), and reading directories that live in the dentry cache.
 *
 * Entries are gathered in a kernel buffer and copied out at the end, so that a
 * file system may emit them with a spinlock held.
 *
 * Locks: i_rwsem of the directory while it is read.
 *
 * Linux: fs/readdir.c, fs/libfs.c dcache_readdir(). Differs: names have growing
 * offsets, so no cursor is needed to survive removals.
 */
#include "kernel/fs/fs_syscalls.h"
#include "kernel/fs/internal.h"
#include "lib/string.h"
#include "mm/slab.h"

#define GETDENTS_MAX	(32UL << 10)

struct linux_dirent64 {
	u64 d_ino;
	s64 d_off;		/* where the next entry is */
	u16 d_reclen;
	u8 d_type;
	char d_name[];
};

struct getdents {
	struct dir_context ctx;
	char *buf;
	size_t size, used;
	struct linux_dirent64 *prev;	/* its d_off is not known yet */
	bool too_small;
};

/* One record; where the next one is, is known only when it comes. */
static bool getdents_actor(struct dir_context *ctx, const char *name, int len, u64 ino,
			   unsigned int type)
{
	struct getdents *g = container_of(ctx, struct getdents, ctx);
	size_t reclen = ALIGN(offsetof(struct linux_dirent64, d_name) + len + 1, 8UL);
	struct linux_dirent64 *d = (struct linux_dirent64 *)(g->buf + g->used);

	if (g->used + reclen > g->size) {
		g->too_small = !g->used;
		return false;
	}
	if (g->prev)
		g->prev->d_off = ctx->pos;
	*(u64 *)((char *)d + reclen - sizeof(u64)) = 0;	/* the 0 behind the name, and padding */
	d->d_ino = ino;
	d->d_reclen = (u16)reclen;
	d->d_type = (u8)type;
	memcpy(d->d_name, name, len);
	g->used += reclen;
	g->prev = d;
	return true;
}

/* The root's ".." is itself, whatever it is mounted on: the path walk knows better. */
bool dir_emit_dots(struct file *f, struct dir_context *ctx)
{
	struct dentry *dir = f->f_path.dentry;
	u64 parent;

	if (ctx->pos == 0) {
		if (!dir_emit(ctx, ".", 1, dir->d_inode->i_ino, DT_DIR))
			return false;
		ctx->pos = 1;
	}
	if (ctx->pos == 1) {
		spin_lock(&dcache_lock);
		parent = dir->d_parent->d_inode->i_ino;
		spin_unlock(&dcache_lock);
		if (!dir_emit(ctx, "..", 2, parent, DT_DIR))
			return false;
		ctx->pos = 2;
	}
	return true;
}

/*
 * The children's offsets grow along the list, so a position is found again although
 * names came and went meanwhile.
 */
int dcache_readdir(struct file *f, struct dir_context *ctx)
{
	struct dentry *dir = f->f_path.dentry, *d;

	if (!dir_emit_dots(f, ctx))
		return 0;
	spin_lock(&dcache_lock);
	list_for_each_entry(d, &dir->d_children, d_sibling) {
		if (d->d_off < ctx->pos || !d->d_inode)
			continue;
		ctx->pos = d->d_off;
		if (!dir_emit(ctx, d->d_name, d->d_len, d->d_inode->i_ino,
			      mode_to_dtype(d->d_inode->i_mode)))
			break;
		ctx->pos++;
	}
	spin_unlock(&dcache_lock);
	return 0;
}

/* A removed directory has nothing more to tell. */
static int iterate_dir(struct file *f, struct getdents *g)
{
	struct inode *inode = f->f_inode;
	int err = -ENOENT;

	g->ctx.pos = f->f_pos;
	inode_lock_dir(inode);
	if (inode->i_nlink)
		err = f->f_op->iterate(f, &g->ctx);
	inode_unlock(inode);
	if (err)
		return err;
	if (g->prev)
		g->prev->d_off = g->ctx.pos;
	file_accessed(f);
	return g->too_small ? -EINVAL : 0;
}

/* The position moves only when the program has got the records. */
static long do_getdents(struct file *f, void __user *user, size_t count)
{
	struct getdents g = { .ctx.actor = getdents_actor, .size = min(count, GETDENTS_MAX) };
	long ret;

	if (!f->f_op->iterate)
		return -ENOTDIR;
	g.buf = kmalloc(g.size, GFP_KERNEL);
	if (!g.buf)
		return -ENOMEM;
	mutex_lock(&f->f_pos_lock);
	ret = iterate_dir(f, &g);
	if (!ret) {
		ret = g.used;
		if (copy_to_user(user, g.buf, g.used))
			ret = -EFAULT;
		else
			f->f_pos = g.ctx.pos;
	}
	mutex_unlock(&f->f_pos_lock);
	kfree(g.buf);
	return ret;
}

/* getdents64(2): 0 at the end; EINVAL if not even one record fits. */
long sys_getdents64(long fd, void __user *dirent, unsigned long count)
{
	struct fd f = fdget((unsigned int)fd);
	long ret;

	if (!f.file)
		return -EBADF;
	ret = do_getdents(f.file, dirent, (unsigned int)count);
	fdput(f);
	return ret;
}
