/** How a shell of a boot loader is spoken to. */
export interface DialogueOptions {
  /** Its prompt, literally. */
  prompt: string
  /** What the loader says before it boots by itself, literally, and the one key that stops it. */
  autoboot: { says: string; key: string }
  limits: {
    /** Seconds without a byte while firmware starts or a command runs. */
    silence: number
    /** Seconds without a byte that an echo, or the prompt after ^C, may take. */
    echo: number
  }
  /** A fresh word for each command; random unless a test says otherwise. */
  nonce?: () => string
}
