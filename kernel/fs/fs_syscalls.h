/* SPDX-License-Identifier: MIT */
/*
 * The system calls on files, in the order of their numbers.
 *
 * Linux: include/linux/syscalls.h. Parameters are register-wide: see
 * kernel/syscalls.h.
 */
#pragma once
#include <asm/uaccess.h>
#include "kernel/fs/fs.h"

struct __kernel_stat;
struct statx;
struct pollfd;

/*
 * Each is the system call of that name and does what its manual page says: a result, or
 * -errno. All may sleep; pointers may be wild (EFAULT).
 */
long sys_getcwd(char __user *buf, unsigned long size);
long sys_eventfd2(long count, long flags);
long sys_epoll_create1(long flags);
long sys_epoll_ctl(long epfd, long op, long fd, void __user *event);
long sys_epoll_pwait2(long epfd, void __user *events, long maxevents,
		      const struct __kernel_timespec __user *timeout,
		      const void __user *sigmask, unsigned long sigsetsize);
long sys_epoll_pwait(long epfd, void __user *events, long maxevents, long timeout,
		     const void __user *sigmask, unsigned long sigsetsize);
/* socket(2), socketpair(2): no family is known. The others: no file is a socket. */
long sys_socket(long family, long type, long protocol);
long sys_on_socket(long fd);
/* Extended attributes, which no file has: what is to be read or changed is not looked at. */
long sys_getxattr(const char __user *path);
long sys_lgetxattr(const char __user *path);
long sys_fgetxattr(long fd);
long sys_listxattr(const char __user *path);
long sys_llistxattr(const char __user *path);
long sys_flistxattr(long fd);
long sys_dup(long fd);
long sys_dup3(long oldfd, long newfd, long flags);
long sys_fcntl(long fd, long cmd, unsigned long arg);
long sys_ioctl(long fd, long cmd, unsigned long arg);
long sys_flock(long fd, long op);
long sys_mknodat(long dfd, const char __user *path, long mode, long dev);
long sys_mkdirat(long dfd, const char __user *path, long mode);
long sys_unlinkat(long dfd, const char __user *path, long flag);
long sys_symlinkat(const char __user *target, long dfd, const char __user *path);
long sys_linkat(long olddfd, const char __user *oldpath, long newdfd, const char __user *newpath,
		long flags);
long sys_renameat2(long olddfd, const char __user *oldpath, long newdfd,
		   const char __user *newpath, long flags);
long sys_umount2(const char __user *path, long flags);
long sys_mount(const char __user *dev, const char __user *dir, const char __user *type,
	       unsigned long flags, const void __user *data);
long sys_statfs(const char __user *path, struct kstatfs __user *buf);
long sys_fstatfs(long fd, struct kstatfs __user *buf);
long sys_truncate(const char __user *path, long length);
long sys_ftruncate(long fd, long length);
long sys_fallocate(long fd, long mode, long offset, long len);
long sys_faccessat(long dfd, const char __user *path, long mode);
long sys_faccessat2(long dfd, const char __user *path, long mode, long flags);
long sys_chdir(const char __user *path);
long sys_fchdir(long fd);
long sys_chroot(const char __user *path);
long sys_fchmod(long fd, long mode);
long sys_fchmodat(long dfd, const char __user *path, long mode);
long sys_fchmodat2(long dfd, const char __user *path, long mode, long flags);
long sys_fchownat(long dfd, const char __user *path, long uid, long gid, long flags);
long sys_fchown(long fd, long uid, long gid);
long sys_openat(long dfd, const char __user *path, long flags, long mode);
long sys_close(long fd);
long sys_close_range(unsigned long first, unsigned long last, long flags);
long sys_vhangup(void);
long sys_pivot_root(const char __user *new, const char __user *old);
long sys_pipe2(int __user *fds, long flags);
long sys_getdents64(long fd, void __user *dirent, unsigned long count);
long sys_lseek(long fd, long offset, long whence);
long sys_read(long fd, char __user *buf, unsigned long count);
long sys_write(long fd, const char __user *buf, unsigned long count);
long sys_readv(long fd, const struct iovec __user *iov, unsigned long nr);
long sys_writev(long fd, const struct iovec __user *iov, unsigned long nr);
long sys_pread64(long fd, char __user *buf, unsigned long count, long pos);
long sys_pwrite64(long fd, const char __user *buf, unsigned long count, long pos);
long sys_preadv(long fd, const struct iovec __user *iov, unsigned long nr, long pos_l, long pos_h);
long sys_preadv2(long fd, const struct iovec __user *iov, unsigned long nr, long pos_l, long pos_h,
		 long flags);
long sys_pwritev2(long fd, const struct iovec __user *iov, unsigned long nr, long pos_l,
		  long pos_h, long flags);
long sys_pwritev(long fd, const struct iovec __user *iov, unsigned long nr, long pos_l,
		 long pos_h);
long sys_sendfile(long out_fd, long in_fd, loff_t __user *offset, unsigned long count);
long sys_copy_file_range(long fd_in, loff_t __user *off_in, long fd_out, loff_t __user *off_out,
			 unsigned long len, long flags);
long sys_pselect6(long n, unsigned long __user *in, unsigned long __user *out,
		  unsigned long __user *ex, struct __kernel_timespec __user *ts,
		  const void __user *sig);
long sys_ppoll(struct pollfd __user *fds, unsigned long nfds, struct __kernel_timespec __user *ts,
	       const void __user *sigmask, unsigned long sigsetsize);
long sys_readlinkat(long dfd, const char __user *path, char __user *buf, long size);
long sys_newfstatat(long dfd, const char __user *path, struct __kernel_stat __user *st,
		    long flags);
long sys_fstat(long fd, struct __kernel_stat __user *st);
long sys_statx(long dfd, const char __user *path, long flags, unsigned long mask,
	       struct statx __user *buf);
long sys_sync(void);
long sys_syncfs(long fd);
long sys_fsync(long fd);
long sys_fdatasync(long fd);
long sys_utimensat(long dfd, const char __user *path, const struct __kernel_timespec __user *times,
		   long flags);
long sys_umask(long mask);
long sys_sync_file_range(long fd, long offset, long nbytes, long flags);
long sys_fadvise64(long fd, long offset, long len, long advice);
long sys_readahead(long fd, long offset, unsigned long count);
long sys_memfd_create(const char __user *name, long flags);
