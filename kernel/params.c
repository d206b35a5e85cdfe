/* SPDX-License-Identifier: MIT */
/*
 * The kernel command line: words of the form name or name=value; a value with
 * spaces is put in double quotes.
 *
 * Linux: kernel/params.c. Differs: looked up by name when needed, no tables.
 */
#include "kernel/init.h"
#include "lib/ctype.h"
#include "lib/string.h"

char boot_command_line[4096];
phys_addr_t initrd_start, initrd_end;
const void *initial_boot_params;

/* One word from *p into word (cut to n - 1 bytes, quotes dropped); false at the end. */
bool cmdline_next(const char **p, char *word, size_t n)
{
	const char *s = *p;
	bool quoted = false;
	size_t len = 0;

	while (isspace(*s))
		s++;
	if (!*s)
		return false;
	for (; *s && (quoted || !isspace(*s)); s++) {
		if (*s == '"')
			quoted = !quoted;
		else if (len + 1 < n)
			word[len++] = *s;
	}
	word[len] = '\0';
	*p = s;
	return true;
}

bool cmdline_get(const char *name, char *buf, size_t n)
{
	const char *p = boot_command_line;
	size_t len = strlen(name);
	bool found = false;
	char word[256];

	while (cmdline_next(&p, word, sizeof(word))) {
		if (strncmp(word, name, len) || (word[len] && word[len] != '='))
			continue;
		found = true;		/* the last one counts */
		if (buf)
			strscpy(buf, word[len] ? word + len + 1 : "", n);
	}
	return found;
}

bool cmdline_has(const char *name)
{
	return cmdline_get(name, NULL, 0);
}
