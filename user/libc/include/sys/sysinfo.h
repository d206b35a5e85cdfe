/* SPDX-License-Identifier: MIT */
/*
 * sys/sysinfo.h: totals of memory, load and uptime.
 */
#pragma once

struct sysinfo {
	long uptime;			/* seconds */
	unsigned long loads[3];		/* in units of 1/65536 */
	unsigned long totalram;		/* these in units of mem_unit bytes */
	unsigned long freeram;
	unsigned long sharedram;
	unsigned long bufferram;
	unsigned long totalswap;
	unsigned long freeswap;
	unsigned short procs;
	unsigned short pad;
	unsigned long totalhigh;
	unsigned long freehigh;
	unsigned int mem_unit;
};

int sysinfo(struct sysinfo *info);
int get_nprocs(void);
int get_nprocs_conf(void);
