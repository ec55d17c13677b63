// SPDX-License-Identifier: BSD-2-Clause-Patent
/*
 * A SerialPortLib for StandaloneMm that has the SPMC print: FFA_CONSOLE_LOG_64 (FF-A 1.2, 13.13). It keeps nothing, so that
 * it can be used before the image is relocated.
 */
#include <Base.h>
#include <Library/ArmSvcLib.h>
#include <Library/BaseMemoryLib.h>
#include <Library/SerialPortLib.h>

#define FFA_CONSOLE_LOG_64  0xC400008A

RETURN_STATUS
EFIAPI
SerialPortInitialize (
  VOID
  )
{
  return RETURN_SUCCESS;
}

/** Prints bytes; what the SPMC refuses is lost. Returns how many there were. */
UINTN
EFIAPI
SerialPortWrite (
  IN UINT8  *Buffer,
  IN UINTN  NumberOfBytes
  )
{
  ARM_SVC_ARGS  Args;
  UINTN         Done;
  UINTN         Part;

  for (Done = 0; Done < NumberOfBytes; Done += Part) {
    /* In x2-x7: ArmCallSvc has no more registers. */
    Part = MIN (NumberOfBytes - Done, 6 * sizeof (UINT64));
    ZeroMem (&Args, sizeof (Args));
    Args.Arg0 = FFA_CONSOLE_LOG_64;
    Args.Arg1 = Part;
    CopyMem (&Args.Arg2, Buffer + Done, Part);
    ArmCallSvc (&Args);
  }

  return NumberOfBytes;
}

UINTN
EFIAPI
SerialPortRead (
  OUT UINT8  *Buffer,
  IN  UINTN  NumberOfBytes
  )
{
  return 0;
}

BOOLEAN
EFIAPI
SerialPortPoll (
  VOID
  )
{
  return FALSE;
}

RETURN_STATUS
EFIAPI
SerialPortSetControl (
  IN UINT32  Control
  )
{
  return RETURN_UNSUPPORTED;
}

RETURN_STATUS
EFIAPI
SerialPortGetControl (
  OUT UINT32  *Control
  )
{
  return RETURN_UNSUPPORTED;
}

RETURN_STATUS
EFIAPI
SerialPortSetAttributes (
  IN OUT UINT64              *BaudRate,
  IN OUT UINT32              *ReceiveFifoDepth,
  IN OUT UINT32              *Timeout,
  IN OUT EFI_PARITY_TYPE     *Parity,
  IN OUT UINT8               *DataBits,
  IN OUT EFI_STOP_BITS_TYPE  *StopBits
  )
{
  return RETURN_UNSUPPORTED;
}
