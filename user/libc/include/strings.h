/* SPDX-License-Identifier: MIT */
/*
 * strings.h: kept for programs that look here for strcasecmp().
 */
#pragma once

#include <string.h>

void bzero(void *s, size_t n);
int ffs(int i);
