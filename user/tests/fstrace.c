/* SPDX-License-Identifier: MIT */
/*
 * fstrace - random operations on a file system against a model of it, from a seed:
 * `fstrace [-s SEED] [-n OPS] [-mv] DIR`.
 *
 * Files are made, written (with write, append, through mappings), cut, extended, renamed over
 * each other, linked, unlinked while open; directories are made, removed and moved into each
 * other. The model knows what each file holds, and everything is compared on the way and at the
 * end. A full disk is no failure: then the model says that nothing, or less, has changed.
 *
 * -m prints a line for each file at the end: CRC-32 of its content, size, links, path. So what
 * is on the disk can be compared from outside. `fstrace -c FILE...` prints the same for files
 * that are there.
 *
 * Linux: the idea of fsx and fsstress of xfstests. Differs: both in one, and small.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "user/tests/testlib.h"

#define NR_DIRS		6
#define NR_NAMES	8		/* in each directory */
#define NR_FILES	(NR_DIRS * NR_NAMES)
#define MAX_SIZE	(200 * 1024)
#define RENAME_EXCHANGE	2

struct file {
	int links, fd;			/* fd: open although it has no name; -1 */
	long size;
	char *data;
};

static struct file files[NR_FILES];
static struct file *names[NR_DIRS][NR_NAMES];	/* NULL: no such name */
static int parent[NR_DIRS];			/* directory 0 is the top; -1: does not exist */
static uint64_t state;
static unsigned long full, op_nr;
static int verbose;
static char buf[MAX_SIZE + 1];

static uint32_t rnd(uint32_t n)
{
	state = state * 6364136223846793005ULL + 1442695040888963407ULL;
	return (uint32_t)(state >> 33) % n;
}

/* A failure that is none: the disk is full. */
static int no_space(void)
{
	if (errno != ENOSPC)
		return 0;
	full++;
	return 1;
}

static void bad(const char *what, const char *path)
{
	printf("fstrace: operation %lu: %s %s (%s)\n", op_nr, what, path, strerror(errno));
	exit(1);
}

#define tell(...) do { if (verbose) printf(__VA_ARGS__); } while (0)

/* ---- Names ---- */

static void dir_path(int d, char *path)
{
	if (!d) {
		strcpy(path, ".");
		return;
	}
	dir_path(parent[d], path);
	sprintf(path + strlen(path), "/d%d", d);
}

static const char *path_of(int d, int n)
{
	static char paths[2][256];
	static int turn;
	char *path = paths[turn ^= 1];

	dir_path(d, path);
	sprintf(path + strlen(path), "/name-%d%s", n, n & 1 ? "-which-is-a-long-one" : "");
	return path;
}

static int pick_dir(void)
{
	int d = (int)rnd(NR_DIRS);

	return parent[d] < 0 ? 0 : d;
}

/* A name that is in use; 0: none was found. */
static int pick_name(int *d, int *n)
{
	for (int tries = 0; tries < 20; tries++) {
		*d = pick_dir();
		*n = (int)rnd(NR_NAMES);
		if (names[*d][*n])
			return 1;
	}
	return 0;
}

static void drop(struct file *f)
{
	if (!--f->links && f->fd < 0) {
		free(f->data);
		f->data = NULL;
	}
}

/* ---- Content ---- */

static int open_name(int d, int n, int flags)
{
	int fd = open(path_of(d, n), flags);

	if (fd < 0)
		bad("cannot open", path_of(d, n));
	return fd;
}

static void compare(const struct file *f, int fd, const char *path)
{
	struct stat st;
	long got = pread(fd, buf, sizeof(buf), 0);

	if (fstat(fd, &st) || st.st_size != f->size || (int)st.st_nlink != f->links) {
		printf("size %ld, links %d; expected %ld, %d\n", (long)st.st_size,
		       (int)st.st_nlink, f->size, f->links);
		bad("wrong attributes of", path);
	}
	if (got != f->size)
		bad("short read of", path);
	for (long i = 0; i < got; i++) {
		if (buf[i] != f->data[i]) {
			printf("at %ld: %02x, expected %02x\n", i, (unsigned char)buf[i],
			       (unsigned char)f->data[i]);
			bad("wrong content of", path);
		}
	}
}

static void grow(struct file *f, long size)
{
	if (size > f->size)
		memset(f->data + f->size, 0, size - f->size);
	f->size = size;
}

/* len bytes at off; what was written becomes the model's. */
static void do_write(struct file *f, int fd, long off, long len)
{
	long done;

	tell("%lu: write %ld at %ld of %ld\n", op_nr, len, off, f->size);
	for (long i = 0; i < len; i++)
		buf[i] = (char)rnd(256);
	done = off < 0 ? write(fd, buf, len) : pwrite(fd, buf, len, off);
	if (done < 0) {
		if (!no_space())
			bad("cannot write", "");
		return;
	}
	if (off < 0)
		off = f->size;
	if (off + done > f->size)
		grow(f, off + done);
	memcpy(f->data + off, buf, done);
}

static void op_write(int d, int n)
{
	struct file *f = names[d][n];
	long len = 1 + rnd(rnd(4) ? 5000 : 40000);
	int append = !rnd(3);
	int fd = open_name(d, n, append ? O_WRONLY | O_APPEND : O_WRONLY);

	tell("%lu: open %s\n", op_nr, path_of(d, n));
	if (append && f->size + len <= MAX_SIZE)
		do_write(f, fd, -1, len);
	else if (!append)
		do_write(f, fd, rnd(MAX_SIZE - len), len);
	close(fd);
}

static void op_truncate(int d, int n)
{
	struct file *f = names[d][n];
	long size = rnd(3) ? rnd(MAX_SIZE) : rnd((uint32_t)f->size + 1);

	tell("%lu: truncate %s %ld -> %ld\n", op_nr, path_of(d, n), f->size, size);
	if (truncate(path_of(d, n), size))
		bad("cannot truncate", path_of(d, n));
	grow(f, size);
}

static void op_read(int d, int n)
{
	int fd = open_name(d, n, O_RDONLY);

	compare(names[d][n], fd, path_of(d, n));
	close(fd);
}

static jmp_buf bus;

static void on_bus(int sig)
{
	longjmp(bus, 1);
}

/* A store to a hole of a full disk is a SIGBUS: what was stored before counts. */
static void store_random(struct file *f, char *map, long from, long len)
{
	volatile long done = 0;

	if (setjmp(bus)) {
		full++;
		return;
	}
	for (; done < len; done++) {
		char c = (char)rnd(256);

		map[from + done] = c;
		f->data[from + done] = c;
	}
}

static void op_mmap(int d, int n)
{
	struct file *f = names[d][n];
	long from = f->size ? rnd((uint32_t)f->size) : 0, len = rnd(9000);
	int fd = open_name(d, n, O_RDWR);
	char *map;

	if (from + len > f->size)
		len = f->size - from;
	tell("%lu: mmap %s %ld at %ld of %ld\n", op_nr, path_of(d, n), len, from, f->size);
	map = len ? mmap(NULL, f->size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0) : MAP_FAILED;
	if (map != MAP_FAILED) {
		store_random(f, map, from, len);
		if (rnd(2) && msync(map, f->size, MS_SYNC))
			bad("cannot msync", path_of(d, n));
		if (memcmp(map, f->data, f->size))
			bad("wrong content mapped of", path_of(d, n));
		munmap(map, f->size);
	}
	close(fd);
}

/* ---- Names come and go ---- */

static void op_create(void)
{
	int d = pick_dir(), n = (int)rnd(NR_NAMES), fd;
	struct file *f = files;

	while (f < files + NR_FILES && f->data)
		f++;
	if (names[d][n] || f == files + NR_FILES)
		return;
	fd = open(path_of(d, n), O_CREAT | O_EXCL | O_RDWR, 0644);
	if (fd < 0) {
		if (!no_space())
			bad("cannot create", path_of(d, n));
		return;
	}
	close(fd);
	*f = (struct file){ .links = 1, .fd = -1, .data = malloc(MAX_SIZE) };
	if (!f->data)
		bad("no memory for", path_of(d, n));
	names[d][n] = f;
}

static void op_unlink(int d, int n)
{
	struct file *f = names[d][n];

	if (f->links == 1 && !rnd(3))
		f->fd = open_name(d, n, O_RDWR);
	if (unlink(path_of(d, n)))
		bad("cannot unlink", path_of(d, n));
	names[d][n] = NULL;
	drop(f);
}

/* Files without a name: still whole, and gone when they are closed. */
static void op_orphans(void)
{
	for (struct file *f = files; f < files + NR_FILES; f++) {
		if (!f->data || f->links || f->fd < 0)
			continue;
		do_write(f, f->fd, rnd(MAX_SIZE - 3000), 3000);
		compare(f, f->fd, "an unlinked file");
		close(f->fd);
		f->fd = -1;
		free(f->data);
		f->data = NULL;
	}
}

static void op_rename(int d, int n)
{
	int to_d = pick_dir(), to_n = (int)rnd(NR_NAMES);
	struct file *f = names[d][n], *g = names[to_d][to_n];

	if (g && !rnd(3)) {
		tell("%lu: exchange %s %s\n", op_nr, path_of(d, n), path_of(to_d, to_n));
		if (syscall(SYS_renameat2, AT_FDCWD, path_of(d, n), AT_FDCWD,
			    path_of(to_d, to_n), RENAME_EXCHANGE))
			bad("cannot exchange", path_of(d, n));
		names[d][n] = g;
		names[to_d][to_n] = f;
		return;
	}
	tell("%lu: rename %s %s\n", op_nr, path_of(d, n), path_of(to_d, to_n));
	if (rename(path_of(d, n), path_of(to_d, to_n))) {
		if (!no_space())
			bad("cannot rename", path_of(d, n));
		return;
	}
	if (f == g)
		return;			/* two names of one file: both stay */
	names[d][n] = NULL;
	names[to_d][to_n] = f;
	if (g)
		drop(g);
}

static void op_link(int d, int n)
{
	int to_d = pick_dir(), to_n = (int)rnd(NR_NAMES);

	tell("%lu: link %s %s\n", op_nr, path_of(d, n), path_of(to_d, to_n));
	if (link(path_of(d, n), path_of(to_d, to_n))) {
		if (names[to_d][to_n] ? errno != EEXIST : !no_space())
			bad("cannot link", path_of(d, n));
		return;
	}
	if (names[to_d][to_n])
		bad("link over", path_of(to_d, to_n));
	names[to_d][to_n] = names[d][n];
	names[d][n]->links++;
}

static void op_symlink(void)
{
	char target[300], got[300];
	long len = 1 + rnd(250);

	memset(target, 'a' + (int)rnd(26), len);
	target[len] = 0;
	if (symlink(target, "link")) {
		if (!no_space())
			bad("cannot make", "link");
		return;
	}
	memset(got, 0, sizeof(got));
	if (readlink("link", got, sizeof(got)) != len || strcmp(got, target) || unlink("link"))
		bad("wrong", "link");
}

/* ---- Directories ---- */

static int dir_empty(int d)
{
	for (int i = 0; i < NR_NAMES; i++)
		if (names[d][i])
			return 0;
	for (int i = 1; i < NR_DIRS; i++)
		if (parent[i] == d)
			return 0;
	return 1;
}

static int is_below(int d, int top)
{
	while (d > 0 && d != top)
		d = parent[d];
	return d == top;
}

static void make_or_remove(int d)
{
	char path[256];
	int old = parent[d], err;

	if (old < 0) {
		parent[d] = pick_dir();
		dir_path(d, path);
		if (!mkdir(path, 0755))
			return;
		parent[d] = -1;
		if (!no_space())
			bad("cannot mkdir", path);
		return;
	}
	dir_path(d, path);
	err = rmdir(path) ? errno : 0;
	if (err != (dir_empty(d) ? 0 : ENOTEMPTY))
		bad("wrong answer to rmdir", path);
	if (!err)
		parent[d] = -1;
}

static void move_dir(int d)
{
	char from[256], to[256];
	int new_parent = pick_dir(), err;

	if (parent[d] < 0)
		return;
	dir_path(d, from);
	dir_path(new_parent, to);
	sprintf(to + strlen(to), "/d%d", d);
	err = rename(from, to) ? errno : 0;
	if (err == ENOSPC && no_space())
		return;
	if (err != (is_below(new_parent, d) ? EINVAL : 0))
		bad("wrong answer to rename of a directory", from);
	if (!err)
		parent[d] = new_parent;
}

static void op_dir(void)
{
	int d = 1 + (int)rnd(NR_DIRS - 1);

	if (rnd(2))
		make_or_remove(d);
	else
		move_dir(d);
}

/* ---- The whole ---- */

static void op_sync(void)
{
	int fd = open("/proc/sys/vm/drop_caches", O_WRONLY);

	sync();
	if (fd >= 0) {
		if (write(fd, "3\n", 2) != 2)
			bad("cannot drop", "caches");
		close(fd);
	}
}

/* Names in a directory that are ours: not the dots, nor lost+found. */
static int count_names(int d)
{
	const struct dirent *de;
	char path[256];
	int count = 0;
	DIR *dir;

	dir_path(d, path);
	dir = opendir(path);
	if (!dir)
		bad("cannot open", path);
	while ((de = readdir(dir)))
		count += !strncmp(de->d_name, "name-", 5) || de->d_name[0] == 'd';
	closedir(dir);
	return count;
}

static void check_all(void)
{
	for (int d = 0; d < NR_DIRS; d++) {
		int expected = 0;

		if (parent[d] < 0)
			continue;
		for (int i = 1; i < NR_DIRS; i++)
			expected += parent[i] == d;
		for (int n = 0; n < NR_NAMES; n++) {
			if (names[d][n])
				op_read(d, n);
			expected += names[d][n] != NULL;
		}
		if (count_names(d) != expected)
			bad("wrong number of names in a directory", "");
	}
}

static uint32_t crc32(uint32_t crc, const char *data, long n)
{
	crc = ~crc;
	while (n--) {
		crc ^= (unsigned char)*data++;
		for (int i = 0; i < 8; i++)
			crc = crc >> 1 ^ (crc & 1 ? 0xedb88320 : 0);
	}
	return ~crc;
}

static void print_manifest(void)
{
	for (int d = 0; d < NR_DIRS; d++) {
		for (int n = 0; n < NR_NAMES; n++) {
			const struct file *f = names[d][n];

			if (f)
				printf("file %08x %ld %d %s\n", crc32(0, f->data, f->size), f->size,
				       f->links, path_of(d, n));
		}
	}
}

/* -c */
static void print_file(const char *path)
{
	int fd = open(path, O_RDONLY);
	uint32_t crc = 0;
	struct stat st;
	long n;

	if (fd < 0 || fstat(fd, &st))
		bad("cannot open", path);
	while ((n = read(fd, buf, sizeof(buf))) > 0)
		crc = crc32(crc, buf, n);
	if (n < 0)
		bad("cannot read", path);
	close(fd);
	printf("file %08x %ld %d %s\n", crc, (long)st.st_size, (int)st.st_nlink, path);
}

static void one_op(void)
{
	static void (*const on_name[])(int d, int n) = { op_write, op_write, op_write,
		op_truncate, op_read, op_mmap, op_unlink, op_rename, op_rename, op_link };
	static void (*const others[])(void) = { op_create, op_create, op_create, op_dir, op_dir,
		op_symlink, op_orphans, op_sync };
	uint32_t what = rnd(32);
	int d, n;

	if (what < ARRAY_LEN(others))
		others[what]();
	else if (pick_name(&d, &n))
		on_name[rnd(ARRAY_LEN(on_name))](d, n);
}

int main(int argc, char **argv)
{
	unsigned long ops = 3000, seed = 1;
	struct sigaction act = { .sa_handler = on_bus, .sa_flags = SA_NODEFER };
	int opt, manifest = 0, files_only = 0;

	prog_init(argc, argv, "fstrace [-s SEED] [-n OPS] [-mv] DIR\n"
		"Random operations in DIR against a model.\n"
		"-m: tell what is there at the end, -v: each operation.");
	while ((opt = getopt(argc, argv, "s:n:mvc")) != -1) {
		if (opt == '?')
			return 2;
		if (opt == 's')
			seed = strtoul(optarg, NULL, 0);
		if (opt == 'n')
			ops = strtoul(optarg, NULL, 0);
		manifest |= opt == 'm';
		verbose |= opt == 'v';
		files_only |= opt == 'c';
	}
	while (files_only && optind < argc)
		print_file(argv[optind++]);
	if (files_only)
		return 0;
	if (optind + 1 != argc || chdir(argv[optind]))
		usage("a directory is needed");
	sigaction(SIGBUS, &act, NULL);
	state = seed;
	for (int d = 1; d < NR_DIRS; d++)
		parent[d] = -1;
	for (int i = 0; i < NR_FILES; i++)
		files[i].fd = -1;
	for (op_nr = 0; op_nr < ops; op_nr++)
		one_op();
	op_orphans();
	check_all();
	op_sync();
	check_all();
	if (manifest)
		print_manifest();
	printf("fstrace: seed %lu, %lu operations, %lu met a full disk: ok\n", seed, ops, full);
	return 0;
}
