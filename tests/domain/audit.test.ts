import { describe, expect, test } from "bun:test";
import { NO_ORIGIN, PSEUDONYM_KEYS } from "../../src/domain/anonymization/pseudonym.ts";
import {
  AUDIT_ACTION_MAX,
  AUDIT_RESOURCE_TYPE_MAX,
  auditEntry,
  SYSTEM,
} from "../../src/domain/audit/audit-entry.ts";
import { FEATURE_FLAGS, resolveFlags } from "../../src/domain/configuration/feature-flags.ts";
import {
  CONFIGURATION_KEY_MAX,
  UPDATED_BY_MAX,
} from "../../src/domain/configuration/system-configuration.ts";
import { CATALOGUE } from "../../src/domain/personal-data/catalogue.ts";
import { newIdentity } from "../../src/domain/personal-data/identity.ts";
import { keyField, UNIQUE_FIELDS } from "../../src/domain/personal-data/records.ts";
import type { IdentityId, KeyedHash, Sealed } from "../../src/domain/shared/ids.ts";
import { ADA, days, hash, id, occasion, subject, T0, TRACED } from "./given.ts";

describe("an audit entry", () => {
  test("tells what happened to what, by whom as keyed hashes only, and is kept for seven years", () => {
    const entry = auditEntry("mail.sent", id(0x3a), { kind: "sign_in", attempts: 2 }, occasion(T0, TRACED));
    expect(entry).toEqual({
      id: occasion().audit_id,
      created_at: T0,
      updated_at: T0,
      version: 1,
      consent_given: false,
      consent_timestamp: null,
      retention_until: days(2555),
      anonymized: false,
      action: "mail.sent",
      resource_type: "mail",
      resource_id: id(0x3a),
      user_id_hash: TRACED.user_id_hash,
      ip_address_hash: TRACED.ip_hash,
      user_agent_hash: TRACED.user_agent_hash,
      details: '{"attempts":2,"kind":"sign_in"}' as never,
      salts: null,
      seal: null,
      commitments: null,
      unlinked_mark: null,
    });
  });

  test("of the system itself carries no trace of anybody", () => {
    const entry = auditEntry("key.destroyed", null, { purpose: "pseudonym:ip:1" }, occasion());
    expect([entry.user_id_hash, entry.ip_address_hash, entry.user_agent_hash]).toEqual([null, null, null]);
    expect(SYSTEM).toEqual({ user_id_hash: null, ...NO_ORIGIN });
  });

  test("fits the specification's columns", () => {
    expect([AUDIT_ACTION_MAX, AUDIT_RESOURCE_TYPE_MAX, CONFIGURATION_KEY_MAX, UPDATED_BY_MAX]).toEqual([
      100, 50, 100, 100,
    ]);
    const { action, resource_type } = auditEntry(
      "service_credential.revoked",
      null,
      { scopes: [] },
      occasion(),
    );
    expect(action.length).toBeLessThanOrEqual(AUDIT_ACTION_MAX);
    expect(resource_type.length).toBeLessThanOrEqual(AUDIT_RESOURCE_TYPE_MAX);
  });
});

describe("pseudonyms", () => {
  test("of addresses and browsers cannot be joined over days, those of users not over months, and every key dies", () => {
    expect(PSEUDONYM_KEYS).toEqual({
      ip: { periodDays: 1, keptDays: 30 },
      user_agent: { periodDays: 1, keptDays: 30 },
      user: { periodDays: 30, keptDays: 365 },
    });
  });
});

describe("feature flags", () => {
  test("have the specification's defaults: analytics is off", () => {
    expect(FEATURE_FLAGS).toEqual({
      enable_comments: true,
      enable_user_registration: true,
      enable_gdpr_banner: true,
      enable_analytics: false,
      enable_email_notifications: true,
    });
    expect(resolveFlags()).toEqual(FEATURE_FLAGS);
  });

  test.each([
    [[{}], true, false],
    [[{ enable_comments: false }], false, false],
    [[{ enable_comments: false }, {}], false, false],
    [[{ enable_comments: false }, { enable_comments: true }], true, false],
    [[{ enable_analytics: true }, { enable_comments: false }], false, true],
  ] as const)("of layers %j: the later one wins where it says anything", (layers, comments, analytics) => {
    const flags = resolveFlags(...layers);
    expect([flags.enable_comments, flags.enable_analytics]).toEqual([comments, analytics]);
    expect(FEATURE_FLAGS.enable_comments).toBe(true);
  });
});

describe("the catalogue of personal data", () => {
  const collections = Object.entries(CATALOGUE);
  const rules = collections.flatMap(([collection, { fields }]) =>
    Object.entries(fields).map(([field, rule]) => ({ name: `${collection}.${field}`, rule })),
  );

  test("leaves nothing that identifies a person after an erasure", () => {
    const kept = rules.filter(
      ({ rule }) => rule.class === "identifying" && !["delete", "blank"].includes(rule.erasure),
    );
    expect(kept.map(({ name }) => name)).toEqual([]);
  });

  test("never logs and never copies into staging what identifies a person", () => {
    const wrong = rules.filter(
      ({ rule }) =>
        rule.class === "identifying" && (!rule.neverLog || !["drop", "generated-text"].includes(rule.mask)),
    );
    expect(wrong.map(({ name }) => name)).toEqual([]);
  });

  test("exports no secret, in any form", () => {
    const secrets = rules.filter(
      ({ name }) =>
        /token_hash|blind_index|email_index|wrapped|_hash$/.test(name) && !name.endsWith("notice_hash"),
    );
    expect(secrets.length).toBeGreaterThan(8);
    expect(secrets.filter(({ rule }) => rule.export !== "omit").map(({ name }) => name)).toEqual([]);
  });

  test("has a rule for every field that a record really has", () => {
    expect(Object.keys(CATALOGUE.subjects.fields).toSorted()).toEqual(Object.keys(subject()).toSorted());
    expect(Object.keys(CATALOGUE.audit_entries.fields).toSorted()).toEqual(
      Object.keys(auditEntry("key.created", null, { purpose: "x" }, occasion())).toSorted(),
    );
  });

  test("covers every collection there is", () => {
    expect(collections.map(([name]) => name).toSorted()).toEqual(
      [...Object.keys(UNIQUE_FIELDS), "audit_entries"].toSorted(),
    );
    expect(keyField("system_config")).toBe("key");
    expect(keyField("subjects")).toBe("id");
  });
});

test("a line of the vault goes with its subject: it has no date of its own", () => {
  const line = newIdentity(
    id<IdentityId>(1),
    ADA,
    "email",
    { blind_index: hash<KeyedHash>("a"), ciphertext: "x" as Sealed },
    T0,
  );
  expect(line).toMatchObject({
    subject_id: ADA,
    kind: "email",
    blind_index: hash("a"),
    ciphertext: "x",
    retention_until: null,
  } as never);
});
