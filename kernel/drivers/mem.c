/* SPDX-License-Identifier: MIT */
/*
 * The devices that are not there: /dev/null zero full random urandom kmsg.
 *
 * Each is a few lines because a device is nothing but its operations: what is not
 * given is refused by the callers (a device without ->mmap is ENODEV).
 *
 * Private mappings of /dev/zero were how programs got anonymous memory before
 * MAP_ANONYMOUS existed; they become anonymous memory here as well, and shared
 * ones a tmpfs file.
 *
 * /dev/kmsg is the kernel log: each read gives one line of it as a record, from the
 * oldest on; writing adds a line, so that boot scripts can put marks between the
 * kernel's. Differs: a read at the end of the log does not wait.
 *
 * Locks: none.
 *
 * Linux: drivers/char/mem.c, random.c, kernel/printk/printk.c devkmsg.
 */
#include <asm/uaccess.h>
#include "kernel/fs/fs.h"
#include "kernel/fs/fs_syscalls.h"
#include "kernel/printk.h"
#include "kernel/random.h"
#include "kernel/signal.h"
#include "lib/ctype.h"
#include "lib/errno.h"
#include "lib/string.h"
#include "lib/vsprintf.h"
#include "mm/slab.h"

/* The end of the file, always. */
static ssize_t read_null(struct kiocb *iocb, struct iov_iter *to)
{
	return 0;
}

/* All of it is taken, and gone. */
static ssize_t write_null(struct kiocb *iocb, struct iov_iter *from)
{
	size_t n = from->count;

	iov_iter_advance(from, n);
	return n;
}

/* No room, ever: for testing how programs cope. */
static ssize_t write_full(struct kiocb *iocb, struct iov_iter *from)
{
	return -ENOSPC;
}

/* In pieces, so that a signal or another task need not wait for a huge read. */
static ssize_t read_zero(struct kiocb *iocb, struct iov_iter *to)
{
	ssize_t done = 0;
	size_t n, put;

	while (to->count) {
		n = min_t(size_t, to->count, 64UL << 10);
		put = iov_iter_zero(n, to);
		done += put;
		if (put < n)
			return done ? done : -EFAULT;
		if (signal_pending(current))
			return done;
		cond_resched();
	}
	return done;
}

/* random and urandom are the same: the generator never blocks. */
static ssize_t read_random(struct kiocb *iocb, struct iov_iter *to)
{
	ssize_t done = 0;
	u64 chunk[32];
	size_t n, put;

	while (to->count) {
		n = min_t(size_t, to->count, sizeof(chunk));
		get_random_bytes(chunk, n);
		put = copy_to_iter(chunk, n, to);
		done += put;
		if (put < n)
			return done ? done : -EFAULT;
		if (signal_pending(current))
			return done;
		cond_resched();
	}
	return done;
}

/* Mixed into the state; nothing is credited. */
static ssize_t write_random(struct kiocb *iocb, struct iov_iter *from)
{
	ssize_t done = 0;
	char chunk[64];
	size_t n;

	while (from->count) {
		n = copy_from_iter(chunk, min_t(size_t, from->count, sizeof(chunk)), from);
		if (!n)
			return done ? done : -EFAULT;
		add_random_seed(chunk, n);
		done += n;
	}
	return done;
}

/* Reads and writes move no position, but seeking is not an error. */
static loff_t null_lseek(struct file *f, loff_t off, int whence)
{
	f->f_pos = 0;
	return 0;
}

/* Private: ordinary anonymous memory. Shared: a tmpfs file of its own. */
static int mmap_zero(struct file *f, struct vm_area_struct *vma)
{
	if (vma->vm_flags & VM_SHARED)
		return shmem_zero_setup(vma);
	vma->vm_ops = NULL;
	return 0;
}

static const struct file_operations null_fops = {
	.read_iter = read_null, .write_iter = write_null, .llseek = null_lseek,
};
static const struct file_operations zero_fops = {
	.read_iter = read_zero, .write_iter = write_null, .llseek = null_lseek,
	.mmap = mmap_zero,
};
static const struct file_operations full_fops = {
	.read_iter = read_zero, .write_iter = write_full, .llseek = null_lseek,
};
static const struct file_operations random_fops = {
	.read_iter = read_random, .write_iter = write_random, .llseek = null_lseek,
};

/* ---- /dev/kmsg: the log as text; each write is a line of it ---- */

#define KMSG_LINE 512

/*
 * The line at *seq as a record, "level,number,microseconds,-;text": programs take it apart, and
 * the number is what tells them of a gap. Returns its length, 0 at the end of the log.
 */
static size_t kmsg_record(u64 *seq, char *record, size_t size)
{
	u64 sec = 0, usec = 0, at = *seq;
	char line[KMSG_LINE + 48];
	size_t len = log_read(&at, line, sizeof(line) - 1), end;
	char *text;

	line[len] = 0;
	end = strcspn(line, "\n");
	if (end == len)
		return 0;
	/* What was overwritten meanwhile is skipped: at says where the text ends. */
	*seq = at - len + end + 1;
	line[end] = 0;
	for (text = line + 4; *text == ' '; text++)
		;
	for (; isdigit(*text); text++)
		sec = sec * 10 + *text - '0';
	for (text += *text == '.'; isdigit(*text); text++)
		usec = usec * 10 + *text - '0';
	text += strspn(text, "] ");
	return scnprintf(record, size, "%c,%lu,%lu,-;%s\n", line[1], at - len,
			 sec * 1000000 + usec, text);
}

/* One record a read, as Linux; EINVAL if it does not fit. At the end nobody is made to wait. */
static ssize_t read_kmsg(struct kiocb *iocb, struct iov_iter *to)
{
	char *buf = kmalloc(PAGE_SIZE, GFP_KERNEL);
	u64 seq = (u64)iocb->ki_pos;
	ssize_t n;

	if (!buf)
		return -ENOMEM;
	n = kmsg_record(&seq, buf, PAGE_SIZE);
	if (!n)
		n = (iocb->ki_filp->f_flags & O_NONBLOCK) ? -EAGAIN : 0;
	else if ((size_t)n > to->count)
		n = -EINVAL;
	else if (copy_to_iter(buf, n, to) != (size_t)n)
		n = -EFAULT;
	else
		iocb->ki_pos = (loff_t)seq;
	kfree(buf);
	return n;
}

/* Boot scripts speak through the kernel log. */
static ssize_t write_kmsg(struct kiocb *iocb, struct iov_iter *from)
{
	size_t total = from->count, n;
	char *line = kmalloc(KMSG_LINE + 1, GFP_KERNEL), *text = line;

	if (!line)
		return -ENOMEM;
	n = copy_from_iter(line, min_t(size_t, total, KMSG_LINE), from);
	if (!n && total) {
		kfree(line);
		return -EFAULT;
	}
	while (n && line[n - 1] == '\n')
		n--;
	line[n] = 0;
	/* "<6>text": the priority is the program's to say. */
	if (line[0] == '<' && line[1] >= '0' && line[1] <= '9' && line[2] == '>')
		text += 3;
	printk(KERN_NOTICE "%s\n", text);
	kfree(line);
	return total;
}

/* To the first line there is (SEEK_DATA: since dmesg -C, which is not told apart), or the end. */
static loff_t kmsg_lseek(struct file *f, loff_t off, int whence)
{
	u64 end = -1UL;

	if (off || whence == SEEK_CUR)
		return -EINVAL;
	if (whence == SEEK_END)
		(void)log_read(&end, NULL, 0);
	f->f_pos = whence == SEEK_END ? (loff_t)end : 0;
	return f->f_pos;
}

static const struct file_operations kmsg_fops = {
	.read_iter = read_kmsg, .write_iter = write_kmsg, .llseek = kmsg_lseek,
};

/* Before tty_init(): numbers in ascending order in /proc/devices. */
void chrdev_init(void)
{
	if (register_chrdev(MKDEV(1, 3), "null", 0666, &null_fops) ||
	    register_chrdev(MKDEV(1, 5), "zero", 0666, &zero_fops) ||
	    register_chrdev(MKDEV(1, 7), "full", 0666, &full_fops) ||
	    register_chrdev(MKDEV(1, 8), "random", 0666, &random_fops) ||
	    register_chrdev(MKDEV(1, 9), "urandom", 0666, &random_fops) ||
	    register_chrdev(MKDEV(1, 11), "kmsg", 0644, &kmsg_fops))
		panic("mem devices: no memory");
}
