/* SPDX-License-Identifier: MIT */
/*
 * Sv39 page-table entries, and the accessors through which mm/ sees them.
 * Source: RISC-V Privileged Architecture, 4.3-4.4 (Sv32/Sv39).
 *
 *   63..54 reserved | 53..10 PPN | 9 8 RSW | 7 D | 6 A | 5 G | 4 U | 3 X | 2 W | 1 R | 0 V
 *
 * V=1 with R=W=X=0 points to the next table; anything else with V=1 is a leaf.
 * PROT_NONE pages keep their frame with V=0 and the software bit PROT_NONE.
 * A swap entry has V=0 and PROT_NONE=0:  type in bits 7..11, offset from 12 up.
 *
 * Linux: arch/riscv/include/asm/pgtable.h, pgtable-bits.h. Differs: three
 * levels only; bits A and D are also set in advance for kernel mappings.
 */
#pragma once
#include <asm/page.h>

#define _PAGE_PRESENT	(1UL << 0)
#define _PAGE_READ	(1UL << 1)
#define _PAGE_WRITE	(1UL << 2)
#define _PAGE_EXEC	(1UL << 3)
#define _PAGE_USER	(1UL << 4)
#define _PAGE_GLOBAL	(1UL << 5)
#define _PAGE_ACCESSED	(1UL << 6)
#define _PAGE_DIRTY	(1UL << 7)
#define _PAGE_SPECIAL	(1UL << 8)	/* RSW: not counted (zero page, vDSO) */
#define _PAGE_PROT_NONE	_PAGE_GLOBAL	/* only looked at when V=0 */
#define _PAGE_LEAF	(_PAGE_READ | _PAGE_WRITE | _PAGE_EXEC)
#define _PAGE_PFN_SHIFT	10
#define _PAGE_PFN_MASK	(((1UL << 44) - 1) << _PAGE_PFN_SHIFT)
#define _PAGE_TABLE	_PAGE_PRESENT
#define _PAGE_CHG_MASK	(_PAGE_PFN_MASK | _PAGE_ACCESSED | _PAGE_DIRTY | _PAGE_SPECIAL)

#define _PAGE_BASE	(_PAGE_PRESENT | _PAGE_ACCESSED | _PAGE_USER)
#define PAGE_NONE		__pgprot(_PAGE_PROT_NONE | _PAGE_READ)
#define PAGE_READ		__pgprot(_PAGE_BASE | _PAGE_READ)
#define PAGE_WRITE		__pgprot(_PAGE_BASE | _PAGE_READ | _PAGE_WRITE)
#define PAGE_EXEC		__pgprot(_PAGE_BASE | _PAGE_EXEC)
#define PAGE_READ_EXEC		__pgprot(_PAGE_BASE | _PAGE_READ | _PAGE_EXEC)
#define PAGE_WRITE_EXEC		__pgprot(_PAGE_BASE | _PAGE_READ | _PAGE_WRITE | _PAGE_EXEC)

#define _PAGE_KERNEL_BASE (_PAGE_PRESENT | _PAGE_ACCESSED | _PAGE_DIRTY | _PAGE_GLOBAL)
#define PAGE_KERNEL		__pgprot(_PAGE_KERNEL_BASE | _PAGE_READ | _PAGE_WRITE)
#define PAGE_KERNEL_RO		__pgprot(_PAGE_KERNEL_BASE | _PAGE_READ)
#define PAGE_KERNEL_EXEC	__pgprot(_PAGE_KERNEL_BASE | _PAGE_READ | _PAGE_EXEC)

#ifndef __ASSEMBLER__
extern pgd_t swapper_pg_dir[PTRS_PER_PGD];

/*
 * vmemmap_populate() - back [start, end) of the vmemmap range with memory from
 * memblock, by 2 MiB leaves where they fit. Not zeroed. => boot; 0 or -ENOMEM.
 */
int vmemmap_populate(unsigned long start, unsigned long end);

#define pgd_index(a)	(((a) >> PGDIR_SHIFT) & (PTRS_PER_PGD - 1))
#define pmd_index(a)	(((a) >> PMD_SHIFT) & (PTRS_PER_PMD - 1))
#define pte_index(a)	(((a) >> PAGE_SHIFT) & (PTRS_PER_PTE - 1))

/* The end of the entry's range that holds addr, or end if that comes first. */
#define pgd_addr_end(addr, end) \
({ unsigned long __b = ((addr) + PGDIR_SIZE) & PGDIR_MASK; __b - 1 < (end) - 1 ? __b : (end); })
#define pmd_addr_end(addr, end) \
({ unsigned long __b = ((addr) + PMD_SIZE) & PMD_MASK; __b - 1 < (end) - 1 ? __b : (end); })

/* ---- upper levels ---- */
static inline bool pgd_none(pgd_t e) { return pgd_val(e) == 0; }
static inline bool pgd_leaf(pgd_t e) { return pgd_val(e) & _PAGE_LEAF; }
static inline bool pmd_none(pmd_t e) { return pmd_val(e) == 0; }
static inline bool pmd_leaf(pmd_t e) { return pmd_val(e) & _PAGE_LEAF; }
static inline unsigned long __entry_pfn(unsigned long e)
{
	return (e & _PAGE_PFN_MASK) >> _PAGE_PFN_SHIFT;
}
static inline unsigned long pgd_pfn(pgd_t e) { return __entry_pfn(pgd_val(e)); }
static inline unsigned long pmd_pfn(pmd_t e) { return __entry_pfn(pmd_val(e)); }
static inline pmd_t *pgd_pgtable(pgd_t e) { return pfn_to_virt(pgd_pfn(e)); }
static inline pte_t *pmd_pgtable(pmd_t e) { return pfn_to_virt(pmd_pfn(e)); }
static inline pmd_t *pmd_offset(pgd_t *pgd, unsigned long addr)
{
	return pgd_pgtable(*pgd) + pmd_index(addr);
}
static inline pte_t *pte_offset(pmd_t *pmd, unsigned long addr)
{
	return pmd_pgtable(*pmd) + pte_index(addr);
}

/* Entries are written whole, so that the hardware walker never sees half of one. */
static inline void set_pgd(pgd_t *p, pgd_t v) { *(volatile unsigned long *)p = pgd_val(v); }
static inline void set_pmd(pmd_t *p, pmd_t v) { *(volatile unsigned long *)p = pmd_val(v); }
static inline void pgd_populate(pgd_t *p, pmd_t *t)
{
	set_pgd(p, __pgd(virt_to_pfn(t) << _PAGE_PFN_SHIFT | _PAGE_TABLE));
}
static inline void pmd_populate(pmd_t *p, pte_t *t)
{
	set_pmd(p, __pmd(virt_to_pfn(t) << _PAGE_PFN_SHIFT | _PAGE_TABLE));
}
static inline void pgd_clear(pgd_t *p) { set_pgd(p, __pgd(0)); }
static inline void pmd_clear(pmd_t *p) { set_pmd(p, __pmd(0)); }

/* ---- last level ---- */
static inline pte_t pfn_pte(unsigned long pfn, pgprot_t prot)
{
	return __pte(pfn << _PAGE_PFN_SHIFT | pgprot_val(prot));
}
static inline unsigned long pte_pfn(pte_t e) { return __entry_pfn(pte_val(e)); }
static inline bool pte_none(pte_t e) { return pte_val(e) == 0; }
/* pte_present() - maps a frame, PROT_NONE ones too; else none or a swap entry. */
static inline bool pte_present(pte_t e) { return pte_val(e) & (_PAGE_PRESENT | _PAGE_PROT_NONE); }
static inline bool pte_protnone(pte_t e)
{
	return (pte_val(e) & (_PAGE_PRESENT | _PAGE_PROT_NONE)) == _PAGE_PROT_NONE;
}
static inline bool pte_write(pte_t e) { return pte_val(e) & _PAGE_WRITE; }
static inline bool pte_exec(pte_t e) { return pte_val(e) & _PAGE_EXEC; }
static inline bool pte_read(pte_t e) { return pte_val(e) & _PAGE_READ; }
static inline bool pte_user(pte_t e) { return pte_val(e) & _PAGE_USER; }
static inline bool pte_young(pte_t e) { return pte_val(e) & _PAGE_ACCESSED; }
static inline bool pte_dirty(pte_t e) { return pte_val(e) & _PAGE_DIRTY; }
static inline bool pte_special(pte_t e) { return pte_val(e) & _PAGE_SPECIAL; }
static inline bool pte_same(pte_t a, pte_t b) { return pte_val(a) == pte_val(b); }
static inline pte_t pte_mkwrite(pte_t e) { return __pte(pte_val(e) | _PAGE_WRITE | _PAGE_READ); }
static inline pte_t pte_wrprotect(pte_t e) { return __pte(pte_val(e) & ~_PAGE_WRITE); }
static inline pte_t pte_mkdirty(pte_t e) { return __pte(pte_val(e) | _PAGE_DIRTY); }
static inline pte_t pte_mkclean(pte_t e) { return __pte(pte_val(e) & ~_PAGE_DIRTY); }
static inline pte_t pte_mkyoung(pte_t e) { return __pte(pte_val(e) | _PAGE_ACCESSED); }
static inline pte_t pte_mkold(pte_t e) { return __pte(pte_val(e) & ~_PAGE_ACCESSED); }
static inline pte_t pte_mkspecial(pte_t e) { return __pte(pte_val(e) | _PAGE_SPECIAL); }
/* pte_modify() - same frame, A, D and SPECIAL; new permissions. */
static inline pte_t pte_modify(pte_t e, pgprot_t prot)
{
	return __pte((pte_val(e) & _PAGE_CHG_MASK) | (pgprot_val(prot) & ~_PAGE_ACCESSED));
}

static inline pte_t ptep_get(const pte_t *p) { return __pte(*(const volatile unsigned long *)p); }
static inline void set_pte(pte_t *p, pte_t v) { *(volatile unsigned long *)p = pte_val(v); }
static inline void pte_clear(pte_t *p) { set_pte(p, __pte(0)); }
/*
 * The walker of another hart may set A or D at any moment, so an entry that it
 * can use must be changed by one atomic operation.
 */
static inline pte_t ptep_get_and_clear(pte_t *p)
{
	return __pte(__atomic_exchange_n(&p->pte, 0UL, __ATOMIC_RELAXED));
}
static inline void ptep_set_wrprotect(pte_t *p)
{
	__atomic_fetch_and(&p->pte, ~_PAGE_WRITE, __ATOMIC_RELAXED);
}
/* ptep_set_access_flags() - set those of A and D that v has; what the walker sets stays. */
static inline void ptep_set_access_flags(pte_t *p, pte_t v)
{
	__atomic_fetch_or(&p->pte, pte_val(v) & (_PAGE_ACCESSED | _PAGE_DIRTY), __ATOMIC_RELAXED);
}
static inline bool ptep_test_and_clear_young(pte_t *p)
{
	if (!pte_young(ptep_get(p)))
		return false;
	return __atomic_fetch_and(&p->pte, ~_PAGE_ACCESSED, __ATOMIC_RELAXED) & _PAGE_ACCESSED;
}

/* ---- swap entries ---- */
#define __SWP_TYPE_SHIFT	7
#define __SWP_TYPE_BITS		5
#define __SWP_OFFSET_SHIFT	12
#define MAX_SWAPFILES		(1 << __SWP_TYPE_BITS)

/* protection_map[VM_READ|WRITE|EXEC|SHARED bits]; private writable maps read-only (COW). */
extern const pgprot_t protection_map[16];
#endif
