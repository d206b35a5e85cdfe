/* SPDX-License-Identifier: MIT */
/*
 * Selftests of the page cache: read and write at any offset, holes, truncation in
 * the middle of a page, and that counters follow.
 *
 * Linux: none of its own; xfstests' fsx is the idea of the random test.
 */
#include "kernel/fs/fs.h"
#include "kernel/fs/internal.h"
#include "lib/random.h"
#include "lib/string.h"
#include "mm/filemap.h"
#include "mm/slab.h"
#include "tests/kernel/selftest.h"

#define NAME	"/tmp/filemap-test"
#define MODEL_SIZE 40000

static unsigned long file_pages(void)
{
	return node_page_state(NODE_DATA(0), NR_FILE_PAGES);
}

static int filemap_holes(struct kselftest_ctx *ctx)
{
	unsigned long before = file_pages();
	char buf[16];
	struct file *f;
	loff_t pos = 5 * PAGE_SIZE - 3;

	if (!EXPECT_EQ(ctx, file_open(NAME, O_RDWR | O_CREAT, 0600, &f), 0))
		return 0;
	EXPECT_EQ(ctx, kernel_write(f, "abcdef", 6, &pos), 6);
	EXPECT_EQ(ctx, f->f_inode->i_size, 5 * (loff_t)PAGE_SIZE + 3);
	/* Two pages were written; reading the hole makes none. */
	EXPECT_EQ(ctx, file_pages(), before + 2);
	EXPECT_EQ(ctx, f->f_mapping->nrpages, 2UL);
	EXPECT_EQ(ctx, f->f_inode->i_blocks, 16UL);
	memset(buf, 1, sizeof(buf));
	pos = PAGE_SIZE;
	EXPECT_EQ(ctx, kernel_read(f, buf, 16, &pos), 16);
	EXPECT_TRUE(ctx, !memchr_inv(buf, 0, 16));
	EXPECT_EQ(ctx, file_pages(), before + 2);
	pos = 5 * PAGE_SIZE - 3;
	EXPECT_EQ(ctx, kernel_read(f, buf, 16, &pos), 6);
	EXPECT_TRUE(ctx, !memcmp(buf, "abcdef", 6));
	EXPECT_EQ(ctx, kernel_read(f, buf, 16, &pos), 0);
	fput(f);
	EXPECT_EQ(ctx, vfs_unlink_path(NAME), 0);
	EXPECT_EQ(ctx, file_pages(), before);
	return 0;
}

/* What is cut off must not come back when the file grows again. */
static int filemap_truncate(struct kselftest_ctx *ctx)
{
	char buf[8];
	struct file *f;
	loff_t pos = 0;

	if (!EXPECT_EQ(ctx, file_open(NAME, O_RDWR | O_CREAT, 0600, &f), 0))
		return 0;
	EXPECT_EQ(ctx, kernel_write(f, "12345678", 8, &pos), 8);
	EXPECT_EQ(ctx, do_truncate(f->f_path.dentry, 3), 0);
	EXPECT_EQ(ctx, do_truncate(f->f_path.dentry, 8), 0);
	pos = 0;
	EXPECT_EQ(ctx, kernel_read(f, buf, 8, &pos), 8);
	EXPECT_TRUE(ctx, !memcmp(buf, "123\0\0\0\0", 8));
	EXPECT_EQ(ctx, do_truncate(f->f_path.dentry, -1), -EINVAL);
	EXPECT_EQ(ctx, do_truncate(f->f_path.dentry, 0), 0);
	EXPECT_EQ(ctx, f->f_mapping->nrpages, 0UL);
	EXPECT_EQ(ctx, f->f_inode->i_blocks, 0UL);
	fput(f);
	EXPECT_EQ(ctx, vfs_unlink_path(NAME), 0);
	return 0;
}

/* One random step on the file and on a plain array of the same bytes. */
static bool fsx_step(struct kselftest_ctx *ctx, struct file *f, struct rnd_state *rnd,
		     u8 *model, u8 *buf)
{
	loff_t pos = prandom_below(rnd, MODEL_SIZE), size = f->f_inode->i_size;
	size_t n = prandom_below(rnd, MODEL_SIZE - pos) % 9000;

	switch (prandom_below(rnd, 8)) {
	case 0:
		if (pos < size)
			memset(model + pos, 0, size - pos);
		return EXPECT_EQ(ctx, do_truncate(f->f_path.dentry, pos), 0);
	case 1:
		if (!n || f->f_op->fallocate(f, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, pos, n))
			return true;
		memset(model + pos, 0, n);
		return true;
	case 2:
	case 3:
	case 4:
		prandom_bytes_state(rnd, buf, n);
		memcpy(model + pos, buf, n);
		return EXPECT_EQ(ctx, kernel_write(f, buf, n, &pos), (ssize_t)n);
	default:
		n = min_t(loff_t, n, max_t(loff_t, size - pos, 0));
		return EXPECT_EQ(ctx, kernel_read(f, buf, n, &pos), (ssize_t)n) &&
		       EXPECT_TRUE(ctx, !memcmp(buf, model + pos - n, n));
	}
}

static int filemap_random(struct kselftest_ctx *ctx)
{
	u8 *model = kzalloc(MODEL_SIZE, GFP_KERNEL), *buf = kzalloc(MODEL_SIZE, GFP_KERNEL);
	struct rnd_state rnd;
	struct file *f;

	if (!EXPECT_TRUE(ctx, model && buf) ||
	    !EXPECT_EQ(ctx, file_open(NAME, O_RDWR | O_CREAT, 0600, &f), 0))
		return 0;
	prandom_seed_state(&rnd, 42);
	for (int i = 0; i < 3000; i++) {
		if (!fsx_step(ctx, f, &rnd, model, buf))
			break;
	}
	fput(f);
	EXPECT_EQ(ctx, vfs_unlink_path(NAME), 0);
	kfree(model);
	kfree(buf);
	return 0;
}

const struct kselftest filemap_tests[] = {
	{ "holes take no memory", filemap_holes },
	{ "truncate zeroes the rest of the page", filemap_truncate },
	{ "random reads, writes, truncates, holes", filemap_random },
	{ NULL, NULL },
};
