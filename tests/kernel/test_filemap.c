/* SPDX-License-Identifier: MIT */
/*
 * Selftests of the page cache: read and write at any offset, holes, truncation in
 * the middle of a page, that counters follow, and what fsync() hears of a write that failed.
 *
 * Linux: none of its own; xfstests' fsx is the idea of the random test.
 */
#include "kernel/fs/fs.h"
#include "kernel/fs/internal.h"
#include "lib/random.h"
#include "lib/string.h"
#include "mm/filemap.h"
#include "mm/reclaim.h"
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

/* ---- a file system that cannot write ---- */

static int writepage_error, nr_written;
static bool truncates;		/* the page is cut out as soon as it is unlocked */
static struct folio *batch[2];	/* what reclaim has in hand */
static int nr_locked;		/* of these, while another was written */

static int failing_writepage(struct folio *f, struct writeback_control *wbc)
{
	struct address_space *mapping = f->mapping;
	loff_t pos = folio_pos(f);

	nr_written++;
	for (unsigned int i = 0; i < ARRAY_SIZE(batch); i++)
		nr_locked += batch[i] != f && folio_test(batch[i], PG_locked);
	folio_mark_dirty(f);
	folio_unlock(f);
	if (truncates)
		truncate_inode_pages_range(mapping, pos, pos + PAGE_SIZE - 1);
	return writepage_error;
}

static const struct address_space_operations failing_ops = {
	.writepage = failing_writepage,
	.dirty_folio = filemap_dirty_folio,
};

/* A dirty page of such a file, off its list, in hand. */
static void take_in_hand(struct kselftest_ctx *ctx, struct address_space *mapping, pgoff_t index,
			 struct list_head *in_hand)
{
	struct folio *f;

	if (!EXPECT_EQ(ctx, filemap_get_or_create(mapping, index, &f), 0))
		return;
	folio_set(f, PG_uptodate);
	folio_mark_dirty(f);
	folio_unlock(f);
	if (EXPECT_TRUE(ctx, folio_isolate_lru(f)))
		list_add(&f->lru, in_hand);
	batch[index] = f;
	folio_put(f);
}

/* Reclaim meets two dirty pages of such a file. => what fsync() would report. */
static int error_of_reclaim(struct kselftest_ctx *ctx, struct address_space *mapping)
{
	struct scan_control sc = { .gfp = GFP_KERNEL, .priority = 0, .nr_to_reclaim = 1 };
	errseq_t since = errseq_sample(&mapping->wb_err);
	LIST_HEAD(in_hand);

	nr_written = nr_locked = 0;
	take_in_hand(ctx, mapping, 0, &in_hand);
	take_in_hand(ctx, mapping, 1, &in_hand);
	shrink_folio_list(&in_hand, &sc);
	/* Whoever has the locks that a file system's writepage() wants may wait for any page. */
	EXPECT_EQ(ctx, nr_locked, 0);
	EXPECT_EQ(ctx, nr_written, 2);
	putback_lru_folios(&NODE_DATA(0)->lruvec, &in_hand);
	truncate_inode_pages_range(mapping, 0, -1);
	EXPECT_EQ(ctx, mapping->nrpages, 0UL);
	return errseq_check_and_advance(&mapping->wb_err, &since);
}

static int filemap_reclaim_errors(struct kselftest_ctx *ctx)
{
	struct address_space *mapping = kzalloc(sizeof(*mapping), GFP_KERNEL);
	struct file *f;

	if (!mapping || !EXPECT_EQ(ctx, file_open(NAME, O_RDWR | O_CREAT, 0600, &f), 0))
		return 0;
	address_space_init(mapping, f->f_inode, &failing_ops);
	writepage_error = -EIO;
	truncates = false;
	EXPECT_EQ(ctx, error_of_reclaim(ctx, mapping), -EIO);
	/* It is dirty still, and written later: nothing to report. */
	writepage_error = -ENOMEM;
	EXPECT_EQ(ctx, error_of_reclaim(ctx, mapping), 0);
	/* The page is the file's no more; the file could be gone. */
	writepage_error = -EIO;
	truncates = true;
	EXPECT_EQ(ctx, error_of_reclaim(ctx, mapping), 0);
	kfree(mapping);
	fput(f);
	EXPECT_EQ(ctx, vfs_unlink_path(NAME), 0);
	return 0;
}

/* Whoever marks a page without its lock may be late: then truncate has taken it out. */
static int filemap_dirty_late(struct kselftest_ctx *ctx)
{
	struct address_space *mapping = kzalloc(sizeof(*mapping), GFP_KERNEL);
	unsigned long before = node_page_state(NODE_DATA(0), NR_FILE_DIRTY);
	struct folio *f;
	struct file *file;

	if (!mapping || !EXPECT_EQ(ctx, file_open(NAME, O_RDWR | O_CREAT, 0600, &file), 0))
		return 0;
	address_space_init(mapping, file->f_inode, &failing_ops);
	if (EXPECT_EQ(ctx, filemap_get_or_create(mapping, 0, &f), 0)) {
		folio_unlock(f);
		EXPECT_TRUE(ctx, filemap_dirty_folio(mapping, f));
		EXPECT_TRUE(ctx, !filemap_dirty_folio(mapping, f));
		EXPECT_EQ(ctx, node_page_state(NODE_DATA(0), NR_FILE_DIRTY), before + 1);
		truncate_inode_pages_range(mapping, 0, -1);
		EXPECT_TRUE(ctx, !filemap_dirty_folio(mapping, f));
		EXPECT_TRUE(ctx, !folio_test(f, PG_dirty));
		EXPECT_EQ(ctx, node_page_state(NODE_DATA(0), NR_FILE_DIRTY), before);
		folio_put(f);
	}
	kfree(mapping);
	fput(file);
	EXPECT_EQ(ctx, vfs_unlink_path(NAME), 0);
	return 0;
}

const struct kselftest filemap_tests[] = {
	{ "holes take no memory", filemap_holes },
	{ "truncate zeroes the rest of the page", filemap_truncate },
	{ "random reads, writes, truncates, holes", filemap_random },
	{ "errors of reclaim's writes", filemap_reclaim_errors },
	{ "a page out of its file is not marked", filemap_dirty_late },
	{ NULL, NULL },
};
