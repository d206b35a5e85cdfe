/* SPDX-License-Identifier: MIT */
/*
 * struct file: made, counted, and given back; files that have no name anywhere
 * (pipes, eventfds, shared memory).
 *
 * The last fput() calls ->release() and drops the path. ->flush() is for each
 * close(2), this for the last reference of all, which may be a mapping's.
 *
 * Locks: none; f_count is atomic.
 *
 * Linux: fs/file_table.c, fs/anon_inodes.c. Differs: no limit file-max.
 */
#include "kernel/fs/internal.h"
#include "lib/string.h"
#include "mm/slab.h"

static struct kmem_cache *filp_cache;
static atomic_long_t nr_files;
struct vfsmount *anon_mnt;

/* For /proc/sys/fs/file-nr. */
unsigned long get_nr_files(void)
{
	return atomic_long_read(&nr_files);
}

/* No operations, no path: fput() copes with both. */
struct file *alloc_empty_file(unsigned int flags)
{
	struct file *f = kmem_cache_zalloc(filp_cache, GFP_KERNEL);

	if (!f)
		return NULL;
	atomic_long_inc(&nr_files);
	atomic_set(&f->f_count, 1);
	mutex_init(&f->f_pos_lock, RANK_FILE_POS, "f_pos_lock");
	f->f_flags = flags & ~O_CLOEXEC;
	if (flags & O_PATH)
		f->f_mode = FMODE_PATH;
	else if ((flags & O_ACCMODE) == O_RDONLY)
		f->f_mode = FMODE_READ;
	else if ((flags & O_ACCMODE) == O_WRONLY)
		f->f_mode = FMODE_WRITE;
	else if ((flags & O_ACCMODE) == O_RDWR)
		f->f_mode = FMODE_READ | FMODE_WRITE;
	return f;
}

/* The last reference: may be in munmap(2) or exit, long after close(2). */
static void __fput(struct file *f)
{
	if (unlikely(f->f_ep.first))
		eventpoll_release(f);
	locks_remove(f->f_inode, f);
	if (f->f_op && f->f_op->release)
		f->f_op->release(f->f_inode, f);
	if (f->f_mode & FMODE_WRITER)
		atomic_dec(&f->f_inode->i_writecount);
	if (f->f_path.dentry)
		path_put(&f->f_path);
	atomic_long_dec(&nr_files);
	kmem_cache_free(filp_cache, f);
}

/* May sleep if it is the last. */
void fput(struct file *f)
{
	VM_BUG_ON(atomic_read(&f->f_count) <= 0 || atomic_read(&f->f_count) > 0x10000000);
	if (atomic_dec_and_test(&f->f_count))
		__fput(f);
}

/* ---- files without a name ---- */

/* `name` becomes a dentry of its own, in no directory. */
struct file *alloc_file_inode(struct vfsmount *mnt, struct inode *inode, const char *name,
			      unsigned int flags, const struct file_operations *fop)
{
	struct file *f = alloc_empty_file(flags);
	struct dentry *d;

	if (!f)
		return NULL;
	d = d_alloc(mnt == anon_mnt ? NULL : mnt->mnt_root, name, strlen(name));
	if (!d) {
		fput(f);
		return NULL;
	}
	d->d_sb = mnt->mnt_sb;
	d->d_inode = inode;
	if (mnt == anon_mnt)
		d->d_flags |= DCACHE_PSEUDO;
	mntget(mnt);
	f->f_path = (struct path){ mnt, d };
	f->f_inode = inode;
	f->f_mapping = inode->i_mapping;
	f->f_op = fop;
	f->f_wb_err = errseq_sample(&f->f_mapping->wb_err);
	if (fop->llseek)
		f->f_mode |= FMODE_LSEEK | FMODE_PREAD;
	return f;
}

/* An inode of its own for each, so that fstat(2) and /proc/PID/fd can tell them apart. */
struct inode *anon_inode_new(umode_t mode)
{
	struct inode *inode = new_inode(anon_mnt->mnt_sb);

	if (!inode)
		return NULL;
	inode->i_mode = mode;
	inode->i_nlink = 1;
	inode->i_ino = get_next_ino();
	inode->i_atime = inode->i_mtime = inode->i_ctime = current_time_ns();
	return inode;
}

/* For eventfd, epoll and the like: anonymous inode, no page cache in use. */
struct file *alloc_file_pseudo(const char *name, unsigned int flags,
			       const struct file_operations *fop, void *priv)
{
	struct inode *inode = anon_inode_new(0600);
	struct file *f;

	if (!inode)
		return NULL;
	f = alloc_file_inode(anon_mnt, inode, name, flags, fop);
	if (!f) {
		iput(inode);
		return NULL;
	}
	f->private_data = priv;
	return f;
}

static const struct super_operations anon_sops = { .alloc_inode = NULL };

static int anon_fill_super(struct super_block *sb, const char *dev, const char *data)
{
	return pseudo_fill_super(sb, &anon_sops, ANON_INODE_FS_MAGIC);
}

/* The cache of files, and the internal mount for files without a name. */
void files_init(void)
{
	static struct file_system_type anon_fs = {
		.name = "anon_inodefs", .fill_super = anon_fill_super,
	};

	filp_cache = kmem_cache_create("filp", sizeof(struct file), 8, SLAB_PANIC, NULL);
	anon_mnt = kern_mount(&anon_fs, NULL);
	BUG_ON(!anon_mnt);
}
