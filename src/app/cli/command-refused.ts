/** Refused words of the command line, with what to write instead. Ends the command with this exit code. */
export class CommandRefused extends Error {
  override readonly name = "CommandRefused";
  constructor(
    message: string,
    readonly exitCode: 1 | 2 = 2,
  ) {
    super(message);
  }
}
