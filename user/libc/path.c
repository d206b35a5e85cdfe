/* SPDX-License-Identifier: MIT */
/*
 * user/libc/path.c: calls on names: status, links, directories, permissions.
 *
 * Linux: section 2 of the manual, fstatat and the other -at calls. Differs: nothing.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include "internal.h"

int fstatat(int dirfd, const char *restrict path, struct stat *restrict st, int flags)
{
	return syscall(__NR_newfstatat, dirfd, path, st, flags);
}

int stat(const char *restrict path, struct stat *restrict st)
{
	return fstatat(AT_FDCWD, path, st, 0);
}

int lstat(const char *restrict path, struct stat *restrict st)
{
	return fstatat(AT_FDCWD, path, st, AT_SYMLINK_NOFOLLOW);
}

int fstat(int fd, struct stat *st)
{
	return syscall(__NR_fstat, fd, st);
}

int statfs(const char *path, struct statfs *st)
{
	return syscall(__NR_statfs, path, st);
}

int fstatfs(int fd, struct statfs *st)
{
	return syscall(__NR_fstatfs, fd, st);
}

int faccessat(int dirfd, const char *path, int mode, int flags)
{
	/* The older call has no flags: only programs that need one pay for the newer. */
	if (flags)
		return syscall(__NR_faccessat2, dirfd, path, mode, flags);
	return syscall(__NR_faccessat, dirfd, path, mode);
}

int access(const char *path, int mode)
{
	return faccessat(AT_FDCWD, path, mode, 0);
}

int mkdirat(int dirfd, const char *path, mode_t mode)
{
	return syscall(__NR_mkdirat, dirfd, path, mode);
}

int mkdir(const char *path, mode_t mode)
{
	return mkdirat(AT_FDCWD, path, mode);
}

int mknod(const char *path, mode_t mode, dev_t dev)
{
	return syscall(__NR_mknodat, AT_FDCWD, path, mode, dev);
}

int mkfifo(const char *path, mode_t mode)
{
	return mknod(path, mode | S_IFIFO, 0);
}

int link(const char *from, const char *to)
{
	return syscall(__NR_linkat, AT_FDCWD, from, AT_FDCWD, to, 0);
}

int symlink(const char *target, const char *path)
{
	return syscall(__NR_symlinkat, target, AT_FDCWD, path);
}

ssize_t readlinkat(int dirfd, const char *restrict path, char *restrict buf, size_t size)
{
	return syscall(__NR_readlinkat, dirfd, path, buf, size);
}

ssize_t readlink(const char *restrict path, char *restrict buf, size_t size)
{
	return readlinkat(AT_FDCWD, path, buf, size);
}

int unlinkat(int dirfd, const char *path, int flags)
{
	return syscall(__NR_unlinkat, dirfd, path, flags);
}

int unlink(const char *path)
{
	return unlinkat(AT_FDCWD, path, 0);
}

int rmdir(const char *path)
{
	return unlinkat(AT_FDCWD, path, AT_REMOVEDIR);
}

int rename(const char *from, const char *to)
{
	return syscall(__NR_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0);
}

int truncate(const char *path, off_t length)
{
	return syscall(__NR_truncate, path, length);
}

int chmod(const char *path, mode_t mode)
{
	return syscall(__NR_fchmodat, AT_FDCWD, path, mode);
}

int fchmod(int fd, mode_t mode)
{
	return syscall(__NR_fchmod, fd, mode);
}

int chown(const char *path, uid_t uid, gid_t gid)
{
	return syscall(__NR_fchownat, AT_FDCWD, path, uid, gid, 0);
}

int lchown(const char *path, uid_t uid, gid_t gid)
{
	return syscall(__NR_fchownat, AT_FDCWD, path, uid, gid, AT_SYMLINK_NOFOLLOW);
}

int fchown(int fd, uid_t uid, gid_t gid)
{
	return syscall(__NR_fchown, fd, uid, gid);
}

mode_t umask(mode_t mask)
{
	return syscall(__NR_umask, mask);
}

int utimensat(int dirfd, const char *path, const struct timespec times[2], int flags)
{
	return syscall(__NR_utimensat, dirfd, path, times, flags);
}

int futimens(int fd, const struct timespec times[2])
{
	return utimensat(fd, NULL, times, 0);
}

int chdir(const char *path)
{
	return syscall(__NR_chdir, path);
}

int fchdir(int fd)
{
	return syscall(__NR_fchdir, fd);
}

int chroot(const char *path)
{
	return syscall(__NR_chroot, path);
}

char *getcwd(char *buf, size_t size)
{
	char *mem = buf;

	if (!buf) {
		size = size ? size : PATH_MAX;
		mem = malloc(size);
		if (!mem)
			return NULL;
	}
	if (syscall(__NR_getcwd, mem, size) < 0) {
		if (!buf)
			free(mem);
		return NULL;
	}
	return mem;
}

/* Open, then ask the kernel for the name of what was opened. */
char *realpath(const char *restrict path, char *restrict resolved)
{
	char link[32], name[PATH_MAX];
	int fd = open(path, O_PATH | O_CLOEXEC);
	ssize_t n;

	if (fd < 0)
		return NULL;
	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	n = readlink(link, name, sizeof(name) - 1);
	close(fd);
	if (n < 0)
		return NULL;
	name[n] = 0;
	return resolved ? strcpy(resolved, name) : strdup(name);
}

/* Fill the six X at the end of template with something nobody else has. */
static int randomize(char *template)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789";
	size_t len = strlen(template);
	unsigned char random[6];

	if (len < 6 || strcmp(template + len - 6, "XXXXXX") != 0) {
		errno = EINVAL;
		return -1;
	}
	if (getrandom(random, sizeof(random), 0) != sizeof(random))
		return -1;
	for (int i = 0; i < 6; i++)
		template[len - 6 + i] = letters[random[i] % (sizeof(letters) - 1)];
	return 0;
}

int mkstemp(char *template)
{
	if (randomize(template) < 0)
		return -1;
	return open(template, O_RDWR | O_CREAT | O_EXCL, 0600);
}

char *mkdtemp(char *template)
{
	if (randomize(template) < 0 || mkdir(template, 0700) < 0)
		return NULL;
	return template;
}
