/* SPDX-License-Identifier: MIT */
/*
 * Names in a directory: a file whose blocks hold entries (see layout.c for one block).
 *
 * Names are found by walking over all entries; the walk starts at the block where the
 * last one ended, as names are often asked for in the order they lie in. A new name
 * goes to the first place with room, or into a new block at the end. A hash tree
 * (dir_index) is valid as a plain directory too; the first change takes the flag
 * away, since the tree is not kept up.
 *
 * Locks: i_rwsem of the directory, by the callers.
 *
 * Linux: fs/ext2/dir.c. Differs: blocks of the device's cache, not pages of the
 * directory's own.
 */
#include "kernel/fs/ext2/ext2.h"
#include "lib/string.h"

/* A hole, or a block that is not there: damage, but for the caller it is just an error. */
static int dir_bread(struct inode *dir, u32 n, struct buffer *b)
{
	u32 phys, count = 1;
	int err = ext2_map_blocks(dir, n, &phys, &count);

	b->folio = NULL;
	if (err)
		return err;
	if (!phys)
		return ext2_error(dir->i_sb, "directory %lu has a hole", dir->i_ino);
	return sb_bread(dir->i_sb, phys, b);
}

/* The length is whole blocks: ext2_iget() has checked. */
static u32 dir_blocks(const struct inode *dir)
{
	return (u32)(dir->i_size >> EXT2_SB(dir->i_sb)->block_bits);
}

/* What layout.c found. */
static int damaged(struct inode *dir, u32 block)
{
	return ext2_error(dir->i_sb, "bad entry in directory %lu, block %u", dir->i_ino, block);
}

/* Any change: times, and no hash tree any more. */
static void dir_changed(struct inode *dir)
{
	dir->i_mtime = dir->i_ctime = current_time_ns();
	EXT2_I(dir)->i_flags &= ~EXT2_INDEX_FL;
	mark_inode_dirty(dir);
}

/* The type that an entry tells, so that readdir(3) need not read inodes. */
static u8 type_of(struct inode *inode)
{
	static const u8 types[] = {
		[DT_FIFO] = EXT2_FT_FIFO, [DT_CHR] = EXT2_FT_CHRDEV, [DT_DIR] = EXT2_FT_DIR,
		[DT_BLK] = EXT2_FT_BLKDEV, [DT_REG] = EXT2_FT_REG_FILE,
		[DT_LNK] = EXT2_FT_SYMLINK, [DT_SOCK] = EXT2_FT_SOCK,
	};

	return ext2_has_feature_filetype(inode->i_sb) ? types[mode_to_dtype(inode->i_mode)] : 0;
}

/* ---- finding ---- */

/* From the block where the last look-up ended, around once. */
int ext2_find_entry(struct inode *dir, const char *name, unsigned int len, struct ext2_slot *slot)
{
	u32 blocks = dir_blocks(dir), n = EXT2_I(dir)->dir_start;

	slot->buf.folio = NULL;
	for (u32 i = 0; i < blocks; i++, n++) {
		int found;

		if (n >= blocks)
			n = 0;
		found = dir_bread(dir, n, &slot->buf);
		if (found < 0)
			return found;
		found = ext2_block_find(slot->buf.data, slot->buf.size, name, len, &slot->off);
		if (found > 0) {
			EXT2_I(dir)->dir_start = slot->block = n;
			return 0;
		}
		brelse(&slot->buf);
		if (found < 0)
			return damaged(dir, n);
	}
	return -ENOENT;
}

/* It was checked when it was found, and the directory is locked. */
static struct ext2_dir_entry *slot_entry(const struct ext2_slot *slot)
{
	return slot->buf.data + slot->off;
}

/* Not checked: ext2_iget() does. */
u32 ext2_slot_ino(const struct ext2_slot *slot)
{
	return le32_to_cpu(slot_entry(slot)->inode);
}

/* ---- changing ---- */

/* One block more at the end, whose only entry is the new one. */
static int add_block(struct inode *dir, const struct ext2_new_entry *entry)
{
	struct super_block *sb = dir->i_sb;
	u32 n = dir_blocks(dir), phys, count = 1;
	struct buffer b;
	bool fresh;
	int err = ext2_alloc_blocks(dir, n, &phys, &count, &fresh);

	if (err)
		return err;
	if (!fresh)
		return ext2_error(sb, "directory %lu has blocks behind its end", dir->i_ino);
	err = sb_getblk(sb, phys, &b);
	if (err) {
		ext2_truncate_blocks(dir, dir->i_size);
		return err;
	}
	ext2_block_init(b.data, b.size);
	(void)ext2_block_insert(b.data, b.size, entry);
	mark_buffer_dirty(&b);
	brelse(&b);
	dir->i_size += (loff_t)sb->s_blocksize;
	dir_changed(dir);
	return 0;
}

/*
 * Room is searched from where there was some last, or a name was removed since: from the start, a
 * directory of n names would look at n * n / 2 entries. What a longer name has left over before
 * there is used when the directory is read anew.
 */
int ext2_add_entry(struct inode *dir, const char *name, unsigned int len, struct inode *inode)
{
	const struct ext2_new_entry entry = { name, len, (u32)inode->i_ino, type_of(inode) };
	u32 blocks = dir_blocks(dir);
	struct buffer b;

	for (u32 n = EXT2_I(dir)->dir_room; n < blocks; n++) {
		int done = dir_bread(dir, n, &b);

		if (done < 0)
			return done;
		EXT2_I(dir)->dir_room = n;
		done = ext2_block_insert(b.data, b.size, &entry);
		if (done > 0)
			mark_buffer_dirty(&b);
		brelse(&b);
		if (done < 0)
			return damaged(dir, n);
		if (done) {
			dir_changed(dir);
			return 0;
		}
	}
	return add_block(dir, &entry);
}

/* The directory keeps its blocks. */
int ext2_delete_entry(struct inode *dir, struct ext2_slot *slot)
{
	struct ext2_inode_info *ei = EXT2_I(dir);

	ei->dir_room = min(ei->dir_room, slot->block);
	if (ext2_block_remove(slot->buf.data, slot->buf.size, slot->off))
		return damaged(dir, slot->block);
	mark_buffer_dirty(&slot->buf);
	dir_changed(dir);
	return 0;
}

/* The name means another inode from now on. */
void ext2_set_entry(struct inode *dir, struct ext2_slot *slot, struct inode *inode)
{
	slot_entry(slot)->inode = cpu_to_le32(inode->i_ino);
	slot_entry(slot)->file_type = type_of(inode);
	mark_buffer_dirty(&slot->buf);
	dir_changed(dir);
}

/* The first block of a new directory. */
int ext2_make_empty(struct inode *inode, struct inode *parent)
{
	struct super_block *sb = inode->i_sb;
	u32 phys, count = 1;
	struct buffer b;
	bool fresh;
	int err = ext2_alloc_blocks(inode, 0, &phys, &count, &fresh);

	if (!err)
		err = sb_getblk(sb, phys, &b);
	if (err)
		return err;
	ext2_block_init_dots(b.data, b.size, (u32)inode->i_ino, (u32)parent->i_ino,
			     type_of(inode));
	mark_buffer_dirty(&b);
	brelse(&b);
	inode->i_size = (loff_t)sb->s_blocksize;
	mark_inode_dirty(inode);
	return 0;
}

/* All blocks are looked at: names may be anywhere. */
int ext2_dir_is_empty(struct inode *dir)
{
	u32 blocks = dir_blocks(dir);
	struct buffer b;
	int empty = 1;

	for (u32 n = 0; n < blocks && empty > 0; n++) {
		empty = dir_bread(dir, n, &b);
		if (empty < 0)
			return empty;
		empty = ext2_block_is_empty(b.data, b.size);
		brelse(&b);
		if (empty < 0)
			return damaged(dir, n);
	}
	return empty;
}

/* ---- reading ---- */

/* DT_UNKNOWN makes programs ask with stat(2). */
static unsigned int dtype_of(const struct ext2_dir_entry *de)
{
	static const u8 types[] = {
		DT_UNKNOWN, DT_REG, DT_DIR, DT_CHR, DT_BLK, DT_FIFO, DT_SOCK, DT_LNK,
	};

	return de->file_type < ARRAY_SIZE(types) ? types[de->file_type] : DT_UNKNOWN;
}

/*
 * A position is a byte of the directory. Names may have come and gone since it was
 * right, so entries are walked over from the start of its block. 1: go on.
 */
static int emit_block(struct inode *dir, struct buffer *b, struct dir_context *ctx)
{
	u32 wanted = (u32)ctx->pos & (b->size - 1), at, rec_len;
	loff_t base = ctx->pos - wanted;

	for (at = 0; at < b->size; at += rec_len) {
		const struct ext2_dir_entry *de = b->data + at;

		if (!ext2_dirent_ok(b->data, b->size, at)) {
			ctx->pos = base + b->size;
			return damaged(dir, (u32)(base >> EXT2_SB(dir->i_sb)->block_bits));
		}
		rec_len = le16_to_cpu(de->rec_len);
		if (at < wanted || !de->inode)
			continue;
		ctx->pos = base + at;
		if (!dir_emit(ctx, de->name, de->name_len, le32_to_cpu(de->inode), dtype_of(de)))
			return 0;
	}
	ctx->pos = base + b->size;
	return 1;
}

/* What was emitted before an error is not lost: the error comes with the next call. */
static int ext2_readdir(struct file *f, struct dir_context *ctx)
{
	struct inode *dir = f->f_inode;
	loff_t start = ctx->pos;
	struct buffer b;
	int ret = 1;

	while (ret > 0 && ctx->pos < dir->i_size) {
		loff_t pos = ctx->pos;

		ret = dir_bread(dir, (u32)(pos >> EXT2_SB(dir->i_sb)->block_bits), &b);
		if (!ret)
			ret = emit_block(dir, &b, ctx);
		brelse(&b);
		if (ret < 0 && pos != start) {
			ctx->pos = pos;
			return 0;
		}
	}
	return min(ret, 0);
}

const struct file_operations ext2_dir_fops = {
	.llseek = generic_file_llseek,
	.iterate = ext2_readdir,
	.fsync = generic_file_fsync,
};
