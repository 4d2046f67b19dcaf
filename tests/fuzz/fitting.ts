import type { Thing } from "./world.ts";

/** Where a privacy request has to stand for what is done to it. */
const FITS: Readonly<Record<string, (request: Thing["body"]) => boolean>> = {
  exportPersonalData: ({ state, type, channel }) =>
    (type === "access" || type === "portability") &&
    (state === "open" || state === "completed") &&
    channel !== "operator",
  handOverPersonalData: ({ state, type, subject }) =>
    (type === "access" || type === "portability") &&
    (state === "open" || state === "completed") &&
    subject !== null,
  cancelPrivacyRequest: ({ state, channel }) =>
    (state === "open" || state === "scheduled") && channel !== "operator",
  extendPrivacyRequest: ({ state, extended_at }) =>
    (state === "open" || state === "scheduled") && extended_at === null,
  refusePrivacyRequest: ({ state }) => state === "open" || state === "awaiting_identity",
  decidePrivacyRequest: ({ state, type }) => state === "open" && type !== "erasure",
  identifyPrivacyRequest: ({ state, channel }) => state === "open" && channel === "operator",
  liftRestriction: ({ state, restriction_ground, lift_at }) =>
    state === "completed" && restriction_ground !== null && lift_at === null,
};

const BY_WHO_ASKED: readonly string[] = ["cancelPrivacyRequest", "exportPersonalData"];

/** The requests that this can be done to, as far as is known. */
export const fitting = (id: string, requests: readonly Thing[]): readonly Thing[] => {
  const fits = FITS[id];
  const found = fits === undefined ? requests : requests.filter(({ body }) => fits(body));
  // Only who asked takes it back or gets an archive, and the inbox does not say with which credential that was.
  return BY_WHO_ASKED.includes(id) ? found.filter(({ owner }) => owner !== null) : found;
};
