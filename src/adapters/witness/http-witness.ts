import type { OutsideCalls } from "../../ports/outside-call.ts";
import type { Witness } from "../../ports/witness.ts";

/** Posts the note as it is served to the one address the operator has set. Any answer but 2xx is a failure. */
export const makeHttpWitness = (url: string, calls: OutsideCalls): Witness => ({
  send: (note) =>
    calls.run(
      "witness",
      async (signal) => {
        const headers = { "Content-Type": "text/plain; charset=utf-8" };
        const response = await fetch(url, { method: "POST", headers, body: note, signal, redirect: "error" });
        await response.body?.cancel();
        if (!response.ok) throw new Error(`the witness answered ${response.status}`);
      },
      { safeToRepeat: true },
    ),
});
