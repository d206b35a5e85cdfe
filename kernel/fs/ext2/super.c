/* SPDX-License-Identifier: MIT */
/*
 * An ext2 file system as a whole: mount, unmount, sync, remount, statfs, errors.
 *
 * While it is mounted for writing its super block says so (EXT2_VALID_FS is clear);
 * unmounting, or going read-only, puts the state back: unless damage was seen, then
 * EXT2_ERROR_FS stays for e2fsck. Counts of free blocks and inodes are kept in memory,
 * and written at sync.
 *
 * Locks: s_umount's users and namespace_sem keep mount, remount and umount apart.
 *
 * Linux: fs/ext2/super.c. Differs: no quotas, no mount options but ro and rw (others
 * that Linux's ext2 knows and that change nothing here are accepted).
 */
#include "kernel/fs/ext2/ext2.h"
#include "kernel/printk.h"
#include "lib/bitops.h"
#include "lib/kstrtox.h"
#include "lib/string.h"
#include "lib/vsprintf.h"
#include "mm/slab.h"
#include "mm/writeback.h"

#define EXT2_MAGIC_STATFS	0xef53

/* ---- errors ---- */

/*
 * The mark is in memory at once, on the disk with the next sync. A file system that is
 * mounted read-only is not written, even for that.
 */
int ext2_error(struct super_block *sb, const char *fmt, ...)
{
	struct ext2_sb_info *sbi = EXT2_SB(sb);
	char text[100];
	va_list ap;

	if (printk_ratelimit()) {
		va_start(ap, fmt);
		vsnprintf(text, sizeof(text), fmt, ap);
		va_end(ap);
		pr_err("EXT2-fs error (device %s): %s\n", sb->s_id, text);
	}
	if (!sbi->damaged && !(sb->s_flags & MS_RDONLY)) {
		sbi->damaged = true;
		sbi->mount_state |= EXT2_ERROR_FS;
		sbi->es->s_state |= cpu_to_le16(EXT2_ERROR_FS);
		mark_buffer_dirty(&sbi->sb_buf);
	}
	return -EUCLEAN;
}

/* Do entries of directories tell the type of what they name? */
bool ext2_has_feature_filetype(struct super_block *sb)
{
	return le32_to_cpu(EXT2_SB(sb)->es->s_feature_incompat) & EXT2_FEATURE_INCOMPAT_FILETYPE;
}

/* Set with the first such file, never taken away. */
void ext2_set_large_file(struct super_block *sb)
{
	struct ext2_sb_info *sbi = EXT2_SB(sb);
	le32 flag = cpu_to_le32(EXT2_FEATURE_RO_COMPAT_LARGE_FILE);

	if (sbi->es->s_feature_ro_compat & flag)
		return;
	sbi->es->s_rev_level = cpu_to_le32(1);
	sbi->es->s_feature_ro_compat |= flag;
	mark_buffer_dirty(&sbi->sb_buf);
}

/* ---- the super block ---- */

/* As the super block has its times. */
static u64 now_seconds(void)
{
	return current_time_ns() / NSEC_PER_SEC;
}

/* Counts, and the time if anything has changed. */
static void update_super(struct super_block *sb)
{
	struct ext2_sb_info *sbi = EXT2_SB(sb);
	struct ext2_super_block *es = sbi->es;

	mutex_lock(&sbi->alloc_lock);
	es->s_free_blocks_count = cpu_to_le32(sbi->free_blocks);
	es->s_free_inodes_count = cpu_to_le32(sbi->free_inodes);
	es->s_wtime = cpu_to_le32(now_seconds());
	mutex_unlock(&sbi->alloc_lock);
	mark_buffer_dirty(&sbi->sb_buf);
}

/*
 * It is in use for writing: whoever finds this state on a disk knows it was not unmounted.
 * On the disk before the first change is.
 */
static int begin_writing(struct super_block *sb)
{
	struct ext2_sb_info *sbi = EXT2_SB(sb);
	struct ext2_super_block *es = sbi->es;

	sbi->mount_state = le16_to_cpu(es->s_state);
	if (!(sbi->mount_state & EXT2_VALID_FS) || (sbi->mount_state & EXT2_ERROR_FS))
		pr_warn_ratelimited("EXT2-fs (%s): warning: mounting unchecked fs, running e2fsck "
				    "is recommended\n", sb->s_id);
	es->s_state = cpu_to_le16(sbi->mount_state & ~EXT2_VALID_FS);
	es->s_mnt_count = cpu_to_le16(le16_to_cpu(es->s_mnt_count) + 1);
	es->s_mtime = cpu_to_le32(now_seconds());
	sbi->wb_err = errseq_sample(&sb->s_bdev->inode->i_mapping->wb_err);
	update_super(sb);
	return sync_blockdev(sb->s_bdev);
}

/*
 * All is written before the state says that all is well; and that is on the medium before
 * we say so.
 */
static int end_writing(struct super_block *sb)
{
	struct ext2_sb_info *sbi = EXT2_SB(sb);
	int err;

	update_super(sb);
	err = sync_blockdev(sb->s_bdev);
	if (err)
		return err;
	/* An error may have been told to somebody else, by a sync(2) long ago. */
	if (errseq_check(&sb->s_bdev->inode->i_mapping->wb_err, sbi->wb_err))
		(void)ext2_error(sb, "metadata could not be written");
	sbi->es->s_state = cpu_to_le16(sbi->mount_state);
	mark_buffer_dirty(&sbi->sb_buf);
	return sync_blockdev(sb->s_bdev);
}

/* The counts are in memory until now. Inodes are in the cache of metadata already. */
static int ext2_sync_fs(struct super_block *sb, bool wait)
{
	if (!(sb->s_flags & MS_RDONLY))
		update_super(sb);
	return wait ? sync_blockdev(sb->s_bdev) : 0;
}

/* ---- mount ---- */

/* Words of Linux's ext2 that ask for what is so anyway, or for nothing we do. */
static int parse_options(const char *data)
{
	static const char *const known[] = {
		"rw", "ro", "relatime", "errors=continue", "errors=remount-ro", "grpid", "nogrpid",
		"bsdgroups", "sysvgroups", "minixdf", "bsddf", "nocheck", "check=none",
		"user_xattr", "nouser_xattr", "acl", "noacl", "orlov", "oldalloc", "noquota",
	};
	const char *p = data;

	while (p && *p) {
		size_t len = strcspn(p, ","), i = 0;

		while (i < ARRAY_SIZE(known) &&
		       (strlen(known[i]) != len || strncmp(known[i], p, len)))
			i++;
		if (len && i == ARRAY_SIZE(known))
			return -EINVAL;
		p += len + (p[len] == ',');
	}
	return 0;
}

/* => checked: nothing here overflows. */
static void read_geometry(struct super_block *sb, const struct ext2_super_block *es)
{
	struct ext2_sb_info *sbi = EXT2_SB(sb);
	bool old = !le32_to_cpu(es->s_rev_level);

	sbi->block_bits = 10 + le32_to_cpu(es->s_log_block_size);
	sbi->ptrs_bits = sbi->block_bits - 2;
	sbi->inode_size = old ? EXT2_GOOD_OLD_INODE_SIZE : le16_to_cpu(es->s_inode_size);
	sbi->first_ino = old ? EXT2_GOOD_OLD_FIRST_INO : le32_to_cpu(es->s_first_ino);
	sbi->blocks_count = le32_to_cpu(es->s_blocks_count);
	sbi->first_data_block = le32_to_cpu(es->s_first_data_block);
	sbi->inodes_count = le32_to_cpu(es->s_inodes_count);
	sbi->blocks_per_group = le32_to_cpu(es->s_blocks_per_group);
	sbi->inodes_per_group = le32_to_cpu(es->s_inodes_per_group);
	sbi->groups = (u32)DIV_ROUND_UP((u64)sbi->blocks_count - sbi->first_data_block,
					sbi->blocks_per_group);
	sbi->itable_blocks = (u32)DIV_ROUND_UP((u64)sbi->inodes_per_group * sbi->inode_size,
					       1UL << sbi->block_bits);
	sbi->gdt_blocks = (unsigned int)DIV_ROUND_UP(sbi->groups * sizeof(struct ext2_group_desc),
						     1UL << sbi->block_bits);
	sbi->gdt_reserved = old ? 0 : le16_to_cpu(es->s_reserved_gdt_blocks);
	sb->s_blocksize = 1UL << sbi->block_bits;
	/* i_blocks is 32 bits of 512 bytes; with small blocks the map ends sooner. */
	sb->s_maxbytes = (loff_t)min(ext2_max_blocks(sbi->ptrs_bits) << sbi->block_bits,
				     0xffffffffUL * SECTOR_SIZE - (1UL << 30));
}

/*
 * Blocks are of 1 KiB until the super block has told their size; then it is had again,
 * at its place in a block of that size. A device too small to have one is just not ext2.
 */
static int read_super(struct super_block *sb)
{
	struct ext2_sb_info *sbi = EXT2_SB(sb);
	u64 block;
	int err;

	sb->s_blocksize = EXT2_MIN_BLOCK_SIZE;
	err = sb_bread(sb, 1, &sbi->sb_buf);
	if (err)
		return err == -EIO && sb->s_bdev->nr_sectors < 4 ? -EINVAL : err;
	err = ext2_check_super(sb, sbi->sb_buf.data, sb->s_flags & MS_RDONLY);
	if (err)
		return err;
	read_geometry(sb, sbi->sb_buf.data);
	brelse(&sbi->sb_buf);
	block = EXT2_SUPER_OFFSET >> sbi->block_bits;
	err = sb_bread(sb, block, &sbi->sb_buf);
	if (!err)
		sbi->es = sbi->sb_buf.data + (EXT2_SUPER_OFFSET & (sb->s_blocksize - 1));
	return err;
}

/* They stay in memory while it is mounted: one block for 128 groups. */
static int read_descriptors(struct super_block *sb)
{
	struct ext2_sb_info *sbi = EXT2_SB(sb);
	int err;

	sbi->gdt = kcalloc(sbi->gdt_blocks, sizeof(*sbi->gdt), GFP_KERNEL);
	if (!sbi->gdt)
		return -ENOMEM;
	for (unsigned int i = 0; i < sbi->gdt_blocks; i++) {
		err = sb_bread(sb, sbi->first_data_block + 1 + i, &sbi->gdt[i]);
		if (err)
			return err;
	}
	return ext2_check_groups(sb);
}

/*
 * What is free by the descriptors; what the file system itself takes: for each group two
 * bitmaps and the inode table, for some the copies too.
 */
static void count_blocks(struct super_block *sb)
{
	struct ext2_sb_info *sbi = EXT2_SB(sb);

	sbi->overhead = sbi->first_data_block;
	for (u32 g = 0; g < sbi->groups; g++) {
		const struct ext2_group_desc *gd = ext2_group(sb, g);

		sbi->free_blocks += le16_to_cpu(gd->bg_free_blocks_count);
		sbi->free_inodes += le16_to_cpu(gd->bg_free_inodes_count);
		sbi->overhead += 2 + sbi->itable_blocks +
				 (ext2_group_has_super(sbi, g) ? 1 + sbi->gdt_blocks : 0);
	}
}

/* The root is its own parent: no name ever leads to it. */
static int make_root(struct super_block *sb)
{
	struct inode *root;
	int err = ext2_iget(sb, EXT2_ROOT_INO, &root);

	if (err)
		return err;
	if (!S_ISDIR(root->i_mode) || !root->i_size) {
		iput(root);
		return ext2_error(sb, "the root is no directory");
	}
	EXT2_I(root)->alias = (u64)EXT2_ROOT_INO << 32;
	sb->s_root = d_make_root(root);
	return sb->s_root ? 0 : -ENOMEM;
}

/* As far as it was built. */
static void free_sbi(struct super_block *sb)
{
	struct ext2_sb_info *sbi = EXT2_SB(sb);

	for (unsigned int i = 0; sbi->gdt && i < sbi->gdt_blocks; i++)
		brelse(&sbi->gdt[i]);
	kfree(sbi->gdt);
	brelse(&sbi->sb_buf);
	kfree(sbi);
	sb->s_fs_info = NULL;
}

/*
 * All inodes are evicted by now. An error here is the last that can be told: the state
 * on the disk still says "in use", so e2fsck will look.
 */
static void ext2_put_super(struct super_block *sb)
{
	if (!(sb->s_flags & MS_RDONLY) && end_writing(sb))
		pr_err("EXT2-fs (%s): not all could be written at unmount\n", sb->s_id);
	free_sbi(sb);
}

/* ---- while mounted ---- */

/* Read-only means nothing is behind: the VFS has seen to it that nobody is writing. */
static int ext2_remount(struct super_block *sb, unsigned long flags, const char *data)
{
	bool rdonly = flags & MS_RDONLY, was = sb->s_flags & MS_RDONLY;
	int err = parse_options(data);

	if (err || rdonly == was)
		return err;
	if (rdonly) {
		err = sync_filesystem(sb);
		return err ? err : end_writing(sb);
	}
	if (sb->s_bdev->read_only)
		return -EACCES;
	err = ext2_check_super(sb, EXT2_SB(sb)->es, false);
	return err ? err : begin_writing(sb);
}

/* Reserved blocks count as used, although root is all there is: df(1) shows it so. */
static int ext2_statfs(struct dentry *d, struct kstatfs *buf)
{
	struct ext2_sb_info *sbi = EXT2_SB(d->d_sb);
	long reserved = le32_to_cpu(sbi->es->s_r_blocks_count);

	buf->f_type = EXT2_MAGIC_STATFS;
	buf->f_blocks = (long)(sbi->blocks_count - sbi->overhead);
	mutex_lock(&sbi->alloc_lock);
	buf->f_bfree = (long)sbi->free_blocks;
	buf->f_ffree = (long)sbi->free_inodes;
	mutex_unlock(&sbi->alloc_lock);
	buf->f_bavail = max(buf->f_bfree - reserved, 0L);
	buf->f_files = sbi->inodes_count;
	memcpy(buf->f_fsid, sbi->es->s_uuid, sizeof(buf->f_fsid));
	return 0;
}

static const struct super_operations ext2_sops = {
	.alloc_inode = ext2_alloc_inode,
	.free_inode = ext2_free_inode_memory,
	.evict_inode = ext2_evict_inode,
	.write_inode = ext2_write_inode,
	.put_super = ext2_put_super,
	.sync_fs = ext2_sync_fs,
	.statfs = ext2_statfs,
	.remount = ext2_remount,
};

/* The device is open already, its cache empty. */
static int ext2_fill_super(struct super_block *sb, const char *dev, const char *data)
{
	struct ext2_sb_info *sbi;
	int err = parse_options(data);

	if (err)
		return err;
	sbi = kzalloc(sizeof(*sbi), GFP_KERNEL);
	if (!sbi)
		return -ENOMEM;
	mutex_init(&sbi->alloc_lock, RANK_EXT2_ALLOC, "ext2 alloc_lock");
	sb->s_fs_info = sbi;
	sb->s_op = &ext2_sops;
	sb->s_magic = EXT2_SUPER_MAGIC;
	err = read_super(sb);
	if (!err)
		err = read_descriptors(sb);
	if (err)
		goto err_free;
	count_blocks(sb);
	err = make_root(sb);
	if (err)
		goto err_free;
	if (!(sb->s_flags & MS_RDONLY))
		err = begin_writing(sb);
	if (!err)
		return 0;
	dput(sb->s_root);
	sb->s_root = NULL;
err_free:
	free_sbi(sb);
	return err;
}

static struct file_system_type ext2_type = {
	.name = "ext2", .fs_flags = FS_REQUIRES_DEV, .fill_super = ext2_fill_super,
};

/* Boot. */
void ext2_init(void)
{
	ext2_inode_cache_init();
	BUG_ON(register_filesystem(&ext2_type));
}
