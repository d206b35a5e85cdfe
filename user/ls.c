/* SPDX-License-Identifier: MIT */
/*
 * ls - list directories: -l long, -a with names that begin with a dot, -h human sizes,
 * -i inode numbers, -R recursively, -d directories themselves, -1 one a line, -S by size,
 * -t by time, -r reversed.
 *
 * Names are sorted bytewise and set in columns, top to bottom, when the output is a terminal.
 * Owners are printed as numbers, but 0 as root: there is no passwd file to ask.
 *
 * Linux: coreutils ls. Differs: no colours, no locale, dates in UTC.
 */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <time.h>
#include <unistd.h>

#include "user/util.h"

#define PATH_LEN 4096

struct entry {
	char *name;
	struct stat st;
};

struct list {
	struct entry *entries;
	size_t nr, room;
};

static struct {
	int all, almost_all, dir_itself, human, inode, longform, recursive, one_a_line;
	int by_size, by_time, reverse;
} opt;

static int status;

/* Column widths of the long form, taken over one directory. */
struct widths {
	int inode, links, owner, group, size;
};

static void add(struct list *list, const char *dir, const char *name)
{
	char path[PATH_LEN];
	struct entry *e;

	if (list->nr == list->room) {
		list->room = list->room ? list->room * 2 : 32;
		list->entries = realloc(list->entries, list->room * sizeof(*e));
		if (!list->entries)
			die(name);
	}
	e = &list->entries[list->nr];
	if (dir)
		join_path(path, sizeof(path), dir, name);
	else
		snprintf(path, sizeof(path), "%s", name);
	memset(&e->st, 0, sizeof(e->st));
	/* A process may leave /proc between readdir and here: not an error worth a status. */
	if (lstat(path, &e->st) < 0 && !(dir && errno == ENOENT)) {
		complain(path);
		status = 1;
		if (!dir)
			return;
	}
	e->name = strdup(name);
	if (!e->name)
		die(name);
	list->nr++;
}

static int compare(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;
	int order = 0;

	if (opt.by_size && x->st.st_size != y->st.st_size)
		order = x->st.st_size < y->st.st_size ? 1 : -1;
	else if (opt.by_time && x->st.st_mtime != y->st.st_mtime)
		order = x->st.st_mtime < y->st.st_mtime ? 1 : -1;
	if (!order)
		order = strcmp(x->name, y->name);
	return opt.reverse ? -order : order;
}

static void mode_string(mode_t mode, char *s)
{
	static const char bits[] = "rwxrwxrwx";
	static const char types[] = "?pc?d?b?-?l?s???";

	s[0] = types[(mode >> 12) & 15];
	for (int i = 0; i < 9; i++)
		s[i + 1] = mode & (0400 >> i) ? bits[i] : '-';
	if (mode & S_ISUID)
		s[3] = mode & S_IXUSR ? 's' : 'S';
	if (mode & S_ISGID)
		s[6] = mode & S_IXGRP ? 's' : 'S';
	if (mode & S_ISVTX)
		s[9] = mode & S_IXOTH ? 't' : 'T';
	s[10] = '\0';
}

static char *size_string(const struct stat *st, char *buf)
{
	if (S_ISCHR(st->st_mode) || S_ISBLK(st->st_mode))
		sprintf(buf, "%u, %u", (unsigned int)major(st->st_rdev),
			(unsigned int)minor(st->st_rdev));
	else if (opt.human)
		human(st->st_size, "", buf);
	else
		sprintf(buf, "%ld", (long)st->st_size);
	return buf;
}

static const char *owner_string(unsigned int id, char *buf)
{
	if (!id)
		return "root";
	sprintf(buf, "%u", id);
	return buf;
}

static void widen(int *width, int len)
{
	if (len > *width)
		*width = len;
}

static struct widths measure(const struct list *list)
{
	struct widths w = { 1, 1, 1, 1, 1 };
	char buf[32];

	for (size_t i = 0; i < list->nr; i++) {
		const struct stat *st = &list->entries[i].st;

		widen(&w.inode, sprintf(buf, "%lu", (unsigned long)st->st_ino));
		widen(&w.links, sprintf(buf, "%lu", (unsigned long)st->st_nlink));
		widen(&w.owner, strlen(owner_string(st->st_uid, buf)));
		widen(&w.group, strlen(owner_string(st->st_gid, buf)));
		widen(&w.size, strlen(size_string(st, buf)));
	}
	return w;
}

/* Within half a year the time of day is told, before that the year. */
static void print_date(time_t mtime)
{
	struct civil d;
	time_t now = time(NULL);

	to_civil(mtime, &d);
	printf(" %s %2d ", month_names[d.month - 1], d.day);
	if (now - mtime > 15768000 || mtime > now + 3600)
		printf("%5d", d.year);
	else
		printf("%02d:%02d", d.hour, d.minute);
}

static void print_long(const struct entry *e, const char *dir, const struct widths *w)
{
	char mode[12], buf[32], path[PATH_LEN], target[PATH_LEN];
	ssize_t len;

	if (opt.inode)
		printf("%*lu ", w->inode, (unsigned long)e->st.st_ino);
	mode_string(e->st.st_mode, mode);
	printf("%s %*lu", mode, w->links, (unsigned long)e->st.st_nlink);
	printf(" %-*s", w->owner, owner_string(e->st.st_uid, buf));
	printf(" %-*s", w->group, owner_string(e->st.st_gid, buf));
	printf(" %*s", w->size, size_string(&e->st, buf));
	print_date(e->st.st_mtime);
	printf(" %s", e->name);
	if (S_ISLNK(e->st.st_mode)) {
		if (dir)
			join_path(path, sizeof(path), dir, e->name);
		else
			snprintf(path, sizeof(path), "%s", e->name);
		len = readlink(path, target, sizeof(target) - 1);
		target[len < 0 ? 0 : len] = '\0';
		printf(" -> %s", target);
	}
	putchar('\n');
}

static void print_columns(const struct list *list, int inode_width)
{
	struct winsize ws = { 0 };
	int width = 1, nr = list->nr, columns, rows;

	for (int i = 0; i < nr; i++)
		widen(&width, strlen(list->entries[i].name));
	if (opt.inode)
		width += inode_width + 1;
	width += 2;
	if (opt.one_a_line || !isatty(1) || ioctl(1, TIOCGWINSZ, &ws) < 0)
		columns = 1;
	else
		columns = (ws.ws_col ? ws.ws_col : 80) / width;
	if (columns < 1)
		columns = 1;
	rows = (nr + columns - 1) / columns;
	for (int row = 0; row < rows; row++) {
		for (int i = row; i < nr; i += rows) {
			int used = 0;

			if (opt.inode)
				used = printf("%*lu ", inode_width,
					      (unsigned long)list->entries[i].st.st_ino);
			used += printf("%s", list->entries[i].name);
			if (i + rows < nr)
				printf("%*s", width - used, "");
		}
		putchar('\n');
	}
}

static void print_list(struct list *list, const char *dir)
{
	struct widths w = measure(list);

	if (list->nr)
		qsort(list->entries, list->nr, sizeof(*list->entries), compare);
	if (!opt.longform) {
		print_columns(list, w.inode);
		return;
	}
	for (size_t i = 0; i < list->nr; i++)
		print_long(&list->entries[i], dir, &w);
}

static void free_list(struct list *list)
{
	for (size_t i = 0; i < list->nr; i++)
		free(list->entries[i].name);
	free(list->entries);
}

static int wanted(const char *name)
{
	if (name[0] != '.' || opt.all)
		return 1;
	return opt.almost_all && strcmp(name, ".") && strcmp(name, "..");
}

static void list_dir(const char *path, int heading)
{
	struct list list = { 0 };
	struct dirent *de;
	char sub[PATH_LEN];
	unsigned long blocks = 0;
	DIR *dir = opendir(path);

	if (!dir) {
		status = complain(path);
		return;
	}
	while ((de = readdir(dir)))
		if (wanted(de->d_name))
			add(&list, path, de->d_name);
	closedir(dir);
	if (heading)
		printf("%s:\n", path);
	for (size_t i = 0; i < list.nr; i++)
		blocks += list.entries[i].st.st_blocks;
	if (opt.longform)
		printf("total %lu\n", blocks / 2);
	print_list(&list, path);
	for (size_t i = 0; opt.recursive && i < list.nr; i++) {
		const struct entry *e = &list.entries[i];

		if (!S_ISDIR(e->st.st_mode) || !strcmp(e->name, ".") || !strcmp(e->name, ".."))
			continue;
		join_path(sub, sizeof(sub), path, e->name);
		putchar('\n');
		list_dir(sub, 1);
	}
	free_list(&list);
}

/* A link to a directory is listed as one, unless the long form shows the link. */
static int lists_as_dir(const char *path)
{
	struct stat st;

	if (opt.dir_itself)
		return 0;
	if ((opt.longform ? lstat(path, &st) : stat(path, &st)) < 0)
		return 0;
	return S_ISDIR(st.st_mode);
}

static void parse_options(int argc, char **argv)
{
	int c;

	while ((c = getopt(argc, argv, "aAdhilRrSt1")) != -1) {
		switch (c) {
		case 'a': opt.all = 1; break;
		case 'A': opt.almost_all = 1; break;
		case 'd': opt.dir_itself = 1; break;
		case 'h': opt.human = 1; break;
		case 'i': opt.inode = 1; break;
		case 'l': opt.longform = 1; break;
		case 'R': opt.recursive = 1; break;
		case 'r': opt.reverse = 1; break;
		case 'S': opt.by_size = 1; break;
		case 't': opt.by_time = 1; break;
		case '1': opt.one_a_line = 1; break;
		default: exit(2);
		}
	}
}

int main(int argc, char **argv)
{
	struct list files = { 0 };
	int nr, printed = 0;

	prog_init(argc, argv, "ls [-laAhidRrSt1] [PATH]...\nList directories.");
	parse_options(argc, argv);
	nr = argc - optind;
	if (!nr) {
		argv[--optind] = ".";
		nr = 1;
	}
	for (int i = optind; i < argc; i++)
		if (!lists_as_dir(argv[i]))
			add(&files, NULL, argv[i]);
	if (files.nr)
		print_list(&files, NULL);
	printed = files.nr;
	free_list(&files);
	for (int i = optind; i < argc; i++) {
		if (!lists_as_dir(argv[i]))
			continue;
		if (printed++)
			putchar('\n');
		list_dir(argv[i], nr > 1 || opt.recursive);
	}
	return status;
}
