import { type Mailer, MailFailure } from "../../ports/mailer.ts";
import type { OutsideCalls } from "../../ports/outside-call.ts";

/** A mailer behind the circuit of `smtp`. An answer of the server, a refusal too, is no failure of the server. */
export const guardedMailer = (mailer: Mailer, calls: OutsideCalls): Mailer => ({
  send: async (mail, signal) => {
    let refusal: MailFailure | null;
    try {
      refusal = await calls.run("smtp", async (within) => {
        try {
          await mailer.send(mail, signal === undefined ? within : AbortSignal.any([signal, within]));
          return null;
        } catch (failure) {
          if (failure instanceof MailFailure && failure.code !== null) return failure;
          throw failure;
        }
      });
    } catch {
      // The circuit says what happened in its own log line; to the sender it is nobody being there.
      throw new MailFailure(true, null);
    }
    if (refusal !== null) throw refusal;
  },
});
