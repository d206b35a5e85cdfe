/* SPDX-License-Identifier: MIT */
/*
 * user/libc/env.c: the environment.
 *
 * environ is a NULL-terminated array of "NAME=value" strings. The kernel puts
 * the first one on the stack; the first change copies the array (not the
 * strings) to the heap. A string that setenv() made is never freed, because
 * somebody may still hold the pointer that getenv() gave out.
 *
 * Linux: man 7 environ. Differs: nothing.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char **own;	/* the array, once it is ours; environ points here then */

/* The slot of NAME (len bytes long), or the terminating slot. */
static char **slot(const char *name, size_t len)
{
	char **e = environ;

	for (; e && *e; e++) {
		if (strncmp(*e, name, len) == 0 && (*e)[len] == '=')
			break;
	}
	return e;
}

char *getenv(const char *name)
{
	size_t len = strlen(name);
	char **e = slot(name, len);

	return e && *e ? *e + len + 1 : NULL;
}

static size_t count(void)
{
	size_t nr = 0;

	while (environ && environ[nr])
		nr++;
	return nr;
}

/* Make room for one more entry in an array of our own. */
static int make_room(void)
{
	size_t nr = count();
	char **new = realloc(environ == own ? own : NULL, (nr + 2) * sizeof(*new));

	if (!new)
		return -1;
	if (environ != own && nr)
		memcpy(new, environ, nr * sizeof(*new));
	new[nr] = new[nr + 1] = NULL;
	environ = own = new;
	return 0;
}

int putenv(char *string)
{
	char *eq = strchr(string, '=');
	char **e;

	if (!eq)
		return unsetenv(string);
	e = slot(string, eq - string);
	if (!e || !*e) {
		if (make_room() < 0)
			return -1;
		e = environ + count();
	}
	*e = string;
	return 0;
}

int setenv(const char *name, const char *value, int overwrite)
{
	size_t len = strlen(name);
	char *string;

	if (!len || strchr(name, '=')) {
		errno = EINVAL;
		return -1;
	}
	if (!overwrite && getenv(name))
		return 0;
	string = malloc(len + strlen(value) + 2);
	if (!string)
		return -1;
	memcpy(string, name, len);
	string[len] = '=';
	strcpy(string + len + 1, value);
	return putenv(string);
}

int unsetenv(const char *name)
{
	char **e = slot(name, strlen(name));

	for (; e && *e; e++)
		e[0] = e[1];
	return 0;
}

int clearenv(void)
{
	environ = NULL;
	return 0;
}
