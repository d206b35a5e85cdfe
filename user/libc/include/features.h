/* SPDX-License-Identifier: MIT */
/*
 * features.h: nothing to choose: programs may include it or define _GNU_SOURCE freely.
 */
#pragma once

#define __QUIRE_LIBC__ 1
