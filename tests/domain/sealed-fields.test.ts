import { describe, expect, test } from "bun:test";
import { CATALOGUE } from "../../src/domain/personal-data/catalogue.ts";
import type { Records } from "../../src/domain/personal-data/records.ts";
import {
  keyOfSealed,
  resealWrite,
  SEAL_CONTEXTS,
  SEALED_COLLECTIONS,
  type SealContexts,
  sealedValues,
} from "../../src/domain/personal-data/sealed-fields.ts";
import type { Sealed } from "../../src/domain/shared/ids.ts";
import type { Instant } from "../../src/domain/shared/instant.ts";

const NOW = 1_741_953_600_000 as Instant;
const SEALED = "v1.0123456789abcdef.AAAA" as Sealed;
const stored = { created_at: NOW, updated_at: NOW, version: 3 };

const setting = (is_sensitive: boolean): Records["system_config"] => ({
  ...stored,
  key: "smtp.password",
  value: is_sensitive ? SEALED : "in the clear",
  description: null,
  is_sensitive,
  updated_by: "cli",
});

describe("sealed fields", () => {
  test("are all named: what erasure and export call encrypted has a context, and no other collection has one", () => {
    const clear = Object.entries(CATALOGUE).flatMap(([collection, { fields }]) =>
      Object.entries(fields)
        .filter(([, rule]) => rule.export === "clear")
        .map(([field]) => `${collection}.${field}`),
    );
    const named = Object.entries(SEAL_CONTEXTS).flatMap(([collection, fields]) =>
      Object.keys(fields).map((field) => `${collection}.${field}`),
    );
    // Keys and settings say nothing about one person, what an erasure works with ends with it, an answer that is kept holds
    // what opens something, and what recipients are told repeats ids that stand beside it: no export holds them.
    const others = [
      "erasures.work",
      "idempotent_answers.answer",
      "keys.wrapped",
      "system_config.value",
      "webhooks.secret",
      "webhooks.previous_secret",
      "webhook_deliveries.message",
    ];
    expect(named.toSorted()).toEqual([...clear, ...others].toSorted());
    const collections = new Set(named.map((name) => name.split(".")[0] ?? ""));
    expect([...SEALED_COLLECTIONS].toSorted()).toEqual([...collections].toSorted() as never);
  });

  test("do not compile without a context", () => {
    interface More extends Records {
      readonly safes: { readonly id: string; readonly secret: Sealed | null; readonly url: string };
    }
    const complete = {
      ...SEAL_CONTEXTS,
      safes: { secret: ({ id }: { readonly id: string }) => `safes:${id}` },
    } satisfies SealContexts<More>;
    // @ts-expect-error: the new collection is missing
    const withoutCollection: SealContexts<More> = SEAL_CONTEXTS;
    // @ts-expect-error: the field is missing
    const withoutField: SealContexts<More> = { ...SEAL_CONTEXTS, safes: {} };
    expect([complete, withoutCollection, withoutField]).toHaveLength(3);
  });

  test("keep the contexts that stored values were encrypted under", () => {
    const c = SEAL_CONTEXTS;
    expect([
      c.identities.ciphertext({ kind: "email", subject_id: "s" as never }),
      c.sign_in_links.email_ciphertext({ id: "l" as never }),
      c.outgoing_mails.message({ id: "m" as never }),
      c.idempotent_answers.answer({ id: "a" as never }),
      c.webhooks.secret({ id: "w" as never }),
      c.webhooks.previous_secret({ id: "w" as never }),
      c.webhook_deliveries.message({ id: "d" as never }),
      c.privacy_requests.statement({ id: "p" as never }),
      c.privacy_requests.rectification({ id: "p" as never }),
      c.privacy_requests.contact({ id: "p" as never }),
      c.privacy_requests.extension_reason({ id: "p" as never }),
      c.privacy_requests.answer({ id: "p" as never }),
      c.system_config.value({ key: "k" }),
      c.keys.wrapped({ id: "blind-index:email" }),
    ]).toEqual([
      "identities:email:s",
      "sign_in_links:email:l",
      "outgoing_mails:m",
      "idempotent_answers:answer:a",
      "webhooks:secret:w",
      "webhooks:secret:w",
      "webhook_deliveries:message:d",
      "privacy_requests:statement:p",
      "privacy_requests:rectification:p",
      "privacy_requests:contact:p",
      "privacy_requests:extension_reason:p",
      "privacy_requests:answer:p",
      "system_config:value:k",
      "keys:blind-index:email",
    ]);
  });

  test("are found in a record where there is something encrypted", () => {
    expect(sealedValues({ collection: "system_config", row: setting(true) })).toEqual([
      { field: "value", sealed: SEALED, context: "system_config:value:smtp.password" },
    ]);
    expect(sealedValues({ collection: "system_config", row: setting(false) })).toEqual([]);
    const answer = { id: "a", ...stored, answer: null } as unknown as Records["idempotent_answers"];
    expect(sealedValues({ collection: "idempotent_answers", row: answer })).toEqual([]);
    expect(sealedValues({ collection: "idempotent_answers", row: { ...answer, answer: SEALED } })).toEqual([
      { field: "answer", sealed: SEALED, context: "idempotent_answers:answer:a" },
    ]);
  });

  test("are replaced in a record that has not moved, and nothing else of it is", () => {
    const other = "v1.fedcba9876543210.BBBB" as Sealed;
    const later = (NOW + 1) as Instant;
    const row: Records["keys"] = { id: "blind-index:email", ...stored, wrapped: SEALED, destroy_at: null };
    expect(resealWrite({ collection: "keys", row }, [{ field: "wrapped", sealed: other }], later)).toEqual({
      op: "update",
      in: "keys",
      id: "blind-index:email",
      version: 3,
      set: { wrapped: other, updated_at: later },
    });
    expect(keyOfSealed({ collection: "system_config", row: setting(true) })).toBe("smtp.password");
  });
});
