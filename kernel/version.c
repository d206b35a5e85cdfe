/* SPDX-License-Identifier: MIT */
/*
 * The banner. No build time in it, so that equal sources give equal kernels.
 *
 * Linux: init/version-timestamp.c.
 */
#include "kernel/version.h"

const char uts_version[] = "#1 SMP Quire";
const char quire_banner[] =
	"Linux version " UTS_RELEASE " (quire@quire) (" __VERSION__ ") #1 SMP Quire\n";
