/* SPDX-License-Identifier: MIT */
/*
 * true - succeed. The smallest program there is: useful to measure what fork and exec cost.
 *
 * Linux: coreutils true. Differs: --help is an argument like any other, and ignored.
 */
int main(void)
{
	return 0;
}
