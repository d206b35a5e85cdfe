/* SPDX-License-Identifier: MIT */
/*
 * test_ext2.c - ext2's pure parts: the way to each block of a file, and the entries of one
 * directory block, with names coming and going and with bytes that nobody can trust.
 *
 * Linux: none (fs/ext2 has no tests of its own; e2fsprogs has some for its library).
 */
#include "host_test.h"
#include "kernel/fs/ext2/layout.h"
#include "lib/random.h"

#define NR_NAMES	60

/* The offsets must lead back to the block; `left` must end where the last array does. */
static void check_path(u64 block, unsigned int bits)
{
	unsigned int offsets[4], left, ptrs = 1U << bits;
	int depth = ext2_block_to_path(block, bits, offsets, &left);
	u64 back = 0, base = EXT2_NDIR_BLOCKS;

	assert_in_range(depth, 1, 4);
	if (depth == 1) {
		assert_int_equal(offsets[0], block);
		assert_int_equal(left, EXT2_NDIR_BLOCKS - block);
		return;
	}
	assert_int_equal(offsets[0], EXT2_NDIR_BLOCKS + depth - 2);
	for (int i = 1; i < depth - 1; i++)
		base += 1UL << (unsigned int)i * bits;
	for (int i = 1; i < depth; i++) {
		assert_in_range(offsets[i], 0, ptrs - 1);
		back = back * ptrs + offsets[i];
	}
	assert_int_equal(base + back, block);
	assert_int_equal(left, ptrs - offsets[depth - 1]);
}

static void paths(void **state)
{
	struct rnd_state rnd;
	unsigned int offsets[4], left;

	prandom_seed_state(&rnd, 1);
	for (unsigned int bits = 8; bits <= 10; bits++) {
		u64 max = ext2_max_blocks(bits), p = 1UL << bits;
		u64 edges[] = { 0, 11, 12, 12 + p - 1, 12 + p, 12 + p + p * p - 1, 12 + p + p * p,
				max - 1 };

		for (unsigned int i = 0; i < ARRAY_SIZE(edges); i++)
			check_path(edges[i], bits);
		for (int i = 0; i < 20000; i++)
			check_path(prandom_u64_state(&rnd) % max, bits);
		assert_int_equal(ext2_block_to_path(max, bits, offsets, &left), 0);
		assert_int_equal(ext2_block_to_path(~0UL, bits, offsets, &left), 0);
	}
}

/* A name that is another for each n; lengths from 1 to 255. */
static unsigned int name_of(unsigned int n, char *name)
{
	unsigned int len = 1 + n * 37 % EXT2_NAME_LEN;

	memset(name, 'a' + (int)(n % 26), len);
	name[len - 1] = (char)('A' + n / 26);
	return len;
}

/* The chain of entries covers the block; counts those in use. */
static unsigned int count_entries(const u8 *block, unsigned int size)
{
	unsigned int used = 0, at = 0;

	while (at < size) {
		const struct ext2_dir_entry *de = (const void *)(block + at);

		assert_true(ext2_dirent_ok(block, size, at));
		used += de->inode != 0;
		at += le16_to_cpu(de->rec_len);
	}
	assert_int_equal(at, size);
	return used;
}

static void names_come_and_go(void **state)
{
	for (unsigned int size = 1024; size <= 4096; size *= 2) {
		u8 *block = malloc(size);	/* so that a sanitizer sees its ends */
		bool there[NR_NAMES] = { false };
		unsigned int count = 2, off;
		struct rnd_state rnd;
		char name[256];

		prandom_seed_state(&rnd, size);
		ext2_block_init_dots(block, size, 12, 2, EXT2_FT_DIR);
		for (int i = 0; i < 20000; i++) {
			unsigned int n = prandom_below(&rnd, NR_NAMES), len = name_of(n, name);
			struct ext2_new_entry e = { name, len, n + 20, EXT2_FT_REG_FILE };
			int found = ext2_block_find(block, size, name, len, &off);

			assert_int_equal(found, there[n]);
			if (found) {
				assert_int_equal(ext2_block_remove(block, size, off), 0);
				there[n] = false;
				count--;
			} else if (ext2_block_insert(block, size, &e)) {
				there[n] = true;
				count++;
			}
			assert_int_equal(count_entries(block, size), count);
			assert_int_equal(ext2_block_is_empty(block, size), count == 2);
		}
		free(block);
	}
}

static void full_block(void **state)
{
	u8 *block = malloc(1024);
	struct ext2_new_entry e = { .ino = 20, .type = EXT2_FT_REG_FILE };
	unsigned int n = 0, off;
	char name[4] = "000";

	ext2_block_init(block, 1024);
	e.name = name;
	e.len = 3;
	while (ext2_block_insert(block, 1024, &e)) {
		n++;
		name[0] = (char)('0' + n / 10);
		name[1] = (char)('0' + n % 10);
	}
	assert_int_equal(n, 1024 / 12);
	assert_int_equal(ext2_block_find(block, 1024, "420", 3, &off), 1);
	assert_int_equal(off, 42 * 12);
	/* The first entry has nobody before it to give its room to. */
	assert_int_equal(ext2_block_remove(block, 1024, 0), 0);
	assert_int_equal(ext2_block_insert(block, 1024, &e), 1);
	assert_int_equal(ext2_block_insert(block, 1024, &e), 0);
	free(block);
}

/* Whatever the bytes are: an answer, and no access outside the block (the sanitizer looks). */
static void damaged_blocks(void **state)
{
	u8 *block = malloc(1024);
	struct ext2_new_entry e = { "new", 3, 20, EXT2_FT_REG_FILE };
	struct rnd_state rnd;
	unsigned int off;

	prandom_seed_state(&rnd, 3);
	for (int round = 0; round < 30000; round++) {
		char name[256];

		ext2_block_init_dots(block, 1024, 12, 2, EXT2_FT_DIR);
		for (unsigned int n = 0; n < 8; n++) {
			struct ext2_new_entry add = { name, name_of(n, name), n + 20, 1 };

			(void)ext2_block_insert(block, 1024, &add);
		}
		for (u32 i = prandom_below(&rnd, 20); i; i--)
			block[prandom_below(&rnd, 1024)] = (u8)prandom_u32_state(&rnd);
		if (round % 8 == 0)
			prandom_bytes_state(&rnd, block, 1024);
		if (ext2_block_find(block, 1024, name, name_of(7, name), &off) > 0)
			(void)ext2_block_remove(block, 1024, off);
		(void)ext2_block_remove(block, 1024, prandom_below(&rnd, 256) * 4);
		(void)ext2_block_insert(block, 1024, &e);
		(void)ext2_block_is_empty(block, 1024);
	}
	free(block);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		host_test(paths), host_test(names_come_and_go), host_test(full_block),
		host_test(damaged_blocks),
	};

	return host_main(tests);
}
