import { startDaemon, type Daemon } from './daemon.ts'

/** Starts Python's own web server for a folder, on a port of 127.0.0.1; its log has a line for each request. */
export async function startPythonWebServer(folder: string, port: number): Promise<Daemon> {
  const words = ['-u', '-m', 'http.server', '--bind', '127.0.0.1', '--directory', folder, String(port)]
  return await startDaemon('/usr/bin/python3', words, /^Serving HTTP on /)
}
