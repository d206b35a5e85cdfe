/* SPDX-License-Identifier: MIT */
/* What the parts of user/init share. */
#pragma once

#include <stdbool.h>

/* complain() - "init: cannot WHAT NAME: why", from errno. */
void complain(const char *what, const char *name);

/*
 * switch_root() - make the disk that the kernel's command line names as root= our root.
 * mounted: the directories, ended by NULL, whose mounts move with us.
 *
 * => true if we are there; false if none is named, or if it cannot be had (said why).
 */
bool switch_root(const char *const *mounted);
