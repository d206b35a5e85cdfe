/* SPDX-License-Identifier: MIT */
/*
 * Memory policies of tasks: set_mempolicy() and get_mempolicy(). Those of mappings
 * are set in mbind.c.
 *
 * A policy is checked, kept, inherited by children and reported. Nodes that a
 * program names and the machine does not have are left out; if none is left, the
 * policy is refused. On a machine with one node that is all there is to it: every
 * policy that is accepted names that node, and every page comes from it.
 *
 * Locks: none; a task's policy is changed by the task itself.
 *
 * Linux: mm/mempolicy.c. Differs: with several nodes pages still come from the node
 * nearest to the hart, whatever the policy says; no cpusets, so no rebinding.
 */
#include <asm/uaccess.h>
#include "kernel/sched.h"
#include "kernel/uapi/mempolicy.h"
#include "lib/bitmap.h"
#include "lib/string.h"
#include "lib/vsprintf.h"
#include "mm/mempolicy.h"
#include "mm/mm.h"
#include "mm/mm_syscalls.h"

unsigned long online_node_mask(void)
{
	return (1UL << nr_online_nodes) - 1;
}

/* ---- what programs pass ---- */

/*
 * maxnode counts one bit more than there are: so it came to be, and libnuma relies on it. Bits
 * for nodes that no kernel of this build could have must be 0.
 */
int mpol_get_nodes(const unsigned long __user *nmask, unsigned long maxnode, unsigned long *nodes)
{
	unsigned long word, nr_bits = maxnode - 1;

	*nodes = 0;
	if (!maxnode || !nmask || !nr_bits)
		return 0;
	if (nr_bits > PAGE_SIZE * 8)
		return -EINVAL;
	for (unsigned long i = 0; i < nr_bits; i += BITS_PER_LONG) {
		if (get_user(word, nmask + i / BITS_PER_LONG))
			return -EFAULT;
		if (nr_bits - i < BITS_PER_LONG)
			word &= (1UL << (nr_bits - i)) - 1;
		if (i ? word : word >> MAX_NUMNODES)
			return -EINVAL;
		if (!i)
			*nodes = word;
	}
	return 0;
}

/* Modes that mean "here" name no node, the others at least one. */
static int check_nodes(int mode, int flags, unsigned long nodes)
{
	switch (mode) {
	case MPOL_DEFAULT:
		return nodes ? -EINVAL : 0;
	case MPOL_LOCAL:
		return nodes || flags ? -EINVAL : 0;
	case MPOL_PREFERRED:		/* without nodes it is another word for local */
		return !nodes && flags ? -EINVAL : 0;
	}
	return nodes ? 0 : -EINVAL;
}

/* Relative nodes are counted among those that are there: 0 is the first of them. */
static unsigned long relative_nodes(unsigned long user)
{
	unsigned long nodes = 0;

	for (int i = 0; i < MAX_NUMNODES; i++) {
		if (user >> i & 1)
			nodes |= 1UL << i % nr_online_nodes;
	}
	return nodes;
}

int mpol_parse(int mode, const unsigned long __user *nmask, unsigned long maxnode,
	       struct mempolicy *pol)
{
	int flags = mode & MPOL_MODE_FLAGS;
	unsigned long user, nodes;
	int err;

	mode &= ~MPOL_MODE_FLAGS;
	if (mode < 0 || mode >= MPOL_MAX)
		return -EINVAL;
	if ((flags & MPOL_F_STATIC_NODES) && (flags & MPOL_F_RELATIVE_NODES))
		return -EINVAL;
	if ((flags & MPOL_F_NUMA_BALANCING) && mode != MPOL_BIND && mode != MPOL_PREFERRED_MANY)
		return -EINVAL;
	err = mpol_get_nodes(nmask, maxnode, &user);
	if (!err)
		err = check_nodes(mode, flags, user);
	if (err)
		return err;
	nodes = flags & MPOL_F_RELATIVE_NODES ? relative_nodes(user) : user & online_node_mask();
	if (user && !nodes)
		return -EINVAL;
	if (mode == MPOL_PREFERRED && !user)
		mode = MPOL_LOCAL;
	if (mode == MPOL_PREFERRED)
		nodes &= -nodes;	/* one only: the first */
	*pol = (struct mempolicy){ mode, mode == MPOL_DEFAULT ? 0 : flags, nodes, user };
	return 0;
}

/* ---- what they get ---- */

/* The mask as long as the program asked for, the rest of it cleared. */
static int put_nodes(unsigned long __user *mask, unsigned long maxnode, unsigned long nodes)
{
	unsigned long words = DIV_ROUND_UP(maxnode - 1, BITS_PER_LONG);

	if (words * sizeof(long) > PAGE_SIZE)
		return -EINVAL;
	for (unsigned long i = 0; i < words; i++) {
		if (put_user(i ? 0UL : nodes, mask + i))
			return -EFAULT;
	}
	return 0;
}

int mpol_to_str(char *buf, int size, struct mempolicy pol)
{
	static const char *const names[MPOL_MAX] = {
		[MPOL_DEFAULT] = "default", [MPOL_PREFERRED] = "prefer", [MPOL_BIND] = "bind",
		[MPOL_INTERLEAVE] = "interleave", [MPOL_LOCAL] = "local",
		[MPOL_PREFERRED_MANY] = "prefer (many)",
		[MPOL_WEIGHTED_INTERLEAVE] = "weighted interleave",
	};
	unsigned long nodes = pol.nodes;
	int n = scnprintf(buf, size, "%s", names[pol.mode]);

	if (pol.flags & MPOL_F_STATIC_NODES)
		n += scnprintf(buf + n, size - n, "=static");
	else if (pol.flags & MPOL_F_RELATIVE_NODES)
		n += scnprintf(buf + n, size - n, "=relative");
	if (!nodes)
		return n;
	n += scnprintf(buf + n, size - n, ":");
	return n + bitmap_print_list(buf + n, size - n, &nodes, MAX_NUMNODES);
}

/* ---- the system calls ---- */

long sys_set_mempolicy(long mode, const unsigned long __user *nmask, unsigned long maxnode)
{
	struct mempolicy pol;
	int err = mpol_parse(mode, nmask, maxnode, &pol);

	if (!err)
		current->mempolicy = pol;
	return err;
}

/* What the first result of get_mempolicy() is: the mode, or a node. -errno. */
static int policy_or_node(struct mempolicy pol, unsigned long addr, unsigned long flags)
{
	if (!(flags & MPOL_F_NODE))
		return pol.mode | pol.flags;
	if (flags & MPOL_F_ADDR)
		return CONFIG_MMU ? node_of_user_page(addr) : 0;
	if (pol.mode != MPOL_INTERLEAVE && pol.mode != MPOL_WEIGHTED_INTERLEAVE)
		return -EINVAL;
	return __builtin_ctzl(pol.nodes);	/* where the next page comes from */
}

static int get_policy(unsigned long addr, unsigned long flags, struct mempolicy *pol)
{
	if (flags & ~(unsigned long)(MPOL_F_NODE | MPOL_F_ADDR | MPOL_F_MEMS_ALLOWED))
		return -EINVAL;
	if (flags & MPOL_F_MEMS_ALLOWED) {
		*pol = (struct mempolicy){ .nodes = online_node_mask() };
		return flags & (MPOL_F_NODE | MPOL_F_ADDR) ? -EINVAL : 0;
	}
	*pol = current->mempolicy;
	if (flags & MPOL_F_ADDR)
		return CONFIG_MMU ? vma_policy_of(addr, pol) : 0;
	return addr ? -EINVAL : 0;
}

long sys_get_mempolicy(int __user *policy, unsigned long __user *nmask, unsigned long maxnode,
		       unsigned long addr, unsigned long flags)
{
	struct mempolicy pol;
	int err, value;

	if (nmask && maxnode < (unsigned long)nr_online_nodes)
		return -EINVAL;
	err = get_policy(addr, flags, &pol);
	if (err)
		return err;
	value = policy_or_node(pol, addr, flags);
	if (value < 0)
		return value;
	if (policy && put_user(value, policy))
		return -EFAULT;
	if (!nmask)
		return 0;
	return put_nodes(nmask, maxnode, pol.flags & MPOL_MODE_FLAGS ? pol.user_nodes : pol.nodes);
}
