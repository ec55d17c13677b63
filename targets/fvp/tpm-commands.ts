// TPM 2.0 commands out of the bytes of a wire. Pure. swtpm reads what is there and takes it for a command: one that came in
// pieces, as a UART has them, it answers with TPM_RC_COMMAND_SIZE (swtpm 0.7).

/** Tag, size and code (TCG TPM 2.0 Library, Part 1, 18.2), big endian. */
const headerBytes = 10
/** Both tags of a command, TPM_ST_NO_SESSIONS and TPM_ST_SESSIONS, begin with it. */
const tagByte = 0x80
/** Longer than any command that a TPM takes: what claims to be is none, and the bytes behind it are looked at again. */
const longestCommand = 0x10000

/** Gathers commands. Bytes that cannot begin one are dropped, so that a wire is understood again after a reset. */
export class TpmCommands {
  #gathered = Buffer.alloc(0)

  /** @returns the commands that these bytes complete, in order */
  take(bytes: Uint8Array): Uint8Array[] {
    this.#gathered = Buffer.concat([this.#gathered, bytes])
    const commands: Uint8Array[] = []
    for (;;) {
      const start = this.#gathered.indexOf(tagByte)
      this.#gathered = this.#gathered.subarray(start < 0 ? this.#gathered.length : start)
      if (this.#gathered.length < headerBytes) return commands
      const size = this.#gathered.readUInt32BE(2)
      const tag = this.#gathered.readUInt8(1)
      if ((tag !== 1 && tag !== 2) || size < headerBytes || size > longestCommand) {
        this.#gathered = this.#gathered.subarray(1)
        continue
      }
      if (this.#gathered.length < size) return commands
      commands.push(this.#gathered.subarray(0, size))
      this.#gathered = this.#gathered.subarray(size)
    }
  }
}
