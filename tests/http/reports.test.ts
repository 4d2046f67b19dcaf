import { expect, test } from "bun:test";
import { newSignedReport } from "../../src/domain/audit/signed-report.ts";
import type { SignedReportId } from "../../src/domain/shared/ids.ts";
import { testServer } from "../support/http.ts";
import { changes, insert } from "../support/records.ts";

interface Shown {
  readonly id: string;
  readonly kind: string;
  readonly created_at: string;
  readonly document: string;
}

interface Listed {
  readonly items: readonly Shown[];
  readonly next_cursor: string | null;
}

test("reports are listed by kind, newest first, and read one by one with what verifies them", async () => {
  const server = await testServer();
  const { documents, ids, clock, policies, unitOfWork } = server.deps;
  const { token } = await server.signIn("admin@example.org", "admin");
  const ask = (path: string) => server.request("GET", path, { token });
  const list = async (query: string): Promise<Listed> =>
    (await (await ask(`/v1/admin/reports?${query}`)).json()) as Listed;

  const made: string[] = [];
  for (const kind of ["erasure", "drill", "erasure", "erasure"] as const) {
    const id = ids.next<SignedReportId>();
    const document = await documents.sign("report", { type: kind, number: made.length });
    const report = newSignedReport(id, kind, document, clock.now(), policies.retention);
    await unitOfWork.commit(changes([insert("signed_reports", { ...report })]));
    made.push(id);
  }

  const first = await list("kind=erasure&limit=2");
  expect(first.items.map(({ id }) => id)).toEqual([made[3] ?? "", made[2] ?? ""]);
  const rest = await list(`kind=erasure&limit=2&cursor=${first.next_cursor}`);
  expect(rest.items.map(({ id }) => id)).toEqual([made[0] ?? ""]);
  expect(rest.next_cursor).toBeNull();
  expect((await list("kind=drill")).items.map(({ id }) => id)).toEqual([made[1] ?? ""]);
  expect((await list("kind=restore")).items).toEqual([]);

  const one = (await (await ask(`/v1/admin/reports/${made[1]}`)).json()) as Shown;
  expect(one).toMatchObject({ id: made[1] ?? "", kind: "drill" });
  expect(await documents.verify("report", one.document)).toEqual({ type: "drill", number: 1 });

  expect((await ask("/v1/admin/reports")).status).toBe(422);
  expect((await ask("/v1/admin/reports?kind=else")).status).toBe(422);
  expect((await ask(`/v1/admin/reports?kind=drill&cursor=x`)).status).toBe(422);
  expect((await ask(`/v1/admin/reports/${ids.next()}`)).status).toBe(404);
});
