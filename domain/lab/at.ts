/** Where in its file something of a lab stands, `labs/rack.yaml:12:7`: a check says which line is wrong. */
export type At = string

/** Where a secret is; never what it is. A file must not be readable by others. */
export type Secret = { env: string } | { file: string } | { command: string[] }
