/**
 * Calls `act` when the parent process ends in any way, SIGKILL included, or closes the pipe: this process's standard
 * input must be that pipe, and nothing but its end can tell of a SIGKILL. May call twice.
 */
export const whenParentEnds = (act: () => void): void => {
  process.stdin.on('end', act)
  process.stdin.on('error', act)
  process.stdin.resume()
}
