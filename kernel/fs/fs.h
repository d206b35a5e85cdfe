/* SPDX-License-Identifier: MIT */
/*
 * The virtual file system: super_block, inode, dentry, file, and the operations
 * a file system supplies.
 *
 *   path = (mount, dentry);  dentry = a name, pointing to an inode;
 *   file = an open inode with a position;  fd = an index into files_struct.
 *
 * Lifetime: inodes and dentries are counted; unreferenced ones of disk file
 * systems stay cached until reclaim; those of tmpfs/proc are pinned/short-lived
 * as their s_op say. A file keeps its path.
 *
 * Linux: include/linux/fs.h, dcache.h, mount.h, path.h. Differs: no RCU walk;
 * one dcache lock; no writeback lists yet beyond the dirty inode list.
 */
#pragma once
#include <asm/atomic.h>
#include "kernel/lock/mutex.h"
#include "kernel/lock/rwsem.h"
#include "kernel/sched.h"
#include "kernel/time.h"
#include "lib/list.h"
#include "mm/filemap.h"
#include "kernel/uapi/stat.h"
#include "kernel/uapi/fcntl.h"

struct super_block;
struct inode;
struct dentry;
struct file;
struct vfsmount;
struct iattr;
struct kstat;
struct block_device;
struct path { struct vfsmount *mnt; struct dentry *dentry; };
struct poll_table;

#define MKDEV(ma, mi)	((dev_t)((ma) << 20 | (mi)))
#define MAJOR(d)	((unsigned int)((d) >> 20))
#define MINOR(d)	((unsigned int)((d) & 0xfffff))

/* iov_iter: where bytes come from or go to: user iovecs or kernel memory. */
struct iovec { void __user *iov_base; size_t iov_len; };
struct iov_iter {
	bool kernel;			/* iov_base is a kernel address */
	const struct iovec *iov;	/* current segment */
	unsigned long nr_segs;
	size_t iov_offset;		/* inside the current segment */
	size_t count;			/* bytes left in all */
	struct iovec single;		/* storage for the one-segment forms */
};
/* iov_iter_ubuf() - one segment of user memory. => checked with access_ok(). */
static inline void iov_iter_ubuf(struct iov_iter *i, void __user *buf, size_t n)
{
	i->kernel = false;
	i->single.iov_base = buf;
	i->single.iov_len = n;
	i->iov = &i->single;
	i->nr_segs = 1;
	i->iov_offset = 0;
	i->count = n;
}
void iov_iter_kbuf(struct iov_iter *i, void *buf, size_t n);
void iov_iter_init(struct iov_iter *i, const struct iovec *iov, unsigned long nr, size_t count);
/* bytes done; advances; may sleep */
size_t copy_to_iter(const void *from, size_t n, struct iov_iter *i);
size_t copy_from_iter(void *to, size_t n, struct iov_iter *i);
size_t iov_iter_zero(size_t n, struct iov_iter *i);
void iov_iter_advance(struct iov_iter *i, size_t n);
/* copy_from_iter_nofault() - without sleeping: stops where a page is missing. NOMMU: copies all. */
size_t copy_from_iter_nofault(void *to, size_t n, struct iov_iter *i);
/* single-segment or within what was advanced */
void iov_iter_revert(struct iov_iter *i, size_t n);
/*
 * fault_in_iov_iter_readable() - bring in the first page so that an atomic copy can progress:
 * bytes NOT faulted in.
 */
size_t fault_in_iov_iter_readable(struct iov_iter *i, size_t n);

/* One transfer. ki_flags: the file's flags when it began; these matter. */
struct kiocb { struct file *ki_filp; loff_t ki_pos; unsigned int ki_flags; };
#define IOCB_APPEND	O_APPEND
#define IOCB_NONBLOCK	O_NONBLOCK
#define IOCB_SYNC	O_DSYNC
#define IOCB_DIRECT	O_DIRECT		/* cleared once it is seen to: by the cache now */

struct dir_context {			/* getdents: emit returns false when the buffer is full */
	bool (*actor)(struct dir_context *ctx, const char *name, int len, u64 ino,
		      unsigned int type);
	loff_t pos;
};

/*
 * For ->iterate(): ctx->pos is the position of the entry that is emitted, 0 and 1
 * being the two dots; it is moved on only after an emit that returned true.
 * The actor does not sleep.
 */
static inline bool dir_emit(struct dir_context *ctx, const char *name, int len, u64 ino,
			    unsigned int type)
{
	return ctx->actor(ctx, name, len, ino, type);
}
/* dir_emit_dots() - "." and ".." if they are still due; false: the buffer is full. */
bool dir_emit_dots(struct file *f, struct dir_context *ctx);
/* mode_to_dtype() - DT_* of an inode's mode. */
static inline unsigned int mode_to_dtype(umode_t mode) { return (mode & S_IFMT) >> 12; }

struct file_operations {
	loff_t (*llseek)(struct file *f, loff_t off, int whence);
	ssize_t (*read_iter)(struct kiocb *iocb, struct iov_iter *to);
	ssize_t (*write_iter)(struct kiocb *iocb, struct iov_iter *from);
	int (*iterate)(struct file *f, struct dir_context *ctx);
	unsigned int (*poll)(struct file *f, struct poll_table *pt);	/* EPOLL* mask */
	long (*ioctl)(struct file *f, unsigned int cmd, unsigned long arg);
	int (*mmap)(struct file *f, struct vm_area_struct *vma);
	int (*open)(struct inode *inode, struct file *f);
	int (*flush)(struct file *f);			/* each close(2) */
	void (*release)(struct inode *inode, struct file *f);	/* last close */
	int (*fsync)(struct file *f, loff_t start, loff_t end, int datasync);
	long (*fallocate)(struct file *f, int mode, loff_t off, loff_t len);
};

struct inode_operations {
	/*
	 * lookup() - fill a negative dentry: d_add(dentry, inode or NULL). 0 or -errno. => dir
	 * i_rwsem held.
	 */
	int (*lookup)(struct inode *dir, struct dentry *dentry);
	int (*create)(struct inode *dir, struct dentry *dentry, umode_t mode);
	int (*link)(struct dentry *old, struct inode *dir, struct dentry *dentry);
	int (*unlink)(struct inode *dir, struct dentry *dentry);
	int (*symlink)(struct inode *dir, struct dentry *dentry, const char *target);
	int (*mkdir)(struct inode *dir, struct dentry *dentry, umode_t mode);
	int (*rmdir)(struct inode *dir, struct dentry *dentry);
	int (*mknod)(struct inode *dir, struct dentry *dentry, umode_t mode, dev_t rdev);
	int (*rename)(struct inode *old_dir, struct dentry *old, struct inode *new_dir,
		      struct dentry *new, unsigned int flags);
	/* readlink() - target copied as a string into buf (0-ended): 0 or -errno. */
	int (*readlink)(struct dentry *dentry, char *buf, size_t n);
	/*
	 * follow() - for /proc/PID/{exe,cwd,fd/N}: jump to a path (counted) instead of a text.
	 * NULL: use readlink.
	 */
	int (*follow)(struct dentry *dentry, struct path *path);
	int (*setattr)(struct dentry *dentry, struct iattr *attr);
	int (*permission)(struct inode *inode, int mask);
};

struct iattr {
	unsigned int valid;			/* ATTR_* */
	umode_t mode;
	u32 uid, gid;
	loff_t size;
	u64 atime, mtime, ctime;		/* ns */
};
#define ATTR_MODE 1
#define ATTR_UID 2
#define ATTR_GID 4
#define ATTR_SIZE 8
#define ATTR_ATIME 16
#define ATTR_MTIME 32
#define ATTR_CTIME 64

struct kstat {
	dev_t dev, rdev;
	u64 ino, size, blocks;			/* 512-byte blocks */
	umode_t mode;
	u32 nlink, uid, gid, blksize;
	u64 atime, mtime, ctime, btime;		/* ns */
};

struct inode {
	umode_t i_mode;
	u32 i_uid, i_gid;
	unsigned int i_nlink;
	u64 i_ino;
	dev_t i_rdev;
	loff_t i_size;			/* changed under i_rwsem write; read with READ_ONCE */
	u64 i_blocks;			/* 512-byte units */
	u64 i_atime, i_mtime, i_ctime;	/* ns */
	unsigned int i_state;		/* I_* */
	atomic_t i_count;
	atomic_t i_writecount;		/* writers; negative: being executed (ETXTBSY) */
	struct rw_semaphore i_rwsem;
	const struct inode_operations *i_op;
	const struct file_operations *i_fop;
	struct super_block *i_sb;
	struct address_space *i_mapping;
	struct address_space i_data;
	struct list_head i_sb_list;	/* (RANK_INODE_HASH) all inodes of the sb */
	struct hlist_node i_hash;
	struct list_head i_io_list;	/* (dirty_lock) dirty inodes */
	unsigned long i_dirtied_when;	/* (dirty_lock) jiffies, of the oldest change */
	void *i_private;		/* file system's */
	void *i_pipe;			/* pipe_inode_info of a FIFO */
};
/* i_state: changed by atomic operations only */
#define I_DIRTY		1
#define I_FREEING	2
#define I_NEW		4
#define I_SYNC		8	/* somebody is writing it */

#define DNAME_INLINE_LEN 40
struct dentry {
	atomic_t d_count;
	struct inode *d_inode;		/* NULL: negative */
	struct dentry *d_parent;	/* itself at a root; counted */
	struct hlist_node d_hash;	/* (RANK_DCACHE) */
	struct list_head d_children, d_sibling;	/* (RANK_DCACHE) */
	struct list_head d_lru;		/* (RANK_DCACHE) unused ones that stay cached */
	struct super_block *d_sb;
	u32 d_name_hash;
	u16 d_len;
	u16 d_flags;			/* DCACHE_* */
	loff_t d_off;			/* (RANK_DCACHE) place among d_children, growing */
	char *d_name;			/* d_iname or kmalloc'ed */
	char d_iname[DNAME_INLINE_LEN] __aligned(8); /* zeros behind the name */
	const struct dentry_operations *d_op;
	void *d_fsdata;
};
#define DCACHE_MOUNTED	1		/* something may be mounted here */
#define DCACHE_PINNED	2		/* in-memory fs: stays while linked */
#define DCACHE_UNHASHED 4		/* deleted or never hashed */
#define DCACHE_PSEUDO	16		/* no directory: d_path() shows the bare name (pipes) */
#define DCACHE_LRU	32		/* on the list of unused ones */
#define DCACHE_NOCACHE	8		/* looked up anew each time (proc pids) */

/* 1 valid, 0 look up again */
struct dentry_operations { int (*d_revalidate)(struct dentry *d); };

/* i_writecount: a program file that runs cannot be written, and the reverse. */
static inline int __must_check deny_write_access(struct inode *inode)
{
	int old = atomic_read(&inode->i_writecount);

	for (;;) {
		int seen;

		if (old > 0)
			return -ETXTBSY;
		seen = atomic_cmpxchg(&inode->i_writecount, old, old - 1);
		if (seen == old)
			return 0;
		old = seen;
	}
}
static inline void allow_write_access(struct inode *inode) { atomic_inc(&inode->i_writecount); }

struct super_operations {
	struct inode *(*alloc_inode)(struct super_block *sb);	/* NULL: plain struct inode */
	void (*free_inode)(struct inode *inode);
	/* last reference gone and (nlink 0 or umount) */
	void (*evict_inode)(struct inode *inode);
	int (*write_inode)(struct inode *inode, bool wait);
	void (*put_super)(struct super_block *sb);
	int (*sync_fs)(struct super_block *sb, bool wait);
	int (*statfs)(struct dentry *d, struct kstatfs *buf);
	int (*remount)(struct super_block *sb, unsigned long flags, const char *data);
	void (*show_options)(struct super_block *sb, char *buf, size_t n);
};

struct super_block {
	dev_t s_dev;
	unsigned long s_magic, s_flags;		/* MS_RDONLY ... */
	unsigned long s_blocksize;
	loff_t s_maxbytes;
	const struct file_system_type *s_type;
	const struct super_operations *s_op;
	struct dentry *s_root;
	struct block_device *s_bdev;
	struct list_head s_inodes;
	struct list_head s_list;
	struct mutex s_rename_mutex;
	struct rw_semaphore s_umount;
	atomic_t s_active;
	unsigned int s_passing, s_shrinking;	/* at it now: (sb_lock), (RANK_DCACHE) */
	bool s_readonly_remount;	/* on its way to read-only: no new writers */
	errseq_t s_wb_err;			/* write errors of all its files */
	void *s_fs_info;
	char s_id[32];
};

struct file_system_type {
	const char *name;
	/* FS_REQUIRES_DEV, FS_SINGLE (one instance, e.g. devtmpfs) */
	unsigned int fs_flags;
	/*
	 * fill_super() - set s_op, s_root ... of a new super_block. dev: path of the device or
	 * name. 0 or -errno.
	 */
	int (*fill_super)(struct super_block *sb, const char *dev, const char *data);
	struct file_system_type *next;
	struct super_block *single;
};
#define FS_REQUIRES_DEV 1
#define FS_SINGLE 2

struct file {
	atomic_t f_count;
	unsigned int f_flags, f_mode;		/* O_*, FMODE_* */
	loff_t f_pos;
	struct mutex f_pos_lock;
	struct path f_path;
	struct inode *f_inode;
	struct address_space *f_mapping;
	const struct file_operations *f_op;
	struct file_ra_state f_ra;
	struct hlist_head f_ep;			/* (epoll mutex) epoll items that watch it */
	errseq_t f_wb_err, f_sb_err;		/* errors it has been told of: fsync, syncfs */
	unsigned int f_version;			/* FIFO: writers that had come before it opened */
	void *private_data;
};
#define FMODE_READ	1
#define FMODE_WRITE	2
#define FMODE_LSEEK	4
#define FMODE_PREAD	8
#define FMODE_PATH	16
#define FMODE_WRITER	64	/* counted in i_writecount */
#define FMODE_STREAM	128	/* no position: pipes, ttys */

/* Root, working directory and umask; shared by CLONE_FS. */
struct fs_struct {
	atomic_t users;
	spinlock_t lock;			/* guards root and pwd */
	int umask;
	struct path root, pwd;
};
extern struct fs_struct init_fs;		/* of init_task: root is set by mount_root() */
extern struct files_struct init_files;
void get_fs_root(struct path *root);		/* counted copies; path_put() after */
void get_fs_pwd(struct path *pwd);
/* get_task_fs_path() - root or working directory of any task, counted; -ENOENT if it has exited. */
int __must_check get_task_fs_path(struct task_struct *t, bool root, struct path *path);
/* takes its own reference */
void set_fs_root(struct fs_struct *fs, const struct path *path);
void set_fs_pwd(struct fs_struct *fs, const struct path *path);
int task_umask(struct task_struct *t);		/* 0 if it has exited */
/* unshare_fs(), unshare_files() - current gets a copy of its own: 0 or -ENOMEM. */
int __must_check unshare_fs(void);
/* fs_is_private() - nobody shares it. move_fs_refs() - every process at `from` is at `to` now. */
bool fs_is_private(struct fs_struct *fs);
void move_fs_refs(const struct path *from, const struct path *to);
int __must_check unshare_files(void);

/* ---- files and descriptors (file.c, open.c) ---- */
struct file *fget(unsigned int fd);		/* counted; NULL: bad fd (or O_PATH) */
struct file *fget_raw(unsigned int fd);		/* O_PATH too */
void fput(struct file *f);			/* may sleep */
/*
 * fdget() - the file of fd for the length of a system call; no reference is taken
 * if nobody else can close it (the table is not shared). .file NULL: bad fd or
 * O_PATH. fdput() after.
 */
struct fd { struct file *file; bool counted; };
static inline struct fd fdget(unsigned int fd)
{
	const struct files_struct *files = current->files;
	struct fd f = { NULL, false };

	if (likely(atomic_read(&files->refcount) == 1)) {
		if (likely(fd < files->max_fds))
			f.file = files->fd[fd];
		if (f.file && unlikely(f.file->f_mode & FMODE_PATH))
			f.file = NULL;
		return f;
	}
	f.file = fget(fd);
	f.counted = f.file != NULL;
	return f;
}
static inline void fdput(struct fd fd)
{
	if (unlikely(fd.counted))
		fput(fd.file);
}
/* open files in the system, for /proc/sys/fs/file-nr */
unsigned long get_nr_files(void);
/* fget_task() - the file another task has open as fd, counted (O_PATH too), or NULL. */
struct file *fget_task(struct task_struct *t, unsigned int fd);
/* next_fd_task() - first open descriptor of t from fd on; false: none. */
bool next_fd_task(struct task_struct *t, unsigned int *fd);
unsigned int task_fd_size(struct task_struct *t);	/* places in its table, 0 if it has none */
#define NR_OPEN_MAX	(1024 * 1024)		/* descriptors of one process,
			 whatever RLIMIT_NOFILE says */
static inline struct file *get_file(struct file *f) { atomic_inc(&f->f_count); return f; }
int __must_check get_unused_fd_flags(unsigned int flags);	/* fd, -EMFILE, -ENOMEM */
void put_unused_fd(unsigned int fd);
void fd_install(unsigned int fd, struct file *f);
int close_fd(unsigned int fd);
/* NULL: no memory */
struct file *alloc_file_pseudo(const char *name, unsigned int flags,
			       const struct file_operations *fop, void *priv);
/*
 * alloc_file_inode() - an open file on an inode that has no name in any directory;
 * `name` is what d_path() shows. Takes the inode's reference. NULL: no memory.
 */
struct file *alloc_file_inode(struct vfsmount *mnt, struct inode *inode, const char *name,
			      unsigned int flags, const struct file_operations *fop);
/* kernel path */
int __must_check file_open(const char *path, int flags, umode_t mode, struct file **f);
int __must_check do_filp_open(int dfd, const char *path, int flags, umode_t mode, struct file **f);
int __must_check dentry_open(const struct path *path, int flags, struct file **f);
ssize_t kernel_read(struct file *f, void *buf, size_t n, loff_t *pos);
ssize_t kernel_write(struct file *f, const void *buf, size_t n, loff_t *pos);
ssize_t vfs_read_iter(struct file *f, struct iov_iter *it, loff_t *pos);
ssize_t vfs_write_iter(struct file *f, struct iov_iter *it, loff_t *pos);
loff_t generic_file_llseek(struct file *f, loff_t off, int whence);
/*
 * no_seek_end_llseek() - for what has no end that is known before it is read: texts of /proc,
 * directories (any position that getdents64() once returned; 0 starts again), pagemap.
 */
loff_t no_seek_end_llseek(struct file *f, loff_t off, int whence);
int vfs_fsync(struct file *f, int datasync);
/* vfs_fsync_range() - bytes [start, end] are on the disk: 0 or an error, each once a file. */
int vfs_fsync_range(struct file *f, loff_t start, loff_t end, int datasync);
/*
 * generic_file_fsync() - ->fsync() of a file system on a disk: the file's pages in [start, end],
 * its inode, the device's dirty pages (where the file system keeps what describes the file), and
 * the disk's own cache.
 */
int generic_file_fsync(struct file *f, loff_t start, loff_t end, int datasync);

/* ---- names (namei.c) ---- */
#define LOOKUP_FOLLOW	1
#define LOOKUP_DIRECTORY 2
#define LOOKUP_PARENT	4
#define LOOKUP_EMPTY	8
#define MAY_EXEC	1		/* inode_permission() */
#define MAY_WRITE	2
#define MAY_READ	4
/* path_put() after */
int __must_check kern_path(const char *name, unsigned int flags, struct path *path);
int __must_check user_path_at(int dfd, const char __user *name, unsigned int flags,
			      struct path *path);
void path_get(const struct path *p);
void path_put(const struct path *p);
/*
 * d_path() - text of a path into buf from the end; start of text. " (deleted)" appended as
 * Linux does.
 */
char *d_path(const struct path *path, char *buf, int buflen);
/* mnt_is_reachable() - is it at or below the caller's root? => namespace_sem held. */
bool mnt_is_reachable(const struct vfsmount *mnt);
int inode_permission(struct inode *inode, int mask);
int vfs_mkdir_path(const char *path, umode_t mode);	/* boot helpers, kernel paths */
int vfs_symlink_path(const char *target, const char *path);
int vfs_mknod_path(const char *path, umode_t mode, dev_t dev);
int vfs_link_path(const char *oldpath, const char *newpath);
int vfs_rename_path(const char *oldpath, const char *newpath, unsigned int flags);
int vfs_unlink_path(const char *path);		/* an empty directory too */

/* ---- dcache and inodes (dcache.c, inode.c, super.c, namespace.c) ---- */
/* NULL: no memory */
struct dentry *d_alloc(struct dentry *parent, const char *name, int len);
struct dentry *d_make_root(struct inode *inode);		/* eats the inode on failure too */
/* hash; inode may be NULL; takes the inode's reference */
void d_add(struct dentry *d, struct inode *inode);
void d_instantiate(struct dentry *d, struct inode *inode);
/* cached or NULL; counted */
struct dentry *d_lookup(struct dentry *parent, const char *name, int len);
void d_drop(struct dentry *d);
void d_delete(struct dentry *d);
void d_move(struct dentry *d, struct dentry *target);
static inline struct dentry *dget(struct dentry *d) { atomic_inc(&d->d_count); return d; }
void dput(struct dentry *d);
/* vm.vfs_cache_pressure: per cent of the usual scan */
extern int sysctl_vfs_cache_pressure;
/* reclaim: unused dentries dropped */
unsigned long dcache_shrink(unsigned long nr);
struct inode *new_inode(struct super_block *sb);		/* NULL: no memory; i_count 1 */
void iput(struct inode *inode);
static inline void ihold(struct inode *i) { atomic_inc(&i->i_count); }
/*
 * iget_locked() - inode by number from the hash; I_NEW set if just made (fill, then
 * unlock_new_inode). 0/-ENOMEM.
 */
int __must_check iget_locked(struct super_block *sb, u64 ino, struct inode **inode);
void unlock_new_inode(struct inode *inode);
void mark_inode_dirty(struct inode *inode);
/* inode_newsize_ok() - may it grow to that size? RLIMIT_FSIZE: SIGXFSZ and -EFBIG if not. */
int __must_check inode_newsize_ok(const struct inode *inode, loff_t size);
u64 get_next_ino(void);
unsigned long get_nr_inodes(void);		/* for /proc/sys/fs/inode-nr */
/*
 * sb_invalidate_pages() - clean cached pages of all its inodes go, but for those in use. May
 * sleep.
 */
void sb_invalidate_pages(struct super_block *sb);
/*
 * sb_for_each_inode() - fn for each inode that `want` accepts (called under a spinlock), with a
 * reference held. fn may sleep.
 */
void sb_for_each_inode(struct super_block *sb, bool (*want)(struct inode *inode),
		       void (*fn)(struct inode *inode, void *arg), void *arg);
u64 current_time_ns(void);
void init_special_inode(struct inode *inode, umode_t mode, dev_t rdev);	/* devices, FIFOs */
int register_filesystem(struct file_system_type *fs);
struct file_system_type *get_fs_type(const char *name);
void filesystems_for_each(void (*fn)(const struct file_system_type *t, void *arg), void *arg);
int __must_check do_mount(const char *dev, const char *dir, const char *type, unsigned long flags,
			  const char *data);
int __must_check do_umount(const char *dir, int flags);
/* kern_mount() - a file system of the kernel's own, in no directory. NULL: no memory. */
struct vfsmount *kern_mount(struct file_system_type *type, const char *data);
void mount_root(void);			/* rootfs tmpfs, with /dev /proc /sys /tmp directories */
struct mnt_namespace;
void mounts_for_each(struct mnt_namespace *ns, void (*fn)(struct vfsmount *m, void *arg),
		     void *arg);
/* path_noexec() - nothing of this mount may be executed (MS_NOEXEC). */
bool path_noexec(const struct path *path);
void sync_filesystems(void);		/* all of them, and all block devices: sync(2) */
/* sync_filesystem() - its inodes, their pages, and its device: all on the disk. 0 or -errno. */
int sync_filesystem(struct super_block *sb);
/* sync_blockdev() - the dirty pages of a device's cache, then the device's own. 0 or -errno. */
int sync_blockdev(struct block_device *bdev);
void vfs_init(void);			/* caches and tables: before the first thread */
void vfs_late_init(void);		/* file systems and devices: may sleep */

struct vfsmount {
	int mnt_id;
	struct vfsmount *mnt_parent;		/* itself at the root */
	struct dentry *mnt_mountpoint;		/* dentry of the parent it covers */
	struct dentry *mnt_root;
	struct super_block *mnt_sb;
	int mnt_flags;				/* MS_RDONLY, MS_NOSUID, MS_NODEV, MS_NOEXEC, ... */
	atomic_t mnt_count;
	struct mnt_namespace *mnt_ns;		/* whose tree it is in; NULL: in none (any more) */
	struct vfsmount *mnt_copy;		/* while a tree is copied: of this one */
	struct list_head mnt_list;		/* all of the namespace, in order */
	char mnt_devname[64];
};

/* ---- devices (chrdev.c, block_dev.c, devtmpfs.c), poll (select.c) ---- */
/*
 * register_chrdev() - opening device (major, minor) uses fop; makes /dev/NAME with
 * these permissions. 0, -EBUSY, -ENOMEM.
 */
int __must_check register_chrdev(dev_t dev, const char *name, umode_t mode,
				 const struct file_operations *fop);
/* chrdev_for_each() - in order of registration, for /proc/devices. */
void chrdev_for_each(void (*fn)(dev_t dev, const char *name, void *arg), void *arg);
/*
 * devtmpfs_create_node() - a node in /dev; remembered if devtmpfs is not mounted yet. 0 or
 * -errno.
 */
int __must_check devtmpfs_create_node(const char *name, umode_t mode, dev_t dev);
/*
 * bdev_init_inode() - for register_blkdev(): bdev->inode, whose page cache is the disk's. 0 or
 * -ENOMEM.
 */
int __must_check bdev_init_inode(struct block_device *bdev);
/* nr_blockdev_pages() - pages in the caches of block devices: Buffers in /proc/meminfo. */
unsigned long nr_blockdev_pages(void);
/* inode_bdev() - the device of a block special file's inode: -ENXIO if there is none. */
int __must_check inode_bdev(struct inode *inode, struct block_device **bdev);
void chrdev_init(void);				/* null, zero, ... : called by vfs_init() */
void tty_init(void);				/* after vfs_init() and uart_init() */
struct poll_table { void (*qproc)(struct file *f, struct wait_queue_head *wq,
				  struct poll_table *pt); };
static inline void poll_wait(struct file *f, struct wait_queue_head *wq, struct poll_table *pt)
{
	if (pt && pt->qproc)
		pt->qproc(f, wq, pt);
}

/* ---- seq_file (seq_file.c): text made on the fly for /proc ---- */
struct seq_file {
	char *buf;
	size_t size, count;		/* grown and the show function run again when too small */
	struct file *file;
	void *private;
};
void seq_printf(struct seq_file *m, const char *fmt, ...) __printf(2, 3);
void seq_puts(struct seq_file *m, const char *s);
void seq_putc(struct seq_file *m, char c);
void seq_write(struct seq_file *m, const void *data, size_t n);
/* seq_pad() - spaces up to column n of the current line, then c. */
void seq_path(struct seq_file *m, const struct path *path);
/* single_open() - fop helpers: the whole text is made by show() at the first read at offset 0. */
int single_open(struct file *f, int (*show)(struct seq_file *m, void *v), void *data);
ssize_t seq_read_iter(struct kiocb *iocb, struct iov_iter *to);
void single_release(struct inode *inode, struct file *f);

#define PIPE_PAGES	16			/* what a pipe holds */
#define PIPE_SIZE	(PIPE_PAGES * PAGE_SIZE)

/* ---- proc registration (proc/generic.c) ---- */
/* builds the fixed part and registers the type; may sleep */
void proc_init(void);
void sysfs_init(void);			/* the same for sysfs (sysfs/mount.c) */
/* proc_create_single() - /proc file "name" or "sys/vm/x": text by show(). 0 or -ENOMEM. */
int proc_create_single(const char *path, umode_t mode, int (*show)(struct seq_file *m, void *v));
int proc_create_rw(const char *path, umode_t mode, int (*show)(struct seq_file *m, void *v),
		   ssize_t (*write)(void *data, char *text, size_t n));

/*
 * vfs_late_init() - file-system types, /proc, devices: needs the scheduler.
 * (kernel/fs/vfs_init.c)
 */
void vfs_late_init(void);
