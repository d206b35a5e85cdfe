/* SPDX-License-Identifier: MIT */
/*
 * What the VFS asks of a directory: look up, make, link, remove, rename.
 *
 * Order of changes: a name is added after the inode it leads to is complete, and taken
 * away before the inode's count drops. So a disk whose machine stopped in between has
 * inodes without names rather than names without inodes.
 *
 * A directory has one parent and one name. On a damaged disk it may seem to have
 * several, even itself as a child; path walk would never end then, and locks of parents
 * and children would meet in both orders. So the name under which a directory was
 * found first is kept with it (alias), and a look-up by any other is refused.
 *
 * Locks: i_rwsem of all directories that take part, by the VFS; d_name_hash is stable.
 *
 * Linux: fs/ext2/namei.c. Differs: RENAME_EXCHANGE; the alias, for d_splice_alias().
 */
#include "kernel/fs/ext2/ext2.h"
#include "kernel/uapi/fcntl.h"
#include "lib/hash.h"
#include "lib/string.h"

/* As it is kept: see the head. */
static u64 alias_of(const struct inode *dir, const struct dentry *d)
{
	return (u64)dir->i_ino << 32 | full_name_hash(NULL, d->d_name, d->d_len);
}

/* The first look-up sets it; of two at the same time one does. */
static int check_alias(struct inode *dir, const struct dentry *d, struct inode *inode)
{
	u64 alias = alias_of(dir, d), seen = 0;

	if (!S_ISDIR(inode->i_mode) ||
	    __atomic_compare_exchange_n(&EXT2_I(inode)->alias, &seen, alias, false,
					__ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST) || seen == alias)
		return 0;
	return ext2_error(dir->i_sb, "directory %lu has two names", inode->i_ino);
}

/* A name that is not there gets a negative dentry, so that the next question costs nothing. */
static int ext2_lookup(struct inode *dir, struct dentry *dentry)
{
	struct inode *inode = NULL;
	struct ext2_slot slot;
	u32 ino;
	int err = ext2_find_entry(dir, dentry->d_name, dentry->d_len, &slot);

	if (err && err != -ENOENT)
		return err;
	if (!err) {
		ino = ext2_slot_ino(&slot);
		brelse(&slot.buf);
		err = ext2_iget(dir->i_sb, ino, &inode);
		if (!err)
			err = check_alias(dir, dentry, inode);
		if (err) {
			iput(inode);
			return err;
		}
	}
	d_add(dentry, inode);
	return 0;
}

/* ---- making ---- */

/*
 * An inode that did not get its name: the last iput() frees it, with the blocks it may
 * have.
 */
static int discard(struct inode *inode, int err)
{
	inode->i_nlink = 0;
	unlock_new_inode(inode);
	iput(inode);
	return err;
}

/* The inode is complete but for its name; who waits for I_NEW gets it with the name. */
static int add_name(struct inode *dir, struct dentry *dentry, struct inode *inode)
{
	int err = ext2_add_entry(dir, dentry->d_name, dentry->d_len, inode);

	if (err)
		return discard(inode, err);
	unlock_new_inode(inode);
	d_instantiate(dentry, inode);
	return 0;
}

/* All but directories and links. The block of a new name may need one: ENOSPC. */
static int ext2_mknod(struct inode *dir, struct dentry *dentry, umode_t mode, dev_t rdev)
{
	struct inode *inode;
	int err = ext2_new_inode(dir, mode, &inode);

	if (err)
		return err;
	ext2_set_ops(inode, rdev);
	return add_name(dir, dentry, inode);
}

/* A regular file. */
static int ext2_create(struct inode *dir, struct dentry *dentry, umode_t mode)
{
	return ext2_mknod(dir, dentry, mode | S_IFREG, 0);
}

/* The text is in its place before the name. */
static int ext2_symlink(struct inode *dir, struct dentry *dentry, const char *target)
{
	struct inode *inode;
	int err = ext2_new_inode(dir, S_IFLNK | 0777, &inode);

	if (err)
		return err;
	ext2_set_ops(inode, 0);
	err = ext2_symlink_set(inode, target);
	return err ? discard(inode, err) : add_name(dir, dentry, inode);
}

/* ".." of a subdirectory counts for its parent. */
static void add_link(struct inode *inode, int n)
{
	inode->i_nlink += n;
	mark_inode_dirty(inode);
}

/*
 * One name less, or n. The count of a damaged disk may have been too small: then it stays
 * 0, and the inode is freed once, with its first name.
 */
static void drop_link(struct inode *inode, unsigned int n)
{
	if (inode->i_nlink < n)
		ext2_error(inode->i_sb, "inode %lu has more names than links", inode->i_ino);
	inode->i_nlink -= min(inode->i_nlink, n);
	inode->i_ctime = current_time_ns();
	mark_inode_dirty(inode);
}

/* Two names from the start: the one in dir, and its own ".". */
static int ext2_mkdir(struct inode *dir, struct dentry *dentry, umode_t mode)
{
	struct inode *inode;
	int err;

	if (dir->i_nlink >= EXT2_LINK_MAX)
		return -EMLINK;
	err = ext2_new_inode(dir, S_IFDIR | mode, &inode);
	if (err)
		return err;
	ext2_set_ops(inode, 0);
	EXT2_I(inode)->alias = alias_of(dir, dentry);
	err = ext2_make_empty(inode, dir);
	if (err)
		return discard(inode, err);
	inode->i_nlink = 2;
	err = add_name(dir, dentry, inode);
	if (!err)
		add_link(dir, 1);
	return err;
}

/* One more name for a file. */
static int ext2_link(struct dentry *old, struct inode *dir, struct dentry *dentry)
{
	struct inode *inode = old->d_inode;
	int err;

	if (inode->i_nlink >= EXT2_LINK_MAX)
		return -EMLINK;
	err = ext2_add_entry(dir, dentry->d_name, dentry->d_len, inode);
	if (err)
		return err;
	inode->i_ctime = current_time_ns();
	add_link(inode, 1);
	ihold(inode);
	d_instantiate(dentry, inode);
	return 0;
}

/* ---- removing ---- */

/* The entry goes; counts are the caller's. */
static int remove_name(struct inode *dir, struct dentry *dentry)
{
	struct ext2_slot slot;
	int err = ext2_find_entry(dir, dentry->d_name, dentry->d_len, &slot);

	if (err)
		return err;
	err = ext2_delete_entry(dir, &slot);
	brelse(&slot.buf);
	return err;
}

/* Who has it open keeps it: blocks go with the last iput(). */
static int ext2_unlink(struct inode *dir, struct dentry *dentry)
{
	int err = remove_name(dir, dentry);

	if (!err)
		drop_link(dentry->d_inode, 1);
	return err;
}

/* 0, -ENOTEMPTY or what else keeps the directory from going. */
static int check_empty(struct inode *inode)
{
	int empty = ext2_dir_is_empty(inode);

	if (empty < 0)
		return empty;
	return empty ? 0 : -ENOTEMPTY;
}

/* => dentry's inode locked too: it stays empty. */
static int ext2_rmdir(struct inode *dir, struct dentry *dentry)
{
	struct inode *inode = dentry->d_inode;
	int err = check_empty(inode);

	if (!err)
		err = remove_name(dir, dentry);
	if (err)
		return err;
	drop_link(inode, inode->i_nlink);
	drop_link(dir, 1);
	return 0;
}

/* ---- renaming ---- */

/* inode's ".." means new_dir now. */
static int set_dotdot(struct inode *inode, struct inode *new_dir)
{
	struct ext2_slot slot;
	int err = ext2_find_entry(inode, "..", 2, &slot);

	if (err)
		return err;
	ext2_set_entry(inode, &slot, new_dir);
	brelse(&slot.buf);
	return 0;
}

/*
 * A directory that changes its parent: its ".." and its alias. Counts of the parents are
 * the caller's.
 */
static int move_dir(struct inode *inode, struct inode *new_dir, const struct dentry *name)
{
	WRITE_ONCE(EXT2_I(inode)->alias, alias_of(new_dir, name));
	return set_dotdot(inode, new_dir);
}

/*
 * The name `new` leads to inode instead of what it led to, which loses a link: in one step,
 * so that there is always something by that name.
 */
static int replace_target(struct inode *dir, struct dentry *new, struct inode *inode)
{
	struct inode *victim = new->d_inode;
	bool isdir = S_ISDIR(victim->i_mode);
	struct ext2_slot slot;
	int err = isdir ? check_empty(victim) : 0;

	if (!err)
		err = ext2_find_entry(dir, new->d_name, new->d_len, &slot);
	if (err)
		return err;
	ext2_set_entry(dir, &slot, inode);
	brelse(&slot.buf);
	drop_link(victim, isdir ? victim->i_nlink : 1);
	return 0;
}

/* The parents of a moved directory: one subdirectory less there, one more here. */
static void move_links(struct inode *old_dir, struct inode *new_dir, bool replaced_dir)
{
	if (!replaced_dir)
		add_link(new_dir, 1);
	drop_link(old_dir, 1);
}

/* The new name first, then the old one goes; a crash in between leaves both. */
static int rename_one(struct inode *old_dir, struct dentry *old, struct inode *new_dir,
		      struct dentry *new)
{
	struct inode *inode = old->d_inode;
	bool isdir = S_ISDIR(inode->i_mode), replaces = new->d_inode != NULL;
	int err;

	if (isdir && !replaces && old_dir != new_dir && new_dir->i_nlink >= EXT2_LINK_MAX)
		return -EMLINK;
	err = replaces ? replace_target(new_dir, new, inode) :
	      ext2_add_entry(new_dir, new->d_name, new->d_len, inode);
	if (!err)
		err = remove_name(old_dir, old);
	if (err)
		return err;
	if (isdir && old_dir != new_dir) {
		err = move_dir(inode, new_dir, new);
		move_links(old_dir, new_dir, replaces);
	} else if (isdir) {
		WRITE_ONCE(EXT2_I(inode)->alias, alias_of(new_dir, new));
		if (replaces)
			drop_link(new_dir, 1);
	}
	inode->i_ctime = current_time_ns();
	mark_inode_dirty(inode);
	return err;
}

/*
 * Two names exchange what they lead to. Both are found before either is changed, so an
 * error leaves all as it was.
 */
static int exchange_entries(struct inode *old_dir, struct dentry *old, struct inode *new_dir,
			    struct dentry *new)
{
	struct ext2_slot a, b;
	int err = ext2_find_entry(old_dir, old->d_name, old->d_len, &a);

	if (err)
		return err;
	err = ext2_find_entry(new_dir, new->d_name, new->d_len, &b);
	if (!err) {
		ext2_set_entry(old_dir, &a, new->d_inode);
		ext2_set_entry(new_dir, &b, old->d_inode);
		brelse(&b.buf);
	}
	brelse(&a.buf);
	return err;
}

/* RENAME_EXCHANGE: subdirectories move in both directions. */
static int rename_exchange(struct inode *old_dir, struct dentry *old, struct inode *new_dir,
			   struct dentry *new)
{
	bool a = S_ISDIR(old->d_inode->i_mode), b = S_ISDIR(new->d_inode->i_mode);
	int err = exchange_entries(old_dir, old, new_dir, new);

	if (err)
		return err;
	if (a)
		err = move_dir(old->d_inode, new_dir, new);
	if (b && !err)
		err = move_dir(new->d_inode, old_dir, old);
	if (a != b && old_dir != new_dir) {
		drop_link(a ? old_dir : new_dir, 1);
		add_link(a ? new_dir : old_dir, 1);
	}
	old->d_inode->i_ctime = new->d_inode->i_ctime = current_time_ns();
	mark_inode_dirty(old->d_inode);
	mark_inode_dirty(new->d_inode);
	return err;
}

/* RENAME_NOREPLACE was the VFS's to check. */
static int ext2_rename(struct inode *old_dir, struct dentry *old, struct inode *new_dir,
		       struct dentry *new, unsigned int flags)
{
	if (flags & RENAME_EXCHANGE)
		return rename_exchange(old_dir, old, new_dir, new);
	return rename_one(old_dir, old, new_dir, new);
}

const struct inode_operations ext2_dir_iops = {
	.lookup = ext2_lookup,
	.create = ext2_create,
	.link = ext2_link,
	.unlink = ext2_unlink,
	.symlink = ext2_symlink,
	.mkdir = ext2_mkdir,
	.rmdir = ext2_rmdir,
	.mknod = ext2_mknod,
	.rename = ext2_rename,
	.setattr = ext2_setattr,
};
