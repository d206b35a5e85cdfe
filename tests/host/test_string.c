/* SPDX-License-Identifier: MIT */
/*
 * test_string.c - Quire's memory and string functions against libc's, at all alignments and
 * with blocks of exact size, so that ASan sees every byte too far.
 *
 * Linux: lib/string_kunit.c, lib/memcpy_kunit.c. Differs: libc is the model.
 */
#include "host_test.h"
#include "lib/errno.h"
#include "quire_libc.h"

#define BUF	400

static u8 src[BUF], got[BUF], want[BUF];

static void fill_random(u8 *buf)
{
	prandom_bytes_state(&host_rnd, buf, BUF);
}

/* Every pair of alignments, every length around the word and block borders. */
static void copy_all_alignments(void **state)
{
	size_t to, from, n;

	fill_random(src);
	for (to = 0; to < 8; to++)
		for (from = 0; from < 8; from++)
			for (n = 0; n < 160; n++) {
				fill_random(got);
				memcpy(want, got, BUF);
				memcpy(want + to, src + from, n);
				assert_ptr_equal(quire_memcpy(got + to, src + from, n), got + to);
				assert_memory_equal(got, want, BUF);
			}
}

static void copy_exact_blocks(void **state)
{
	size_t n, skip;
	u8 *from, *to;

	for (n = 0; n < 200; n++)
		for (skip = 0; skip < 8; skip++) {
			from = malloc(n + skip + 1);
			to = malloc(n + 1);
			memset(from, (int)n, n + skip + 1);
			/* Both end at the end of their block. */
			quire_memcpy(to + 1, from + 1 + skip, n);
			assert_memory_equal(to + 1, from + 1 + skip, n);
			quire_memmove(to, from + skip, n + 1);
			assert_memory_equal(to, from + skip, n + 1);
			free(from);
			free(to);
		}
}

static void move_overlapping(void **state)
{
	size_t to, from, n;
	int round;

	for (round = 0; round < 30000; round++) {
		n = rnd(180);
		from = rnd(200);
		to = rnd(2) ? rnd(200) : from + rnd(20);
		fill_random(got);
		memcpy(want, got, BUF);
		memmove(want + to, want + from, n);
		assert_ptr_equal(quire_memmove(got + to, got + from, n), got + to);
		assert_memory_equal(got, want, BUF);
	}
}

static void set(void **state)
{
	size_t at, n;

	for (at = 0; at < 8; at++)
		for (n = 0; n < 200; n++) {
			int c = (int)rnd(512) - 128;

			fill_random(got);
			memcpy(want, got, BUF);
			memset(want + at, c, n);
			assert_ptr_equal(quire_memset(got + at, c, n), got + at);
			assert_memory_equal(got, want, BUF);
		}
}

static int sign(int x)
{
	return (x > 0) - (x < 0);
}

static void compare(void **state)
{
	size_t n, at, to;
	int round;

	for (round = 0; round < 20000; round++) {
		n = rnd(100);
		at = rnd(9);
		to = rnd(9);
		fill_random(src);
		memcpy(got + to, src + at, n);
		assert_int_equal(quire_memcmp(got + to, src + at, n), 0);
		if (!n)
			continue;
		got[to + rnd((u32)n)] ^= (u8)(1 << rnd(8));
		assert_int_equal(sign(quire_memcmp(got + to, src + at, n)),
				 sign(memcmp(got + to, src + at, n)));
	}
}

static void search_bytes(void **state)
{
	size_t n, at, odd;
	int round;
	u8 *block;

	for (round = 0; round < 5000; round++) {
		n = 1 + rnd(120);
		at = rnd(8);
		odd = rnd((u32)n);
		block = malloc(at + n);
		memset(block, 0x5a, at + n);
		assert_null(memchr_inv(block + at, 0x5a, n));
		assert_null(quire_memchr(block + at, 0xa5, n));
		block[at + odd] = 0xa5;
		assert_ptr_equal(memchr_inv(block + at, 0x5a, n), block + at + odd);
		assert_ptr_equal(quire_memchr(block + at, 0xa5, n), block + at + odd);
		assert_ptr_equal(quire_memchr(block + at, 0x1a5, n), block + at + odd);
		free(block);
	}
	assert_null(memchr_inv(src, 0, 0));
}

/* A short string over a small alphabet, on the heap with its exact size. */
static char *random_string(u32 max_len)
{
	static const char letters[] = "aab,c\xe4";
	u32 len = rnd(max_len), i;
	char *s = malloc(len + 1);

	for (i = 0; i < len; i++)
		s[i] = letters[rnd(sizeof(letters) - 1)];
	s[len] = '\0';
	return s;
}

static void strings_like_libc(void **state)
{
	int round;

	for (round = 0; round < 30000; round++) {
		char *s = random_string(20), *t = random_string(4);
		int c = "abc,x\xe4"[rnd(7)];
		size_t n = rnd(24);

		assert_int_equal(quire_strlen(s), strlen(s));
		assert_int_equal(quire_strnlen(s, n), strnlen(s, n));
		assert_int_equal(sign(quire_strcmp(s, t)), sign(strcmp(s, t)));
		assert_int_equal(sign(quire_strncmp(s, t, n)), sign(strncmp(s, t, n)));
		assert_ptr_equal(quire_strchr(s, c), strchr(s, c));
		assert_ptr_equal(quire_strrchr(s, c), strrchr(s, c));
		assert_ptr_equal(quire_strstr(s, t), strstr(s, t));
		assert_int_equal(quire_strspn(s, t), strspn(s, t));
		assert_int_equal(quire_strcspn(s, t), strcspn(s, t));
		assert_ptr_equal(quire_strpbrk(s, t), strpbrk(s, t));
		free(s);
		free(t);
	}
}

static void tokens(void **state)
{
	int round;

	for (round = 0; round < 3000; round++) {
		char *mine = random_string(20), *libc = strdup(mine);
		char *p = mine, *q = libc, *a, *b;

		do {
			a = quire_strsep(&p, ",a");
			b = strsep(&q, ",a");
			assert_int_equal(!a, !b);
			if (a)
				assert_string_equal(a, b);
		} while (a);
		free(mine);
		free(libc);
	}
}

static void bounded_copy(void **state)
{
	char buf[8];

	memset(buf, 'x', sizeof(buf));
	assert_int_equal(strscpy(buf, "abc", sizeof(buf)), 3);
	assert_memory_equal(buf, "abc\0xxxx", 8);
	assert_int_equal(strscpy(buf, "abcdefgh", sizeof(buf)), -E2BIG);
	assert_string_equal(buf, "abcdefg");
	assert_int_equal(strscpy(buf, "abcdefg", sizeof(buf)), 7);
	assert_int_equal(strscpy(buf, "", 1), 0);
	assert_int_equal(strscpy(buf, "q", 0), -E2BIG);
	memset(buf, 'x', sizeof(buf));
	assert_int_equal(strscpy_pad(buf, "ab", sizeof(buf)), 2);
	assert_memory_equal(buf, "ab\0\0\0\0\0\0", 8);
}

static void helpers(void **state)
{
	static const char *const names[] = { "never", "always", "madvise", NULL, "hidden" };
	char buf[] = " \t a b \n";

	assert_string_equal(strim(buf), "a b");
	assert_string_equal(skip_spaces("  x "), "x ");
	assert_true(sysfs_streq("on\n", "on") && sysfs_streq("on", "on\n"));
	assert_false(sysfs_streq("on\n\n", "on") || sysfs_streq("on", "off"));
	assert_true(sysfs_streq("", "\n"));
	assert_int_equal(str_has_prefix("root=/dev/vda", "root="), 5);
	assert_int_equal(str_has_prefix("ro", "root="), 0);
	assert_int_equal(match_string(names, ARRAY_SIZE(names), "madvise"), 2);
	assert_int_equal(match_string(names, ARRAY_SIZE(names), "hidden"), -EINVAL);
	assert_int_equal(match_string(names, 1, "always"), -EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		host_test(copy_all_alignments), host_test(copy_exact_blocks),
		host_test(move_overlapping), host_test(set), host_test(compare),
		host_test(search_bytes), host_test(strings_like_libc), host_test(tokens),
		host_test(bounded_copy), host_test(helpers),
	};

	return host_main(tests);
}
