/* SPDX-License-Identifier: MIT */
/*
 * Looking at pages: dumps for reports, and checks that debug builds make on
 * every allocation.
 *
 * Linux: include/linux/mmdebug.h, mm/debug.c, mm/page_poison.c.
 */
#pragma once
#include "mm/mm_types.h"

/* dump_page() - everything struct page says, in four lines. Any context. */
void dump_page(const struct page *page, const char *reason);
/* bad_page() - report a page that was freed in use; it is then left alone for good. */
void bad_page(struct page *page, const char *reason);
/* check_new_page() - BUG if a page off the free lists is not as clean as it must be. */
void check_new_page(struct page *page, unsigned int order);
/* debug_free_page() - the page is being freed: fill it with poison if page_poison asks for it. */
void debug_free_page(struct page *page);
/* set_page_owner() - note who got the block: a place in the kernel's text. */
void set_page_owner(struct page *page, unsigned int order, const void *caller);
/* page_poison_init() - "page_poison" on the command line. */
void page_poison_init(void);
#define PAGE_POISON	0xaa
/* tainted - TAINT_* bits: what went wrong that the kernel survived (sys/kernel/tainted). */
extern unsigned long tainted;
#define TAINT_BAD_PAGE	(1UL << 5)
#define TAINT_WARN	(1UL << 9)
