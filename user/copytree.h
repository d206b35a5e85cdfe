/* SPDX-License-Identifier: MIT */
/* Copying of files and trees, for cp and for mv between two file systems. */
#pragma once

enum { COPY_RECURSIVE = 1, COPY_FORCE = 2, COPY_PRESERVE = 4 };

/*
 * copy_path() - copy a file, link or (with COPY_RECURSIVE) directory tree to a path.
 *
 * => COPY_FORCE removes a target that cannot be opened and tries again.
 * => COPY_PRESERVE keeps the times and the full mode.
 * => returns 0, or 1 after at least one message.
 */
int copy_path(const char *from, const char *to, int flags);

/* target_path() - TO, or TO/NAME-OF-FROM if TO is a directory, into buf. */
const char *target_path(const char *from, const char *to, char *buf, unsigned long size);
