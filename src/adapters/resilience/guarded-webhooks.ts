import { OutsideCallFailure, type OutsideCalls } from "../../ports/outside-call.ts";
import type { SendWebhook, WebhookAnswer, WebhookSender } from "../../ports/webhook-sender.ts";

/** The other side's front answers that nobody is behind it. */
const NOBODY_BEHIND: readonly number[] = [502, 503, 504];

/** A sender behind `webhooks`, with a circuit for each host: one recipient that is dead holds no other up. */
export const guardedWebhooks =
  (sender: WebhookSender, calls: OutsideCalls): SendWebhook =>
  async (request) => {
    let answer: WebhookAnswer | null = null;
    try {
      return await calls.run(
        "webhooks",
        async (signal) => {
          const given = await sender.send(request, signal);
          if (given.kind === "answered" && NOBODY_BEHIND.includes(given.status)) {
            answer = given;
            throw new Error("nobody is behind the recipient's front");
          }
          return given;
        },
        { party: new URL(request.url).host },
      );
    } catch (failure) {
      // The circuit says what happened in its own log line.
      if (answer !== null) return answer;
      if (!(failure instanceof OutsideCallFailure)) throw failure;
      if (failure.kind === "failed") return { kind: "unreachable" };
      return { kind: failure.kind === "timeout" ? "timeout" : "held" };
    }
  };
