/* SPDX-License-Identifier: MIT */
/*
 * user/sh/history.c: the last lines typed, for the arrow keys and `history`.
 *
 * Linux: none. Differs: -
 */
#include <stdlib.h>
#include <string.h>
#include "sh.h"

#define MAX_LINES 200

static char *lines[MAX_LINES];
static int first, nr;		/* a ring: lines[first] is the oldest */

void history_add(const char *line)
{
	size_t n = strcspn(line, "\n");
	char *copy;

	if (strspn(line, " \t\n") >= n)
		return;
	copy = xmalloc(n + 1);
	memcpy(copy, line, n);
	copy[n] = 0;
	if (nr && strcmp(history_get(nr - 1), copy) == 0) {
		free(copy);	/* the same line again: once is enough */
		return;
	}
	if (nr == MAX_LINES) {
		free(lines[first]);
		lines[first] = copy;
		first = (first + 1) % MAX_LINES;
		return;
	}
	lines[(first + nr++) % MAX_LINES] = copy;
}

const char *history_get(int n)
{
	return n >= 0 && n < nr ? lines[(first + n) % MAX_LINES] : NULL;
}

int history_count(void)
{
	return nr;
}
