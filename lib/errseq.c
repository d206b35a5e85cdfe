/* SPDX-License-Identifier: MIT */
/*
 * errseq_t: see lib/errseq.h.
 *
 *	bits 0..11   the last error, positive
 *	bit  12      it has been seen
 *	bits 13..31  counts the errors that came after one that had been seen
 *
 * Locks: none.
 *
 * Linux: lib/errseq.c.
 */
#include "lib/errseq.h"
#include "lib/kernel.h"

#define ERRSEQ_ERRNO	0xfffU
#define ERRSEQ_SEEN	0x1000U
#define ERRSEQ_STEP	0x2000U

static int errseq_errno(errseq_t value)
{
	return -(int)(value & ERRSEQ_ERRNO);
}

void errseq_set(errseq_t *seq, int err)
{
	errseq_t old = __atomic_load_n(seq, __ATOMIC_RELAXED), new;

	if (err >= 0 || -err > (int)ERRSEQ_ERRNO)
		return;
	do {
		new = (old & ~(ERRSEQ_ERRNO | ERRSEQ_SEEN)) | (errseq_t)-err;
		if (old & ERRSEQ_SEEN)
			new += ERRSEQ_STEP;
		/* The same error again, and nobody knows of the first. */
		if (new == old)
			return;
	} while (!__atomic_compare_exchange_n(seq, &old, new, false, __ATOMIC_RELEASE,
					      __ATOMIC_RELAXED));
}

errseq_t errseq_sample(const errseq_t *seq)
{
	errseq_t value = __atomic_load_n(seq, __ATOMIC_ACQUIRE);

	return value & ERRSEQ_SEEN ? value : 0;
}

int errseq_check(const errseq_t *seq, errseq_t since)
{
	errseq_t value = __atomic_load_n(seq, __ATOMIC_ACQUIRE);

	return value == since ? 0 : errseq_errno(value);
}

int errseq_check_and_advance(errseq_t *seq, errseq_t *since)
{
	errseq_t old = __atomic_load_n(seq, __ATOMIC_ACQUIRE), new;

	if (likely(old == *since))
		return 0;
	/* Race: another error may come in between; then it is that one that is reported. */
	do {
		new = old | ERRSEQ_SEEN;
	} while (old != new && !__atomic_compare_exchange_n(seq, &old, new, false,
							    __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE));
	*since = new;
	return errseq_errno(new);
}
