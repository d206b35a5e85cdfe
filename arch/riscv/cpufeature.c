/* SPDX-License-Identifier: MIT */
/*
 * The harts of the device tree: how many, which ids, what they can do.
 *
 * Logical hart 0 is the one that booted; the others follow in the order of the
 * tree. Harts that are not "okay", cannot run our code or are more than NR_CPUS
 * are left out, each with a line.
 *
 * riscv,isa is "rv64imafdch_zicsr_..._sstc": single letters, then names after
 * underscores. An extension counts only if all harts have it.
 *
 * Locks: boot only.
 *
 * Linux: arch/riscv/kernel/{cpu,cpufeature,smpboot}.c. Differs: riscv,isa only.
 */
#include <asm/early.h>
#include <asm/setup.h>
#include <asm/smp.h>
#include "kernel/printk.h"
#include "kernel/time.h"
#include "lib/ctype.h"
#include "lib/string.h"
#include "mm/mmzone.h"

#define MAX_NODE_ID	(MAX_NUMNODES - 1)

unsigned int nr_cpu_ids = 1;
cpumask_t cpu_online_mask = 1;
unsigned long cpu_hartid[CONFIG_NR_CPUS];

static const char *boot_isa = "rv64imac";
bool riscv_has_sstc = true;
static unsigned long common_letters = ~0UL;

const char *riscv_isa_string(void)
{
	return boot_isa;
}

const char *riscv_mmu_string(void)
{
	return CONFIG_MMU ? "sv39" : "none";
}

/* Letters of "rv64imafdc..." as bits, up to the first underscore. */
static unsigned long isa_letters(const char *isa)
{
	unsigned long letters = 0;

	for (isa += 4; *isa && *isa != '_'; isa++) {
		if (*isa >= 'a' && *isa <= 'z')
			letters |= 1UL << (*isa - 'a');
	}
	return letters;
}

/* Is "_name" one of the multi-letter extensions? */
static bool isa_has(const char *isa, const char *name)
{
	size_t len = strlen(name);

	while ((isa = strchr(isa, '_'))) {
		isa++;
		if (!strncmp(isa, name, len) && (!isa[len] || isa[len] == '_'))
			return true;
	}
	return false;
}

bool riscv_has_ext(const char *name)
{
	if (!strcmp(name, "sstc"))
		return riscv_has_sstc;
	if (!name[1])
		return common_letters & 1UL << (name[0] - 'a');
	return isa_has(boot_isa, name);
}

unsigned long elf_hwcap(void)
{
	return common_letters & ELF_HWCAP_IMAFDC;
}

/* Check one hart's riscv,isa. => NULL: it will do, else why not. */
static const char *check_isa(const char *isa)
{
	const unsigned long need = 1UL << ('i' - 'a') | 1UL << ('m' - 'a') | 1UL << ('a' - 'a') |
				   1UL << ('c' - 'a');

	if (!isa || strncmp(isa, "rv64", 4))
		return "is not rv64";
	if ((isa_letters(isa) & need) != need)
		return "lacks one of i, m, a, c";
	return NULL;
}

static void note_extensions(const char *isa, bool boot_hart)
{
	if (boot_hart)
		boot_isa = isa;
	common_letters &= isa_letters(isa);
	riscv_has_sstc &= isa_has(isa, "sstc");
}

static void add_hart(int node, u64 hartid, const char *isa)
{
	unsigned int cpu = hartid == boot_facts.hartid ? 0 : nr_cpu_ids;
	u32 nid = 0;

	if (cpu >= CONFIG_NR_CPUS) {
		pr_warn("smp: hart %lu ignored: this kernel is built for %d\n", hartid,
			CONFIG_NR_CPUS);
		return;
	}
	if (cpu)
		nr_cpu_ids++;
	note_extensions(isa, !cpu);
	cpu_hartid[cpu] = hartid;
	if (fdt_getprop_u32(&boot_fdt, node, "numa-node-id", &nid) || nid > MAX_NODE_ID)
		nid = 0;
	cpu_node_map[cpu] = nid;
}

static void scan_hart(int node)
{
	const char *type = fdt_getprop_string(&boot_fdt, node, "device_type");
	const char *isa, *why;
	u64 hartid;

	if (!type || strcmp(type, "cpu") || fdt_get_reg(&boot_fdt, node, 0, &hartid, NULL))
		return;
	isa = fdt_getprop_string(&boot_fdt, node, "riscv,isa");
	why = fdt_is_available(&boot_fdt, node) ? check_isa(isa) : "is not available";
	if (why)
		pr_warn("smp: hart %lu ignored: it %s\n", hartid, why);
	else
		add_hart(node, hartid, isa);
}

void scan_harts(void)
{
	int cpus = fdt_path_offset(&boot_fdt, "/cpus"), node;
	u32 hz;

	cpu_hartid[0] = boot_facts.hartid;
	if (cpus < 0) {
		pr_warn("device tree: no /cpus, only the boot hart is used\n");
		riscv_has_sstc = false;
		common_letters = ELF_HWCAP_IMAFDC;
		return;
	}
	fdt_for_each_subnode(node, &boot_fdt, cpus)
		scan_hart(node);
	if (!fdt_getprop_u32(&boot_fdt, cpus, "timebase-frequency", &hz) && hz)
		timebase_hz = hz;
}
