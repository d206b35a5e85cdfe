/* SPDX-License-Identifier: MIT */
/*
 * What the small tools share: error messages in the usual form, --help, whole-file reads of
 * /proc, and numbers with units. Nothing here keeps state but the program's name.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))

/* The program's name in its messages: the last part of argv[0]. Set by prog_init(). */
extern const char *progname;

/*
 * prog_init() - note the program's name; print `help` and leave if --help is the first argument.
 */
void prog_init(int argc, char **argv, const char *help);

/* complain() - print "prog: what: strerror(errno)" to stderr. Returns 1, the exit status. */
int complain(const char *what);

/* complain_at() - the same with a directory and a name in it: "prog: dir/name: error". */
int complain_at(const char *dir, const char *name);

/* die() - complain() and exit with status 1. */
void die(const char *what) __attribute__((noreturn));

/* usage() - print "prog: why" and a pointer to --help; exit with status 2. */
void usage(const char *why) __attribute__((noreturn));

/*
 * read_file() - read a whole file into buf and end it with a NUL; what does not fit is cut.
 *
 * => returns the number of bytes read, or -1 with errno set (buf is then "").
 */
ssize_t read_file(const char *path, char *buf, size_t size);

/*
 * field() - the number behind a key at the start of a line: "Key:   123 kB" or "key 123".
 *
 * => key is given with its colon, if it has one. Returns -1 if there is no such line.
 */
long field(const char *text, const char *key);

/* file_field() - field() in a file; -1 if the file cannot be read or has no such line. */
long file_field(const char *path, const char *key);

/* parse_long() - a whole decimal (or 0x, 0) number; usage() with the text if it is not one. */
long parse_long(const char *text);

/* parse_size() - like parse_long(), with an optional suffix k, M or G (powers of 1024). */
long long parse_size(const char *text);

/*
 * human() - a size as at most five characters: 0B 240Ki 9.5Mi 751Mi (suffix "i") or 0 240K 9.5M.
 *
 * => bytes is the size, suffix is put behind the unit letter, buf holds at least 24 bytes.
 */
char *human(uint64_t bytes, const char *suffix, char *buf);

/* A moment in the UTC calendar. */
struct civil {
	int year, month, day;		/* 2026, 1..12, 1..31 */
	int hour, minute, second;
	int weekday, yearday;		/* 0 = Sunday, 0 = first of January */
};

extern const char *const month_names[12];

/* to_civil() - seconds since 1970 as a date. */
void to_civil(int64_t seconds, struct civil *out);

/* from_civil() - the inverse; weekday and yearday are ignored. */
int64_t from_civil(const struct civil *date);

/* basename_of() - what stands behind the last slash. */
const char *basename_of(const char *path);

/* join_path() - "dir/name" into buf; exits with ENAMETOOLONG if it does not fit. */
void join_path(char *buf, size_t size, const char *dir, const char *name);

/* write_all() - write everything or return -1 with errno set. */
int write_all(int fd, const char *buf, size_t len);

/* copy_fd() - copy until end of file; returns 0, -1 if reading or -2 if writing failed. */
int copy_fd(int from, int to);
