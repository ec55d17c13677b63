/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The Command Response Buffers that the TPM service shares with the normal world, one page for each locality: TCG PC Client
 * Platform TPM Profile 1.05, section 6.5.3. It is plain memory to which anybody may write anything at any time.
 */
#ifndef HYPLAB_TPM_CRB_H
#define HYPLAB_TPM_CRB_H

#include <stdbool.h>
#include <stdint.h>
#include <tee_api_types.h>

#include "tpm-service.h"

/*
 * Localities 0 to 3 have a page. Locality 4 is the dynamic root of trust's, hardware that there is none of here, and has
 * no page that the normal world could see.
 */
#define TPM_CRB_LOCALITIES	4

/* Maps the pages and writes their registers. @did_vid is shown in the interface identifier. */
TEE_Result tpm_crb_init(uint32_t did_vid);

/* Does what TPM_LOC_CTRL of an open @locality asks for: request, relinquish or seize it. */
enum tpm_status tpm_crb_locality_request(unsigned int locality);

/* Does what the control area of an open @locality asks for: cmdReady, goIdle, and running the command. */
enum tpm_status tpm_crb_command(unsigned int locality);

/* Opens or closes a locality for the normal world. A locality that is closed while it is active is taken away. */
enum tpm_status tpm_crb_manage(unsigned int locality, bool open);

bool tpm_crb_is_open(unsigned int locality);

#endif /* HYPLAB_TPM_CRB_H */
