/* SPDX-License-Identifier: MIT */
/*
 * test_cpio.c - the archive walker on archives built here: good, concatenated, padded,
 * damaged and cut off.
 *
 * Linux: init/initramfs_test.c. Differs: the walker is tested, not the unpacking.
 */
#include "host_test.h"
#include "lib/cpio.h"

#define ARCHIVE_MAX	8192

static u8 archive[ARCHIVE_MAX];
static size_t archive_len;

static void pad4(void)
{
	while (archive_len % 4)
		archive[archive_len++] = 0;
}

/* Append one entry; the numbers other than mode and sizes are the same for all. */
static void add(const char *name, u32 mode, const void *data, u32 size)
{
	char header[112];

	snprintf(header, sizeof(header),
		 "070701%08X%08x%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X", 0x1aU, mode, 10U,
		 20U, 1U, 0x65000000U, size, 3U, 4U, 5U, 6U, (u32)strlen(name) + 1, 0U);
	memcpy(archive + archive_len, header, 110);
	archive_len += 110;
	memcpy(archive + archive_len, name, strlen(name) + 1);
	archive_len += strlen(name) + 1;
	pad4();
	if (size)
		memcpy(archive + archive_len, data, size);
	archive_len += size;
	pad4();
}

static void trailer(void)
{
	add("TRAILER!!!", 0, NULL, 0);
}

static void build(void)
{
	memset(archive, 0, sizeof(archive));
	archive_len = 0;
	add(".", 040755, NULL, 0);
	add("bin", 040755, NULL, 0);
	add("bin/sh", 0100755, "\177ELF not really", 16);
	add("etc/motd", 0100644, "hello", 5);
	add("link", 0120777, "bin/sh", 6);
	add("dev/console", 020600, NULL, 0);
	trailer();
}

static void good(void **state)
{
	static const char *const names[] = { ".", "bin", "bin/sh", "etc/motd", "link",
					     "dev/console" };
	struct cpio_entry entry;
	struct cpio_iter it;
	size_t i;

	build();
	cpio_init(&it, archive, archive_len);
	for (i = 0; i < ARRAY_SIZE(names); i++) {
		assert_int_equal(cpio_next(&it, &entry), 1);
		assert_string_equal(entry.name, names[i]);
		assert_int_equal(entry.namelen, strlen(names[i]));
		assert_int_equal(entry.archive, 0);
		if (i == 3) {
			assert_int_equal(entry.size, 5);
			assert_memory_equal(entry.data, "hello", 5);
			assert_int_equal(entry.mode, 0100644);
		}
	}
	assert_true(entry.ino == 0x1a && entry.uid == 10 && entry.gid == 20);
	assert_true(entry.nlink == 1 && entry.mtime == 0x65000000);
	assert_true(entry.dev_major == 3 && entry.dev_minor == 4);
	assert_true(entry.rdev_major == 5 && entry.rdev_minor == 6);
	assert_int_equal(cpio_next(&it, &entry), 0);
	assert_int_equal(cpio_next(&it, &entry), 0);
}

static void concatenated(void **state)
{
	struct cpio_entry entry;
	struct cpio_iter it;

	build();
	/* Padding to a block, another archive, padding again. */
	archive_len = ALIGN(archive_len, 512UL);
	add("second", 0100644, "2", 1);
	trailer();
	archive_len = ALIGN(archive_len, 512UL);
	cpio_init(&it, archive, archive_len);
	while (cpio_next(&it, &entry) == 1 && strcmp(entry.name, "second") != 0)
		assert_int_equal(entry.archive, 0);
	assert_int_equal(entry.archive, 1);
	assert_memory_equal(entry.data, "2", 1);
	assert_int_equal(cpio_next(&it, &entry), 0);
}

/* Walk @size bytes at @data, on the heap; touch all that is reported. The last result. */
static int walk(const void *data, size_t size, int *entries)
{
	u8 *copy = exact_copy(data, size);
	struct cpio_entry entry;
	struct cpio_iter it;
	u8 sum = 0;
	size_t i;
	int ret;

	*entries = 0;
	cpio_init(&it, copy, size);
	while ((ret = cpio_next(&it, &entry)) == 1) {
		assert_int_equal(strlen(entry.name), entry.namelen);
		for (i = 0; i < entry.size; i++)
			sum ^= ((const u8 *)entry.data)[i];
		(*entries)++;
		assert_true(*entries < 1000);
	}
	assert_int_equal(cpio_next(&it, &entry), ret);
	free(copy);
	return ret + (sum & 0);
}

static void truncated(void **state)
{
	size_t len, need;
	int entries;

	build();
	/* The padding behind the last name may be missing. */
	need = archive_len;
	while (!archive[need - 1])
		need--;
	need++;
	for (len = 0; len <= archive_len; len++)
		assert_int_equal(walk(archive, len, &entries), len < need ? -EINVAL : 0);
	assert_int_equal(entries, 6);
}

static void damaged(void **state)
{
	int round, entries, bad = 0;

	for (round = 0; round < 50000; round++) {
		build();
		corrupt(archive, archive_len);
		bad += walk(archive, archive_len, &entries) < 0;
	}
	assert_true(bad > 1000 && bad < 49000);
}

/* One field of the first header replaced: 6 mode .. 12 namesize. */
static int with_field(int field, const char *hex)
{
	int entries;

	build();
	memcpy(archive + 6 + 8 * field, hex, 8);
	return walk(archive, archive_len, &entries);
}

static void bad_fields(void **state)
{
	assert_int_equal(with_field(11, "00000000"), -EINVAL);
	assert_int_equal(with_field(11, "00000001"), -EINVAL);
	assert_int_equal(with_field(11, "00000003"), -EINVAL);
	assert_int_equal(with_field(11, "00001001"), -EINVAL);
	assert_int_equal(with_field(11, "ffffffff"), -EINVAL);
	assert_int_equal(with_field(6, "ffffffff"), -EINVAL);
	assert_int_equal(with_field(6, "7fffffff"), -EINVAL);
	assert_int_equal(with_field(0, "0000000g"), -EINVAL);
	assert_int_equal(with_field(0, "\x10\x11\x12\x13\x14\x15\x16\x17"), -EINVAL);
	assert_int_equal(with_field(0, "-0000001"), -EINVAL);
	assert_int_equal(with_field(0, "deadBEEF"), 0);
}

static void not_an_archive(void **state)
{
	int entries;

	build();
	assert_int_equal(walk(archive, 0, &entries), -EINVAL);
	assert_int_equal(walk(archive + 4, archive_len - 4, &entries), -EINVAL);
	memcpy(archive, "070702", 6);
	assert_int_equal(walk(archive, archive_len, &entries), -EINVAL);
	memset(archive, 0, sizeof(archive));
	assert_int_equal(walk(archive, sizeof(archive), &entries), -EINVAL);
	/* Rubbish behind a good archive. */
	build();
	memset(archive + archive_len, 'x', 200);
	assert_int_equal(walk(archive, archive_len + 200, &entries), -EINVAL);
	assert_int_equal(entries, 6);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		host_test(good), host_test(concatenated), host_test(truncated),
		host_test(damaged), host_test(bad_fields), host_test(not_an_archive),
	};

	return host_main(tests);
}
