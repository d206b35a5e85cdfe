/* SPDX-License-Identifier: MIT */
/*
 * user/libc/fnmatch.c: * ? [set] against a name.
 *
 * Only the last star ever needs to be tried again: if the rest fails, a longer
 * match for an earlier star could not help, because what followed it has been
 * matched as early as possible. So two remembered positions replace recursion.
 *
 * Linux: man 3 fnmatch. Differs: no character classes by name, no collation.
 */
#include <fnmatch.h>
#include <string.h>

/*
 * Match c against the set that begins after '['. Returns the pattern behind the
 * closing ']', or NULL if there is none and '[' is an ordinary character.
 */
static const char *match_set(const char *p, char c, int flags, int *matched)
{
	int invert = *p == '!' || *p == '^';
	const char *first;

	*matched = 0;
	p += invert;
	for (first = p; *p && (*p != ']' || p == first); p++) {
		unsigned char lo, hi;

		if (*p == '\\' && !(flags & FNM_NOESCAPE) && p[1])
			p++;
		lo = hi = *p;
		if (p[1] == '-' && p[2] && p[2] != ']') {
			p += 2;
			if (*p == '\\' && !(flags & FNM_NOESCAPE) && p[1])
				p++;
			hi = *p;
		}
		if ((unsigned char)c >= lo && (unsigned char)c <= hi)
			*matched = 1;
	}
	*matched ^= invert;
	return *p ? p + 1 : NULL;
}

/* Match one character. Returns the pattern behind what matched it, or NULL. */
static const char *match_one(const char *p, char c, int flags)
{
	const char *end;
	int matched;

	if (c == '/' && (flags & FNM_PATHNAME))
		return *p == '/' ? p + 1 : NULL;
	if (*p == '?')
		return p + 1;
	if (*p == '[') {
		end = match_set(p + 1, c, flags, &matched);
		if (end)
			return matched ? end : NULL;
	}
	if (*p == '\\' && !(flags & FNM_NOESCAPE) && p[1])
		p++;
	return *p == c ? p + 1 : NULL;
}

int fnmatch(const char *pattern, const char *name, int flags)
{
	const char *star = NULL, *retry = NULL;

	if ((flags & FNM_PERIOD) && *name == '.' && *pattern != '.' &&
	    strncmp(pattern, "\\.", 2) != 0)
		return FNM_NOMATCH;
	while (*name) {
		const char *next;

		if (*pattern == '*') {
			star = ++pattern;
			retry = name;
			continue;
		}
		next = *pattern ? match_one(pattern, *name, flags) : NULL;
		if (next) {
			pattern = next;
			name++;
			continue;
		}
		/* Let the last star take one character more and try again. */
		if (!star || (*retry == '/' && (flags & FNM_PATHNAME)))
			return FNM_NOMATCH;
		pattern = star;
		name = ++retry;
	}
	while (*pattern == '*')
		pattern++;
	return *pattern ? FNM_NOMATCH : 0;
}
