/* SPDX-License-Identifier: MIT */
/*
 * clear - clear the terminal with the escape codes every terminal of today understands:
 * cursor home, erase the display, erase what has scrolled away.
 *
 * Linux: ncurses' clear. Differs: no terminfo.
 */
#include <stdio.h>

#include "user/util.h"

int main(int argc, char **argv)
{
	prog_init(argc, argv, "clear\nClear the terminal.");
	fputs("\033[H\033[2J\033[3J", stdout);
	return fflush(stdout) ? 1 : 0;
}
