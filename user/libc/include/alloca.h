/* SPDX-License-Identifier: MIT */
/*
 * alloca.h: memory that goes away with its function.
 */
#pragma once

#define alloca(size) __builtin_alloca(size)
