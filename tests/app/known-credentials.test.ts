import { describe, expect, test } from "bun:test";
import type { Application } from "../../src/app/application.ts";
import {
  CREDENTIAL_TRUSTED_MS,
  knownCredentials,
} from "../../src/app/service-credentials/known-credentials.ts";
import { credentialScopes, type ServiceCredential } from "../../src/domain/roles/service-credential.ts";
import type { TokenHash } from "../../src/domain/shared/ids.ts";
import { StorageFailure } from "../../src/ports/unit-of-work.ts";
import { hash, NOON, record } from "../support/records.ts";
import { accepted, refused, testService } from "../support/service.ts";
import { fakeClock } from "./stage.ts";

/** A store of one credential that counts how often it is asked, and answers when it is let. */
const setUp = () => {
  const credential = record("service_credentials");
  const principal = {
    kind: "service",
    credential: credential.id,
    scopes: credentialScopes(credential),
  } as const;
  const clock = fakeClock(NOON);
  const asked: TokenHash[] = [];
  let stored: ServiceCredential | null = credential;
  let failing = false;
  let held: Promise<void> = Promise.resolve();
  const known = knownCredentials({
    clock,
    readers: {
      serviceCredentials: {
        byTokenHash: async (wanted: TokenHash) => {
          asked.push(wanted);
          const found = wanted === credential.token_hash ? stored : null;
          await held;
          if (failing) throw new StorageFailure("lost", "no", "forced");
          return found;
        },
      },
    } as unknown as Parameters<typeof knownCredentials>[0]["readers"],
  });
  return {
    known,
    clock,
    asked,
    credential,
    principal,
    revoke: () => {
      stored = stored && { ...stored, revoked_at: NOON };
    },
    fail: (whether: boolean) => {
      failing = whether;
    },
    hold: () => {
      const { promise, resolve } = Promise.withResolvers<void>();
      held = promise;
      return resolve;
    },
  };
};

describe("a credential that was found live", () => {
  test("is not asked for again within the second, and is after it", async () => {
    const { known, clock, asked, credential, principal } = setUp();
    for (const at of [0, 1, CREDENTIAL_TRUSTED_MS - 1]) {
      clock.set(NOON + at);
      expect(await known.find(credential.token_hash)).toEqual(principal);
    }
    expect(asked).toHaveLength(1);
    clock.set(NOON + CREDENTIAL_TRUSTED_MS);
    await known.find(credential.token_hash);
    clock.set(NOON - 1);
    await known.find(credential.token_hash);
    expect(asked).toHaveLength(3);
  });

  test("is asked for once, however many come at the same moment", async () => {
    const { known, asked, credential } = setUp();
    const found = await Promise.all(Array.from({ length: 50 }, () => known.find(credential.token_hash)));
    expect(found.every((each) => each === found[0])).toBe(true);
    expect(asked).toHaveLength(1);
  });

  test("is known until it is found to be revoked", async () => {
    const { known, clock, credential, revoke } = setUp();
    expect(known.recall(credential.token_hash)).toBeNull();
    await known.find(credential.token_hash);
    expect(known.recall(credential.token_hash)).not.toBeNull();
    revoke();
    clock.set(NOON + CREDENTIAL_TRUSTED_MS);
    expect(known.recall(credential.token_hash)).not.toBeNull();
    expect(await known.find(credential.token_hash)).toBeNull();
    expect(known.recall(credential.token_hash)).toBeNull();
  });

  test("is asked for anew when it was forgotten, also while it was being looked up", async () => {
    const { known, asked, credential, principal, hold, revoke } = setUp();
    const letGo = hold();
    const early = known.find(credential.token_hash);
    revoke();
    known.forget(credential.token_hash);
    letGo();
    expect(await early).toEqual(principal);
    expect(known.recall(credential.token_hash)).toBeNull();
    expect(await known.find(credential.token_hash)).toBeNull();
    expect(asked).toHaveLength(2);
  });

  test("stays known while the store is away, and is not taken for live without it", async () => {
    const { known, clock, credential, principal, fail } = setUp();
    await known.find(credential.token_hash);
    clock.set(NOON + CREDENTIAL_TRUSTED_MS);
    fail(true);
    expect(known.find(credential.token_hash)).rejects.toThrow(StorageFailure);
    await Bun.sleep(0);
    expect(known.recall(credential.token_hash)).not.toBeNull();
    fail(false);
    expect(await known.find(credential.token_hash)).toEqual(principal);
  });
});

test("what was not found is asked for each time, and nothing of it is kept", async () => {
  const { known, asked } = setUp();
  const unknown = hash<TokenHash>();
  for (let times = 0; times < 3; times += 1) expect(await known.find(unknown)).toBeNull();
  expect(asked).toHaveLength(3);
  expect(known.recall(unknown)).toBeNull();
});

test("revoked on one instance, it ends there at once and on the other within a second", async () => {
  const one = await testService();
  const other = await testService({ store: one.store });
  const { credential, token } = accepted(
    await one.application.serviceCredentials.create("cli", { name: "x", scopes: ["consents:check"] }),
  );
  const bearer = { bearer: token, session_cookie: null, subject_cookie: null };
  const ask = ({ sessions }: Application) => sessions.authenticate(bearer);
  for (const { application } of [one, other]) expect((await ask(application)).ok).toBe(true);
  const { caller } = await one.signIn("ada@example.org", "admin");
  accepted(await one.application.serviceCredentials.revoke(caller, credential.id));
  expect(refused(await ask(one.application))).toBe("credential-invalid");
  expect((await ask(other.application)).ok).toBe(true);
  other.pass(CREDENTIAL_TRUSTED_MS);
  expect(refused(await ask(other.application))).toBe("credential-invalid");
});
