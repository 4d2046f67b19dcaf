// Records with values that are really encrypted, to be encrypted anew.
import type { Records } from "../../src/domain/personal-data/records.ts";
import {
  SEAL_CONTEXTS,
  SEALED_COLLECTIONS,
  type SealedRecord,
} from "../../src/domain/personal-data/sealed-fields.ts";
import type { KeyedHash } from "../../src/domain/shared/ids.ts";
import { DAY, plus } from "../../src/domain/shared/instant.ts";
import type { Sealer } from "../../src/ports/secrets.ts";
import { hash, NOON, record } from "./records.ts";

/** Nothing here is due or over while a service looks on. */
const FAR = plus(NOON, 20_000 * DAY);

const MAKERS = {
  identities: (sealer: Sealer, clear: string): SealedRecord => {
    const row = record("identities", { kind: "name", blind_index: null });
    const ciphertext = sealer.seal(clear, SEAL_CONTEXTS.identities.ciphertext(row));
    return { collection: "identities", row: { ...row, ciphertext } };
  },
  sign_in_links: (sealer: Sealer, clear: string): SealedRecord => {
    const row = record("sign_in_links", { retention_until: FAR, expires_at: FAR });
    const email_ciphertext = sealer.seal(clear, SEAL_CONTEXTS.sign_in_links.email_ciphertext(row));
    return { collection: "sign_in_links", row: { ...row, email_ciphertext } };
  },
  outgoing_mails: (sealer: Sealer, clear: string): SealedRecord => {
    const row = record("outgoing_mails", { retention_until: FAR, next_attempt_at: FAR });
    const message = sealer.seal(clear, SEAL_CONTEXTS.outgoing_mails.message(row));
    return { collection: "outgoing_mails", row: { ...row, message } };
  },
  privacy_requests: (sealer: Sealer, clear: string): SealedRecord => {
    const row = record("privacy_requests", { due_at: FAR, wakes_at: null });
    const statement = sealer.seal(clear, SEAL_CONTEXTS.privacy_requests.statement(row));
    return { collection: "privacy_requests", row: { ...row, statement } };
  },
  idempotent_answers: (sealer: Sealer, clear: string): SealedRecord => {
    const row = record("idempotent_answers", { retention_until: FAR, expires_at: FAR });
    const answer = sealer.seal(clear, SEAL_CONTEXTS.idempotent_answers.answer(row));
    return { collection: "idempotent_answers", row: { ...row, answer } };
  },
  webhooks: (sealer: Sealer, clear: string): SealedRecord => {
    const row = record("webhooks");
    const secret = sealer.seal(clear, SEAL_CONTEXTS.webhooks.secret(row));
    return { collection: "webhooks", row: { ...row, secret } };
  },
  webhook_deliveries: (sealer: Sealer, clear: string): SealedRecord => {
    const row = record("webhook_deliveries", { retention_until: FAR, next_attempt_at: FAR });
    const message = sealer.seal(clear, SEAL_CONTEXTS.webhook_deliveries.message(row));
    return { collection: "webhook_deliveries", row: { ...row, message } };
  },
  system_config: (sealer: Sealer, clear: string): SealedRecord => {
    const row = record("system_config", { key: `secret.${hash<KeyedHash>()}`, is_sensitive: true });
    return {
      collection: "system_config",
      row: { ...row, value: sealer.seal(clear, SEAL_CONTEXTS.system_config.value(row)) },
    };
  },
  erasures: (sealer: Sealer, clear: string): SealedRecord => {
    const row = record("erasures");
    return {
      collection: "erasures",
      row: { ...row, work: sealer.seal(clear, SEAL_CONTEXTS.erasures.work(row)) },
    };
  },
  keys: (sealer: Sealer, clear: string): SealedRecord => {
    const row = record("keys");
    return {
      collection: "keys",
      row: { ...row, wrapped: sealer.seal(clear, SEAL_CONTEXTS.keys.wrapped(row)) },
    };
  },
};

export const clearText = (index: number): string => `value ${index} of a person`;

/** `count` records, every collection in turn; record i holds `clearText(i)`. Vault lines name subjects of their own. */
export const sealedRecords = (sealer: Sealer, count: number, from = 0): readonly SealedRecord[] =>
  Array.from({ length: count }, (_, at) => {
    const index = from + at;
    const collection = SEALED_COLLECTIONS[index % SEALED_COLLECTIONS.length] ?? "keys";
    return MAKERS[collection](sealer, clearText(index));
  });

/** The subjects that the vault lines among these records are of. */
export const subjectsOf = (records: readonly SealedRecord[]): readonly Records["subjects"][] =>
  records.flatMap((each) =>
    each.collection === "identities" ? [record("subjects", { id: each.row.subject_id })] : [],
  );
