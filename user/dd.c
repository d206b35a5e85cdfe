/* SPDX-License-Identifier: MIT */
/*
 * dd - copy in blocks: if= of= bs= count= skip= seek= conv=notrunc,fsync,sync status=none.
 *
 * skip and seek are in blocks. A short read is written as it came, unless conv=sync fills it
 * with zeros. The report says how many whole and partial blocks went in and out.
 *
 * Linux: coreutils dd. Differs: few conversions, no rate in the report but the time.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "user/util.h"

static struct {
	const char *from, *to;
	long long block, count, skip, seek;
	int notrunc, fsync, pad, quiet, append;
} opt = { .block = 512, .count = -1 };

static struct {
	unsigned long in_whole, in_part, out_whole, out_part;
	unsigned long long bytes;
} done;

/* The value of NAME=VALUE if the argument is that, else NULL. */
static const char *value_of(const char *arg, const char *name)
{
	size_t len = strlen(name);

	return !strncmp(arg, name, len) && arg[len] == '=' ? arg + len + 1 : NULL;
}

static void parse_conv(char *list)
{
	for (char *word = strtok(list, ","); word; word = strtok(NULL, ",")) {
		if (!strcmp(word, "notrunc"))
			opt.notrunc = 1;
		else if (!strcmp(word, "fsync") || !strcmp(word, "fdatasync"))
			opt.fsync = 1;
		else if (!strcmp(word, "sync"))
			opt.pad = 1;
		else
			usage("unknown conv= value");
	}
}

static void parse(char *arg)
{
	static const struct {
		const char *name;
		long long *value;
	} sizes[] = {
		{ "bs", &opt.block }, { "count", &opt.count },
		{ "skip", &opt.skip }, { "seek", &opt.seek },
	};
	const char *value;

	for (unsigned int i = 0; i < ARRAY_LEN(sizes); i++) {
		value = value_of(arg, sizes[i].name);
		if (!value)
			continue;
		*sizes[i].value = parse_size(value);
		if (*sizes[i].value < 0)
			usage("a size must not be negative");
		return;
	}
	if ((value = value_of(arg, "if")))
		opt.from = value;
	else if ((value = value_of(arg, "of")))
		opt.to = value;
	else if (value_of(arg, "conv"))
		parse_conv(strchr(arg, '=') + 1);
	else if ((value = value_of(arg, "oflag")))
		opt.append = !strcmp(value, "append");
	else if ((value = value_of(arg, "status")))
		opt.quiet = !strcmp(value, "none");
	else
		usage("unknown operand");
}

/* Move the input to its first block; what cannot seek is read and dropped. */
static void skip_input(int fd, char *buf)
{
	if (!opt.skip || lseek(fd, opt.skip * opt.block, SEEK_CUR) >= 0)
		return;
	for (long long i = 0; i < opt.skip; i++)
		if (read(fd, buf, opt.block) <= 0)
			return;
}

static int open_output(void)
{
	int flags = O_WRONLY | O_CREAT | (opt.append ? O_APPEND : 0);
	int fd = open(opt.to, flags, 0666);

	if (fd < 0)
		die(opt.to);
	/* Cut at the seek point: what lies before it stays. A device cannot be cut. */
	if (!opt.notrunc && !opt.append && ftruncate(fd, opt.seek * opt.block) < 0 && opt.seek &&
	    lseek(fd, 0, SEEK_END) < 0)
		die(opt.to);
	return fd;
}

static int copy(int in, int out, char *buf)
{
	for (long long i = 0; opt.count < 0 || i < opt.count; i++) {
		ssize_t got = read(in, buf, opt.block);

		if (got < 0)
			return complain(opt.from ? opt.from : "standard input");
		if (!got)
			break;
		if (got == opt.block)
			done.in_whole++;
		else
			done.in_part++;
		if (got < opt.block && opt.pad) {
			memset(buf + got, 0, opt.block - got);
			got = opt.block;
		}
		if (write_all(out, buf, got) < 0)
			return complain(opt.to ? opt.to : "standard output");
		if (got == opt.block)
			done.out_whole++;
		else
			done.out_part++;
		done.bytes += got;
	}
	return 0;
}

int main(int argc, char **argv)
{
	struct timespec begin, end;
	int in = 0, out = 1, status;
	long ms;
	char *buf;

	prog_init(argc, argv, "dd [if=FILE] [of=FILE] [bs=N] [count=N] [skip=N] [seek=N]\n"
		"   [conv=notrunc,fsync,sync] [oflag=append] [status=none]\nCopy in blocks.");
	for (int i = 1; i < argc; i++)
		parse(argv[i]);
	buf = opt.block > 0 ? malloc(opt.block) : NULL;
	if (!buf)
		usage("bs= is zero, or more than there is memory");
	if (opt.from)
		in = open(opt.from, O_RDONLY);
	if (in < 0)
		die(opt.from);
	if (opt.to)
		out = open_output();
	clock_gettime(CLOCK_MONOTONIC, &begin);
	skip_input(in, buf);
	if (opt.seek && lseek(out, opt.seek * opt.block, SEEK_SET) < 0)
		die("seek");
	status = copy(in, out, buf);
	if (opt.fsync && fsync(out) < 0)
		status = complain(opt.to ? opt.to : "standard output");
	clock_gettime(CLOCK_MONOTONIC, &end);
	ms = (end.tv_sec - begin.tv_sec) * 1000 + (end.tv_nsec - begin.tv_nsec) / 1000000;
	if (!opt.quiet)
		fprintf(stderr, "%lu+%lu records in\n%lu+%lu records out\n"
			"%llu bytes copied, %ld.%03ld s\n", done.in_whole, done.in_part,
			done.out_whole, done.out_part, done.bytes, ms / 1000, ms % 1000);
	return status;
}
