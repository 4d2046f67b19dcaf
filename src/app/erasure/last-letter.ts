import type { ErasureWork } from "../../domain/erasure/erasure.ts";
import type { Identity } from "../../domain/personal-data/identity.ts";
import type { OutgoingMail } from "../../domain/personal-data/records.ts";
import { isErasureUnderWay } from "../../domain/privacy-requests/erasure-request.ts";
import type { PrivacyRequest } from "../../domain/privacy-requests/privacy-request.ts";
import type { SubjectId } from "../../domain/shared/ids.ts";
import type { Instant } from "../../domain/shared/instant.ts";
import { provenEmail, requestMail } from "../privacy-requests/request-mail.ts";
import { openedText } from "../privacy-requests/request-view.ts";
import { openIdentity } from "../vault.ts";
import { type EraseDeps, PAGE } from "./step.ts";

/** Where she is told: the address she has shown to be hers, else the one that her letter came from. Throws SealBroken. */
export const letterAddress = async (
  { readers, sealer }: EraseDeps,
  subject: SubjectId,
  identities: readonly Identity[],
): Promise<string | null> => {
  const email = provenEmail(identities);
  if (email !== null) return openIdentity(sealer, email);
  const requests = await readers.privacyRequests.ofSubject(subject, null, PAGE);
  const answered = requests.filter(isErasureUnderWay);
  return (
    answered.map((request) => openedText({ sealer }, request, "contact")).find((to) => to !== null) ?? null
  );
};

/**
 * The last she hears: that it was done, with the certificate (GDPR Art. 12(3)). It is stored with the end of the erasure,
 * and belongs to nobody; once it is sent her address is nowhere.
 */
export const lastLetter = (
  deps: EraseDeps,
  { letter_to }: ErasureWork,
  request: PrivacyRequest,
  certificate: string,
  now: Instant,
): OutgoingMail | null =>
  // The work of an erasure that began before there was this letter does not name the address.
  letter_to === null || letter_to === undefined
    ? null
    : requestMail(deps, { address: letter_to, subject: null }, request, { kind: "erased", certificate }, now);
