import type { Leases } from "../../../ports/leases.ts";
import type { Attempt } from "../portable.ts";
import type { SqliteConnection } from "./connection.ts";

/** name, holder, when it runs out, now. */
export const TAKE = `insert into leases (name, holder, expires_at) values (?1, ?2, ?3)
  on conflict (name) do update set holder = excluded.holder, expires_at = excluded.expires_at
  where leases.holder = excluded.holder or leases.expires_at <= ?4`;
const RELEASE = "delete from leases where name = ?1 and holder = ?2";

/** All processes that share the file share its machine's clock. */
export const sqliteLeases = ({ statement }: SqliteConnection, attempt: Attempt): Leases => ({
  take: (name, holder, ttlMs) =>
    attempt("leases.take", async () => {
      const now = Date.now();
      return statement(TAKE).run(name, holder, now + ttlMs, now).changes === 1;
    }),
  release: (name, holder) =>
    attempt("leases.release", async () => {
      statement(RELEASE).run(name, holder);
    }),
});
