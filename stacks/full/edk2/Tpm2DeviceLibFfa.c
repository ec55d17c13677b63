/** @file
  Sends TPM commands through the TPM service over FF-A: a Command Response Buffer in shared memory at PcdTpmBaseAddress,
  and a direct message each time that the service is to look at it. Only locality 0, and one command at a time, which is
  all that Tcg2Dxe needs.

  The registers are those of the TCG PC Client Platform TPM Profile for a TPM 2.0, section 6.5.3; the messages are those
  of Arm DEN0138. EDK2 2025.02 has no library of this kind.

  SPDX-License-Identifier: BSD-2-Clause-Patent
**/

#include <PiDxe.h>
#include <IndustryStandard/Tpm20.h>
#include <IndustryStandard/TpmPtp.h>
#include <Library/ArmFfaLib.h>
#include <Library/BaseLib.h>
#include <Library/BaseMemoryLib.h>
#include <Library/DebugLib.h>
#include <Library/DxeServicesTableLib.h>
#include <Library/IoLib.h>
#include <Library/PcdLib.h>
#include <Library/Tpm2DeviceLib.h>

#include "TpmService.h"

// DEN0138: the start function, what it is about, and its one good answer.
#define TPM_SERVICE_START           0x0f000201
#define TPM_SERVICE_START_COMMAND   0
#define TPM_SERVICE_START_LOCALITY  1
#define TPM_SERVICE_OK              0x05000001

STATIC EFI_GUID           mTpmServiceGuid = TPM_SERVICE_GUID;
STATIC TPM_SERVICE        mService;
STATIC PTP_CRB_REGISTERS  *mCrb;

/**
  Tells the service to look at the registers.

  @param[in] What           TPM_SERVICE_START_COMMAND or TPM_SERVICE_START_LOCALITY.

  @retval EFI_SUCCESS       It has, and has done what they ask for.
  @retval EFI_DEVICE_ERROR  It answered with an error of its own.
  @retval Others            The message did not reach it.
**/
STATIC
EFI_STATUS
Start (
  IN UINTN  What
  )
{
  EFI_STATUS       Status;
  DIRECT_MSG_ARGS  Message;
  UINTN            Answer;

  ZeroMem (&Message, sizeof (Message));
  // The same three values in both: the function in x4, what it is about in x5, the locality in x6. A first version
  // message has x3 before them.
  if (mService.TakesRequest2) {
    Message.Arg0 = TPM_SERVICE_START;
    Message.Arg1 = What;
    Status       = ArmFfaLibMsgSendDirectReq2 (mService.PartitionId, &mTpmServiceGuid, &Message);
    Answer       = Message.Arg0;
  } else {
    Message.Arg1 = TPM_SERVICE_START;
    Message.Arg2 = What;
    Status       = ArmFfaLibMsgSendDirectReq (mService.PartitionId, 0, &Message);
    Answer       = Message.Arg1;
  }

  if (EFI_ERROR (Status)) {
    return Status;
  }

  return ((UINT32)Answer == TPM_SERVICE_OK) ? EFI_SUCCESS : EFI_DEVICE_ERROR;
}

/** Copies to or from the data buffer byte by byte, as device memory wants it. **/
STATIC
VOID
ReadData (
  OUT UINT8  *To,
  IN  UINTN  Length
  )
{
  UINTN  Index;

  for (Index = 0; Index < Length; Index++) {
    To[Index] = MmioRead8 ((UINTN)&mCrb->CrbDataBuffer[Index]);
  }
}

STATIC
VOID
WriteData (
  IN CONST UINT8  *From,
  IN UINTN        Length
  )
{
  UINTN  Index;

  for (Index = 0; Index < Length; Index++) {
    MmioWrite8 ((UINTN)&mCrb->CrbDataBuffer[Index], From[Index]);
  }
}

/**
  Finds the service and takes locality 0, once.

  @retval EFI_SUCCESS    The TPM can be used.
  @retval EFI_NOT_FOUND  There is no such service.
  @retval Others         It refused.
**/
EFI_STATUS
EFIAPI
Tpm2RequestUseTpm (
  VOID
  )
{
  EFI_STATUS            Status;
  EFI_PHYSICAL_ADDRESS  Base;

  if (mCrb != NULL) {
    return EFI_SUCCESS;
  }

  Status = FindTpmService (&mService);
  if (EFI_ERROR (Status)) {
    return Status;
  }

  // Memory that the firmware's own memory map does not have. It can be there from another driver with this library.
  Base   = PcdGet64 (PcdTpmBaseAddress);
  Status = gDS->AddMemorySpace (EfiGcdMemoryTypeMemoryMappedIo, Base, SIZE_4KB, EFI_MEMORY_UC);
  if (!EFI_ERROR (Status)) {
    Status = gDS->SetMemorySpaceAttributes (Base, SIZE_4KB, EFI_MEMORY_UC);
    if (EFI_ERROR (Status)) {
      return Status;
    }
  }

  mCrb = (PTP_CRB_REGISTERS *)(UINTN)Base;
  MmioWrite32 ((UINTN)&mCrb->LocalityControl, PTP_CRB_LOCALITY_CONTROL_REQUEST_ACCESS);
  Status = Start (TPM_SERVICE_START_LOCALITY);
  if (!EFI_ERROR (Status) &&
      ((MmioRead32 ((UINTN)&mCrb->LocalityStatus) & PTP_CRB_LOCALITY_STATUS_GRANTED) == 0))
  {
    Status = EFI_DEVICE_ERROR;
  }

  if (EFI_ERROR (Status)) {
    mCrb = NULL;
  }

  return Status;
}

/**
  Sends a command and waits for its response.

  @param[in]      InputParameterBlockSize   Length of the command in bytes.
  @param[in]      InputParameterBlock       The command.
  @param[in, out] OutputParameterBlockSize  Room for the response in bytes; its length.
  @param[out]     OutputParameterBlock      The response.

  @retval EFI_SUCCESS           There is a response (which may be an error of the TPM).
  @retval EFI_BUFFER_TOO_SMALL  The command, or the response, is too long.
  @retval EFI_DEVICE_ERROR      The service or the TPM failed.
**/
EFI_STATUS
EFIAPI
Tpm2SubmitCommand (
  IN UINT32      InputParameterBlockSize,
  IN UINT8       *InputParameterBlock,
  IN OUT UINT32  *OutputParameterBlockSize,
  IN UINT8       *OutputParameterBlock
  )
{
  EFI_STATUS            Status;
  TPM2_RESPONSE_HEADER  Header;
  UINT32                Size;

  Status = Tpm2RequestUseTpm ();
  if (EFI_ERROR (Status)) {
    return Status;
  }

  if ((InputParameterBlockSize > sizeof (mCrb->CrbDataBuffer)) ||
      (InputParameterBlockSize > MmioRead32 ((UINTN)&mCrb->CrbControlCommandSize)))
  {
    return EFI_BUFFER_TOO_SMALL;
  }

  MmioWrite32 ((UINTN)&mCrb->CrbControlRequest, PTP_CRB_CONTROL_AREA_REQUEST_COMMAND_READY);
  Status = Start (TPM_SERVICE_START_COMMAND);
  if (EFI_ERROR (Status)) {
    return Status;
  }

  WriteData (InputParameterBlock, InputParameterBlockSize);
  MmioWrite32 ((UINTN)&mCrb->CrbControlStart, PTP_CRB_CONTROL_START);
  Status = Start (TPM_SERVICE_START_COMMAND);
  if (EFI_ERROR (Status)) {
    goto GoIdle;
  }

  if ((MmioRead32 ((UINTN)&mCrb->CrbControlStart) != 0) ||
      ((MmioRead32 ((UINTN)&mCrb->CrbControlStatus) & PTP_CRB_CONTROL_AREA_STATUS_TPM_STATUS) != 0))
  {
    Status = EFI_DEVICE_ERROR;
    goto GoIdle;
  }

  ReadData ((UINT8 *)&Header, sizeof (Header));
  Size = SwapBytes32 (Header.paramSize);
  if ((Size < sizeof (Header)) || (Size > sizeof (mCrb->CrbDataBuffer))) {
    Status = EFI_DEVICE_ERROR;
    goto GoIdle;
  }

  if (Size > *OutputParameterBlockSize) {
    Status = EFI_BUFFER_TOO_SMALL;
    goto GoIdle;
  }

  ReadData (OutputParameterBlock, Size);
  *OutputParameterBlockSize = Size;

GoIdle:
  // The command's own result stands, whatever becomes of this.
  MmioWrite32 ((UINTN)&mCrb->CrbControlRequest, PTP_CRB_CONTROL_AREA_REQUEST_GO_IDLE);
  Start (TPM_SERVICE_START_COMMAND);
  return Status;
}

/**
  Other TPM drivers cannot be registered here.

  @param[in] Tpm2Device    Not used.

  @retval EFI_UNSUPPORTED  Always.
**/
EFI_STATUS
EFIAPI
Tpm2RegisterTpm2DeviceLib (
  IN TPM2_DEVICE_INTERFACE  *Tpm2Device
  )
{
  return EFI_UNSUPPORTED;
}
