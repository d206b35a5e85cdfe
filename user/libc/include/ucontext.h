/* SPDX-License-Identifier: MIT */
/*
 * ucontext.h: the interrupted context of a signal handler.
 */
#pragma once

#include <signal.h>
