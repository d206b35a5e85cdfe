/* SPDX-License-Identifier: MIT */
/*
 * What the files of kernel/fs share among themselves.
 *
 * Linux: fs/internal.h, fs/mount.h.
 */
#pragma once
#include <asm/uaccess.h>
#include "kernel/fs/fs.h"
#include "kernel/uapi/mount.h"
#include "lib/errno.h"

#define MAX_RW_COUNT	(0x7fffffffUL & PAGE_MASK)	/* most bytes of one read or write */
#define MAXSYMLINKS	40

/* Directories are locked before the files in them: their lock has a rank of its own. */
static inline void inode_lock_dir(struct inode *dir)
{
	dir->i_rwsem.rank = RANK_DIR;
	down_write(&dir->i_rwsem);
}
/* A second directory (rename): the ancestor first, else the lower address. */
static inline void inode_lock_dir_nested(struct inode *dir)
{
	dir->i_rwsem.rank = RANK_DIR;
	down_write_nested(&dir->i_rwsem);
}
static inline void inode_unlock(struct inode *inode) { up_write(&inode->i_rwsem); }
/* dec_unless_last() - drop a reference if it is not the last one. */
static inline bool dec_unless_last(atomic_t *count)
{
	int old = atomic_read(count);

	while (old > 1) {
		int seen = atomic_cmpxchg(count, old, old - 1);

		if (seen == old)
			return true;
		old = seen;
	}
	return false;
}

/* The next component of a path; its end is what there is no more. */
static inline const char *skip_slashes(const char *p)
{
	while (*p == '/')
		p++;
	return p;
}

/* ---- names from user space (namei.c) ---- */
/*
 * getname() - copy a path, PATH_MAX at most, the final 0 included. putname() after. -EFAULT,
 * -ENAMETOOLONG, -ENOMEM.
 */
int __must_check getname(const char __user *user, char **name);
void putname(char *name);
/* a PATH_MAX buffer; NULL: no memory; free with putname() */
char *names_alloc(void);
/* filename_lookup() - kernel string; dfd AT_FDCWD or a directory. path_put() after. */
int __must_check filename_lookup(int dfd, const char *name, unsigned int flags, struct path *path);

/* A path split into its directory and last name; the directory is locked for changing. */
struct name_parent {
	struct path path;		/* the directory, counted */
	const char *last;		/* last name, not 0-ended */
	int len;
	enum { LAST_NORM, LAST_DOT, LAST_DOTDOT, LAST_ROOT } type;
	bool slash;			/* something like "name/" */
	char *buf;			/* what `last` points into, if a link was followed */
	int links;			/* followed so far */
};
int __must_check parent_lookup(int dfd, const char *name, struct name_parent *p);
/*
 * parent_follow() - the last name is the link *link: p becomes its target's. Eats link; on
 * failure p too.
 */
int __must_check parent_follow(struct name_parent *p, struct path *link);
void name_parent_put(struct name_parent *p);
/*
 * lookup_one() - the dentry for a name in a directory, perhaps negative; counted.
 * => dir i_rwsem held for write. -ENOENT (dead directory), -ENAMETOOLONG, -ENOMEM ...
 */
int __must_check lookup_one(struct dentry *dir, const char *name, int len, struct dentry **dentry);
/* may_create() - may a name be added to dir? may_delete() - may this one go? 0 or -errno. */
int may_create(struct inode *dir);
int may_delete(struct inode *dir, struct dentry *victim, bool isdir);
/* mnt_want_write() - -EROFS if mount or file system are read-only. */
int mnt_want_write(const struct vfsmount *mnt);

/* ---- mounts (namespace.c, super.c) ---- */
/* lookup_mnt() - what is mounted on path: counted, or NULL. */
struct vfsmount *lookup_mnt(const struct path *path);
/* follow_mount() - while something is mounted on *path, go to its root. */
void follow_mount(struct path *path);
/* follow_up() - from the root of a mount to the dentry it covers; false at the top. */
bool follow_up(struct path *path);
static inline void mntget(struct vfsmount *mnt) { atomic_inc(&mnt->mnt_count); }
void mntput(struct vfsmount *mnt);
/* vfs_get_super() - a mounted file system of that type with s_active raised. 0 or -errno. */
int __must_check vfs_get_super(struct file_system_type *type, const char *dev, const char *data,
			       unsigned long flags, struct super_block **sb);
void deactivate_super(struct super_block *sb);
/*
 * pseudo_fill_super() - what ->fill_super() does in a file system that nobody sees: its files have
 * no names, so nothing is ever in its root, but a root must exist. Returns 0 or -ENOMEM.
 */
int __must_check pseudo_fill_super(struct super_block *sb, const struct super_operations *sops,
				   unsigned long magic);
/* sb_has_writers() - is a file open for writing, or one without a name open? (remount: EBUSY) */
bool sb_has_writers(struct super_block *sb);
void supers_for_each(void (*fn)(struct super_block *sb, void *arg), void *arg);
/* mnt_has_submounts() - is anything mounted on dentry or below it? (rmdir, rename: EBUSY) */
bool is_mountpoint(const struct dentry *dentry);

/* ---- dcache (dcache.c) ---- */
void dcache_init(void);
void namei_init(void);
void inode_init(void);
void files_init(void);
void file_init(void);
void pipe_init(void);
void shrink_dcache_for_umount(struct super_block *sb);
/*
 * d_walk_cached() - walk *name from dir as far as the cache can answer alone: no links to follow,
 * no mount points, no "." and "..", nothing that a file system wants to be asked about.
 *
 * => returns where that led, counted (dir too), *name moved on. dir stays counted.
 */
struct dentry *d_walk_cached(struct dentry *dir, const char **name, unsigned int flags);
/* d_ancestor() - is `a` an ancestor of `b` (or b itself)? => rename mutex or namespace_sem. */
bool d_ancestor(const struct dentry *a, const struct dentry *b);
bool d_has_children(struct dentry *dir);	/* positive ones */
/* d_prune_children() - forget the negative names in a directory that is removed. */
void d_prune_children(struct dentry *dir);
/* d_exchange() - two dentries change places. => both directories locked. */
void d_exchange(struct dentry *a, struct dentry *b);
extern spinlock_t dcache_lock;

/* For ->iterate of directories that are in the dentry cache as a whole. */
int dcache_readdir(struct file *f, struct dir_context *ctx);

/* ---- attributes ---- */
void vfs_getattr(const struct path *path, struct kstat *stat);
int notify_change(struct dentry *dentry, struct iattr *attr);
void setattr_copy(struct inode *inode, const struct iattr *attr);
int do_truncate(struct dentry *dentry, loff_t length);
int vfs_statfs(const struct path *path, struct kstatfs *buf);
int vfs_readlink(struct dentry *dentry, char *buf, size_t n);

/*
 * set_user_sigmask() - for the length of a call; undone by restore_user_sigmask(was it
 * interrupted?).
 */
int __must_check set_user_sigmask(const void __user *umask, size_t size);
void restore_user_sigmask(bool interrupted);

/* eventpoll_release() - a file is about to go: no epoll set watches it any more. */
void eventpoll_release(struct file *f);
unsigned int vfs_poll(struct file *f, struct poll_table *pt);

/* ---- file locks (locks.c) ---- */
/* fcntl_setlk(), fcntl_getlk() - record locks, of the open file (ofd) or of the process. */
long fcntl_setlk(unsigned int fd, struct file *f, bool ofd, bool wait, unsigned long arg);
long fcntl_getlk(struct file *f, bool ofd, unsigned long arg);
/* locks_remove() - what owner (a struct file, or a files_struct at close) has on inode goes. */
void __locks_remove(const struct inode *inode, const void *owner);
extern unsigned int nr_file_locks;
int locks_show(struct seq_file *m, void *v);	/* /proc/locks */
static inline void locks_remove(const struct inode *inode, const void *owner)
{
	if (unlikely(READ_ONCE(nr_file_locks)))
		__locks_remove(inode, owner);
}

/* ---- files ---- */
/* alloc_fd() - reserve the first free number from start on: it, -EMFILE, -ENOMEM. */
int __must_check alloc_fd(unsigned int start, unsigned int flags);
/* replace_fd() - f becomes descriptor fd, its reference with it; 0 or -errno. */
int __must_check replace_fd(unsigned int fd, struct file *f, unsigned int flags);
bool get_close_on_exec(unsigned int fd);
void set_close_on_exec(unsigned int fd, bool on);
long pipe_fcntl(struct file *f, unsigned int cmd, unsigned long arg);
struct file *alloc_empty_file(unsigned int flags);
/* path's references become the file's */
int do_dentry_open(struct file *f, const struct path *path);
extern const struct file_operations def_chr_fops, def_blk_fops, fifo_fops;
extern const struct inode_operations simple_symlink_iops;
struct inode *anon_inode_new(umode_t mode);	/* on the internal "anon_inodefs" */
extern struct vfsmount *anon_mnt;
extern struct file_system_type devtmpfs_type;
void ext2_init(void);				/* registers the type */
