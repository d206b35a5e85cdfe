/* SPDX-License-Identifier: MIT */
/*
 * test_elf.c - the checks on program headers: each field at and beyond its border, and
 * random damage, after which the promises of elf.h must hold for whatever is accepted.
 *
 * Linux: fs/binfmt_elf_test.c. Differs: all checks, not only the mapping size.
 */
#include "host_test.h"
#include "lib/elf.h"

#define FILE_SIZE	0x5000UL
#define TASK		(1UL << 38)
#define PHNUM		5

struct image {
	struct elf64_hdr ehdr;
	struct elf64_phdr phdr[PHNUM];
};

static struct image image;
static struct elf_layout layout;
static struct elf_limits limits;

static void build(void)
{
	limits = (struct elf_limits){ .file_size = FILE_SIZE, .task_size = TASK };
	image = (struct image){
		.ehdr = {
			.e_ident = { 0x7f, 'E', 'L', 'F', ELFCLASS64, ELFDATA2LSB, EV_CURRENT },
			.e_type = ET_EXEC, .e_machine = EM_RISCV, .e_version = 1,
			.e_entry = 0x10100, .e_phoff = offsetof(struct image, phdr),
			.e_ehsize = 64, .e_phentsize = 56, .e_phnum = PHNUM,
		},
		.phdr = {
			{ .p_type = PT_PHDR, .p_offset = 64, .p_vaddr = 0x10040, .p_filesz = 280 },
			{ .p_type = PT_INTERP, .p_offset = 0x200, .p_filesz = 28, .p_memsz = 28 },
			{ .p_type = PT_LOAD, .p_flags = PF_R | PF_X, .p_vaddr = 0x10000,
			  .p_filesz = 0x2800, .p_memsz = 0x2800, .p_align = 0x1000 },
			{ .p_type = PT_LOAD, .p_flags = PF_R | PF_W, .p_offset = 0x2800,
			  .p_vaddr = 0x13800, .p_filesz = 0x1000, .p_memsz = 0x9000,
			  .p_align = 0x10000 },
			{ .p_type = PT_GNU_STACK, .p_flags = PF_R | PF_W, .p_align = 16 },
		},
	};
}

static int check(void)
{
	return elf_check_header(&image, sizeof(image), &limits, &layout);
}

static void good(void **state)
{
	build();
	assert_int_equal(check(), 0);
	assert_int_equal(layout.lo, 0x10000);
	assert_int_equal(layout.hi, 0x1c800);
	assert_int_equal(layout.max_align, 0x10000);
	assert_int_equal(layout.interp, 1);
	assert_false(layout.exec_stack);
	image.phdr[4].p_flags = PF_R | PF_W | PF_X;
	image.phdr[1].p_type = PT_NULL;
	image.ehdr.e_type = ET_DYN;
	assert_int_equal(check(), 0);
	assert_true(layout.exec_stack);
	assert_int_equal(layout.interp, -1);
	/* Segments in any order, and alignments that are no power of two. */
	swap(image.phdr[2], image.phdr[3]);
	image.phdr[2].p_align = 3;
	assert_int_equal(check(), 0);
	assert_int_equal(layout.lo, 0x10000);
	assert_int_equal(layout.max_align, 0x1000);
}

/* Set a field in a fresh image, and expect an error. */
#define bad_field(field, val, err) do {					\
	build();							\
	image.field = (val);						\
	assert_int_equal(check(), err);					\
} while (0)

static void bad_ehdr(void **state)
{
	bad_field(ehdr.e_ident[0], 0x7e, -ENOEXEC);
	bad_field(ehdr.e_ident[3], 'G', -ENOEXEC);
	bad_field(ehdr.e_ident[EI_CLASS], 1, -ENOEXEC);
	bad_field(ehdr.e_ident[EI_DATA], 2, -ENOEXEC);
	bad_field(ehdr.e_ident[EI_VERSION], 0, -ENOEXEC);
	bad_field(ehdr.e_type, 1, -ENOEXEC);
	bad_field(ehdr.e_type, 4, -ENOEXEC);
	bad_field(ehdr.e_machine, 62, -ENOEXEC);
	bad_field(ehdr.e_phentsize, 32, -ENOEXEC);
	bad_field(ehdr.e_phnum, 0, -ENOEXEC);
	bad_field(ehdr.e_phnum, 1171, -ENOEXEC);
	bad_field(ehdr.e_phnum, 0xffff, -ENOEXEC);
	bad_field(ehdr.e_phnum, PHNUM + 1, -ENOEXEC);
	bad_field(ehdr.e_phoff, FILE_SIZE, -ENOEXEC);
	bad_field(ehdr.e_phoff, U64_MAX - 100, -ENOEXEC);
	bad_field(ehdr.e_phoff, 72, -ENOEXEC);
	bad_field(ehdr.e_phoff, 60, -ENOEXEC);
	/* 64 KiB of headers, and one more, in a file that is large enough. */
	build();
	limits.file_size = U64_MAX;
	image.ehdr.e_phnum = 1170;
	assert_int_equal(elf_check_ehdr(&image.ehdr, &limits), 0);
	image.ehdr.e_phnum = 1171;
	assert_int_equal(elf_check_ehdr(&image.ehdr, &limits), -ENOEXEC);
}

static void bad_segments(void **state)
{
	bad_field(phdr[2].p_memsz, 0x27ff, -EINVAL);
	bad_field(phdr[2].p_vaddr, 0x10800, -EINVAL);
	bad_field(phdr[3].p_offset, 0x2801, -EINVAL);
	bad_field(phdr[3].p_offset, 0x4800, -EINVAL);
	bad_field(phdr[3].p_offset, U64_MAX - 0x7ff, -EINVAL);
	bad_field(phdr[3].p_vaddr, TASK - 0x8800, -EINVAL);
	bad_field(phdr[3].p_vaddr, U64_MAX - 0x7ff, -EINVAL);
	bad_field(phdr[3].p_memsz, U64_MAX, -EINVAL);
	bad_field(phdr[3].p_memsz, TASK, -EINVAL);
	bad_field(phdr[1].p_filesz, 1, -ENOEXEC);
	bad_field(phdr[1].p_filesz, PATH_MAX + 1, -ENOEXEC);
	bad_field(phdr[1].p_offset, FILE_SIZE - 27, -ENOEXEC);
	build();
	image.phdr[2].p_type = image.phdr[3].p_type = PT_NOTE;
	assert_int_equal(check(), -EINVAL);
	/* Up to the very end is right. */
	build();
	image.phdr[3].p_vaddr = TASK - 0x9800;
	image.phdr[3].p_memsz = 0x9800;
	assert_int_equal(check(), 0);
	assert_int_equal(layout.hi, TASK);
}

static void lenient_where_linux_is(void **state)
{
	/* Pure bss: offset and address need not match. */
	build();
	image.phdr[3].p_filesz = 0;
	image.phdr[3].p_offset = 0x2801;
	assert_int_equal(check(), 0);
	/* An empty segment maps nothing, wherever it says it is. */
	image.phdr[3].p_memsz = 0;
	image.phdr[3].p_vaddr = 0;
	assert_int_equal(check(), 0);
	assert_int_equal(layout.lo, 0x10000);
	assert_int_equal(layout.hi, 0x12800);
	/* A file shorter than its segments, when the caller does not mind. */
	build();
	limits.file_size = U64_MAX;
	image.phdr[3].p_offset = 0x100800;
	assert_int_equal(check(), 0);
}

static void short_images(void **state)
{
	size_t len;

	build();
	for (len = 0; len < sizeof(image); len++) {
		void *copy = exact_copy(&image, len);

		assert_int_equal(elf_check_header(copy, len, &limits, &layout), -ENOEXEC);
		free(copy);
	}
}

/* What elf.h promises of accepted headers. */
static void check_promises(const struct image *img)
{
	const struct elf64_phdr *ph = (const void *)((const u8 *)img + img->ehdr.e_phoff);
	u64 end;
	int i;

	for (i = 0; i < img->ehdr.e_phnum; i++) {
		if (ph[i].p_type != PT_LOAD)
			continue;
		assert_false(check_add_overflow(ph[i].p_vaddr, ph[i].p_memsz, &end));
		assert_true(end <= TASK);
		assert_false(check_add_overflow(ph[i].p_offset, ph[i].p_filesz, &end));
		assert_true(end <= FILE_SIZE && ph[i].p_filesz <= ph[i].p_memsz);
		if (!ph[i].p_memsz)
			continue;
		assert_true(layout.lo <= ph[i].p_vaddr);
		assert_true(ph[i].p_vaddr + ph[i].p_memsz <= layout.hi);
	}
	assert_true(layout.lo % ELF_PAGE_SIZE == 0 && layout.lo < layout.hi);
	assert_true(is_power_of_2(layout.max_align) && layout.max_align >= ELF_PAGE_SIZE);
	assert_true(layout.interp < img->ehdr.e_phnum);
}

static void damaged(void **state)
{
	int round, accepted = 0, err;
	struct image *copy;

	for (round = 0; round < 100000; round++) {
		build();
		copy = exact_copy(&image, sizeof(image));
		corrupt((u8 *)copy, sizeof(*copy));
		err = elf_check_header(copy, sizeof(*copy), &limits, &layout);
		assert_true(err == 0 || err == -ENOEXEC || err == -EINVAL);
		if (!err)
			check_promises(copy);
		accepted += !err;
		free(copy);
	}
	assert_true(accepted > 1000 && accepted < 99000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		host_test(good), host_test(bad_ehdr), host_test(bad_segments),
		host_test(lenient_where_linux_is), host_test(short_images), host_test(damaged),
	};

	return host_main(tests);
}
