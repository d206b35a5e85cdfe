/* SPDX-License-Identifier: MIT */
/*
 * sort.h - sort an array in place.
 *
 * Linux: include/linux/sort.h, lib/sort.c. Differs: nothing a caller sees.
 */
#pragma once

#include "lib/types.h"

/* < 0, 0 or > 0, as @a sorts before, with or after @b. */
typedef int (*cmp_func_t)(const void *a, const void *b);
/* Exchange two elements of @size bytes. */
typedef void (*swap_func_t)(void *a, void *b, int size);

/*
 * sort() - heapsort @num elements of @size bytes at @base.
 *
 * => O(n log n) also at worst, no memory, no recursion; not stable.
 * => @swap_func NULL: elements are exchanged byte for byte (by words if size allows).
 */
void sort(void *base, size_t num, size_t size, cmp_func_t cmp, swap_func_t swap_func);
