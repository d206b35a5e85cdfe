/* SPDX-License-Identifier: MIT */
/*
 * libgen.h: taking paths apart; both may change their argument.
 */
#pragma once

char *basename(char *path);
char *dirname(char *path);
