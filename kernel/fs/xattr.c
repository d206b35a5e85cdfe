/* SPDX-License-Identifier: MIT */
/*
 * Extended attributes: no file system here keeps any.
 *
 * ls -l asks for them on every file (they hold access-control lists and security
 * labels). The file must be there; then reading or changing is EOPNOTSUPP, and
 * the list of names is empty.
 *
 * Locks: none.
 *
 * Linux: fs/xattr.c.
 */
#include "kernel/fs/fs_syscalls.h"
#include "lib/errno.h"

static long at_path(const char __user *name, unsigned int lookup, long answer)
{
	struct path path;
	int err = user_path_at(AT_FDCWD, name, lookup, &path);

	if (err)
		return err;
	path_put(&path);
	return answer;
}

long sys_getxattr(const char __user *path)
{
	return at_path(path, LOOKUP_FOLLOW, -EOPNOTSUPP);
}

long sys_lgetxattr(const char __user *path)
{
	return at_path(path, 0, -EOPNOTSUPP);
}

long sys_listxattr(const char __user *path)
{
	return at_path(path, LOOKUP_FOLLOW, 0);
}

long sys_llistxattr(const char __user *path)
{
	return at_path(path, 0, 0);
}

long sys_fgetxattr(long fd)
{
	struct fd f = fdget(fd);

	if (!f.file)
		return -EBADF;
	fdput(f);
	return -EOPNOTSUPP;
}

long sys_flistxattr(long fd)
{
	long err = sys_fgetxattr(fd);

	return err == -EOPNOTSUPP ? 0 : err;
}
