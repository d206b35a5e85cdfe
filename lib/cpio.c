/* SPDX-License-Identifier: MIT */
/*
 * cpio.c - walk a "newc" cpio archive.
 *
 * An entry is a header of 6 + 13 * 8 ASCII characters (magic, then hexadecimal fields),
 * the name with its NUL, padding to 4, the data, padding to 4. "TRAILER!!!" ends an
 * archive. Offsets are counted from the start of the whole buffer.
 *
 * Invariant: it->pos <= it->size; every length is compared with what is left, never added
 * to a position first. Locks: none.
 *
 * Linux: init/initramfs.c, do_header(), parse_header(). Differs: see cpio.h.
 */
#include "lib/cpio.h"
#include "lib/ctype.h"
#include "lib/string.h"

#define CPIO_HEADER_SIZE	110
#define CPIO_TRAILER		"TRAILER!!!"

/* The fields in their order in the header. */
enum {
	C_INO, C_MODE, C_UID, C_GID, C_NLINK, C_MTIME, C_FILESIZE, C_DEVMAJOR, C_DEVMINOR,
	C_RDEVMAJOR, C_RDEVMINOR, C_NAMESIZE, C_CHECK, C_FIELDS
};

void cpio_init(struct cpio_iter *it, const void *data, size_t size)
{
	it->data = data;
	it->size = size;
	it->pos = 0;
	it->archive = 0;
}

/* Eight hexadecimal digits. 0 or -EINVAL. */
static int parse_field(const u8 *s, u32 *val)
{
	u32 v = 0;
	int i;

	for (i = 0; i < 8; i++) {
		if (!isxdigit(s[i]))
			return -EINVAL;
		v = v << 4 | (u32)(isdigit(s[i]) ? s[i] - '0' : tolower(s[i]) - 'a' + 10);
	}
	*val = v;
	return 0;
}

static int parse_header(const u8 *h, u32 *field)
{
	int i;

	if (memcmp(h, "070701", 6) != 0)
		return -EINVAL;
	for (i = 0; i < C_FIELDS; i++)
		if (parse_field(h + 6 + 8 * i, &field[i]))
			return -EINVAL;
	return 0;
}

static void fill_entry(struct cpio_entry *entry, const u32 *field)
{
	entry->ino = field[C_INO];
	entry->mode = field[C_MODE];
	entry->uid = field[C_UID];
	entry->gid = field[C_GID];
	entry->nlink = field[C_NLINK];
	entry->mtime = field[C_MTIME];
	entry->dev_major = field[C_DEVMAJOR];
	entry->dev_minor = field[C_DEVMINOR];
	entry->rdev_major = field[C_RDEVMAJOR];
	entry->rdev_minor = field[C_RDEVMINOR];
	entry->size = field[C_FILESIZE];
	entry->namelen = field[C_NAMESIZE] - 1;
}

/* Find name and data of the entry whose header is at it->pos, and step over it. */
static int take_body(struct cpio_iter *it, struct cpio_entry *entry, const u32 *field)
{
	size_t namesize = field[C_NAMESIZE];
	size_t pos = it->pos + CPIO_HEADER_SIZE;

	/* A size of 0 would have no NUL; PATH_MAX counts it. */
	if (namesize < 1 || namesize > PATH_MAX || namesize > it->size - pos)
		return -EINVAL;
	fill_entry(entry, field);
	entry->name = (const char *)it->data + pos;
	if (strnlen(entry->name, namesize) != entry->namelen)
		return -EINVAL;
	/* The padding is missing where the archive ends; data of size 0 may be there. */
	pos = min(ALIGN(pos + namesize, 4UL), it->size);
	if (entry->size > it->size - pos)
		return -EINVAL;
	entry->data = it->data + pos;
	entry->archive = it->archive;
	it->pos = min(ALIGN(pos + entry->size, 4UL), it->size);
	return 0;
}

/* Zero bytes between and behind archives: tools pad to a block. */
static void skip_padding(struct cpio_iter *it)
{
	while (it->pos < it->size && !it->data[it->pos])
		it->pos++;
}

int cpio_next(struct cpio_iter *it, struct cpio_entry *entry)
{
	u32 field[C_FIELDS];

	for (;;) {
		if (it->archive > 0)
			skip_padding(it);
		if (it->pos == it->size && it->archive > 0)
			return 0;
		if (it->size - it->pos < CPIO_HEADER_SIZE)
			return -EINVAL;
		if (parse_header(it->data + it->pos, field))
			return -EINVAL;
		if (take_body(it, entry, field))
			return -EINVAL;
		if (strcmp(entry->name, CPIO_TRAILER) != 0)
			return 1;
		it->archive++;
	}
}
