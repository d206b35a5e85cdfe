/* SPDX-License-Identifier: MIT */
/*
 * grep - print lines that match a pattern: -F as fixed text, else a simple regular expression
 * of  .  [set]  [^set]  *  +  ?  ^  $  \c  and, at the top level only, alternatives with |.
 * -i ignore case, -v lines that do not match, -c count, -n line numbers, -l file names, -q quiet,
 * -o only the match, -h no file names, -e PATTERN, -E and -w accepted (-w: whole words).
 *
 * The matcher is plain backtracking, one function for a piece and one for its repetition: the
 * pattern is walked as text, nothing is compiled. No groups, so it cannot blow up exponentially
 * but with many stars in one pattern.
 *
 * Linux: GNU grep. Differs: no groups (-E refuses them), no back references, no classes but by
 * range.
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "user/util.h"

#define MAX_PATTERNS 64

static struct {
	int fixed, extended, fold, invert, count, number, names, quiet, only, no_names, word;
} opt;

static const char *patterns[MAX_PATTERNS];
static int nr_patterns;

/* The end of a match that begins at s, or NULL. */
static const char *match_here(const char *re, const char *s);

static int same(int a, int b)
{
	return opt.fold ? tolower(a) == tolower(b) : a == b;
}

/* The length of the piece at re: a character, an escape or a set. */
static int piece_len(const char *re)
{
	const char *s = re;

	if (*re == '\\' && re[1])
		return 2;
	if (*re != '[')
		return 1;
	s += re[1] == '^' ? 2 : 1;
	if (*s == ']')
		s++;
	while (*s && *s != ']')
		s++;
	return *s ? s + 1 - re : 1;
}

static int in_set(const char *re, int len, int c)
{
	int negated = re[1] == '^';
	const char *s = re + 1 + negated;
	const char *end = re + len - 1;
	int found = 0;

	for (; s < end; s++) {
		int low = (unsigned char)s[0], high = low;

		if (s + 2 < end && s[1] == '-') {
			high = (unsigned char)s[2];
			s += 2;
		}
		found |= c >= low && c <= high;
		if (opt.fold)
			found |= (tolower(c) >= low && tolower(c) <= high) ||
				 (toupper(c) >= low && toupper(c) <= high);
	}
	return found != negated;
}

static int match_piece(const char *re, int len, int c)
{
	if (!c)
		return 0;
	if (*re == '\\' && len == 2)
		return same((unsigned char)re[1], c);
	if (*re == '[' && len > 1)
		return in_set(re, len, c);
	return *re == '.' || same((unsigned char)*re, c);
}

/* As many of the piece as there are, then fewer, until the rest matches. */
static const char *match_repeat(const char *re, int len, const char *s, int min, int max)
{
	int nr = 0;

	while (nr < max && match_piece(re, len, (unsigned char)s[nr]))
		nr++;
	for (; nr >= min; nr--) {
		const char *end = match_here(re + len + 1, s + nr);

		if (end)
			return end;
	}
	return NULL;
}

static const char *match_here(const char *re, const char *s)
{
	int len;

	if (!*re || *re == '|')
		return s;
	if (*re == '$' && (!re[1] || re[1] == '|'))
		return *s ? NULL : s;
	len = piece_len(re);
	if (re[len] == '*')
		return match_repeat(re, len, s, 0, 1 << 30);
	if (re[len] == '+')
		return match_repeat(re, len, s, 1, 1 << 30);
	if (re[len] == '?')
		return match_repeat(re, len, s, 0, 1);
	if (!match_piece(re, len, (unsigned char)*s))
		return NULL;
	return match_here(re + len, s + 1);
}

/* The alternative after the next | outside of a set, or NULL. */
static const char *next_alternative(const char *re)
{
	for (; *re; re += piece_len(re))
		if (*re == '|')
			return re + 1;
	return NULL;
}

static const char *match_fixed(const char *text, const char *s)
{
	for (; *text; text++, s++)
		if (!same((unsigned char)*text, (unsigned char)*s))
			return NULL;
	return s;
}

static const char *match_at(const char *pattern, const char *line, const char *s)
{
	if (opt.fixed)
		return match_fixed(pattern, s);
	for (; pattern; pattern = next_alternative(pattern)) {
		const char *end = NULL;

		if (*pattern != '^')
			end = match_here(pattern, s);
		else if (s == line)
			end = match_here(pattern + 1, s);
		if (end)
			return end;
	}
	return NULL;
}

static int is_word_char(int c)
{
	return isalnum(c) || c == '_';
}

static int word_ok(const char *line, const char *begin, const char *end)
{
	if (!opt.word)
		return 1;
	return (begin == line || !is_word_char((unsigned char)begin[-1])) &&
	       !is_word_char((unsigned char)*end);
}

/* The first match in the line at or after s: its begin, and *end; or NULL. */
static const char *find(const char *line, const char *s, const char **end)
{
	for (;; s++) {
		for (int i = 0; i < nr_patterns; i++) {
			*end = match_at(patterns[i], line, s);
			if (*end && word_ok(line, s, *end))
				return s;
		}
		if (!*s)
			return NULL;
	}
}

static void print_line(const char *line, const char *name, long number)
{
	const char *begin, *end = line;

	do {
		begin = line;
		if (opt.only) {
			begin = find(line, end, &end);
			if (!begin || begin == end)
				return;
		}
		if (name)
			printf("%s:", name);
		if (opt.number)
			printf("%ld:", number);
		if (opt.only)
			printf("%.*s\n", (int)(end - begin), begin);
		else
			puts(line);
	} while (opt.only && *end);
}

/* Returns the number of lines that were chosen. */
static long grep_file(FILE *f, const char *name)
{
	const char *prefix = opt.no_names ? NULL : name;
	char *line = NULL;
	size_t room = 0;
	long number = 0, chosen = 0;
	ssize_t len;

	while ((len = getline(&line, &room, f)) >= 0) {
		const char *end;

		number++;
		if (len && line[len - 1] == '\n')
			line[len - 1] = '\0';
		if (!!find(line, line, &end) == opt.invert)
			continue;
		chosen++;
		if (opt.quiet || opt.names)
			break;
		if (!opt.count)
			print_line(line, prefix, number);
	}
	free(line);
	if (opt.names && chosen)
		puts(name ? name : "(standard input)");
	if (opt.count)
		printf("%s%s%ld\n", prefix ? prefix : "", prefix ? ":" : "", chosen);
	return chosen;
}

/* With -E parentheses would be groups: better no answer than a wrong one. */
static void refuse_groups(void)
{
	for (int i = 0; i < nr_patterns; i++)
		for (const char *re = patterns[i]; *re; re += piece_len(re))
			if (*re == '(' || *re == ')')
				usage("no groups here: instead of (a|b)c write ac|bc; \\( is a (");
}

static void parse_options(int argc, char **argv)
{
	int c;

	while ((c = getopt(argc, argv, "EFivcnlqohwe:")) != -1) {
		switch (c) {
		case 'F': opt.fixed = 1; break;
		case 'i': opt.fold = 1; break;
		case 'v': opt.invert = 1; break;
		case 'c': opt.count = 1; break;
		case 'n': opt.number = 1; break;
		case 'l': opt.names = 1; break;
		case 'q': opt.quiet = 1; break;
		case 'o': opt.only = 1; break;
		case 'h': opt.no_names = 1; break;
		case 'w': opt.word = 1; break;
		case 'E': opt.extended = 1; break;
		case 'e':
			if (nr_patterns < MAX_PATTERNS)
				patterns[nr_patterns++] = optarg;
			break;
		default: exit(2);
		}
	}
	if (!nr_patterns && optind == argc)
		usage("a pattern is needed");
	if (!nr_patterns)
		patterns[nr_patterns++] = argv[optind++];
	if (opt.extended && !opt.fixed)
		refuse_groups();
}

int main(int argc, char **argv)
{
	long chosen = 0;
	int status = 0, nr;

	prog_init(argc, argv, "grep [-FEivcnlqohw] [-e] PATTERN [FILE]...\n"
		"Print matching lines; status 0 if there are any, 1 if not, 2 after an error.");
	parse_options(argc, argv);
	nr = argc - optind;
	if (!nr)
		chosen = grep_file(stdin, NULL);
	for (int i = optind; i < argc; i++) {
		FILE *f = strcmp(argv[i], "-") ? fopen(argv[i], "r") : stdin;

		if (!f) {
			complain(argv[i]);
			status = 2;
			continue;
		}
		chosen += grep_file(f, nr > 1 || opt.names ? argv[i] : NULL);
		if (f != stdin)
			fclose(f);
	}
	return status ? status : !chosen;
}
