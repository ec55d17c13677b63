// `user@host:path# `, `[user@host path]$ `, `/ # `, `~ $ `, `# `, with the command behind them or nothing.
const prompt =
  /^(?:[\w.-]{1,64}@[\w.-]{1,64}[: ]?[^\s#$]{0,200}|\[[^\]]{1,80}\]|[\w-]{0,32}:?[/~][^\s#$]{0,200})? ?[#$](?: .*)?$/

/** Whether a line is what a shell shows when it waits for a command, with or without one: part of what is pasted from a terminal. */
export function isShellPrompt(text: string): boolean {
  return prompt.test(text)
}
