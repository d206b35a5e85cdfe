/* SPDX-License-Identifier: MIT */
/*
 * Between madvise.c (the call, and advice that changes a VMA) and madvise_pages.c
 * (advice about the pages that are there).
 *
 * Linux: mm/madvise.c (static there).
 */
#pragma once
#include "mm/mm.h"

/* => all: mmap_lock read held, [start,end) inside vma; may sleep. 0 or -errno as madvise(2). */
int madvise_willneed(struct vm_area_struct *vma, unsigned long start, unsigned long end);
int madvise_free(struct vm_area_struct *vma, unsigned long start, unsigned long end);
int madvise_cold(struct vm_area_struct *vma, unsigned long start, unsigned long end);
int madvise_pageout(struct vm_area_struct *vma, unsigned long start, unsigned long end);
