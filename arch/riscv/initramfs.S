/* SPDX-License-Identifier: MIT */
/*
 * The embedded initramfs: the cpio archive with init, the shell and the tools, as the Makefile
 * made it from user/. kernel/fs unpacks it into the root tmpfs before an initrd of the boot
 * loader's, so that files of the latter win.
 *
 * Invariant: [initramfs_start, initramfs_end) is the archive, byte for byte; it is page-aligned
 * and in a section of its own, so that its pages can be given back once it is unpacked.
 *
 * Linux: usr/initramfs_data.S. Differs: never compressed, and the end is a symbol, not a size.
 */
	.section .init.ramfs, "a", @progbits
	.balign 4096
	.globl initramfs_start
initramfs_start:
	.incbin "initramfs.cpio"
	.globl initramfs_end
initramfs_end:
	.balign 4096
