/* SPDX-License-Identifier: MIT */
/*
 * user/libc/stdio_file.c: opening, closing and positioning streams; popen().
 *
 * Linux: none (C11 7.21, POSIX). Differs: mode strings know r w a + e x, b is
 * ignored.
 */
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include "internal.h"
#include "stdio_impl.h"

/* Translate "r+" and the like into open() flags, or -1. */
static int open_flags(const char *mode)
{
	int flags;

	switch (*mode) {
	case 'r':
		flags = O_RDONLY;
		break;
	case 'w':
		flags = O_WRONLY | O_CREAT | O_TRUNC;
		break;
	case 'a':
		flags = O_WRONLY | O_CREAT | O_APPEND;
		break;
	default:
		errno = EINVAL;
		return -1;
	}
	if (strchr(mode, '+'))
		flags = (flags & ~O_ACCMODE) | O_RDWR;
	if (strchr(mode, 'e'))
		flags |= O_CLOEXEC;
	if (strchr(mode, 'x'))
		flags |= O_EXCL;
	return flags;
}

static int file_flags(int flags)
{
	int access = flags & O_ACCMODE;

	return (access != O_WRONLY ? F_READ : 0) | (access != O_RDONLY ? F_WRITE : 0) |
	       (flags & O_APPEND ? F_APPEND : 0);
}

FILE *fdopen(int fd, const char *mode)
{
	int flags = open_flags(mode);
	FILE *f;

	if (flags < 0)
		return NULL;
	f = calloc(1, sizeof(*f));
	if (!f)
		return NULL;
	f->fd = fd;
	f->flags = file_flags(flags);
	f->mode = -1;
	__file_link(f);
	return f;
}

FILE *fopen(const char *restrict path, const char *restrict mode)
{
	int flags = open_flags(mode);
	int fd;
	FILE *f;

	if (flags < 0)
		return NULL;
	fd = open(path, flags, 0666);
	if (fd < 0)
		return NULL;
	f = fdopen(fd, mode);
	if (!f)
		close(fd);
	return f;
}

FILE *freopen(const char *restrict path, const char *restrict mode, FILE *restrict f)
{
	int flags = open_flags(mode);
	int fd;

	fflush(f);
	if (flags < 0)
		return NULL;
	fd = open(path, flags, 0666);
	if (fd < 0)
		return NULL;
	if (fd != f->fd) {
		dup3(fd, f->fd, flags & O_CLOEXEC);
		close(fd);
	}
	f->flags = file_flags(flags) | (f->flags & (F_OWN_BUF | F_STATIC));
	return f;
}

int fclose(FILE *f)
{
	int result = fflush(f);

	__file_unlink(f);
	if (close(f->fd) != 0)
		result = EOF;
	if (f->flags & F_OWN_BUF)
		free(f->buf);
	if (!(f->flags & F_STATIC))
		free(f);
	return result;
}

int fileno(FILE *f)
{
	return f->fd;
}

int feof(FILE *f)
{
	return !!(f->flags & F_EOF);
}

int ferror(FILE *f)
{
	return !!(f->flags & F_ERROR);
}

void clearerr(FILE *f)
{
	f->flags &= ~(F_EOF | F_ERROR);
}

int fseeko(FILE *f, off_t offset, int whence)
{
	int result;

	__lock(&f->lock);
	result = __flush(f);	/* also makes the kernel's offset the program's */
	if (result == 0 && lseek(f->fd, offset, whence) < 0)
		result = -1;
	if (result == 0)
		f->flags &= ~F_EOF;
	__unlock(&f->lock);
	return result;
}

int fseek(FILE *f, long offset, int whence)
{
	return fseeko(f, offset, whence);
}

off_t ftello(FILE *f)
{
	off_t at;

	__lock(&f->lock);
	at = lseek(f->fd, 0, SEEK_CUR);
	if (at >= 0)
		at += f->flags & F_WRITING ? (off_t)f->pos : (off_t)f->pos - (off_t)f->end;
	__unlock(&f->lock);
	return at;
}

long ftell(FILE *f)
{
	return ftello(f);
}

void rewind(FILE *f)
{
	fseeko(f, 0, SEEK_SET);
	f->flags &= ~F_ERROR;
}

int remove(const char *path)
{
	if (unlink(path) == 0)
		return 0;
	return errno == EISDIR ? rmdir(path) : -1;
}

/* Start sh -c line with its fd end connected to end; the other is ours. */
static pid_t spawn_shell(const char *line, int end, int fd)
{
	char *argv[] = { "sh", "-c", (char *)line, NULL };
	posix_spawn_file_actions_t fa;
	pid_t pid;
	int error;

	posix_spawn_file_actions_init(&fa);
	error = posix_spawn_file_actions_adddup2(&fa, end, fd);
	if (!error)
		error = posix_spawn(&pid, "/bin/sh", &fa, NULL, argv, environ);
	posix_spawn_file_actions_destroy(&fa);
	if (error) {
		errno = error;
		return -1;
	}
	return pid;
}

FILE *popen(const char *line, const char *mode)
{
	int reading = *mode == 'r';
	int fd[2];
	FILE *f;

	if (pipe2(fd, O_CLOEXEC) < 0)
		return NULL;
	f = fdopen(fd[!reading], reading ? "r" : "w");
	if (!f)
		goto err_close;
	fflush(NULL);
	f->child = spawn_shell(line, fd[reading], reading ? 1 : 0);
	if (f->child < 0)
		goto err_fclose;
	close(fd[reading]);
	return f;

err_fclose:
	fclose(f);
	close(fd[reading]);
	return NULL;
err_close:
	close(fd[0]);
	close(fd[1]);
	return NULL;
}

int pclose(FILE *f)
{
	pid_t child = f->child;
	int status;

	fclose(f);
	while (waitpid(child, &status, 0) < 0) {
		if (errno != EINTR)
			return -1;
	}
	return status;
}
