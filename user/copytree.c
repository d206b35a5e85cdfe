/* SPDX-License-Identifier: MIT */
/*
 * Copying of files and trees (contracts in copytree.h).
 *
 * Links are copied as links inside a tree, and followed when named on the command line of a
 * plain copy, as POSIX has it. A file is never copied onto itself: it would be truncated first.
 *
 * Linux: coreutils copy.c. Differs: no sparse files, no hard links kept, no special files.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "user/copytree.h"
#include "user/util.h"

#define PATH_LEN 4096

const char *target_path(const char *from, const char *to, char *buf, unsigned long size)
{
	struct stat st;

	if (stat(to, &st) < 0 || !S_ISDIR(st.st_mode))
		return to;
	join_path(buf, size, to, basename_of(from));
	return buf;
}

static void preserve(const char *to, const struct stat *st)
{
	struct timespec times[2] = { st->st_atim, st->st_mtim };

	chmod(to, st->st_mode & 07777);
	utimensat(AT_FDCWD, to, times, 0);
}

static int copy_file(const char *from, const char *to, const struct stat *st, int flags)
{
	int in = open(from, O_RDONLY);
	int out, result;

	if (in < 0)
		return complain(from);
	out = open(to, O_WRONLY | O_CREAT | O_TRUNC, st->st_mode & 0777);
	if (out < 0 && (flags & COPY_FORCE) && !unlink(to))
		out = open(to, O_WRONLY | O_CREAT | O_TRUNC, st->st_mode & 0777);
	if (out < 0) {
		complain(to);
		close(in);
		return 1;
	}
	result = copy_fd(in, out);
	if (result)
		complain(result == -1 ? from : to);
	close(in);
	/* A file system may notice only now that it has no room. */
	if (close(out) < 0 && !result)
		result = complain(to);
	if (!result && (flags & COPY_PRESERVE))
		preserve(to, st);
	return result ? 1 : 0;
}

static int copy_link(const char *from, const char *to)
{
	char target[PATH_LEN];
	ssize_t len = readlink(from, target, sizeof(target) - 1);

	if (len < 0)
		return complain(from);
	target[len] = '\0';
	unlink(to);
	return symlink(target, to) < 0 ? complain(to) : 0;
}

static int copy_dir(const char *from, const char *to, const struct stat *st, int flags)
{
	char sub_from[PATH_LEN], sub_to[PATH_LEN];
	struct dirent *de;
	int status = 0;
	DIR *dir = opendir(from);

	if (!dir)
		return complain(from);
	if (mkdir(to, (st->st_mode & 0777) | S_IRWXU) < 0 && errno != EEXIST) {
		complain(to);
		closedir(dir);
		return 1;
	}
	while ((de = readdir(dir))) {
		if (!strcmp(de->d_name, ".") || !strcmp(de->d_name, ".."))
			continue;
		join_path(sub_from, sizeof(sub_from), from, de->d_name);
		join_path(sub_to, sizeof(sub_to), to, de->d_name);
		status |= copy_path(sub_from, sub_to, flags);
	}
	closedir(dir);
	if (flags & COPY_PRESERVE)
		preserve(to, st);
	return status;
}

int copy_path(const char *from, const char *to, int flags)
{
	struct stat st, target;
	int recursive = flags & COPY_RECURSIVE;

	if ((recursive ? lstat(from, &st) : stat(from, &st)) < 0)
		return complain(from);
	if (!stat(to, &target) && st.st_dev == target.st_dev && st.st_ino == target.st_ino) {
		fprintf(stderr, "%s: '%s' and '%s' are the same file\n", progname, from, to);
		return 1;
	}
	if (S_ISLNK(st.st_mode))
		return copy_link(from, to);
	if (!S_ISDIR(st.st_mode))
		return copy_file(from, to, &st, flags);
	if (!recursive) {
		errno = EISDIR;
		return complain(from);
	}
	return copy_dir(from, to, &st, flags);
}
