/* SPDX-License-Identifier: MIT */
/*
 * hexdump - show bytes as hexadecimal and as text, sixteen a line:
 *	00000000: 7f45 4c46 0201 0103 0000 0000 0000 0000  .ELF............
 * -s OFFSET skips, -n LENGTH stops, -e shows 8-byte little-endian words instead (page tables,
 * /proc/PID/pagemap and auxv are read best so).
 *
 * Linux: xxd. Differs: only this layout and -e; offsets may be 0x-numbers with k, M, G.
 */
#include <ctype.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "user/util.h"

#define LINE 16

static int words;

static void print_line(unsigned long offset, const unsigned char *b, int nr)
{
	printf("%08lx: ", offset);
	for (int i = 0; i < LINE; i += words ? 8 : 2) {
		uint64_t value = 0;

		if (words) {
			memcpy(&value, b + i, i + 8 <= nr ? 8 : i < nr ? nr - i : 0);
			if (i < nr)
				printf("%016lx ", (unsigned long)value);
			else
				printf("%17s", "");
			continue;
		}
		printf(i < nr ? "%02x" : "  ", b[i]);
		printf(i + 1 < nr ? "%02x " : "   ", b[i + 1]);
	}
	putchar(' ');
	for (int i = 0; i < nr; i++)
		putchar(isprint(b[i]) ? b[i] : '.');
	putchar('\n');
}

/* Pipes cannot seek: what lies before the offset is read and dropped. */
static int skip(int fd, long long offset)
{
	char buf[4096];

	if (!offset || lseek(fd, offset, SEEK_SET) >= 0)
		return 0;
	while (offset > 0) {
		size_t want = offset < (long)sizeof(buf) ? (size_t)offset : sizeof(buf);
		ssize_t got = read(fd, buf, want);

		if (got <= 0)
			return got;
		offset -= got;
	}
	return 0;
}

static int dump(int fd, long long offset, long long left)
{
	unsigned char line[LINE + 1] = { 0 };
	ssize_t got = 0;
	int nr = 0;

	if (skip(fd, offset) < 0)
		return -1;
	while (left) {
		size_t room = left > 0 && left < LINE - nr ? left : LINE - nr;

		got = read(fd, line + nr, room);
		if (got <= 0)
			break;
		nr += got;
		if (left > 0)
			left -= got;
		if (nr < LINE && left)
			continue;
		print_line(offset, line, nr);
		offset += nr;
		nr = 0;
	}
	if (nr)
		print_line(offset, line, nr);
	return got < 0 ? -1 : 0;
}

int main(int argc, char **argv)
{
	long long offset = 0, length = -1;
	int status = 0, opt;

	prog_init(argc, argv, "hexdump [-e] [-s OFFSET] [-n LENGTH] [FILE]...\n"
		"Show bytes in hexadecimal (-e: as 8-byte words).");
	while ((opt = getopt(argc, argv, "eCs:n:")) != -1) {
		if (opt == '?')
			return 1;
		words |= opt == 'e';
		if (opt == 's')
			offset = parse_size(optarg);
		if (opt == 'n')
			length = parse_size(optarg);
	}
	if (optind == argc && dump(0, offset, length) < 0)
		status = complain("standard input");
	for (; optind < argc; optind++) {
		int fd = open(argv[optind], O_RDONLY);

		if (fd < 0 || dump(fd, offset, length) < 0)
			status = complain(argv[optind]);
		if (fd >= 0)
			close(fd);
	}
	return status;
}
