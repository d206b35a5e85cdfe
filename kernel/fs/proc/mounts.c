/* SPDX-License-Identifier: MIT */
/*
 * /proc/PID/mounts and mountinfo: the mount tree as text.
 *
 * Locks: namespace_sem (inside mounts_for_each()) for the whole text; dcache_lock
 * while a path is put together.
 *
 * Linux: fs/proc_namespace.c. Differs: paths are as the reader sees them, mounts
 * outside his root are not shown.
 */
#include "kernel/fs/internal.h"
#include "kernel/fs/proc/internal.h"
#include "kernel/nsproxy.h"
#include "lib/string.h"

/* A field ends at white space, so that and the escape itself are written in octal. */
static void show_field(struct seq_file *m, const char *s)
{
	for (; *s; s++) {
		if (strchr(" \t\n\\#", *s))
			seq_printf(m, "\\%03o", (unsigned char)*s);
		else
			seq_putc(m, *s);
	}
}

static void show_mountpoint(struct seq_file *m, struct vfsmount *mnt)
{
	struct path path = { mnt, mnt->mnt_root };
	char *buf = names_alloc();

	if (buf)
		show_field(m, d_path(&path, buf, PATH_MAX));
	putname(buf);
}

/* The directory of its file system that is mounted: "/" but for bind mounts. */
static void show_root(struct seq_file *m, const struct vfsmount *mnt)
{
	char *buf = names_alloc(), *p;

	if (!buf)
		return;
	p = buf + PATH_MAX - 1;
	*p = '\0';
	spin_lock(&dcache_lock);
	for (const struct dentry *d = mnt->mnt_root; d != d->d_parent; d = d->d_parent) {
		if (p - buf < d->d_len + 1)
			break;
		p -= d->d_len;
		memcpy(p, d->d_name, d->d_len);
		*--p = '/';
	}
	spin_unlock(&dcache_lock);
	show_field(m, *p ? p : "/");
	putname(buf);
}

static void show_mnt_options(struct seq_file *m, const struct vfsmount *mnt)
{
	static const struct { int flag; const char *text; } options[] = {
		{ MS_NOSUID, ",nosuid" }, { MS_NODEV, ",nodev" }, { MS_NOEXEC, ",noexec" },
		{ MS_NOATIME, ",noatime" }, { MS_NODIRATIME, ",nodiratime" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(options); i++) {
		if (mnt->mnt_flags & options[i].flag)
			seq_puts(m, options[i].text);
	}
	if (!(mnt->mnt_flags & MS_NOATIME))
		seq_puts(m, ",relatime");
}

static void show_sb_options(struct seq_file *m, struct super_block *sb)
{
	char buf[128] = "";

	if (sb->s_op->show_options)
		sb->s_op->show_options(sb, buf, sizeof(buf));
	seq_puts(m, buf);
}

/* Of another namespace all: the reader's root says nothing there. */
static bool is_shown(const struct vfsmount *mnt)
{
	return mnt->mnt_ns != current->nsproxy->mnt_ns || mnt_is_reachable(mnt);
}

static void mounts_row(struct vfsmount *mnt, void *arg)
{
	struct seq_file *m = arg;

	if (!is_shown(mnt))
		return;
	show_field(m, mnt->mnt_devname);
	seq_putc(m, ' ');
	show_mountpoint(m, mnt);
	seq_printf(m, " %s %s", mnt->mnt_sb->s_type->name, mnt_want_write(mnt) ? "ro" : "rw");
	show_mnt_options(m, mnt);
	show_sb_options(m, mnt->mnt_sb);
	seq_puts(m, " 0 0\n");
}

/* The tree of the process's namespace; nothing of one that has ended. */
static int show_mounts(struct seq_file *m, void (*row)(struct vfsmount *mnt, void *arg))
{
	struct ns_common *ns = task_ns_get(m->private, "mnt");

	if (!ns)
		return -EINVAL;
	mounts_for_each(to_mnt_ns(ns), row, m);
	ns_put(ns);
	return 0;
}

int proc_mounts_show(struct seq_file *m, void *v)
{
	return show_mounts(m, mounts_row);
}

static void mountinfo_row(struct vfsmount *mnt, void *arg)
{
	struct super_block *sb = mnt->mnt_sb;
	struct seq_file *m = arg;

	if (!is_shown(mnt))
		return;
	seq_printf(m, "%d %d %u:%u ", mnt->mnt_id, mnt->mnt_parent->mnt_id, MAJOR(sb->s_dev),
		   MINOR(sb->s_dev));
	show_root(m, mnt);
	seq_putc(m, ' ');
	show_mountpoint(m, mnt);
	seq_puts(m, mnt->mnt_flags & MS_RDONLY ? " ro" : " rw");
	show_mnt_options(m, mnt);
	seq_printf(m, " - %s ", sb->s_type->name);
	show_field(m, mnt->mnt_devname);
	seq_puts(m, sb->s_flags & MS_RDONLY ? " ro" : " rw");
	show_sb_options(m, sb);
	seq_putc(m, '\n');
}

int proc_mountinfo_show(struct seq_file *m, void *v)
{
	return show_mounts(m, mountinfo_row);
}
