/* SPDX-License-Identifier: MIT */
/*
 * From an address to a function's name, with the table that tools/kallsyms.py makes at link time.
 *
 * The functions, in the order of their addresses, are cut into blocks of 64. A block knows where
 * its first function begins and where its first name stands; the rest is found by going on from
 * there, over the functions' sizes and over the names. A name is ASCII; a byte from 128 on stands
 * for a piece of text that many names share, and the list of those is the table's last part.
 *
 * Invariants: the table is read-only data and complete before the first instruction runs, so no
 * lock is taken and a panic at any moment may look a name up. The first of the kernel's three
 * links has an empty table; the code must not rely on any entry.
 *
 * Linux: kernel/kallsyms.c, kallsyms_lookup(), kallsyms_expand_symbol(). Differs: offsets are kept
 * as distances, and data symbols and modules are left out.
 */
#include "kernel/printk.h"

#include <stddef.h>
#include <stdint.h>

#define BLOCK	64			/* functions; tools/kallsyms.py has the same number */
#define TOKEN	0x80			/* the first byte that is not a character */

struct kallsyms_block {
	uint32_t offset;		/* of its first function from _stext, bytes */
	uint32_t name;			/* of its first function: place in kallsyms_names */
};

extern const char _stext[];
extern const uint32_t kallsyms_num;	/* functions */
extern const uint32_t kallsyms_end;	/* the last one's end, as an offset from _stext */
extern const struct kallsyms_block kallsyms_blocks[];
extern const uint16_t kallsyms_sizes[];	/* to the next function, in units of 2 bytes */
extern const char kallsyms_names[];	/* each ended by a zero byte, as are the tokens */
extern const char kallsyms_tokens[];

/* The string after n further ones. */
static const char *skip_strings(const char *s, uint32_t n)
{
	for (; n; s++)
		if (*s == '\0')
			n--;
	return s;
}

/* The name at `packed` with its tokens spelt out; the tool sees to it that it fits. */
static void expand_name(const char *packed, char *name)
{
	for (; *packed; packed++) {
		unsigned char c = *packed;

		if (c < TOKEN) {
			*name++ = c;
			continue;
		}
		for (const char *s = skip_strings(kallsyms_tokens, c - TOKEN); *s; s++)
			*name++ = *s;
	}
	*name = '\0';
}

const char *kallsyms_lookup(unsigned long addr, unsigned long *offset, char *name)
{
	unsigned long at = addr - (unsigned long)_stext;
	const struct kallsyms_block *b = kallsyms_blocks;
	uint32_t i, start;

	/* One comparison refuses addresses below _stext too: the difference wraps. */
	if (kallsyms_num == 0 || at >= kallsyms_end || at < b->offset)
		return NULL;
	for (i = BLOCK; i < kallsyms_num && b[1].offset <= at; i += BLOCK)
		b++;
	start = b->offset;
	for (i -= BLOCK; start + 2u * kallsyms_sizes[i] <= at; i++)
		start += 2u * kallsyms_sizes[i];
	*offset = at - start;
	expand_name(skip_strings(kallsyms_names + b->name, i % BLOCK), name);
	return name;
}
