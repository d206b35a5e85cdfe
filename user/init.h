/* SPDX-License-Identifier: MIT */
/* What the parts of user/init share. */
#pragma once

/* complain() - "init: cannot WHAT NAME: why", from errno. */
void complain(const char *what, const char *name);

/*
 * switch_root() - make the disk that QUIRE_ROOT names our root.
 * mounted: the directories, ended by NULL, whose mounts move with us.
 *
 * => 1 if we are there; 0 if none is named; -1 if it cannot be had (said why).
 */
int switch_root(const char *const *mounted);
