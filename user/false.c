/* SPDX-License-Identifier: MIT */
/*
 * false - fail with status 1, whatever the arguments.
 *
 * Linux: coreutils false. Differs: --help is an argument like any other, and ignored.
 */
int main(void)
{
	return 1;
}
