/* SPDX-License-Identifier: MIT */
/* Between task_maps.c and task_smaps.c. Linux: fs/proc/internal.h. */
#pragma once
#include "lib/types.h"
struct seq_file;
struct vm_area_struct;
/* show_map_line() - the line of /proc/PID/maps for vma. => mmap_lock read held. */
void show_map_line(struct seq_file *m, struct vm_area_struct *vma);
/* pad_to_name() - spaces up to where names stand, in the line that begins at m->buf[begin]. */
void pad_to_name(struct seq_file *m, size_t begin);
