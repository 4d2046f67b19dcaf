// Privacy requests in the states that tests want them in.
import type { PrivacyRequestInput, PrivacyRequestView } from "../../src/app/application.ts";
import { accepted, type TestService } from "./service.ts";

/** What is asked, with everything that its type does not need left out. */
export const asking = (
  type: PrivacyRequestInput["type"],
  over: Partial<PrivacyRequestInput> = {},
): PrivacyRequestInput => ({
  type,
  statement: null,
  comments: type === "erasure" ? "keep_text" : null,
  purpose: type === "objection" ? "marketing" : null,
  ground: type === "restriction" ? "accuracy_contested" : null,
  rectification: null,
  ...over,
});

/** One that an operator entered for an address nobody here has: open, and nobody's yet. */
export const entered = async (
  service: TestService,
  type: PrivacyRequestInput["type"] = "access",
): Promise<PrivacyRequestView> => {
  const { caller } = await service.signIn("operator@example.org", "admin");
  const input = { ...asking(type), email: "stranger@example.net", received_at: null };
  return accepted(await service.application.privacyRequests.enter(caller, input));
};

/** A restriction in force, of the person with this address. */
export const restrictionOf = async (service: TestService, email: string): Promise<PrivacyRequestView> => {
  const { caller } = await service.signIn(email);
  return accepted(await service.application.privacyRequests.file(caller, asking("restriction")));
};

export interface ConfirmationLink {
  readonly id: string;
  readonly token: string;
}

/** The newest link that confirms a request and was mailed to this address. */
export const confirmationFor = async (service: TestService, email: string): Promise<ConfirmationLink> => {
  await service.deliver();
  const [, id, token] =
    service.mails
      .findLast(({ to, text }) => to === email && text.includes("/confirm-request#"))
      ?.text.match(/#([0-9a-f-]{36})\.(gnp_[\w-]+)/) ?? [];
  if (id === undefined || token === undefined) throw new Error("no link to confirm a request was mailed");
  return { id, token };
};

/** A request of a known person that waits for her click. */
export const unconfirmed = async (service: TestService, email: string): Promise<ConfirmationLink> => {
  await service.signIn(email);
  const { caller } = await service.signIn("operator@example.org", "admin");
  const input = { ...asking("access"), email, received_at: null };
  accepted(await service.application.privacyRequests.enter(caller, input));
  return confirmationFor(service, email);
};

/** A letter of which an operator has found out whose it is. */
export const identified = async (
  service: TestService,
  type: PrivacyRequestInput["type"] = "access",
): Promise<PrivacyRequestView> => {
  const { id } = await entered(service, type);
  const writer = await service.signIn("letter-writer@example.org");
  const { subject } = accepted(await service.application.sessions.currentSession(writer.caller));
  const { caller } = await service.signIn("operator@example.org", "admin");
  return accepted(await service.application.privacyRequests.confirmIdentity(caller, { id, subject }));
};
