/* SPDX-License-Identifier: MIT */
/*
 * user/libc/getopt.c: taking options off the command line.
 *
 * Options end at the first argument that is not one, or after "--". A leading
 * ':' in the option string asks for ':' instead of '?' when an argument is
 * missing, and for silence. "x::" is an argument that may be missing.
 *
 * Linux: man 3 getopt. Differs: arguments are never reordered.
 */
#include <getopt.h>
#include <stdio.h>
#include <string.h>

char *optarg;
int optind = 1, opterr = 1, optopt;
static int next_char;	/* position inside a group such as -abc; 0: start of argument */

static int complain(char *const argv[], const char *options, const char *what)
{
	if (opterr && *options != ':')
		fprintf(stderr, "%s: %s -- '%c'\n", argv[0], what, optopt);
	return '?';
}

/* The option takes an argument: the rest of this word, or the next word. */
static int take_argument(int argc, char *const argv[], const char *options, int optional)
{
	char *rest = argv[optind] + next_char;

	next_char = 0;
	optind++;
	if (*rest) {
		optarg = rest;
		return optopt;
	}
	optarg = NULL;
	if (optional)
		return optopt;
	if (optind >= argc) {
		complain(argv, options, "option requires an argument");
		return *options == ':' ? ':' : '?';
	}
	optarg = argv[optind++];
	return optopt;
}

int getopt(int argc, char *const argv[], const char *options)
{
	const char *known;
	char *arg;

	if (optind == 0) {
		optind = 1;
		next_char = 0;
	}
	arg = optind < argc ? argv[optind] : NULL;
	if (!arg || arg[0] != '-' || !arg[1])
		return -1;
	if (strcmp(arg, "--") == 0) {
		optind++;
		return -1;
	}
	if (!next_char)
		next_char = 1;
	optopt = (unsigned char)arg[next_char++];
	known = optopt == ':' ? NULL : strchr(options, optopt);
	if (known && known[1] == ':')
		return take_argument(argc, argv, options, known[2] == ':');
	if (!arg[next_char]) {
		next_char = 0;
		optind++;
	}
	return known ? optopt : complain(argv, options, "invalid option");
}

/* Fill in for one matched long option; value is the text after '=' or NULL. */
static int long_match(int argc, char *const argv[], const struct option *o, char *value)
{
	optarg = value;
	if (o->has_arg == required_argument && !value) {
		if (optind >= argc) {
			fprintf(stderr, "%s: option '--%s' requires an argument\n", argv[0],
				o->name);
			return '?';
		}
		optarg = argv[optind++];
	}
	if (o->flag) {
		*o->flag = o->val;
		return 0;
	}
	return o->val;
}

int getopt_long(int argc, char *const argv[], const char *options,
		const struct option *longopts, int *index)
{
	char *arg = optind > 0 && optind < argc ? argv[optind] : NULL;
	size_t len;

	if (!arg || strncmp(arg, "--", 2) != 0 || !arg[2] || next_char)
		return getopt(argc, argv, options);
	optind++;
	len = strcspn(arg + 2, "=");
	for (int i = 0; longopts[i].name; i++) {
		char *value = arg[2 + len] ? arg + len + 3 : NULL;

		if (strlen(longopts[i].name) != len || strncmp(longopts[i].name, arg + 2, len))
			continue;
		if (index)
			*index = i;
		return long_match(argc, argv, &longopts[i], value);
	}
	if (opterr)
		fprintf(stderr, "%s: unrecognized option '%s'\n", argv[0], arg);
	return '?';
}
