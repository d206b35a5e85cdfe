/* SPDX-License-Identifier: MIT */
/*
 * test_fdt.c - the device-tree reader on a tree like QEMU's, built here token by token, and
 * on thousands of damaged and cut-off copies of it, each on the heap with its exact size.
 *
 * Linux: drivers/of/unittest.c. Differs: the blob is hostile.
 */
#include "host_test.h"
#include "lib/byteorder.h"
#include "lib/fdt.h"

#define BLOB_MAX	4096

/* ---- Building a blob ------------------------------------------------------------------ */

static u8 blob[BLOB_MAX];
static u8 structure[BLOB_MAX / 2];
static char strings[BLOB_MAX / 4];
static u32 struct_len, strings_len, blob_len;

static void put32(u32 val)
{
	put_unaligned_be32(val, structure + struct_len);
	struct_len += 4;
}

static void put_bytes(const void *data, u32 len)
{
	memcpy(structure + struct_len, data, len);
	struct_len = ALIGN(struct_len + len, 4U);
}

static void begin(const char *name)
{
	put32(1);
	put_bytes(name, (u32)strlen(name) + 1);
}

static void end(void)
{
	put32(2);
}

static u32 string_offset(const char *name)
{
	u32 off = 0, len = (u32)strlen(name) + 1;

	while (off < strings_len && strcmp(strings + off, name) != 0)
		off += (u32)strlen(strings + off) + 1;
	if (off == strings_len) {
		memcpy(strings + off, name, len);
		strings_len += len;
	}
	return off;
}

static void prop(const char *name, const void *data, u32 len)
{
	put32(3);
	put32(len);
	put32(string_offset(name));
	put_bytes(data, len);
}

static void prop_string(const char *name, const char *s)
{
	prop(name, s, (u32)strlen(s) + 1);
}

static void prop_cells(const char *name, int nr, ...)
{
	u8 cells[64];
	va_list args;
	int i;

	va_start(args, nr);
	for (i = 0; i < nr; i++)
		put_unaligned_be32(va_arg(args, u32), cells + 4 * i);
	va_end(args);
	prop(name, cells, (u32)nr * 4);
}

static void build_cpus(void)
{
	begin("cpus");
	prop_cells("#address-cells", 1, 1);
	prop_cells("#size-cells", 1, 0);
	prop_cells("timebase-frequency", 1, 10000000);
	begin("cpu@0");
	prop_string("device_type", "cpu");
	prop_cells("reg", 1, 0);
	prop_string("status", "okay");
	begin("interrupt-controller");
	prop_cells("phandle", 1, 2);
	end();
	end();
	put32(4);	/* NOP */
	begin("cpu@1");
	prop_cells("reg", 1, 1);
	put32(4);
	prop_string("status", "disabled");
	end();
	end();
}

static void build_soc(void)
{
	static const char compat[] = "sifive,test1\0sifive,test0\0syscon";

	begin("soc");
	prop_cells("#address-cells", 1, 2);
	prop_cells("#size-cells", 1, 2);
	prop("ranges", "", 0);
	begin("test@100000");
	prop("compatible", compat, sizeof(compat));
	prop_cells("reg", 4, 0, 0x100000, 0, 0x1000);
	end();
	begin("virtio_mmio@10008000");
	prop_string("compatible", "virtio,mmio");
	prop_cells("reg", 8, 0, 0x10008000, 0, 0x1000, 1, 2, 3, 4);
	end();
	begin("virtio_mmio@10007000");
	prop_string("compatible", "virtio,mmio");
	prop_cells("reg", 3, 0, 0x10007000, 0);
	end();
	end();
}

/* Header, two reservations, structure and strings, or strings and structure. */
static void assemble_as(bool strings_first)
{
	const u32 off_rsv = 40, begin_blocks = 40 + 48;
	u32 off_struct = begin_blocks + (strings_first ? ALIGN(strings_len, 4U) : 0);
	u32 off_strings = begin_blocks + (strings_first ? 0 : struct_len);
	u32 total = max(off_struct + struct_len, off_strings + strings_len);
	const u32 header[10] = { 0xd00dfeed, total, off_struct, off_strings, off_rsv, 17, 16, 3,
				 strings_len, struct_len };
	int i;

	memset(blob, 0, sizeof(blob));
	for (i = 0; i < 10; i++)
		put_unaligned_be32(header[i], blob + 4 * i);
	put_unaligned_be32(0x80000000, blob + off_rsv + 4);
	put_unaligned_be32(0x80000, blob + off_rsv + 12);
	put_unaligned_be32(1, blob + off_rsv + 16);
	put_unaligned_be32(0x1000, blob + off_rsv + 28);
	memcpy(blob + off_struct, structure, struct_len);
	memcpy(blob + off_strings, strings, strings_len);
	blob_len = total;
}

static void assemble(void)
{
	assemble_as(false);
}

static void build(void)
{
	struct_len = strings_len = 0;
	memset(structure, 0, sizeof(structure));
	begin("");
	prop_cells("#address-cells", 1, 2);
	prop_cells("#size-cells", 1, 2);
	prop_string("compatible", "riscv-virtio");
	begin("chosen");
	prop_string("bootargs", "quiet panic=-1");
	prop_cells("linux,initrd-start", 2, 0, 0x84000000);
	prop_cells("linux,initrd-end", 1, 0x84100000);
	prop("no-nul", "abc", 3);
	end();
	begin("memory@80000000");
	prop_string("device_type", "memory");
	prop_cells("reg", 8, 0, 0x80000000, 0, 0x8000000, 1, 0, 0, 0x4000);
	end();
	build_cpus();
	build_soc();
	end();
	put32(9);
	assemble();
}

/* ---- The good blob -------------------------------------------------------------------- */

static void open_good(struct fdt *fdt)
{
	build();
	assert_int_equal(fdt_check_header(blob, sizeof(blob)), blob_len);
	assert_int_equal(fdt_init(fdt, blob, blob_len), 0);
}

static void header(void **state)
{
	struct fdt fdt;

	open_good(&fdt);
	assert_int_equal(fdt.totalsize, blob_len);
	assert_int_equal(fdt.boot_cpuid, 3);
	assert_int_equal(fdt_check_header(blob, blob_len - 1), -EINVAL);
	assert_int_equal(fdt_check_header(blob, 39), -EINVAL);
	assert_int_equal(fdt_check_header(NULL, 4096), -EINVAL);
	blob[0] = 0;
	assert_int_equal(fdt_check_header(blob, sizeof(blob)), -EINVAL);
}

static void walk(void **state)
{
	static const char *const names[] = { "", "chosen", "memory@80000000", "cpus", "cpu@0",
		"interrupt-controller", "cpu@1", "soc", "test@100000", "virtio_mmio@10008000",
		"virtio_mmio@10007000" };
	static const int depths[] = { 0, 1, 1, 1, 2, 3, 2, 1, 2, 2, 2 };
	static const char *const top[] = { "chosen", "memory@80000000", "cpus", "soc" };
	struct fdt fdt;
	int node, depth = -1, i = 0;

	open_good(&fdt);
	for (node = fdt_next_node(&fdt, -1, &depth); node >= 0;
	     node = fdt_next_node(&fdt, node, &depth)) {
		assert_string_equal(fdt_get_name(&fdt, node), names[i]);
		assert_int_equal(depth, depths[i++]);
	}
	assert_int_equal(node, -ENOENT);
	assert_int_equal(i, ARRAY_SIZE(names));
	i = 0;
	fdt_for_each_subnode(node, &fdt, fdt_path_offset(&fdt, "/"))
		assert_string_equal(fdt_get_name(&fdt, node), top[i++]);
	assert_int_equal(node, -ENOENT);
	assert_int_equal(i, 4);
	node = fdt_path_offset(&fdt, "/chosen");
	assert_int_equal(fdt_first_subnode(&fdt, node), -ENOENT);
	assert_int_equal(fdt_first_subnode(&fdt, -ENOENT), -EINVAL);
	assert_int_equal(fdt_next_subnode(&fdt, -1), -EINVAL);
	assert_int_equal(fdt_next_node(&fdt, 4, NULL), -EINVAL);
	assert_null(fdt_get_name(&fdt, 2));
	assert_null(fdt_get_name(&fdt, INT_MAX));
}

static void paths(void **state)
{
	struct fdt fdt;
	int node;

	open_good(&fdt);
	assert_int_equal(fdt_path_offset(&fdt, "/"), 0);
	node = fdt_path_offset(&fdt, "/cpus/cpu@1");
	assert_string_equal(fdt_get_name(&fdt, node), "cpu@1");
	assert_true(fdt_name_eq(&fdt, node, "cpu") && fdt_name_eq(&fdt, node, "cpu@1"));
	assert_false(fdt_name_eq(&fdt, node, "cpu@") || fdt_name_eq(&fdt, node, "cp"));
	assert_string_equal(fdt_get_name(&fdt, fdt_path_offset(&fdt, "/cpus/cpu")), "cpu@0");
	assert_string_equal(fdt_get_name(&fdt, fdt_path_offset(&fdt, "/memory/")),
			    "memory@80000000");
	assert_int_equal(fdt_path_offset(&fdt, "/cpus/cpu@2"), -ENOENT);
	assert_int_equal(fdt_path_offset(&fdt, "/cpu@1"), -ENOENT);
	assert_int_equal(fdt_path_offset(&fdt, "/cho"), -ENOENT);
	assert_int_equal(fdt_path_offset(&fdt, "chosen"), -EINVAL);
	assert_int_equal(fdt_parent_offset(&fdt, node), fdt_path_offset(&fdt, "/cpus"));
	assert_int_equal(fdt_parent_offset(&fdt, 0), -ENOENT);
	assert_int_equal(fdt_parent_offset(&fdt, 4), -EINVAL);
}

static void properties(void **state)
{
	struct fdt fdt;
	int node, len, pos = 0, nr = 0;
	const char *name;
	u32 u;
	u64 ul;

	open_good(&fdt);
	node = fdt_path_offset(&fdt, "/chosen");
	assert_string_equal(fdt_getprop_string(&fdt, node, "bootargs"), "quiet panic=-1");
	assert_null(fdt_getprop_string(&fdt, node, "no-nul"));
	assert_null(fdt_getprop(&fdt, node, "missing", NULL));
	assert_non_null(fdt_getprop(&fdt, node, "no-nul", &len));
	assert_int_equal(len, 3);
	assert_int_equal(fdt_getprop_u64(&fdt, node, "linux,initrd-start", &ul), 0);
	assert_int_equal(ul, 0x84000000);
	assert_int_equal(fdt_getprop_u64(&fdt, node, "linux,initrd-end", &ul), 0);
	assert_int_equal(ul, 0x84100000);
	assert_int_equal(fdt_getprop_u32(&fdt, node, "linux,initrd-start", &u), -EINVAL);
	assert_int_equal(fdt_getprop_u64(&fdt, node, "no-nul", &ul), -EINVAL);
	assert_int_equal(fdt_getprop_u32(&fdt, node, "missing", &u), -ENOENT);
	while (fdt_next_prop(&fdt, node, &pos, &name, &len))
		nr++;
	assert_int_equal(nr, 4);
	assert_string_equal(name, "no-nul");
	/* A NOP between properties; a subnode's properties are not the node's. */
	node = fdt_path_offset(&fdt, "/cpus/cpu@1");
	assert_false(fdt_is_available(&fdt, node));
	assert_true(fdt_is_available(&fdt, fdt_path_offset(&fdt, "/cpus/cpu@0")));
	assert_true(fdt_is_available(&fdt, fdt_path_offset(&fdt, "/soc")));
	assert_null(fdt_getprop(&fdt, fdt_path_offset(&fdt, "/cpus/cpu@0"), "phandle", NULL));
	node = fdt_path_offset(&fdt, "/soc");
	assert_non_null(fdt_getprop(&fdt, node, "ranges", &len));
	assert_int_equal(len, 0);
}

static void compatibles(void **state)
{
	struct fdt fdt;
	int node;

	open_good(&fdt);
	node = fdt_find_compatible(&fdt, -1, "sifive,test0");
	assert_string_equal(fdt_get_name(&fdt, node), "test@100000");
	assert_true(fdt_is_compatible(&fdt, node, "syscon"));
	assert_false(fdt_is_compatible(&fdt, node, "sifive,test"));
	assert_false(fdt_is_compatible(&fdt, node, ""));
	assert_string_equal(fdt_get_name(&fdt, fdt_find_compatible(&fdt, -1, "riscv-virtio")),
			    "");
	node = fdt_find_compatible(&fdt, -1, "virtio,mmio");
	node = fdt_find_compatible(&fdt, node, "virtio,mmio");
	assert_string_equal(fdt_get_name(&fdt, node), "virtio_mmio@10007000");
	assert_int_equal(fdt_find_compatible(&fdt, node, "virtio,mmio"), -ENOENT);
	node = fdt_node_by_phandle(&fdt, 2);
	assert_string_equal(fdt_get_name(&fdt, node), "interrupt-controller");
	assert_int_equal(fdt_node_by_phandle(&fdt, 3), -ENOENT);
}

static void regs(void **state)
{
	struct fdt fdt;
	u64 addr, size;
	int node;

	open_good(&fdt);
	node = fdt_path_offset(&fdt, "/memory");
	assert_int_equal(fdt_get_reg(&fdt, node, 0, &addr, &size), 0);
	assert_true(addr == 0x80000000 && size == 0x8000000);
	assert_int_equal(fdt_get_reg(&fdt, node, 1, &addr, &size), 0);
	assert_true(addr == 0x100000000UL && size == 0x4000);
	assert_int_equal(fdt_get_reg(&fdt, node, 2, &addr, &size), -ENOENT);
	assert_int_equal(fdt_get_reg(&fdt, node, -1, &addr, &size), -ENOENT);
	node = fdt_path_offset(&fdt, "/cpus/cpu@1");
	assert_int_equal(fdt_get_reg(&fdt, node, 0, &addr, &size), 0);
	assert_true(addr == 1 && size == 0);
	node = fdt_find_compatible(&fdt, -1, "virtio,mmio");
	assert_int_equal(fdt_get_reg(&fdt, node, 1, &addr, NULL), 0);
	assert_true(addr == 0x100000002UL);
	node = fdt_find_compatible(&fdt, node, "virtio,mmio");
	assert_int_equal(fdt_get_reg(&fdt, node, 0, &addr, &size), -EINVAL);
	assert_int_equal(fdt_get_reg(&fdt, fdt_path_offset(&fdt, "/chosen"), 0, &addr, &size),
			 -ENOENT);
	assert_int_equal(fdt_get_mem_rsv(&fdt, 0, &addr, &size), 0);
	assert_true(addr == 0x80000000 && size == 0x80000);
	assert_int_equal(fdt_get_mem_rsv(&fdt, 1, &addr, &size), 0);
	assert_true(addr == 0x100000000UL && size == 0x1000);
	assert_int_equal(fdt_get_mem_rsv(&fdt, 2, &addr, &size), -ENOENT);
	assert_int_equal(fdt_get_mem_rsv(&fdt, INT_MAX, &addr, &size), -ENOENT);
}

/* ---- Bad blobs ------------------------------------------------------------------------ */

/* Use every accessor on all there is; only the sanitizers and termination judge. */
static void exercise(const struct fdt *fdt)
{
	int node, sub, pos, len, i;
	const char *name;
	u64 addr, size;
	u32 cell;

	fdt_for_each_node(node, fdt) {
		(void)fdt_name_eq(fdt, node, fdt_get_name(fdt, node));
		(void)fdt_parent_offset(fdt, node);
		pos = 0;
		while (fdt_next_prop(fdt, node, &pos, &name, &len)) {
			(void)fdt_getprop_string(fdt, node, name);
			(void)!fdt_getprop_u32(fdt, node, name, &cell);
			(void)!fdt_getprop_u64(fdt, node, name, &addr);
		}
		for (i = 0; i < 3; i++)
			(void)!fdt_get_reg(fdt, node, i, &addr, &size);
		(void)fdt_is_compatible(fdt, node, "syscon");
		(void)fdt_is_available(fdt, node);
		fdt_for_each_subnode(sub, fdt, node)
			(void)fdt_get_name(fdt, sub);
	}
	for (i = 0; !fdt_get_mem_rsv(fdt, i, &addr, &size); i++)
		;
	(void)fdt_path_offset(fdt, "/cpus/cpu@1/interrupt-controller");
	(void)fdt_node_by_phandle(fdt, 2);
	/* Any offset is a safe argument, a node or not. */
	(void)fdt_get_name(fdt, (int)rnd64());
	(void)fdt_getprop(fdt, (int)rnd(fdt->size_struct + 64), "reg", &len);
}

/* Read @size bytes at @data as a blob; returns whether it was accepted. */
static bool try_blob(const void *data, size_t size)
{
	u8 *copy = exact_copy(data, size);
	struct fdt fdt;
	bool ok = fdt_check_header(copy, size) >= 0 && fdt_init(&fdt, copy, size) == 0;

	if (ok)
		exercise(&fdt);
	free(copy);
	return ok;
}

static void truncated(void **state)
{
	u32 len;

	build();
	assert_true(try_blob(blob, blob_len));
	for (len = 0; len < blob_len; len++) {
		assert_false(try_blob(blob, len));
		/* The header believes the cut, the blocks still say otherwise. */
		put_unaligned_be32(len, blob + 4);
		assert_false(try_blob(blob, len));
		put_unaligned_be32(blob_len, blob + 4);
	}
}

static void damaged(void **state)
{
	int round, accepted = 0;

	for (round = 0; round < 30000; round++) {
		build();
		assemble_as(rnd(2));
		/* Half of them with the damage in the header and first tokens. */
		corrupt(blob, rnd(2) ? blob_len : 160);
		accepted += try_blob(blob, blob_len);
	}
	/* Damage inside names and values is none to the reader. */
	assert_true(accepted > 1000 && accepted < 29000);
}

/* Border values in one or two fields of the header, and the promise for what passes. */
static void bad_headers(void **state)
{
	static const u32 values[] = { 0, 1, 12, 39, 40, 41, 88, 0x7fffffff, 0x80000000,
				      0xffffffa8, 0xfffffff0, 0xffffffff };
	u32 field, value, total;
	int round, i;

	for (round = 0; round < 20000; round++) {
		build();
		assemble_as(rnd(2));
		total = blob_len;
		for (i = 0; i < 2; i++) {
			field = 4 * (1 + rnd(9));
			value = rnd(2) ? values[rnd(ARRAY_SIZE(values))] : total - 8 + rnd(16);
			if (rnd(3) == 0)
				value = get_unaligned_be32(blob + field) - 4 + rnd(8);
			put_unaligned_be32(value, blob + field);
		}
		if (!try_blob(blob, total))
			continue;
		for (i = 8; i <= 12; i += 4) {
			u64 end = get_unaligned_be32(blob + i);

			end += get_unaligned_be32(blob + (i == 8 ? 36 : 32));
			assert_true(end <= get_unaligned_be32(blob + 4) && end <= total);
		}
	}
}

/* Accessors on a handle whose structure was never checked: still no read outside. */
static void damaged_behind_the_check(void **state)
{
	struct fdt fdt;
	u8 *copy;
	int round;

	for (round = 0; round < 3000; round++) {
		build();
		assemble_as(rnd(2));
		copy = exact_copy(blob, blob_len);
		assert_int_equal(fdt_init(&fdt, copy, blob_len), 0);
		corrupt(copy, blob_len);
		exercise(&fdt);
		free(copy);
	}
}

/* The last property, at the end of the blob, grows up to the last byte and then beyond. */
static void property_at_the_end(void **state)
{
	struct fdt fdt;
	u8 *copy, *len_at;
	int node, len;

	build();
	assemble_as(true);
	copy = exact_copy(blob, blob_len);
	assert_int_equal(fdt_init(&fdt, copy, blob_len), 0);
	node = fdt_path_offset(&fdt, "/soc/virtio_mmio@10007000");
	/* Three END_NODEs and the END are behind the value of 12 bytes. */
	len_at = copy + blob_len - 16 - 12 - 8;
	put_unaligned_be32(12 + 16, len_at);
	assert_non_null(fdt_getprop(&fdt, node, "reg", &len));
	assert_int_equal(len, 28);
	put_unaligned_be32(12 + 16 + 1, len_at);
	assert_null(fdt_getprop(&fdt, node, "reg", &len));
	put_unaligned_be32(0xffffffff, len_at);
	assert_null(fdt_getprop(&fdt, node, "reg", &len));
	free(copy);
}

static void bad_structures(void **state)
{
	int i;

	/* Too deep. */
	struct_len = strings_len = 0;
	for (i = 0; i <= FDT_MAX_DEPTH; i++)
		begin("n");
	for (i = 0; i <= FDT_MAX_DEPTH; i++)
		end();
	put32(9);
	assemble();
	assert_false(try_blob(blob, blob_len));
	/* Two roots. */
	struct_len = 0;
	begin(""), end(), begin(""), end(), put32(9);
	assemble();
	assert_false(try_blob(blob, blob_len));
	/* A property behind a subnode, outside any node, and with no root at all. */
	struct_len = 0;
	begin(""), begin("a"), end(), prop_cells("x", 1, 1), end(), put32(9);
	assemble();
	assert_false(try_blob(blob, blob_len));
	struct_len = 0;
	prop_cells("x", 1, 1), put32(9);
	assemble();
	assert_false(try_blob(blob, blob_len));
	struct_len = 0;
	put32(9);
	assemble();
	assert_false(try_blob(blob, blob_len));
	/* Ends that do not match, and no FDT_END. */
	struct_len = 0;
	begin(""), end(), end(), put32(9);
	assemble();
	assert_false(try_blob(blob, blob_len));
	struct_len = 0;
	begin(""), put32(9);
	assemble();
	assert_false(try_blob(blob, blob_len));
	struct_len = 0;
	begin(""), end();
	assemble();
	assert_false(try_blob(blob, blob_len));
}

static void bad_versions(void **state)
{
	build();
	put_unaligned_be32(16, blob + 20);
	assert_false(try_blob(blob, blob_len));
	put_unaligned_be32(18, blob + 20);
	assert_true(try_blob(blob, blob_len));
	put_unaligned_be32(18, blob + 24);
	assert_false(try_blob(blob, blob_len));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		host_test(header), host_test(walk), host_test(paths), host_test(properties),
		host_test(compatibles), host_test(regs), host_test(truncated),
		host_test(damaged), host_test(bad_headers), host_test(damaged_behind_the_check),
		host_test(property_at_the_end), host_test(bad_structures), host_test(bad_versions),
	};

	return host_main(tests);
}
