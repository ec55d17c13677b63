/** @file
  The TPM service over FF-A: how to find it and what its messages look like.

  Arm DEN0138, "TPM Service Command Response Buffer Interface over FF-A".

  SPDX-License-Identifier: BSD-2-Clause-Patent
**/

#ifndef TPM_SERVICE_H_
#define TPM_SERVICE_H_

#include <Uefi.h>

// The service's UUID, DEN0138 section 4.
#define TPM_SERVICE_GUID \
  { 0x17b862a4, 0x1806, 0x4faf, { 0x86, 0xb3, 0x08, 0x9a, 0x58, 0x35, 0x38, 0x61 } }

typedef struct {
  UINT16    PartitionId;
  // It takes FFA_MSG_SEND_DIRECT_REQ2 (FF-A 1.2, partition property bit 9): what Linux decides by, too.
  BOOLEAN   TakesRequest2;
} TPM_SERVICE;

/**
  Asks the SPMC for the one partition that offers the TPM service.

  @param[out] Service     What it is.

  @retval EFI_SUCCESS     There is exactly one.
  @retval EFI_NOT_FOUND   There is no FF-A, no such partition, or more than one.
**/
EFI_STATUS
FindTpmService (
  OUT TPM_SERVICE  *Service
  );

#endif
