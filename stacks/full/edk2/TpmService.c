/** @file
  Finds the TPM service over FF-A.

  SPDX-License-Identifier: BSD-2-Clause-Patent
**/

#include <Library/ArmFfaLib.h>

#include "TpmService.h"

STATIC EFI_GUID  mTpmServiceGuid = TPM_SERVICE_GUID;

EFI_STATUS
FindTpmService (
  OUT TPM_SERVICE  *Service
  )
{
  EFI_STATUS              Status;
  UINT16                  OwnId;
  UINT32                  Count;
  UINT32                  Size;
  VOID                    *RxBuffer;
  EFI_FFA_PART_INFO_DESC  *Found;

  if (!IsFfaSupported ()) {
    return EFI_NOT_FOUND;
  }

  Status = ArmFfaLibPartitionIdGet (&OwnId);
  if (EFI_ERROR (Status)) {
    return EFI_NOT_FOUND;
  }

  Status = ArmFfaLibGetRxTxBuffers (NULL, NULL, &RxBuffer, NULL);
  if (EFI_ERROR (Status)) {
    return EFI_NOT_FOUND;
  }

  Status = ArmFfaLibPartitionInfoGet (&mTpmServiceGuid, FFA_PART_INFO_FLAG_TYPE_DESC, &Count, &Size);
  if (EFI_ERROR (Status)) {
    return EFI_NOT_FOUND;
  }

  // The descriptor is in the one RX buffer of all drivers, and ours until it is released.
  if ((Count == 1) && (Size >= sizeof (*Found))) {
    Found                  = RxBuffer;
    Service->PartitionId   = Found->PartitionId;
    Service->TakesRequest2 = (Found->PartitionProps & FFA_PART_PROP_RECV_DIRECT_REQ2) != 0;
  } else {
    Status = EFI_NOT_FOUND;
  }

  ArmFfaLibRxRelease (OwnId);
  return Status;
}
