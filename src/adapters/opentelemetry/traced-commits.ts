import type { Changes } from "../../domain/shared/changes.ts";
import type { GroupStore } from "../../ports/group-store.ts";
import type { Span, Tracer } from "../../ports/tracer.ts";
import { StorageFailure, type UnitOfWork } from "../../ports/unit-of-work.ts";

export interface TracedCommits {
  /** In front of the queue: a commit's span lasts until it is answered. */
  unitOfWork(unitOfWork: UnitOfWork): UnitOfWork;
  /** Behind the queue, where it shows with how many others a commit is stored. */
  groups(groups: GroupStore): GroupStore;
}

const UNTRACED: TracedCommits = { unitOfWork: (unitOfWork) => unitOfWork, groups: (groups) => groups };

export const tracedCommits = (tracer: Tracer): TracedCommits => {
  if (!tracer.on) return UNTRACED;
  const spans = new WeakMap<Changes, Span>();
  return {
    unitOfWork: (unitOfWork) => ({
      commit: async (changes) => {
        const span = tracer.begin("commit", {});
        spans.set(changes, span);
        try {
          return await unitOfWork.commit(changes);
        } catch (failure) {
          span.fail(failure instanceof StorageFailure ? failure.kind : "Error");
          throw failure;
        } finally {
          span.end();
        }
      },
      close: unitOfWork.close,
    }),
    groups: (groups) => ({
      commitGroup: (members) => {
        for (const member of members) spans.get(member)?.set({ "commit.group_size": members.length });
        return groups.commitGroup(members);
      },
    }),
  };
};
