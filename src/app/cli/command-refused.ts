/** Refused words of the command line, with what to write instead. Ends the command with exit code 2. */
export class CommandRefused extends Error {
  override readonly name = "CommandRefused";
}
