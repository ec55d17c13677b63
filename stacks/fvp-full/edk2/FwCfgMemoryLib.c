/** @file
  QemuFwCfgLib for a machine that has no fw_cfg: what QEMU would have behind its registers lies in memory before the first
  instruction, put there by whoever started the machine. The node "hyplab,fw-cfg-memory" of the device tree says where:
  memory that is nobody's else, and in no memory node.

  It begins with a directory, little endian: the signature "HYPLABFW", the number of items as 32 bits, 32 bits of zero; for
  each item its address (64 bits), its size (32), its key (16) and 16 bits of zero. Keys and bytes of the items are those of
  QEMU's fw_cfg (docs/specs/fw_cfg.rst), its file directory (0x19) too; what is not there reads as zeros, as with QEMU.

  Firmware that trusts fw_cfg trusts this as much: an item outside the node's range is refused, nothing else is checked.

  SPDX-License-Identifier: BSD-2-Clause-Patent
**/

#include <PiDxe.h>
#include <Library/BaseLib.h>
#include <Library/BaseMemoryLib.h>
#include <Library/DebugLib.h>
#include <Library/DxeServicesTableLib.h>
#include <Library/QemuFwCfgLib.h>
#include <Library/UefiBootServicesTableLib.h>
#include <Protocol/FdtClient.h>

#pragma pack (1)
typedef struct {
  UINT64    Address;
  UINT32    Size;
  UINT16    Key;
  UINT16    Zero;
} FW_CFG_ITEM;

typedef struct {
  UINT64         Signature;
  UINT32         Count;
  UINT32         Zero;
  FW_CFG_ITEM    Items[];
} FW_CFG_DIRECTORY;
#pragma pack ()

#define FW_CFG_SIGNATURE  SIGNATURE_64 ('H', 'Y', 'P', 'L', 'A', 'B', 'F', 'W')

STATIC CONST FW_CFG_DIRECTORY  *mDirectory;
// What is left to be read of the item that was selected.
STATIC CONST UINT8  *mNext;
STATIC UINTN        mLeft;

/** Maps the memory; another driver with this library may have done it before. **/
STATIC
EFI_STATUS
MapMemory (
  IN UINT64  Base,
  IN UINT64  Size
  )
{
  EFI_STATUS  Status;

  Status = gDS->AddMemorySpace (EfiGcdMemoryTypeReserved, Base, Size, EFI_MEMORY_WB);
  if (EFI_ERROR (Status)) {
    return EFI_SUCCESS;
  }

  return gDS->SetMemorySpaceAttributes (Base, Size, EFI_MEMORY_WB);
}

/** @return whether the directory and all items lie in the memory that the device tree says. **/
STATIC
BOOLEAN
IsSound (
  IN CONST FW_CFG_DIRECTORY  *Directory,
  IN UINT64                  Base,
  IN UINT64                  Size
  )
{
  UINT32             Index;
  CONST FW_CFG_ITEM  *Item;

  if ((Size < sizeof (*Directory)) || (Directory->Signature != FW_CFG_SIGNATURE) ||
      (Directory->Count > (Size - sizeof (*Directory)) / sizeof (*Item)))
  {
    return FALSE;
  }

  for (Index = 0; Index < Directory->Count; Index++) {
    Item = &Directory->Items[Index];
    if ((Item->Address < Base) || (Item->Address - Base > Size) || (Item->Size > Size - (Item->Address - Base))) {
      return FALSE;
    }
  }

  return TRUE;
}

/**
  Finds the items. A machine without them is one without fw_cfg.

  @retval RETURN_SUCCESS  Always: a driver goes without.
**/
RETURN_STATUS
EFIAPI
FwCfgMemoryInitialize (
  VOID
  )
{
  EFI_STATUS           Status;
  FDT_CLIENT_PROTOCOL  *FdtClient;
  CONST UINT64         *Reg;
  UINTN                AddressCells;
  UINTN                SizeCells;
  UINT32               RegSize;
  UINT64               Base;
  UINT64               Size;

  Status = gBS->LocateProtocol (&gFdtClientProtocolGuid, NULL, (VOID **)&FdtClient);
  if (EFI_ERROR (Status)) {
    return RETURN_SUCCESS;
  }

  Status = FdtClient->FindCompatibleNodeReg (
                        FdtClient,
                        "hyplab,fw-cfg-memory",
                        (CONST VOID **)&Reg,
                        &AddressCells,
                        &SizeCells,
                        &RegSize
                        );
  if (EFI_ERROR (Status) || (AddressCells != 2) || (SizeCells != 2) || (RegSize != 2 * sizeof (UINT64))) {
    DEBUG ((DEBUG_WARN, "%a: no node hyplab,fw-cfg-memory (%r)\n", __func__, Status));
    return RETURN_SUCCESS;
  }

  Base = SwapBytes64 (ReadUnaligned64 (&Reg[0]));
  Size = SwapBytes64 (ReadUnaligned64 (&Reg[1]));
  if (EFI_ERROR (MapMemory (Base, Size)) || !IsSound ((CONST FW_CFG_DIRECTORY *)(UINTN)Base, Base, Size)) {
    DEBUG ((DEBUG_ERROR, "%a: nothing sound at 0x%Lx\n", __func__, Base));
    return RETURN_SUCCESS;
  }

  mDirectory = (CONST FW_CFG_DIRECTORY *)(UINTN)Base;
  return RETURN_SUCCESS;
}

BOOLEAN
EFIAPI
QemuFwCfgIsAvailable (
  VOID
  )
{
  return (BOOLEAN)(mDirectory != NULL);
}

VOID
EFIAPI
QemuFwCfgSelectItem (
  IN FIRMWARE_CONFIG_ITEM  QemuFwCfgItem
  )
{
  UINT32  Index;

  mNext = NULL;
  mLeft = 0;
  if (mDirectory == NULL) {
    return;
  }

  for (Index = 0; Index < mDirectory->Count; Index++) {
    if (mDirectory->Items[Index].Key == (UINT16)QemuFwCfgItem) {
      mNext = (CONST UINT8 *)(UINTN)mDirectory->Items[Index].Address;
      mLeft = mDirectory->Items[Index].Size;
      return;
    }
  }
}

VOID
EFIAPI
QemuFwCfgReadBytes (
  IN UINTN  Size,
  IN VOID   *Buffer  OPTIONAL
  )
{
  UINTN  Count;

  Count = MIN (Size, mLeft);
  CopyMem (Buffer, mNext, Count);
  ZeroMem ((UINT8 *)Buffer + Count, Size - Count);
  mNext += Count;
  mLeft -= Count;
}

VOID
EFIAPI
QemuFwCfgWriteBytes (
  IN UINTN  Size,
  IN VOID   *Buffer
  )
{
  // Nobody would read it.
}

VOID
EFIAPI
QemuFwCfgSkipBytes (
  IN UINTN  Size
  )
{
  UINTN  Count;

  Count  = MIN (Size, mLeft);
  mNext += Count;
  mLeft -= Count;
}

UINT8
EFIAPI
QemuFwCfgRead8 (
  VOID
  )
{
  UINT8  Result;

  QemuFwCfgReadBytes (sizeof (Result), &Result);
  return Result;
}

UINT16
EFIAPI
QemuFwCfgRead16 (
  VOID
  )
{
  UINT16  Result;

  QemuFwCfgReadBytes (sizeof (Result), &Result);
  return Result;
}

UINT32
EFIAPI
QemuFwCfgRead32 (
  VOID
  )
{
  UINT32  Result;

  QemuFwCfgReadBytes (sizeof (Result), &Result);
  return Result;
}

UINT64
EFIAPI
QemuFwCfgRead64 (
  VOID
  )
{
  UINT64  Result;

  QemuFwCfgReadBytes (sizeof (Result), &Result);
  return Result;
}

RETURN_STATUS
EFIAPI
QemuFwCfgFindFile (
  IN   CONST CHAR8           *Name,
  OUT  FIRMWARE_CONFIG_ITEM  *Item,
  OUT  UINTN                 *Size
  )
{
  UINT32  Left;
  UINT32  FileSize;
  UINT16  Key;
  CHAR8   FileName[QEMU_FW_CFG_FNAME_SIZE];

  if (mDirectory == NULL) {
    return RETURN_UNSUPPORTED;
  }

  QemuFwCfgSelectItem (QemuFwCfgItemFileDir);
  for (Left = SwapBytes32 (QemuFwCfgRead32 ()); (Left > 0) && (mLeft > 0); Left--) {
    FileSize = SwapBytes32 (QemuFwCfgRead32 ());
    Key      = SwapBytes16 (QemuFwCfgRead16 ());
    QemuFwCfgSkipBytes (sizeof (UINT16));
    QemuFwCfgReadBytes (sizeof (FileName), FileName);
    FileName[sizeof (FileName) - 1] = '\0';
    if (AsciiStrCmp (Name, FileName) == 0) {
      *Item = (FIRMWARE_CONFIG_ITEM)Key;
      *Size = FileSize;
      return RETURN_SUCCESS;
    }
  }

  return RETURN_NOT_FOUND;
}
