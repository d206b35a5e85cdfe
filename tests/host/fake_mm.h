/* SPDX-License-Identifier: MIT */
/*
 * fake_mm.h - address spaces in a unit test: see fake_mm.c. The real mm/ makes VMAs
 * and page tables; a "program" is a loop that walks them (see test_vma.c).
 */
#pragma once
#include "fake_machine.h"

#define FAKE_FILE_PAGES	64

extern struct file fake_file;	/* readable, writable; descriptor 3 */
/* fake_file_data() - first word of a page of it. */
unsigned long *fake_file_data(unsigned long index);
/* fake_mm_boot() - caches, the zero page, the file, limits. => the buddy and slab work. */
void fake_mm_boot(void);
