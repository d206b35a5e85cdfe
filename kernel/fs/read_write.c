/* SPDX-License-Identifier: MIT */
/*
 * read, write and their relatives; lseek; sendfile and copy_file_range.
 *
 * The common path is short, since cached reads and small pipe writes are among
 * what programs do most: find the file, check, make a kiocb and an iov_iter on
 * the stack, call the file's own function.
 *
 * A file's position is used by one caller at a time: f_pos_lock, taken only if
 * the file is shared (f_count > 1). Pipes and terminals have no position.
 *
 * What happens to a read of a cached page of a file, from here to the copy:
 *
 *	sys_read -> rw_fd -> do_read_iter -> ->read_iter = generic_file_read_iter
 *	-> filemap_get_folio -> copy_to_iter -> __asm_copy_to_user
 *
 * Only the last step touches the program's memory. It may fault, sleep, and bring
 * a page in; nothing but references is held then.
 *
 * Short counts are normal: a read ends at the end of the file or with what a pipe
 * has, a write when the disk is full or a signal comes. An error is returned only
 * when nothing was transferred; else the next call will meet it.
 *
 * Locks: f_pos_lock around the whole call.
 *
 * Linux: fs/read_write.c, fs/splice.c do_sendfile(). Differs: sendfile copies
 * through one page.
 */
#include "kernel/fs/fs_syscalls.h"
#include "kernel/fs/internal.h"
#include "kernel/signal.h"
#include "lib/string.h"
#include "mm/slab.h"

#define UIO_FASTIOV	8
#define UIO_MAXIOV	1024

/* ---- one transfer ---- */

/* The common part of all reads; counts for /proc/PID/io. */
static inline ssize_t do_read_iter(struct file *f, struct iov_iter *it, loff_t *pos)
{
	struct kiocb iocb = { .ki_filp = f, .ki_pos = *pos, .ki_flags = f->f_flags };
	ssize_t ret;

	if (unlikely(!(f->f_mode & FMODE_READ)))
		return -EBADF;
	if (unlikely(!f->f_op->read_iter))
		return S_ISDIR(f->f_inode->i_mode) ? -EISDIR : -EINVAL;
	ret = f->f_op->read_iter(&iocb, it);
	*pos = iocb.ki_pos;
	if (likely(ret > 0))
		current->rchar += ret;
	current->syscr++;
	return ret;
}

/* The same for writes. */
static inline ssize_t do_write_iter(struct file *f, struct iov_iter *it, loff_t *pos)
{
	struct kiocb iocb = { .ki_filp = f, .ki_pos = *pos, .ki_flags = f->f_flags };
	ssize_t ret;

	if (unlikely(!(f->f_mode & FMODE_WRITE)))
		return -EBADF;
	if (unlikely(!f->f_op->write_iter))
		return -EINVAL;
	ret = f->f_op->write_iter(&iocb, it);
	*pos = iocb.ki_pos;
	if (likely(ret > 0))
		current->wchar += ret;
	current->syscw++;
	return ret;
}

/* For the kernel and the rarer calls; sys_read() has it inline. */
noinline ssize_t vfs_read_iter(struct file *f, struct iov_iter *it, loff_t *pos)
{
	return do_read_iter(f, it, pos);
}

/* Likewise. */
noinline ssize_t vfs_write_iter(struct file *f, struct iov_iter *it, loff_t *pos)
{
	return do_write_iter(f, it, pos);
}

/* Into kernel memory: exec reads headers with it. */
ssize_t kernel_read(struct file *f, void *buf, size_t n, loff_t *pos)
{
	struct iov_iter it;

	iov_iter_kbuf(&it, buf, n);
	return vfs_read_iter(f, &it, pos);
}

/* From kernel memory: initramfs. */
ssize_t kernel_write(struct file *f, const void *buf, size_t n, loff_t *pos)
{
	struct iov_iter it;

	iov_iter_kbuf(&it, (void *)buf, n);
	return vfs_write_iter(f, &it, pos);
}

/* At the file's own position; others that share the file wait. */
static noinline ssize_t rw_at_shared_pos(struct file *f, struct iov_iter *it, bool write)
{
	ssize_t ret;

	mutex_lock(&f->f_pos_lock);
	ret = write ? vfs_write_iter(f, it, &f->f_pos) : vfs_read_iter(f, it, &f->f_pos);
	mutex_unlock(&f->f_pos_lock);
	return ret;
}

/* What has no position (pipes, terminals) has nothing to lock. */
static __always_inline ssize_t rw_at_pos(struct file *f, struct iov_iter *it, bool write)
{
	if ((f->f_mode & FMODE_LSEEK) && unlikely(atomic_read(&f->f_count) > 1))
		return rw_at_shared_pos(f, it, write);
	return write ? do_write_iter(f, it, &f->f_pos) : do_read_iter(f, it, &f->f_pos);
}

/* read(2) and write(2); inlined into both, with `write` a constant. */
static __always_inline ssize_t rw_fd(long fd, char __user *buf, unsigned long count, bool write)
{
	struct fd f = fdget((unsigned int)fd);
	struct iov_iter it;
	ssize_t ret;

	if (unlikely(!f.file))
		return -EBADF;
	if (unlikely((long)count < 0))
		ret = -EINVAL;
	else if (unlikely(!access_ok(buf, count)))
		ret = -EFAULT;
	else {
		iov_iter_ubuf(&it, buf, min(count, MAX_RW_COUNT));
		ret = rw_at_pos(f.file, &it, write);
	}
	fdput(f);
	return ret;
}

/* read(2). */
long sys_read(long fd, char __user *buf, unsigned long count)
{
	return rw_fd(fd, buf, count, false);
}

/* write(2). */
long sys_write(long fd, const char __user *buf, unsigned long count)
{
	return rw_fd(fd, (char __user *)buf, count, true);
}

/* ---- at a given position ---- */

/* The position is the caller's: the file's is not touched, and needs no lock. */
static ssize_t prw_iter(struct file *f, struct iov_iter *it, loff_t pos, bool write)
{
	if (pos < 0)
		return -EINVAL;
	if (!(f->f_mode & FMODE_PREAD))
		return -ESPIPE;
	return write ? vfs_write_iter(f, it, &pos) : vfs_read_iter(f, it, &pos);
}

/* pread(2) and pwrite(2). */
static ssize_t prw_fd(long fd, char __user *buf, unsigned long count, loff_t pos, bool write)
{
	struct fd f = fdget((unsigned int)fd);
	struct iov_iter it;
	ssize_t ret;

	if (!f.file)
		return -EBADF;
	if ((long)count < 0)
		ret = -EINVAL;
	else if (!access_ok(buf, count))
		ret = -EFAULT;
	else {
		iov_iter_ubuf(&it, buf, min(count, MAX_RW_COUNT));
		ret = prw_iter(f.file, &it, pos, write);
	}
	fdput(f);
	return ret;
}

/* pread64(2). */
long sys_pread64(long fd, char __user *buf, unsigned long count, long pos)
{
	return prw_fd(fd, buf, count, pos, false);
}

/* pwrite64(2): with O_APPEND it appends nevertheless, as on Linux. */
long sys_pwrite64(long fd, const char __user *buf, unsigned long count, long pos)
{
	return prw_fd(fd, (char __user *)buf, count, pos, true);
}

/* ---- vectors ---- */

/* Copy and check the segments; *iov is kmalloc'ed if it is not `fast`. Total bytes or -errno. */
static ssize_t import_iovec(const struct iovec __user *user, unsigned long nr, struct iovec *fast,
			    struct iovec **result)
{
	struct iovec *iov = fast;
	size_t total = 0;

	if (nr > UIO_MAXIOV)
		return -EINVAL;
	if (nr > UIO_FASTIOV) {
		iov = kmalloc_array(nr, sizeof(*iov), GFP_KERNEL);
		if (!iov)
			return -ENOMEM;
	}
	*result = iov;
	if (copy_from_user(iov, user, nr * sizeof(*iov)))
		return -EFAULT;
	for (unsigned long i = 0; i < nr; i++) {
		if ((ssize_t)iov[i].iov_len < 0)
			return -EINVAL;
		if (!access_ok(iov[i].iov_base, iov[i].iov_len))
			return -EFAULT;
		/* More than a transfer can be: the rest is cut off, as for read(2). */
		iov[i].iov_len = min(iov[i].iov_len, MAX_RW_COUNT - total);
		total += iov[i].iov_len;
	}
	return total;
}

/* pos NULL: at the file's position. */
static ssize_t rwv_fd(long fd, const struct iovec __user *user, unsigned long nr,
		      const loff_t *pos, bool write)
{
	struct iovec fast[UIO_FASTIOV], *iov = fast;
	struct fd f = fdget((unsigned int)fd);
	struct iov_iter it;
	ssize_t ret;

	if (!f.file)
		return -EBADF;
	ret = import_iovec(user, nr, fast, &iov);
	if (ret >= 0) {
		iov_iter_init(&it, iov, nr, ret);
		ret = pos ? prw_iter(f.file, &it, *pos, write) : rw_at_pos(f.file, &it, write);
	}
	if (iov != fast)
		kfree(iov);
	fdput(f);
	return ret;
}

/* readv(2). */
long sys_readv(long fd, const struct iovec __user *iov, unsigned long nr)
{
	return rwv_fd(fd, iov, nr, NULL, false);
}

/* writev(2): one transfer: pieces of other writers do not come between. */
long sys_writev(long fd, const struct iovec __user *iov, unsigned long nr)
{
	return rwv_fd(fd, iov, nr, NULL, true);
}

/* preadv(2): 64-bit programs pass the whole position in pos_l. */
long sys_preadv(long fd, const struct iovec __user *iov, unsigned long nr, long pos_l, long pos_h)
{
	loff_t pos = pos_l;

	return rwv_fd(fd, iov, nr, &pos, false);
}

/* pwritev(2). */
long sys_pwritev(long fd, const struct iovec __user *iov, unsigned long nr, long pos_l,
		 long pos_h)
{
	loff_t pos = pos_l;

	return rwv_fd(fd, iov, nr, &pos, true);
}

#define RWF_HIPRI	1		/* a wish to the device, which has no other way */

/* preadv2(2): position -1 is the file's own. Of the flags there is one. */
long sys_preadv2(long fd, const struct iovec __user *iov, unsigned long nr, long pos_l, long pos_h,
		 long flags)
{
	loff_t pos = pos_l;

	if ((int)flags & ~RWF_HIPRI)
		return -EOPNOTSUPP;
	return rwv_fd(fd, iov, nr, pos == -1 ? NULL : &pos, false);
}

/* pwritev2(2). */
long sys_pwritev2(long fd, const struct iovec __user *iov, unsigned long nr, long pos_l,
		  long pos_h, long flags)
{
	loff_t pos = pos_l;

	if ((int)flags & ~RWF_HIPRI)
		return -EOPNOTSUPP;
	return rwv_fd(fd, iov, nr, pos == -1 ? NULL : &pos, true);
}

/* ---- lseek ---- */

/* Position and size need no more than f_pos_lock, which the caller holds. */
loff_t generic_file_llseek(struct file *f, loff_t off, int whence)
{
	struct inode *inode = f->f_mapping->host;
	loff_t size = READ_ONCE(inode->i_size);

	switch (whence) {
	case SEEK_SET:
		break;
	case SEEK_CUR:
		off += f->f_pos;
		break;
	case SEEK_END:
		off += size;
		break;
	case SEEK_DATA:
	case SEEK_HOLE:
		/* The whole file counts as data, with one hole: its end. */
		if (off < 0 || off >= size)
			return -ENXIO;
		if (whence == SEEK_HOLE)
			off = size;
		break;
	default:
		return -EINVAL;
	}
	if (off < 0 || off > inode->i_sb->s_maxbytes)
		return -EINVAL;
	f->f_pos = off;
	return off;
}

loff_t no_seek_end_llseek(struct file *f, loff_t off, int whence)
{
	if (whence == SEEK_CUR)
		off += f->f_pos;
	else if (whence != SEEK_SET)
		return -EINVAL;
	if (off < 0)
		return -EINVAL;
	f->f_pos = off;
	return off;
}

/* lseek(2): ESPIPE for what has no position; programs rely on it. */
long sys_lseek(long fd, long offset, long whence)
{
	struct fd f = fdget((unsigned int)fd);
	long ret;

	if (!f.file)
		return -EBADF;
	if (!(f.file->f_mode & FMODE_LSEEK)) {
		ret = -ESPIPE;
	} else {
		mutex_lock(&f.file->f_pos_lock);
		ret = f.file->f_op->llseek(f.file, offset, (int)whence);
		mutex_unlock(&f.file->f_pos_lock);
	}
	fdput(f);
	return ret;
}

/* ---- from file to file ---- */

/* Through one page, until n bytes, the end of `in`, or an error with nothing done yet. */
static ssize_t copy_through_page(struct file *in, loff_t *in_pos, struct file *out,
				 loff_t *out_pos, size_t n)
{
	char *page = (char *)__get_free_pages(GFP_KERNEL, 0);
	ssize_t done = 0, got = 0, put = 0;

	if (!page)
		return -ENOMEM;
	while (n) {
		loff_t at = *in_pos;

		got = kernel_read(in, page, min_t(size_t, n, PAGE_SIZE), &at);
		if (got <= 0)
			break;
		put = kernel_write(out, page, got, out_pos);
		if (put <= 0) {
			got = put;
			break;
		}
		*in_pos += put;
		done += put;
		n -= put;
		if (put < got)
			break;
		if (signal_pending(current)) {
			got = -EINTR;
			break;
		}
		cond_resched();
	}
	free_page((unsigned long)page);
	return done ? done : got;
}

/* busybox cat and cp use it, and fall back to read and write at EINVAL. */
static ssize_t do_sendfile(struct file *out, struct file *in, loff_t __user *offset, size_t count)
{
	loff_t in_pos = in->f_pos, out_pos = out->f_pos;
	ssize_t ret;

	if (!(in->f_mode & FMODE_READ) || !(out->f_mode & FMODE_WRITE))
		return -EBADF;
	if (offset && copy_from_user(&in_pos, offset, sizeof(in_pos)))
		return -EFAULT;
	if (offset && !(in->f_mode & FMODE_PREAD))
		return -ESPIPE;
	/* The source must have pages behind it; programs fall back to read and write. */
	if (!(in->f_mode & FMODE_LSEEK) || (out->f_flags & O_APPEND) || in_pos < 0)
		return -EINVAL;
	ret = copy_through_page(in, &in_pos, out, &out_pos, min(count, MAX_RW_COUNT));
	if (ret <= 0)
		return ret;
	if (out->f_mode & FMODE_LSEEK)
		out->f_pos = out_pos;
	if (!offset)
		in->f_pos = in_pos;
	else if (copy_to_user(offset, &in_pos, sizeof(in_pos)))
		return -EFAULT;
	return ret;
}

/* sendfile(2). */
long sys_sendfile(long out_fd, long in_fd, loff_t __user *offset, unsigned long count)
{
	struct fd in = fdget((unsigned int)in_fd), out = fdget((unsigned int)out_fd);
	long ret = -EBADF;

	if (in.file && out.file)
		ret = do_sendfile(out.file, in.file, offset, count);
	fdput(in);
	fdput(out);
	return ret;
}

/* *pos: from user memory if given, else the file's. */
static int range_pos(struct file *f, loff_t __user *user, loff_t *pos)
{
	*pos = f->f_pos;
	if (user && copy_from_user(pos, user, sizeof(*pos)))
		return -EFAULT;
	return *pos < 0 ? -EINVAL : 0;
}

/* Where the copy ended goes back to where the position came from. */
static int range_pos_done(struct file *f, loff_t __user *user, loff_t pos)
{
	if (user)
		return copy_to_user(user, &pos, sizeof(pos)) ? -EFAULT : 0;
	f->f_pos = pos;
	return 0;
}

/* Within one file, source and destination must not overlap. */
static ssize_t do_copy_range(struct file *in, loff_t __user *off_in, struct file *out,
			     loff_t __user *off_out, size_t len)
{
	loff_t in_pos, out_pos;
	ssize_t ret;
	int err;

	if (S_ISDIR(in->f_inode->i_mode) || S_ISDIR(out->f_inode->i_mode))
		return -EISDIR;
	if (!S_ISREG(in->f_inode->i_mode) || !S_ISREG(out->f_inode->i_mode))
		return -EINVAL;
	if (!(in->f_mode & FMODE_READ) || !(out->f_mode & FMODE_WRITE) ||
	    (out->f_flags & O_APPEND))
		return -EBADF;
	err = range_pos(in, off_in, &in_pos);
	if (!err)
		err = range_pos(out, off_out, &out_pos);
	if (err)
		return err;
	/* What is behind the end of the source is not copied, so it does not overlap either. */
	len = min3(len, MAX_RW_COUNT,
		   (size_t)max_t(loff_t, READ_ONCE(in->f_inode->i_size) - in_pos, 0));
	if (in->f_inode == out->f_inode && in_pos < out_pos + (loff_t)len &&
	    out_pos < in_pos + (loff_t)len)
		return -EINVAL;
	ret = copy_through_page(in, &in_pos, out, &out_pos, len);
	if (ret > 0 && (range_pos_done(in, off_in, in_pos) ||
			range_pos_done(out, off_out, out_pos)))
		return -EFAULT;
	return ret;
}

/* copy_file_range(2). */
long sys_copy_file_range(long fd_in, loff_t __user *off_in, long fd_out, loff_t __user *off_out,
			 unsigned long len, long flags)
{
	struct fd in = fdget((unsigned int)fd_in), out = fdget((unsigned int)fd_out);
	long ret = -EBADF;

	if (flags)
		ret = -EINVAL;
	else if (in.file && out.file)
		ret = do_copy_range(in.file, off_in, out.file, off_out, len);
	fdput(in);
	fdput(out);
	return ret;
}
