/* SPDX-License-Identifier: MIT */
/*
 * errseq_t: an error that many must hear of, each once.
 *
 * A word holds the last error, a count of errors, and whether anybody has seen the last.
 * Who wants to be told keeps a copy (a sample); if the word differs from it, there has been
 * an error since. The count moves only if the last error was seen: a disk that fails a
 * thousand times while nobody looks takes one step, so the count does not wrap too soon.
 *
 * A sample of a word with an unseen error is 0: whoever begins to watch now is told of an error
 * that nobody has heard of yet. So it cannot get lost because all who could be told are gone.
 *
 * Locks: none; the word is changed by compare-and-swap, from interrupts too.
 *
 * Linux: lib/errseq.c, include/linux/errseq.h.
 */
#pragma once
#include "lib/types.h"

typedef u32 errseq_t;		/* 0: no error ever */

/* errseq_set() - err (negative, at least -4095) has happened. Any context. */
void errseq_set(errseq_t *seq, int err);
/* errseq_sample() - from now on: what to compare with. */
errseq_t errseq_sample(const errseq_t *seq);
/* errseq_check() - the error since the sample, or 0; it stays unseen. */
int errseq_check(const errseq_t *seq, errseq_t since);
/* errseq_check_and_advance() - the same; it counts as seen, and *since is a new sample. */
int errseq_check_and_advance(errseq_t *seq, errseq_t *since);
