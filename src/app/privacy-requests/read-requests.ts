import { placesOf } from "../../domain/erasure/erasure.ts";
import type { PrivacyRequest } from "../../domain/privacy-requests/privacy-request.ts";
import { type PrivacyRequestId, parseId } from "../../domain/shared/ids.ts";
import { parseInstant } from "../../domain/shared/instant.ts";
import { err, ok } from "../../domain/shared/result.ts";
import type { InboxPosition } from "../../ports/privacy-request-reader.ts";
import type { Application, InboxRequest } from "../application.ts";
import { requirePermission } from "../caller.ts";
import type { Deps } from "../deps.ts";
import { badCursor, pageOf } from "../paging.ts";
import { requestView } from "./request-view.ts";
import { isSeenBy, type Viewer, viewerOf } from "./requester.ts";

/** So many of a person's requests after this one as her credential shows. */
const seenRequests = async (
  { readers }: Pick<Deps, "readers">,
  viewer: Viewer,
  after: PrivacyRequestId | null,
  limit: number,
): Promise<readonly PrivacyRequest[]> => {
  const seen: PrivacyRequest[] = [];
  for (let from = after; ; ) {
    const rows = await readers.privacyRequests.ofSubject(viewer.subject, from, limit);
    seen.push(...rows.filter((row) => isSeenBy(viewer, row)));
    const last = rows.at(-1);
    if (last === undefined || rows.length < limit || seen.length >= limit) return seen.slice(0, limit);
    from = last.id;
  }
};

/** The person's own requests, oldest first. */
export const listPrivacyRequests =
  (deps: Deps): Application["privacyRequests"]["list"] =>
  async (caller, { limit, cursor }) => {
    const viewer = await viewerOf(deps, caller);
    if (viewer === null) return err({ type: "credential-required" });
    const after = cursor === null ? null : parseId<PrivacyRequestId>(cursor);
    if (cursor !== null && after === null) return badCursor();
    const rows = await seenRequests(deps, viewer, after, limit + 1);
    const now = deps.clock.now();
    return ok(
      pageOf(
        rows,
        limit,
        (row) => row.id,
        (row) => requestView(deps, row, now),
      ),
    );
  };

/** Found by the person whose it is, and by admins. */
export const readPrivacyRequest =
  (deps: Deps): Application["privacyRequests"]["read"] =>
  async (caller, id) => {
    const [viewer, request] = await Promise.all([
      viewerOf(deps, caller),
      deps.readers.privacyRequests.byId(id),
    ]);
    const own = viewer !== null && request !== null && isSeenBy(viewer, request);
    if (request === null || !(own || requirePermission(caller.principal, "system:administer").ok)) {
      return err({ type: "not-found" });
    }
    return ok({ ...requestView(deps, request, deps.clock.now()), seen_as_staff: !own });
  };

/** `<due_at>.<id>`: where the page before ended. */
const parsePosition = (cursor: string): InboxPosition | null => {
  const [time = "", text = ""] = cursor.split(".", 2);
  const due_at = /^[0-9]{1,15}$/.test(time) ? parseInstant(Number(time)) : null;
  const id = parseId<PrivacyRequestId>(text);
  return due_at === null || id === null ? null : { due_at, id };
};

/** Where the person of an erasure that cannot end is still found. */
const placesFor = async (
  { readers }: Deps,
  { hindrance, subject_id }: PrivacyRequest,
): Promise<InboxRequest["places"]> => {
  if (hindrance !== "residue" || subject_id === null) return [];
  const erasure = await readers.erasures.ofSubject(subject_id);
  const places = erasure === null ? {} : placesOf(erasure);
  return Object.entries(places).map(([place, records]) => ({ place, records }));
};

/** What has to be answered, what is late first. */
export const requestInbox =
  (deps: Deps): Application["privacyRequests"]["inbox"] =>
  async (caller, { page: { limit, cursor }, state, type }) => {
    const allowed = requirePermission(caller.principal, "system:administer");
    if (!allowed.ok) return allowed;
    const after = cursor === null ? null : parsePosition(cursor);
    if (cursor !== null && after === null) return badCursor();
    const rows = await deps.readers.privacyRequests.inbox({ state, type }, after, limit + 1);
    const now = deps.clock.now();
    const { items, next_cursor } = pageOf(
      rows,
      limit,
      (row) => `${row.due_at}.${row.id}`,
      (row) => row,
    );
    const shown = items.map(async (row) => ({
      ...requestView(deps, row, now),
      places: await placesFor(deps, row),
    }));
    return ok({ items: await Promise.all(shown), next_cursor });
  };
