/* SPDX-License-Identifier: GPL-2.0 */
#ifndef FFA_PROBE_H
#define FFA_PROBE_H
#undef pr_fmt
#define pr_fmt(fmt) "hyplab-ffa-probe: " fmt

#include <linux/arm-smccc.h>
#include <linux/arm_ffa.h>
#include <linux/types.h>

/*
 * Function ids of our own, DEN0077A table "FF-A ABIs": the kernel's header (include/linux/arm_ffa.h) did not always have
 * all of them.
 */
#define FID_ERROR 0x84000060
#define FID_SUCCESS 0x84000061
#define FID_SUCCESS_64 0xc4000061
#define FID_INTERRUPT 0x84000062
#define FID_FEATURES 0x84000064
#define FID_RXTX_MAP_64 0xc4000066
#define FID_PARTITION_INFO_GET 0x84000068
#define FID_ID_GET 0x84000069
#define FID_YIELD 0x8400006c
#define FID_RUN 0x8400006d
#define FID_DIRECT_REQ 0x8400006f
#define FID_DIRECT_REQ_64 0xc400006f
#define FID_DIRECT_RESP 0x84000070
#define FID_DIRECT_RESP_64 0xc4000070
#define FID_MEM_SHARE 0x84000073
#define FID_BITMAP_CREATE 0x8400007d
#define FID_BITMAP_DESTROY 0x8400007e
#define FID_SPM_ID_GET 0x84000085
#define FID_PARTITION_INFO_GET_REGS 0xc400008b
#define FID_DIRECT_REQ2 0xc400008d
#define FID_DIRECT_RESP2 0xc400008e

typedef struct arm_smccc_1_2_regs registers;

/* seen.c: what the current round of questions brought, as lines for init. */
void seen_forget(void);
const char *seen_text(void);
void seen_line(const char *format, ...) __printf(1, 2);
/* Seconds and microseconds of the log's clock, as `%llu.%06u` wants them. */
void seconds_of(u64 ns, u64 *whole, u32 *micros);

/* calls.c: one call to the firmware, or to whoever traps it, and its answer. */
struct answer {
	registers got;
	/* The Linux errno that the kernel's driver would make of it. */
	int error;
};
/* 0, or why FF-A cannot be asked at all. */
const char *calls_impossible(void);
/* `about` says what was asked where the name does not; NULL where it does. */
struct answer ask(const char *name, const char *about, registers request);

/* The kernel's FF-A driver and what it put on its bus when it started; partitions.c. */
#define MAX_PARTITIONS 16
struct partition {
	struct ffa_device *device;
	u32 properties;
	char uuid[37];
};
extern struct partition partitions[MAX_PARTITIONS];
extern unsigned int partition_count;
/* The driver's operations, NULL without a driver. */
const struct ffa_ops *driver(void);
/* Notes a call into the driver. */
void note_driver(const char *op, const char *about, u64 began, int error, u64 value);
void partitions_release(void);

/* This machine's own endpoint id, as FFA_ID_GET gave it; 0, which is the hypervisor or the only OS, until then. */
extern u16 own_id;

/* The rounds, in order; each asks, and notes what it saw. */
void ask_decisive(void);
void ask_features(void);
void ask_notifications(void);
void ask_partitions(void);
void ask_messages(void);
void ask_messages2(void);
void ask_nobody(void);
void ask_memory(void);
#endif
