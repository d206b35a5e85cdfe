/* SPDX-License-Identifier: MIT */
/*
 * sysctl - read and write the kernel's parameters, the files under /proc/sys.
 *
 * A key's dots are the path's slashes: vm.swappiness is /proc/sys/vm/swappiness. -a prints all,
 * -n values only, -w is accepted before KEY=VALUE and not needed.
 *
 * Linux: procps sysctl. Differs: no configuration files; keys may be written with slashes too.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "user/util.h"

#define ROOT "/proc/sys/"

static int values_only;

static void swap_chars(char *s, char from, char to)
{
	for (; *s; s++)
		if (*s == from)
			*s = to;
}

/* Print "key = value", each line of the value with the key. */
static int show(const char *path)
{
	static char text[8192];
	char key[512];

	if (read_file(path, text, sizeof(text)) < 0)
		return complain(path);
	snprintf(key, sizeof(key), "%s", path + strlen(ROOT));
	swap_chars(key, '/', '.');
	for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n")) {
		if (!values_only)
			printf("%s = ", key);
		puts(line);
	}
	return 0;
}

static int store(const char *path, const char *value)
{
	int fd = open(path, O_WRONLY | O_TRUNC);
	int status = 0;

	if (fd < 0)
		return complain(path);
	/* One write, or the kernel would see the value in pieces. */
	if (dprintf(fd, "%s\n", value) < 0)
		status = complain(path);
	close(fd);
	return status ? status : show(path);
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static int show_tree(const char *dir_path)
{
	char *names[512], path[512];
	struct dirent *de;
	struct stat st;
	int nr = 0, status = 0;
	DIR *dir = opendir(dir_path);

	if (!dir)
		return complain(dir_path);
	while (nr < (int)ARRAY_LEN(names) && (de = readdir(dir)))
		if (de->d_name[0] != '.' && (names[nr] = strdup(de->d_name)))
			nr++;
	closedir(dir);
	qsort(names, nr, sizeof(*names), by_name);
	for (int i = 0; i < nr; i++) {
		join_path(path, sizeof(path), dir_path, names[i]);
		free(names[i]);
		if (stat(path, &st) < 0)
			continue;
		/* Some files are for writing only. */
		if (S_ISDIR(st.st_mode))
			status |= show_tree(path);
		else if (st.st_mode & 0444)
			status |= show(path);
	}
	return status;
}

static int handle(char *arg)
{
	char path[512];
	char *equals = strchr(arg, '=');
	char *key_end = equals ? equals : arg + strlen(arg);
	const char *value = equals ? equals + 1 : NULL;

	/* "vm.swappiness = 60" may come as one quoted argument. */
	while (key_end > arg && key_end[-1] == ' ')
		key_end--;
	*key_end = '\0';
	if (!strchr(arg, '/'))
		swap_chars(arg, '.', '/');
	if (strlen(arg) + sizeof(ROOT) > sizeof(path)) {
		errno = ENAMETOOLONG;
		return complain(arg);
	}
	snprintf(path, sizeof(path), ROOT "%s", arg);
	return value ? store(path, value + strspn(value, " ")) : show(path);
}

int main(int argc, char **argv)
{
	int status = 0, opt;

	prog_init(argc, argv, "sysctl [-n] -a | sysctl [-n] [-w] KEY[=VALUE]...\n"
		"Read and write kernel parameters.");
	while ((opt = getopt(argc, argv, "anwqe")) != -1) {
		if (opt == '?')
			return 1;
		if (opt == 'a')
			return show_tree("/proc/sys");
		values_only |= opt == 'n';
	}
	if (optind == argc)
		usage("a key is needed");
	for (; optind < argc; optind++)
		status |= handle(argv[optind]);
	return status;
}
