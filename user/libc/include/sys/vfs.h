/* SPDX-License-Identifier: MIT */
/*
 * sys/vfs.h: the older name of <sys/statfs.h>.
 */
#pragma once

#include <sys/statfs.h>
