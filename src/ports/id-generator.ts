import type { SubjectId } from "../domain/shared/ids.ts";
import type { Instant } from "../domain/shared/instant.ts";

/** Fresh ids. Never fails; no two calls of any instance give the same id. */
export interface IdGenerator {
  /** UUIDv7 of the moment: ids made later in one process sort after earlier ones, even within a millisecond. */
  next<Id extends string>(): Id;
  /** UUIDv7 of another moment (an imported record's own date); sorts by that moment, random within it. Before 1970 it is 1970. */
  at<Id extends string>(moment: Instant): Id;
  /** Random UUIDv4: tells nothing, not even a time. */
  subject(): SubjectId;
}
