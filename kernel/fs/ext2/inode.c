/* SPDX-License-Identifier: MIT */
/*
 * Inodes between the disk and memory: read at the first use (ext2_iget()), written
 * when dirty, freed with their blocks when the last name and the last user are gone.
 *
 * An inode that cannot be true is marked bad: it stays in the table until its last
 * reference goes, so that those who waited for it see it too, and nothing of it is
 * ever written or freed.
 *
 * Only the fields we know are written; what others keep in an inode stays.
 *
 * Locks: a raw inode in its block is changed by whoever writes that inode; neighbours
 * in the block are others' business. I_NEW while it is filled.
 *
 * Linux: fs/ext2/inode.c. Differs: nanoseconds and years behind 2038 as ext4 keeps
 * them, where inodes have room.
 */
#include "kernel/fs/ext2/ext2.h"
#include "lib/string.h"
#include "mm/slab.h"

#define INODE_READAHEAD	8U	/* blocks of the inode table */

static struct kmem_cache *ext2_inode_cache;

/* Boot. */
void ext2_inode_cache_init(void)
{
	ext2_inode_cache = kmem_cache_create("ext2_inode_cache", sizeof(struct ext2_inode_info),
					     8, SLAB_RECLAIM_ACCOUNT | SLAB_PANIC, NULL);
}

/* The VFS fills its part; the rest is zeros. */
struct inode *ext2_alloc_inode(struct super_block *sb)
{
	struct ext2_inode_info *ei = kmem_cache_zalloc(ext2_inode_cache, GFP_KERNEL);

	if (!ei)
		return NULL;
	init_rwsem(&ei->map_sem, RANK_EXT2_MAP, "ext2 map_sem");
	return &ei->vfs_inode;
}

/* After ext2_evict_inode(). */
void ext2_free_inode_memory(struct inode *inode)
{
	kmem_cache_free(ext2_inode_cache, EXT2_I(inode));
}

/* ---- the raw inode ---- */

/*
 * Its block, which the caller releases, and its place there. No check is needed: the number
 * is in range, and tables lie where ext2_check_groups() found them to. Inodes of one
 * directory are neighbours: some blocks of the table are read at once.
 */
static int read_raw(struct super_block *sb, u64 ino, struct buffer *b, struct ext2_inode **raw)
{
	struct ext2_sb_info *sbi = EXT2_SB(sb);
	u32 group = (u32)(ino - 1) / sbi->inodes_per_group;
	u64 offset = (ino - 1) % sbi->inodes_per_group * sbi->inode_size;
	u32 table = le32_to_cpu(ext2_group(sb, group)->bg_inode_table);
	u32 n = (u32)(offset >> sbi->block_bits), first = n & ~(INODE_READAHEAD - 1U);
	int err;

	sb_breadahead(sb, table + first, min(INODE_READAHEAD, sbi->itable_blocks - first),
		      table + n);
	err = sb_bread(sb, table + n, b);
	if (!err)
		*raw = b->data + (offset & (sb->s_blocksize - 1));
	return err;
}

/* Does the inode have bytes for the extra parts of its times? */
static bool has_extra_times(const struct ext2_inode_info *ei)
{
	return ei->i_extra_isize >= offsetof(struct ext2_inode, i_crtime) -
				    EXT2_GOOD_OLD_INODE_SIZE;
}

/* Seconds, and in `extra` nanoseconds above two bits of further seconds. Before 1970 is 1970. */
static u64 decode_time(le32 seconds, u32 extra)
{
	s64 s = (s32)le32_to_cpu(seconds) + ((s64)(extra & 3) << 32);

	return s < 0 ? 0 : (u64)s * NSEC_PER_SEC + (extra >> 2) % NSEC_PER_SEC;
}

/* Seconds in 32 bits are signed: the epoch says by how many times 2^32 they are off. */
static le32 encode_extra(u64 ns)
{
	u64 s = ns / NSEC_PER_SEC;
	u32 epoch = (u32)((s - (u64)(s64)(s32)s) >> 32) & 3;

	return cpu_to_le32((u32)(ns % NSEC_PER_SEC) << 2 | epoch);
}

/* All three, from the raw inode. */
static void decode_times(struct inode *inode, const struct ext2_inode *raw)
{
	bool extra = has_extra_times(EXT2_I(inode));

	inode->i_atime = decode_time(raw->i_atime, extra ? le32_to_cpu(raw->i_atime_extra) : 0);
	inode->i_mtime = decode_time(raw->i_mtime, extra ? le32_to_cpu(raw->i_mtime_extra) : 0);
	inode->i_ctime = decode_time(raw->i_ctime, extra ? le32_to_cpu(raw->i_ctime_extra) : 0);
}

/* And into it. What has no room for nanoseconds forgets them. */
static void encode_times(const struct inode *inode, struct ext2_inode *raw)
{
	raw->i_atime = cpu_to_le32(inode->i_atime / NSEC_PER_SEC);
	raw->i_mtime = cpu_to_le32(inode->i_mtime / NSEC_PER_SEC);
	raw->i_ctime = cpu_to_le32(inode->i_ctime / NSEC_PER_SEC);
	if (!has_extra_times(EXT2_I(inode)))
		return;
	raw->i_atime_extra = encode_extra(inode->i_atime);
	raw->i_mtime_extra = encode_extra(inode->i_mtime);
	raw->i_ctime_extra = encode_extra(inode->i_ctime);
}

/*
 * Two forms: an old one of 16 bits in the first word, and the one that programs see in the
 * second.
 */
static dev_t decode_rdev(const struct ext2_inode_info *ei)
{
	u32 old = le32_to_cpu(ei->i_block[0]), new = le32_to_cpu(ei->i_block[1]);

	if (old)
		return MKDEV(old >> 8 & 0xff, old & 0xff);
	return MKDEV(new >> 8 & 0xfff, (new & 0xff) | (new >> 12 & 0xfff00));
}

/* The old form where it fits: every reader knows it. */
static void encode_rdev(const struct inode *inode, struct ext2_inode_info *ei)
{
	u32 major = MAJOR(inode->i_rdev), minor = MINOR(inode->i_rdev);
	bool old = major < 256 && minor < 256;

	ei->i_block[0] = cpu_to_le32(old ? major << 8 | minor : 0);
	ei->i_block[1] = cpu_to_le32(old ? 0 : (minor & 0xff) | major << 8 |
				     (minor & ~0xffU) << 12);
}

/* Fields as they are; whether they can be true is check_inode()'s question. */
static void decode_inode(struct inode *inode, const struct ext2_inode *raw)
{
	struct ext2_inode_info *ei = EXT2_I(inode);

	inode->i_mode = le16_to_cpu(raw->i_mode);
	inode->i_uid = le16_to_cpu(raw->i_uid) | (u32)le16_to_cpu(raw->i_uid_high) << 16;
	inode->i_gid = le16_to_cpu(raw->i_gid) | (u32)le16_to_cpu(raw->i_gid_high) << 16;
	inode->i_nlink = le16_to_cpu(raw->i_links_count);
	inode->i_blocks = le32_to_cpu(raw->i_blocks);
	inode->i_size = le32_to_cpu(raw->i_size);
	if (S_ISREG(inode->i_mode))
		inode->i_size |= (loff_t)le32_to_cpu(raw->i_size_high) << 32;
	ei->i_flags = le32_to_cpu(raw->i_flags);
	ei->i_file_acl = le32_to_cpu(raw->i_file_acl);
	ei->i_dtime = le32_to_cpu(raw->i_dtime);
	ei->i_generation = le32_to_cpu(raw->i_generation);
	if (EXT2_SB(inode->i_sb)->inode_size > EXT2_GOOD_OLD_INODE_SIZE)
		ei->i_extra_isize = le16_to_cpu(raw->i_extra_isize);
	memcpy(ei->i_block, raw->i_block, sizeof(ei->i_block));
	decode_times(inode, raw);
}

/*
 * NULL, or what is wrong with it. The map is checked when it is used: there each number is
 * asked about anyway.
 */
static const char *check_inode(const struct inode *inode)
{
	const struct super_block *sb = inode->i_sb;
	loff_t size = inode->i_size;

	if (!inode->i_nlink)
		return "a name leads to it, but it is deleted";
	if (EXT2_I(inode)->i_extra_isize > EXT2_SB(sb)->inode_size - EXT2_GOOD_OLD_INODE_SIZE)
		return "wrong size";
	switch (inode->i_mode & S_IFMT) {
	case S_IFREG:
		return size < 0 || size > sb->s_maxbytes ? "its file is too long" : NULL;
	case S_IFDIR:
		return size & (loff_t)(sb->s_blocksize - 1) ? "wrong length of a directory" : NULL;
	case S_IFLNK:
		return size > (ext2_has_map(inode) ? (loff_t)sb->s_blocksize - 1 :
			       EXT2_FAST_LINK_MAX) ? "its link is too long" : NULL;
	case S_IFCHR:
	case S_IFBLK:
	case S_IFIFO:
	case S_IFSOCK:
		return NULL;
	default:
		return "unknown type";
	}
}

/* ---- reading ---- */

/* By type; rdev is for devices. */
void ext2_set_ops(struct inode *inode, dev_t rdev)
{
	if (S_ISREG(inode->i_mode)) {
		inode->i_op = &ext2_file_iops;
		inode->i_fop = &ext2_file_fops;
		inode->i_data.a_ops = &ext2_aops;
	} else if (S_ISDIR(inode->i_mode)) {
		inode->i_op = &ext2_dir_iops;
		inode->i_fop = &ext2_dir_fops;
	} else if (S_ISLNK(inode->i_mode)) {
		inode->i_op = &ext2_symlink_iops;
	} else {
		inode->i_op = &ext2_special_iops;
		init_special_inode(inode, inode->i_mode, rdev);
	}
}

/* Read and check one. => I_NEW. */
static int fill_inode(struct inode *inode)
{
	struct super_block *sb = inode->i_sb;
	struct ext2_inode *raw;
	const char *why;
	struct buffer b;
	int err = read_raw(sb, inode->i_ino, &b, &raw);

	if (err)
		return err;
	decode_inode(inode, raw);
	brelse(&b);
	why = check_inode(inode);
	if (why)
		return ext2_error(sb, "inode %lu: %s", inode->i_ino, why);
	ext2_set_ops(inode, decode_rdev(EXT2_I(inode)));
	return 0;
}

/* An inode that another hart has just read badly is known by `bad`. */
int ext2_iget(struct super_block *sb, u32 ino, struct inode **result)
{
	struct ext2_sb_info *sbi = EXT2_SB(sb);
	struct inode *inode;
	int err;

	if (ino > sbi->inodes_count || (ino < sbi->first_ino && ino != EXT2_ROOT_INO))
		return ext2_error(sb, "inode number %u cannot be", ino);
	err = iget_locked(sb, ino, &inode);
	if (err)
		return err;
	if (inode->i_state & I_NEW) {
		err = fill_inode(inode);
		EXT2_I(inode)->bad = err;
		unlock_new_inode(inode);
	} else if (EXT2_I(inode)->bad) {
		err = -EUCLEAN;
	}
	if (err) {
		iput(inode);
		return err;
	}
	*result = inode;
	return 0;
}

/* ---- writing ---- */

/* The opposite of decode_inode(): all that we know, nothing else. */
static void encode_inode(struct inode *inode, struct ext2_inode *raw)
{
	struct ext2_inode_info *ei = EXT2_I(inode);

	if (S_ISCHR(inode->i_mode) || S_ISBLK(inode->i_mode))
		encode_rdev(inode, ei);
	raw->i_mode = cpu_to_le16(inode->i_mode);
	raw->i_uid = cpu_to_le16(inode->i_uid);
	raw->i_uid_high = cpu_to_le16(inode->i_uid >> 16);
	raw->i_gid = cpu_to_le16(inode->i_gid);
	raw->i_gid_high = cpu_to_le16(inode->i_gid >> 16);
	raw->i_links_count = cpu_to_le16(inode->i_nlink);
	raw->i_blocks = cpu_to_le32(inode->i_blocks);
	raw->i_size = cpu_to_le32(inode->i_size);
	if (S_ISREG(inode->i_mode))
		raw->i_size_high = cpu_to_le32((u64)inode->i_size >> 32);
	raw->i_flags = cpu_to_le32(ei->i_flags);
	raw->i_file_acl = cpu_to_le32(ei->i_file_acl);
	raw->i_dtime = cpu_to_le32(ei->i_dtime);
	raw->i_generation = cpu_to_le32(ei->i_generation);
	memcpy(raw->i_block, ei->i_block, sizeof(ei->i_block));
	encode_times(inode, raw);
}

/*
 * Into the cache of metadata; fsync and sync write that, so `wait` asks for nothing more. A
 * number that had another owner before starts with an inode of zeros.
 */
int ext2_write_inode(struct inode *inode, bool wait)
{
	struct super_block *sb = inode->i_sb;
	struct ext2_inode_info *ei = EXT2_I(inode);
	struct ext2_inode *raw;
	struct buffer b;
	int err;

	if (ei->bad || (sb->s_flags & MS_RDONLY))
		return 0;
	err = read_raw(sb, inode->i_ino, &b, &raw);
	if (err)
		return err;
	if (ei->unwritten) {
		memset(raw, 0, EXT2_SB(sb)->inode_size);
		if (ei->i_extra_isize) {
			raw->i_extra_isize = cpu_to_le16(ei->i_extra_isize);
			raw->i_crtime = cpu_to_le32(inode->i_ctime / NSEC_PER_SEC);
			raw->i_crtime_extra = encode_extra(inode->i_ctime);
		}
		ei->unwritten = false;
	}
	encode_inode(inode, raw);
	mark_buffer_dirty(&b);
	brelse(&b);
	if (S_ISREG(inode->i_mode) && inode->i_size > 0x7fffffff)
		ext2_set_large_file(sb);
	return 0;
}

/*
 * The end. Without a name, everything it had is given back; its number last, since from
 * then on it may be another's.
 */
void ext2_evict_inode(struct inode *inode)
{
	struct ext2_inode_info *ei = EXT2_I(inode);

	truncate_inode_pages_range(&inode->i_data, 0, -1);
	if (inode->i_nlink || ei->bad || (inode->i_sb->s_flags & MS_RDONLY))
		return;
	ext2_truncate_blocks(inode, 0);
	ext2_xattr_release(inode);
	inode->i_size = 0;
	ei->i_dtime = (u32)(current_time_ns() / NSEC_PER_SEC);
	if (!ext2_write_inode(inode, false))
		ext2_free_inode(inode);
}
