// SPDX-License-Identifier: GPL-2.0
/* Questions to the FF-A implementation itself, not to a partition. */
#include "ffa-probe.h"

#include <linux/bits.h>
#include <linux/cpumask.h>
#include <linux/errno.h>

u16 own_id;

void ask_decisive(void)
{
	struct answer id = ask("FFA_ID_GET", NULL, (registers){ .a0 = FID_ID_GET }), spm;

	if (id.error == 0)
		own_id = (u16)id.got.a2;
	ask("FFA_FEATURES", "DIRECT_REQ", (registers){ .a0 = FID_FEATURES, .a1 = FID_DIRECT_REQ });
	spm = ask("FFA_SPM_ID_GET", NULL, (registers){ .a0 = FID_SPM_ID_GET });
	/*
	 * w5 bit 0 asks for the count alone, so that nobody writes to the RX buffer, whose owner is the kernel's driver, and
	 * its ownership does not change: no FFA_RX_RELEASE is due. FF-A 1.0 has no such flag and would fill the buffer
	 * under the driver's feet. FFA_SPM_ID_GET came with 1.1, so who does not know it is not asked.
	 */
	if (spm.error == -EOPNOTSUPP)
		seen_line("could-not FFA_PARTITION_INFO_GET: not asked, FFA_SPM_ID_GET is not supported, so this may be FF-A "
			  "1.0 where it would overwrite the driver's RX buffer");
	else
		ask("FFA_PARTITION_INFO_GET", NULL, (registers){ .a0 = FID_PARTITION_INFO_GET, .a5 = BIT(0) });
	/* FF-A 1.2: answers in registers. pKVM blocks it on 6.18 and 7.3 (ffa_call_supported in nvhe/ffa.c). */
	ask("FFA_PARTITION_INFO_GET_REGS", NULL, (registers){ .a0 = FID_PARTITION_INFO_GET_REGS });
}

/* What is there tells the version, which cannot be asked for: FFA_VERSION would make pKVM negotiate. */
void ask_features(void)
{
	static const struct {
		const char *name;
		u32 function;
	} features[] = {
		{ "RXTX_MAP", FID_RXTX_MAP_64 },
		{ "MEM_SHARE", FID_MEM_SHARE },
		/* 1.2. */
		{ "DIRECT_REQ2", FID_DIRECT_REQ2 },
		{ "PARTITION_INFO_GET_REGS", FID_PARTITION_INFO_GET_REGS },
	};

	for (unsigned int n = 0; n < ARRAY_SIZE(features); n++)
		ask("FFA_FEATURES", features[n].name, (registers){ .a0 = FID_FEATURES, .a1 = features[n].function });
}

/* DEN0077A 13.3, feature ids: NPI and SRI are the interrupts that announce notifications. */
void ask_notifications(void)
{
	struct answer made;

	ask("FFA_FEATURES", "NPI", (registers){ .a0 = FID_FEATURES, .a1 = 1 });
	ask("FFA_FEATURES", "SRI", (registers){ .a0 = FID_FEATURES, .a1 = 2 });
	ask("FFA_FEATURES", "BITMAP_CREATE", (registers){ .a0 = FID_FEATURES, .a1 = FID_BITMAP_CREATE });
	/* Where the driver has made one already it is DENIED, and nothing changes; one of ours is taken away again. */
	made = ask("FFA_NOTIFICATION_BITMAP_CREATE", NULL,
		   (registers){ .a0 = FID_BITMAP_CREATE, .a1 = own_id, .a2 = nr_cpu_ids });
	if (made.error == 0)
		ask("FFA_NOTIFICATION_BITMAP_DESTROY", NULL, (registers){ .a0 = FID_BITMAP_DESTROY, .a1 = own_id });
}
