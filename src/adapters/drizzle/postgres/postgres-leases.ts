import type { Leases } from "../../../ports/leases.ts";
import type { Attempt } from "../portable.ts";
import type { ReaderPool } from "./reader-pool.ts";

/** The server's clock: instances need not agree on the time. */
const NOW = "(extract(epoch from clock_timestamp()) * 1000)::bigint";

/** name, holder, milliseconds. */
export const TAKE = `insert into leases (name, holder, expires_at) values ($1::text, $2::text, ${NOW} + $3::bigint)
  on conflict (name) do update set holder = excluded.holder, expires_at = excluded.expires_at
  where leases.holder = excluded.holder or leases.expires_at <= ${NOW}
  returning name`;
const RELEASE = "delete from leases where name = $1::text and holder = $2::text";

export const postgresLeases = (pool: ReaderPool, attempt: Attempt): Leases => ({
  take: (name, holder, ttlMs) =>
    attempt("leases.take", async () => (await pool.values(TAKE, [name, holder, String(ttlMs)])).length === 1),
  release: (name, holder) =>
    attempt("leases.release", async () => {
      await pool.values(RELEASE, [name, holder]);
    }),
});
