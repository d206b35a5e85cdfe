/* SPDX-License-Identifier: MIT */
/*
 * host_rename.h - a prefix for the functions of lib/ that libc has as well.
 *
 * Included before everything else when lib/ is compiled for the host: definitions, uses
 * and the prototypes in libc's headers are all renamed alike, and the test programs still
 * have libc's own. test_string.c and test_vsprintf.c call the prefixed ones.
 */
#pragma once

#define memcpy		quire_memcpy
#define memmove		quire_memmove
#define memset		quire_memset
#define memcmp		quire_memcmp
#define memchr		quire_memchr
#define strlen		quire_strlen
#define strnlen		quire_strnlen
#define strcmp		quire_strcmp
#define strncmp		quire_strncmp
#define strchr		quire_strchr
#define strrchr		quire_strrchr
#define strstr		quire_strstr
#define strspn		quire_strspn
#define strcspn		quire_strcspn
#define strpbrk		quire_strpbrk
#define strsep		quire_strsep
#define snprintf	quire_snprintf
#define vsnprintf	quire_vsnprintf
