/* SPDX-License-Identifier: MIT */
/*
 * labrun PROGRAM [ARG...] - run a test of a lab and seal what it prints.
 *
 * The grader puts a key and a nonce, fresh for this boot, into /etc/labkey. labrun takes the file
 * away, runs the program, and prints each of its lines as
 *
 *	@NUMBER TEXT #SEAL
 *
 * where SEAL is the first half of HMAC-SHA256(key, nonce NUMBER TEXT), and at the end a line
 * `exit STATUS` (128 + signal if it was killed). The grader believes only lines with the right
 * seal, in sequence: a kernel that prints "ok" itself gains nothing. Only vfork and exec are
 * used, so that it runs without an MMU too.
 *
 * Linux: none.
 */
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "user/util.h"

#define KEY_FILE "/etc/labkey"
#define KEY_BYTES 32
#define NONCE_CHARS 32
#define LINE_MAX_CHARS 1000

/* ---- SHA-256 (FIPS 180-4) ---- */

struct sha256 {
	uint32_t h[8];
	unsigned char block[64];
	uint64_t length;
};

static const uint32_t k256[64] = {
	0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4,
	0xab1c5ed5, 0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe,
	0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f,
	0x4a7484aa, 0x5cb0a9dc, 0x76f988da, 0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7,
	0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967, 0x27b70a85, 0x2e1b2138, 0x4d2c6dfc,
	0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b,
	0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070, 0x19a4c116,
	0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
	0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7,
	0xc67178f2,
};

static uint32_t ror(uint32_t x, int n)
{
	return x >> n | x << (32 - n);
}

static uint32_t big_endian(const unsigned char *p)
{
	return (uint32_t)p[0] << 24 | p[1] << 16 | p[2] << 8 | p[3];
}

static void sha256_block(struct sha256 *s)
{
	uint32_t w[64], v[8];

	for (int i = 0; i < 16; i++)
		w[i] = big_endian(s->block + 4 * i);
	for (int i = 16; i < 64; i++)
		w[i] = w[i - 16] + w[i - 7] +
		       (ror(w[i - 15], 7) ^ ror(w[i - 15], 18) ^ w[i - 15] >> 3) +
		       (ror(w[i - 2], 17) ^ ror(w[i - 2], 19) ^ w[i - 2] >> 10);
	memcpy(v, s->h, sizeof(v));
	for (int i = 0; i < 64; i++) {
		uint32_t t1 = v[7] + (ror(v[4], 6) ^ ror(v[4], 11) ^ ror(v[4], 25)) +
			      ((v[4] & v[5]) ^ (~v[4] & v[6])) + k256[i] + w[i];
		uint32_t t2 = (ror(v[0], 2) ^ ror(v[0], 13) ^ ror(v[0], 22)) +
			      ((v[0] & v[1]) ^ (v[0] & v[2]) ^ (v[1] & v[2]));

		memmove(v + 1, v, 7 * sizeof(v[0]));
		v[4] += t1;
		v[0] = t1 + t2;
	}
	for (int i = 0; i < 8; i++)
		s->h[i] += v[i];
}

static void sha256_init(struct sha256 *s)
{
	static const uint32_t start[8] = {
		0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
		0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
	};

	memcpy(s->h, start, sizeof(start));
	s->length = 0;
}

static void sha256_add(struct sha256 *s, const void *data, size_t n)
{
	const unsigned char *p = data;

	while (n--) {
		s->block[s->length++ % 64] = *p++;
		if (s->length % 64 == 0)
			sha256_block(s);
	}
}

static void sha256_end(struct sha256 *s, unsigned char out[32])
{
	uint64_t bits = s->length * 8;
	unsigned char byte = 0x80;

	sha256_add(s, &byte, 1);
	byte = 0;
	while (s->length % 64 != 56)
		sha256_add(s, &byte, 1);
	for (int i = 7; i >= 0; i--) {
		byte = bits >> (8 * i);
		sha256_add(s, &byte, 1);
	}
	for (int i = 0; i < 32; i++)
		out[i] = s->h[i / 4] >> (24 - 8 * (i % 4));
}

/* ---- The seal ---- */

static unsigned char key[KEY_BYTES];
static char nonce[NONCE_CHARS + 1];
static unsigned int number;

static void hmac_start(struct sha256 *s, int pad)
{
	unsigned char block[64];

	memset(block, pad, sizeof(block));
	for (int i = 0; i < KEY_BYTES; i++)
		block[i] ^= key[i];
	sha256_init(s);
	sha256_add(s, block, sizeof(block));
}

/* Print one line of the test with its number and its seal, in one write(2). */
static void say(const char *text)
{
	static char out[LINE_MAX_CHARS + 100];
	unsigned char digest[32];
	struct sha256 s;
	int n;

	n = snprintf(out, sizeof(out), "%s %u %s", nonce, ++number, text);
	hmac_start(&s, 0x36);
	sha256_add(&s, out, n);
	sha256_end(&s, digest);
	hmac_start(&s, 0x5c);
	sha256_add(&s, digest, sizeof(digest));
	sha256_end(&s, digest);
	n = snprintf(out, sizeof(out), "@%u %s #", number, text);
	for (int i = 0; i < 16; i++)
		n += snprintf(out + n, sizeof(out) - n, "%02x", digest[i]);
	out[n++] = '\n';
	if (write(STDOUT_FILENO, out, n) != n)
		_exit(125);
}

static int hex(char c)
{
	return c <= '9' ? c - '0' : c - 'a' + 10;
}

/* The file: the key in hex, a space, the nonce. Nobody after us shall see it. */
static void read_key(void)
{
	char text[2 * KEY_BYTES + 1 + NONCE_CHARS + 2];
	FILE *f = fopen(KEY_FILE, "r");

	if (!f || !fgets(text, sizeof(text), f) ||
	    strlen(text) < 2 * KEY_BYTES + 1 + NONCE_CHARS)
		die(KEY_FILE);
	fclose(f);
	unlink(KEY_FILE);
	for (int i = 0; i < KEY_BYTES; i++)
		key[i] = hex(text[2 * i]) << 4 | hex(text[2 * i + 1]);
	memcpy(nonce, text + 2 * KEY_BYTES + 1, NONCE_CHARS);
	memset(text, 0, sizeof(text));
}

/* ---- Running ---- */

/* LABRUN in the environment says that a grader looks: without one a program need not wait. */
static pid_t start(char **argv, int fds[2])
{
	pid_t pid;

	setenv("LABRUN", "1", 1);
	pid = vfork();

	if (pid == 0) {
		dup2(fds[1], STDOUT_FILENO);
		dup2(fds[1], STDERR_FILENO);
		close(fds[0]);
		close(fds[1]);
		execvp(argv[0], argv);
		_exit(127);
	}
	if (pid < 0)
		die("vfork");
	return pid;
}

/* Seal what comes, line by line, until all who could write are gone. */
static void seal_lines(int fd)
{
	static char line[LINE_MAX_CHARS + 1];
	size_t n = 0;
	char c;

	while (read(fd, &c, 1) == 1) {
		if (c != '\n' && n < LINE_MAX_CHARS) {
			line[n++] = c;
			continue;
		}
		line[n] = '\0';
		say(line);
		n = 0;
	}
	line[n] = '\0';
	if (n)
		say(line);
}

int main(int argc, char **argv)
{
	char text[32];
	int fds[2], status, code;
	pid_t pid;

	if (argc < 2) {
		fprintf(stderr, "usage: labrun PROGRAM [ARG...]\n");
		return 2;
	}
	read_key();
	if (pipe(fds) < 0)
		die("pipe");
	pid = start(argv + 1, fds);
	close(fds[1]);
	seal_lines(fds[0]);
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			die("waitpid");
	code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
	snprintf(text, sizeof(text), "exit %d", code);
	say(text);
	return code;
}
