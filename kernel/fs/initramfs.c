/* SPDX-License-Identifier: MIT */
/*
 * The first root: cpio archives unpacked into the root tmpfs, the one linked
 * into the kernel first, then the boot loader's (initrd), whose files win.
 *
 * File data are written straight into page-cache pages: one copy a page. A
 * damaged archive costs one line; what was unpacked before the damage stays.
 *
 * An entry says all about a file: type, mode, owner, time, and how many names it
 * has. Entries come in the order the archiver walked, so a directory stands before
 * what is in it; an entry whose directory is missing is skipped with a line in the
 * log.
 *
 * Names of one file have the same inode number in the archive. The data are with
 * the last of them, as GNU cpio writes it, or with the first; both work: an entry
 * without data makes a link and leaves what is there.
 *
 * All this goes through the same functions as system calls, so the result is an
 * ordinary tmpfs: its pages are page cache, can be mapped by programs without a
 * copy, and be swapped out.
 *
 * Locks: none: this runs before the first program.
 *
 * Linux: init/initramfs.c. Differs: uncompressed archives only.
 */
#include "kernel/fs/internal.h"
#include "kernel/init.h"
#include "kernel/printk.h"
#include "lib/cpio.h"
#include "lib/string.h"
#include "mm/slab.h"

extern const char initramfs_start[], initramfs_end[];

/* Names of one file with several links, to be found by (archive, device, inode). */
struct link_name {
	struct link_name *next;
	u32 archive, dev_major, dev_minor, ino;
	char name[];
};

static struct link_name *links;

/* Has a name of this file been unpacked already? */
static struct link_name *find_link(const struct cpio_entry *e)
{
	struct link_name *l;

	for (l = links; l; l = l->next) {
		if (l->archive == e->archive && l->ino == e->ino &&
		    l->dev_major == e->dev_major && l->dev_minor == e->dev_minor)
			return l;
	}
	return NULL;
}

/* Without memory for it the names become separate files: wrong, but not fatal. */
static void remember_link(const struct cpio_entry *e, const char *name)
{
	struct link_name *l = kzalloc(sizeof(*l) + strlen(name) + 1, GFP_KERNEL);

	if (!l)
		return;
	l->archive = e->archive;
	l->dev_major = e->dev_major;
	l->dev_minor = e->dev_minor;
	l->ino = e->ino;
	memcpy(l->name, name, strlen(name) + 1);
	l->next = links;
	links = l;
}

/* Inode numbers mean nothing in the next archive. */
static void forget_links(void)
{
	while (links) {
		struct link_name *next = links->next;

		kfree(links);
		links = next;
	}
}

/* Whole pages at a time: each is copied once, from the archive into the page cache. */
static int write_file(const char *name, const struct cpio_entry *e)
{
	struct file *f;
	loff_t pos = 0;
	ssize_t n;
	int err = file_open(name, O_WRONLY | O_CREAT | O_TRUNC, 0600, &f);

	if (err)
		return err;
	while (pos < (loff_t)e->size) {
		n = kernel_write(f, (const char *)e->data + pos,
				 min_t(size_t, e->size - pos, 1UL << 20), &pos);
		if (n <= 0) {
			err = n ? n : -ENOSPC;
			break;
		}
	}
	fput(f);
	return err;
}

/* A regular file, or another name of one. */
static int unpack_file(const char *name, const struct cpio_entry *e)
{
	struct link_name *l = e->nlink > 1 ? find_link(e) : NULL;
	int err;

	if (l && strcmp(l->name, name)) {
		(void)!vfs_unlink_path(name);
		err = vfs_link_path(l->name, name);
		/* Archivers put the data at the last name: the others are empty. */
		if (err || !e->size)
			return err;
	} else if (e->nlink > 1) {
		remember_link(e, name);
	}
	return write_file(name, e);
}

/* The target in the archive has no 0 at its end. */
static int unpack_symlink(const char *name, const struct cpio_entry *e)
{
	char *target = kstrndup(e->data, e->size, GFP_KERNEL);
	int err;

	if (!target)
		return -ENOMEM;
	(void)!vfs_unlink_path(name);
	err = vfs_symlink_path(target, name);
	kfree(target);
	return err;
}

/* Mode, owner and time as the archive says. */
static void set_attributes(const char *name, const struct cpio_entry *e)
{
	struct iattr attr = {
		.valid = ATTR_MODE | ATTR_UID | ATTR_GID | ATTR_MTIME,
		.mode = e->mode, .uid = e->uid, .gid = e->gid,
		.mtime = (u64)e->mtime * NSEC_PER_SEC,
	};
	struct path path;

	if (kern_path(name, 0, &path))
		return;
	(void)!notify_change(path.dentry, &attr);
	path_put(&path);
}

/* By type. What exists already as a directory or device is left as it is. */
static int unpack_entry(const char *name, const struct cpio_entry *e)
{
	int err;

	switch (e->mode & S_IFMT) {
	case S_IFREG:
		err = unpack_file(name, e);
		break;
	case S_IFDIR:
		err = vfs_mkdir_path(name, e->mode & 07777);
		break;
	case S_IFLNK:
		err = unpack_symlink(name, e);
		break;
	case S_IFCHR:
	case S_IFBLK:
	case S_IFIFO:
	case S_IFSOCK:
		err = vfs_mknod_path(name, e->mode, MKDEV(e->rdev_major, e->rdev_minor));
		break;
	default:
		return -EINVAL;
	}
	if (err == -EEXIST)
		err = 0;
	if (!err)
		set_attributes(name, e);
	return err;
}

/* One archive; what cannot be made is skipped. 0 or the error that ended it. */
static int unpack(const void *data, size_t size)
{
	struct cpio_iter it;
	struct cpio_entry e;
	int err;

	cpio_init(&it, data, size);
	while ((err = cpio_next(&it, &e)) > 0) {
		char *name;

		if (!strcmp(e.name, ".") || !e.namelen)
			continue;
		name = kmalloc(e.namelen + 2, GFP_KERNEL);
		if (!name)
			return -ENOMEM;
		/* Names are relative to the root, with or without a leading slash. */
		name[0] = '/';
		memcpy(name + 1, e.name, e.namelen + 1);
		err = unpack_entry(name, &e);
		if (err)
			pr_warn_ratelimited("initramfs: cannot unpack %s (error %d)\n", name, -err);
		kfree(name);
		if (err == -ENOMEM || err == -ENOSPC)
			return err;
	}
	return err;
}

/* Say in one line what was wrong; booting goes on with what there is. */
static void unpack_archive(const char *what, const void *data, size_t size)
{
	int err;

	if (!size)
		return;
	err = unpack(data, size);
	forget_links();
	if (err)
		pr_err("%s: %s: what came before it is used\n", what,
		       err == -EINVAL ? "damaged archive" : "no room for all of it");
}

/* The embedded archive is given back with the other init memory, by free_initmem(). */
void populate_rootfs(void)
{
	void *start = phys_to_virt(initrd_start), *end = phys_to_virt(initrd_end);

	if (!root_is_disk())
		unpack_archive("initramfs", initramfs_start, initramfs_end - initramfs_start);
	if (initrd_end <= initrd_start)
		return;
	if (!root_is_disk())
		unpack_archive("initrd", start, initrd_end - initrd_start);
	free_reserved_area((void *)PAGE_ALIGN(start), (void *)((unsigned long)end & PAGE_MASK),
			   "initrd");
	initrd_start = initrd_end = 0;
}
