import type { Write } from "../shared/changes.ts";
import type { Instant } from "../shared/instant.ts";
import { type PrivacyRequest, wakesAt } from "./privacy-request.ts";

export type RequestFields = Partial<
  Omit<PrivacyRequest, "id" | "version" | "created_at" | "updated_at" | "wakes_at">
>;

export interface Moved {
  readonly request: PrivacyRequest;
  readonly write: Write;
}

/** A request with other fields, and the write that makes it so; when it wakes follows from the fields. */
export const movedRequest = (request: PrivacyRequest, set: RequestFields, now: Instant): Moved => {
  const changed = { ...request, ...set, updated_at: now, version: request.version + 1 };
  const whole = { ...changed, wakes_at: wakesAt(changed) };
  return {
    request: whole,
    write: {
      op: "update",
      in: "privacy_requests",
      id: request.id,
      version: request.version,
      set: { ...set, wakes_at: whole.wakes_at, updated_at: now },
    },
  };
};
