import { describe, expect, test } from "bun:test";
import type { ConsentPolicy, PolicyContent } from "../../src/domain/consent/consent-policy.ts";
import { DEFAULT_POLICY } from "../../src/domain/consent/default-policy.ts";
import { draftPolicy, nextPolicyVersion, publishPolicy } from "../../src/domain/consent/draft-policy.ts";
import type { ConsentPolicyId } from "../../src/domain/shared/ids.ts";
import type { Result } from "../../src/domain/shared/result.ts";
import { days, id, occasion, policy, T0 } from "./given.ts";

const ID = id<ConsentPolicyId>(0x902);

const PUBLISHED = policy({ version: 4, material: 3 });
const DRAFT: ConsentPolicy = { ...policy({ version: 5 }), id: ID, status: "draft", published_at: null };

const draft = (
  state: { current?: ConsentPolicy | null; known?: ConsentPolicy | null },
  version: number,
  content: PolicyContent = DEFAULT_POLICY,
) => draftPolicy({ current: PUBLISHED, known: null, ...state }, { version, content }, ID, occasion(days(1)));

const outcome = (result: Result<unknown, { readonly type: string }>): string =>
  result.ok ? "done" : result.error.type;

describe("drafting", () => {
  test.each([
    ["the next version", {}, 5, "done"],
    ["the next version again, over its draft", { known: DRAFT }, 5, "done"],
    ["the first version where nothing is published", { current: null }, 1, "done"],
    ["the published version", { known: PUBLISHED }, 4, "policy-published"],
    ["an older published version", { known: policy({ version: 2 }) }, 2, "policy-published"],
    ["a version further on", {}, 6, "policy-version-not-next"],
    ["a version before that never was", {}, 3, "policy-version-not-next"],
    ["a second version where nothing is published", { current: null }, 2, "policy-version-not-next"],
  ] as const)("%s", (_, state, version, expected) => {
    expect(outcome(draft(state, version))).toBe(expected);
  });

  test("inserts a draft that nobody is shown, and tells of it", () => {
    const drafted = draft({}, 5, { ...DEFAULT_POLICY, validity_days: 182 });
    if (!drafted.ok) throw new Error(drafted.error.type);
    const { changes, policy: made } = drafted.value;
    expect(made).toMatchObject({
      id: ID,
      policy_version: 5,
      status: "draft",
      version: 1,
      published_at: null,
    });
    expect(JSON.parse(made.content)).toMatchObject({ validity_days: 182 });
    expect(changes.writes).toEqual([{ op: "insert", into: "consent_policies", row: made }]);
    const [entry] = changes.audit;
    expect(entry.action).toBe("consent_policy.drafted");
    expect(JSON.parse(entry.details ?? "")).toEqual({ created: true, policy_version: 5 });
  });

  test("over a draft changes just the version that was read", () => {
    const drafted = draft({ known: { ...DRAFT, version: 7 } }, 5);
    if (!drafted.ok) throw new Error(drafted.error.type);
    expect(drafted.value.policy).toMatchObject({ version: 8, created_at: T0, updated_at: days(1) });
    expect(drafted.value.changes.writes).toMatchObject([{ op: "update", id: ID, version: 7 }]);
  });
});

describe("publishing", () => {
  const otherBasis = policy({
    version: 5,
    content: { legal_bases: { ...DEFAULT_POLICY.legal_bases, functional: "legitimate_interests" } },
  }).content;
  const publish = (known: ConsentPolicy, material: boolean, current: ConsentPolicy | null = PUBLISHED) =>
    publishPolicy({ current, known }, material, occasion(days(2)));

  test.each([
    ["materially", DRAFT, true, PUBLISHED, 5],
    ["without a material change", DRAFT, false, PUBLISHED, 3],
    ["the very first, which is material", { ...DRAFT, policy_version: 1 }, false, null, 1],
    ["materially with another legal basis", { ...DRAFT, content: otherBasis }, true, PUBLISHED, 5],
  ] as const)("%s", (_, known, material, current, materialVersion) => {
    const published = publish(known, material, current);
    if (!published.ok) throw new Error(published.error.type);
    expect(published.value.policy).toMatchObject({
      status: "published",
      material_version: materialVersion,
      published_at: days(2),
      content: known.content,
    });
    const [entry] = published.value.changes.audit;
    expect(JSON.parse(entry.details ?? "")).toEqual({
      policy_version: known.policy_version,
      material: materialVersion === known.policy_version,
    });
  });

  test.each([
    ["twice", { ...DRAFT, status: "published" } as const, "policy-published"],
    ["a draft that was overtaken", { ...DRAFT, policy_version: 4 }, "policy-version-not-next"],
    [
      "another legal basis as if it were wording",
      { ...DRAFT, content: otherBasis },
      "material-change-required",
    ],
  ])("refuses %s", (_, known, expected) => {
    expect(outcome(publish(known, false))).toBe(expected);
  });

  test("rests on the draft that was read and on the policy it follows", () => {
    const published = publish({ ...DRAFT, version: 9 }, false);
    if (!published.ok) throw new Error(published.error.type);
    const { expects, writes } = published.value.changes;
    expect(writes).toMatchObject([{ op: "update", id: ID, version: 9 }]);
    expect(expects).toEqual([{ in: "consent_policies", id: PUBLISHED.id, version: PUBLISHED.version }]);
  });

  test("versions count up from one", () => {
    expect([nextPolicyVersion(null), nextPolicyVersion(PUBLISHED)]).toEqual([1, 5]);
  });
});
