/* SPDX-License-Identifier: MIT */
/*
 * /proc/sys: reading and writing the variables of the tables.
 *
 * A number may be decimal, 0x hexadecimal or 0 octal, with white space around it.
 * What follows the white space is ignored, as Linux does; anything else is EINVAL
 * and changes nothing. The file's mode binds root as well: what is 0444 cannot be
 * opened for writing.
 *
 * Locks: sysctl_mutex (RANK_PROC) around a change. Readers take none: an int or a
 * long is read whole; a string may be seen half changed, but always ends.
 *
 * Linux: fs/proc/proc_sysctl.c, kernel/sysctl.c. Differs: no registration of
 * directories; a write that does not start at offset 0 is ignored for strings, too.
 */
#include "kernel/fs/proc/sysctl.h"
#include "lib/bug.h"
#include "lib/ctype.h"
#include "lib/kstrtox.h"
#include "lib/string.h"
#include "lib/vsprintf.h"
#include "mm/slab.h"

#define MAX_DIGITS	22		/* of a number, sign included */

static DEFINE_MUTEX(sysctl_mutex, RANK_PROC);

static const struct ctl_table *ctl_of(const struct inode *inode)
{
	return kernfs_node_of(inode)->data;
}

/* ---- numbers ---- */

/* The first word of text as sign and magnitude. */
static int parse_word(const char *text, unsigned long *magnitude, bool *negative)
{
	char word[MAX_DIGITS + 1];
	size_t len;

	while (isspace(*text))
		text++;
	*negative = *text == '-';
	if (*negative)
		text++;
	len = strcspn(text, " \t\n");
	if (!len || len > MAX_DIGITS || !isdigit(*text))
		return -EINVAL;
	memcpy(word, text, len);
	word[len] = '\0';
	return kstrtoul(word, 0, magnitude) ? -EINVAL : 0;
}

static bool in_range(const struct ctl_table *t, long value)
{
	return value >= t->min && (!t->max || value <= t->max);
}

/* The number a program wrote: 0, 1 (ignore it) or -EINVAL. */
static int parse_number(const struct ctl_table *t, const char *text, long *value)
{
	unsigned long magnitude;
	bool negative;
	int err = parse_word(text, &magnitude, &negative);

	if (err)
		return err;
	if (t->kind == CTL_ULONG) {
		*value = (long)magnitude;
		if (negative)
			return 1;
		return *value < 0 || in_range(t, *value) ? 0 : -EINVAL;
	}
	if (magnitude > (negative ? (unsigned long)INT_MAX + 1 : INT_MAX))
		return -EINVAL;
	*value = negative ? -(long)magnitude : (long)magnitude;
	return in_range(t, *value) ? 0 : -EINVAL;
}

static int store_number(const struct ctl_table *t, const char *text)
{
	long value;
	int err = parse_number(t, text, &value);

	if (err)
		return err < 0 ? err : 0;
	if (t->set)
		return t->set(value);
	if (t->kind == CTL_INT)
		WRITE_ONCE(*(int *)t->data, (int)value);
	else
		WRITE_ONCE(*(unsigned long *)t->data, (unsigned long)value);
	return 0;
}

/* The last byte is never written, so the text ends at every moment. */
static int store_string(const struct ctl_table *t, const char *text)
{
	size_t len = min(strcspn(text, "\n"), t->size - 1);
	char *data = t->string ? t->string() : t->data;

	memcpy(data, text, len);
	memset(data + len, 0, t->size - len);
	return 0;
}

/* ---- the file ---- */

static int ctl_show(struct seq_file *m, void *v)
{
	const struct ctl_table *t = m->private;

	if (t->show)
		t->show(m);
	else if (t->kind == CTL_INT)
		seq_printf(m, "%d\n", READ_ONCE(*(int *)t->data));
	else if (t->kind == CTL_ULONG)
		seq_printf(m, "%lu\n", READ_ONCE(*(unsigned long *)t->data));
	else
		seq_printf(m, "%s\n", t->string ? t->string() : (const char *)t->data);
	return 0;
}

static int ctl_open(struct inode *inode, struct file *f)
{
	return single_open(f, ctl_show, (void *)ctl_of(inode));
}

static int ctl_store(const struct ctl_table *t, const char *text)
{
	int err;

	if (t->unlocked)
		return store_number(t, text);
	mutex_lock(&sysctl_mutex);
	err = t->kind == CTL_STRING ? store_string(t, text) : store_number(t, text);
	mutex_unlock(&sysctl_mutex);
	return err;
}

static ssize_t ctl_write(struct kiocb *iocb, struct iov_iter *from)
{
	size_t n = from->count;
	ssize_t ret = -EFAULT;
	char *text;

	if (!n || iocb->ki_pos)
		return n;
	if (n >= PAGE_SIZE)
		return -EINVAL;
	text = kmalloc(n + 1, GFP_KERNEL);
	if (!text)
		return -ENOMEM;
	if (copy_from_iter(text, n, from) == n) {
		text[n] = '\0';
		ret = ctl_store(ctl_of(iocb->ki_filp->f_inode), text);
	}
	kfree(text);
	if (ret)
		return ret;
	iocb->ki_pos += n;
	return n;
}

static int ctl_permission(struct inode *inode, int mask)
{
	int owner = inode->i_mode >> 6 & 7;

	_Static_assert(MAY_READ == 4 && MAY_WRITE == 2 && MAY_EXEC == 1, "as in a mode");
	return mask & ~owner & 7 ? -EACCES : 0;
}

static const struct inode_operations ctl_iops = {
	.permission = ctl_permission, .setattr = kernfs_setattr,
};
static const struct file_operations ctl_fops = {
	.open = ctl_open, .read_iter = seq_read_iter, .write_iter = ctl_write,
	.llseek = no_seek_end_llseek, .release = single_release,
};

void sysctl_register(const struct ctl_table *table, size_t n)
{
	char path[64];

	for (size_t i = 0; i < n; i++) {
		scnprintf(path, sizeof(path), "sys/%s", table[i].path);
		BUG_ON(proc_create_data(path, table[i].mode, &ctl_iops, &ctl_fops, &table[i]));
	}
}

void proc_sysctl_init(void)
{
	sysctl_vm_init();
	if (CONFIG_MMU)
		sysctl_reclaim_init();
	sysctl_kernel_init();
}
