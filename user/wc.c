/* SPDX-License-Identifier: MIT */
/*
 * wc - count lines (-l), words (-w) and bytes (-c) of files; all three without an option.
 *
 * Linux: coreutils wc. Differs: no -m, -L; columns are at least seven wide.
 */
#include <ctype.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "user/util.h"

struct counts {
	unsigned long lines, words, bytes;
};

static int count_fd(int fd, struct counts *c)
{
	static char buf[16384];
	int in_word = 0;
	ssize_t got;

	while ((got = read(fd, buf, sizeof(buf))) > 0) {
		c->bytes += got;
		for (ssize_t i = 0; i < got; i++) {
			int space = isspace((unsigned char)buf[i]);

			c->lines += buf[i] == '\n';
			c->words += !space && !in_word;
			in_word = !space;
		}
	}
	return got < 0 ? -1 : 0;
}

static void print_counts(const struct counts *c, const char *wanted, const char *name)
{
	const unsigned long values[] = { c->lines, c->words, c->bytes };
	/* A lone number goes unpadded, so that $(wc -l <file) is usable. */
	int width = strlen(wanted) > 1 ? 7 : 0;
	const char *gap = "";

	for (int i = 0; i < 3; i++) {
		if (!strchr(wanted, "lwc"[i]))
			continue;
		printf("%s%*lu", gap, width, values[i]);
		gap = " ";
	}
	printf("%s%s\n", *name ? gap : "", name);
}

int main(int argc, char **argv)
{
	struct counts total = { 0 };
	char wanted[8] = "";
	int status = 0, opt, nr;

	prog_init(argc, argv, "wc [-lwc] [FILE]...\nCount lines, words and bytes.");
	while ((opt = getopt(argc, argv, "lwc")) != -1) {
		if (opt == '?')
			return 1;
		if (!strchr(wanted, opt))
			strcat(wanted, (char[2]){ opt, 0 });
	}
	if (!*wanted)
		strcpy(wanted, "lwc");
	nr = argc - optind;
	for (int i = optind; i < argc || (!nr && i == optind); i++) {
		int named = nr && strcmp(argv[i], "-");
		int fd = named ? open(argv[i], O_RDONLY) : 0;
		struct counts c = { 0 };

		if (fd < 0 || count_fd(fd, &c) < 0)
			status = complain(nr ? argv[i] : "-");
		else
			print_counts(&c, wanted, nr ? argv[i] : "");
		if (named && fd >= 0)
			close(fd);
		total.lines += c.lines;
		total.words += c.words;
		total.bytes += c.bytes;
	}
	if (nr > 1)
		print_counts(&total, wanted, "total");
	return status;
}
