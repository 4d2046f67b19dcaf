import { isLate } from "../../domain/privacy-requests/privacy-request.ts";
import type { Readers } from "../../ports/store.ts";
import type { MemoryContents } from "./contents.ts";
import { FROM_OLDEST, take, until } from "./take.ts";

export const privacyRequestReaders = (
  { tables, indexes }: Pick<MemoryContents, "tables" | "indexes">,
  attempt: <T>(operation: string, read: () => T) => Promise<T>,
): Pick<Readers, "privacyRequests"> => ({
  privacyRequests: {
    byId: (id) => attempt("privacy_requests.byId", () => tables.privacy_requests.get(id)),
    ofSubject: (subject, after, limit) =>
      attempt("privacy_requests.ofSubject", () =>
        take(indexes.requestsBySubject.after(subject, [after ?? ""]), limit),
      ),
    inbox: ({ state, type }, after, limit) =>
      attempt("privacy_requests.inbox", () => {
        const position = [after?.due_at ?? FROM_OLDEST, after?.id ?? ""];
        const rows =
          state === null
            ? indexes.requestInbox.after("", position)
            : indexes.requestsByState.after(state, position);
        return take(rows, limit, (row) => type === null || row.type === type);
      }),
    late: (now, atMost) =>
      attempt(
        "privacy_requests.late",
        () =>
          take(
            until(indexes.requestInbox.after("", [FROM_OLDEST, ""]), ({ due_at }) => due_at < now),
            atMost,
            (request) => isLate(request, now),
          ).length,
      ),
    waking: (now, limit) =>
      attempt("privacy_requests.waking", () =>
        take(
          until(indexes.wakingRequests.after("", [FROM_OLDEST, ""]), (row) => (row.wakes_at ?? now) <= now),
          limit,
        ),
      ),
    dueErasures: (now, limit) =>
      attempt("privacy_requests.dueErasures", () =>
        take(
          until(
            indexes.scheduledErasures.after("", [FROM_OLDEST, ""]),
            (row) => (row.effective_at ?? now) <= now,
          ),
          limit,
        ),
      ),
  },
});
