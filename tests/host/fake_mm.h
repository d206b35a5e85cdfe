/* SPDX-License-Identifier: MIT */
/*
 * fake_mm.h - address spaces in a unit test: see fake_mm.c. The real mm/ makes VMAs
 * and page tables; a "program" is a loop that walks them (see test_vma.c).
 */
#pragma once
#include "fake_machine.h"

#define FAKE_FILE_PAGES	64

struct mm_struct;

extern struct file fake_file;	/* readable, writable; descriptor 3 */
/* fake_flushes_when_dirtied - fake_tlb_flushes at the last folio_mark_dirty(). */
extern unsigned long fake_flushes_when_dirtied;
/* fake_file_data() - first word of a page of it. */
unsigned long *fake_file_data(unsigned long index);
/* fake_machine_boot() - 32 MiB, caches, the zero page, the file, limits; once. */
void fake_machine_boot(void);
/* fake_settled_free() - free pages, when nothing is kept for later. */
unsigned long fake_settled_free(void);
/*
 * fake_user_access() - a program's load or store of the word at addr. 0, or the si_code of the
 * signal it would have got.
 */
int fake_user_access(struct mm_struct *mm, unsigned long addr, bool write, unsigned long *value);
