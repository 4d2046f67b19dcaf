import { describe, expect, test } from "bun:test";
import { openMemory } from "../../src/adapters/memory/open-memory.ts";
import type { ConfigurationView, Page } from "../../src/app/application.ts";
import { ANONYMOUS } from "../../src/app/caller.ts";
import { FEATURE_FLAGS } from "../../src/domain/configuration/feature-flags.ts";
import { accepted, refused, testService } from "../support/service.ts";

const admin = async () => {
  const service = await testService();
  return { service, caller: (await service.signIn("root@example.org", "admin")).caller };
};

const value = (
  changes: Partial<
    Parameters<Awaited<ReturnType<typeof testService>>["application"]["configuration"]["write"]>[1]
  > = {},
) => ({
  key: "site.title",
  value: "Owls",
  description: null,
  is_sensitive: false,
  version: null,
  ...changes,
});

describe("system configuration", () => {
  test("a value is created once and then changed against the version that was read", async () => {
    const { service, caller } = await admin();
    const { write, read, remove } = service.application.configuration;
    expect(accepted(await write(caller, value()))).toMatchObject({ value: "Owls", version: 1 });
    expect(refused(await write(caller, value()))).toBe("precondition-required");
    expect(accepted(await write(caller, value({ value: "Larks", version: 1 }))).version).toBe(2);
    expect(refused(await write(caller, value({ value: "Wrens", version: 1 })))).toBe("version-mismatch");
    expect(accepted(await read(caller, "site.title")).value).toBe("Larks");
    expect(refused(await remove(caller, { key: "site.title", version: 1 }))).toBe("version-mismatch");
    accepted(await remove(caller, { key: "site.title", version: 2 }));
    expect(refused(await read(caller, "site.title"))).toBe("not-found");
  });

  test("a sensitive value is stored encrypted and never shown again", async () => {
    const { service, caller } = await admin();
    const { write, read, list } = service.application.configuration;
    const shown = [
      accepted(await write(caller, value({ key: "smtp.password", value: "hunter-two", is_sensitive: true }))),
      accepted(await read(caller, "smtp.password")),
      ...accepted(await list(caller, { limit: 10, cursor: null })).items,
    ];
    for (const each of shown) expect(each).toMatchObject({ value: null, is_sensitive: true });
    const stored = await service.deps.readers.configuration.byKey("smtp.password");
    expect(stored?.value).not.toContain("hunter");
    expect(service.deps.sealer.open(stored?.value as never, "system_config:value:smtp.password")).toBe(
      "hunter-two",
    );
    const entries = await service.deps.readers.audit.list(null, 100);
    expect(JSON.stringify(entries)).not.toContain("hunter");
  });

  test("keys are words; flags are set as flags", async () => {
    const { service, caller } = await admin();
    for (const key of ["", "Site", "a..b", "a b", "../x", "flags.enable_comments", "x".repeat(101)]) {
      expect(refused(await service.application.configuration.write(caller, value({ key })))).toBe(
        "invalid-input",
      );
    }
  });

  test("flags are listed as flags alone, and the pages around them miss nothing", async () => {
    const { service, caller } = await admin();
    const { configuration, flags } = service.application;
    for (const key of ["enable_comments", "enable_analytics"]) {
      accepted(await flags.write(caller, { key, enabled: false, version: null }));
    }
    const keys = ["alpha", "f.first", "footer", "zeta"];
    for (const key of keys) accepted(await configuration.write(caller, value({ key })));
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const page: Page<ConfigurationView> = accepted(await configuration.list(caller, { limit: 1, cursor }));
      seen.push(...page.items.map(({ key }) => key));
      cursor = page.next_cursor;
    } while (cursor !== null);
    expect(seen).toEqual(keys);
  });

  test("nobody but an admin reads or writes", async () => {
    const { service } = await admin();
    const moderator = (await service.signIn("mod@example.org", "moderator")).caller;
    const { configuration, flags } = service.application;
    for (const caller of [service.as(ANONYMOUS), moderator]) {
      for (const outcome of [
        await configuration.read(caller, "site.title"),
        await configuration.list(caller, { limit: 10, cursor: null }),
        await configuration.write(caller, value()),
        await configuration.remove(caller, { key: "site.title", version: null }),
        await flags.list(caller),
        await flags.write(caller, { key: "enable_comments", enabled: false, version: null }),
      ]) {
        expect(["credential-required", "permission-missing"]).toContain(refused(outcome));
      }
    }
  });
});

describe("feature flags", () => {
  test("stored wins over environment wins over default, and says so", async () => {
    const service = await testService({ settings: { flags: { ...FEATURE_FLAGS, enable_analytics: true } } });
    const { caller } = await service.signIn("root@example.org", "admin");
    const { read, write } = service.application.flags;
    const view = async (key: string) => accepted(await read(caller, key));
    expect(await view("enable_comments")).toMatchObject({ enabled: true, source: "default", version: null });
    expect(await view("enable_analytics")).toMatchObject({ enabled: true, source: "environment" });
    accepted(await write(caller, { key: "enable_analytics", enabled: false, version: null }));
    expect(await view("enable_analytics")).toMatchObject({ enabled: false, source: "stored", version: 1 });
    expect(service.deps.flags().enable_analytics).toBe(false);
    expect(refused(await write(caller, { key: "enable_magic", enabled: true, version: null }))).toBe(
      "not-found",
    );
    expect(refused(await write(caller, { key: "enable_analytics", enabled: true, version: 7 }))).toBe(
      "version-mismatch",
    );
  });

  test("another instance on the same store has it after its next refresh", async () => {
    const store = openMemory();
    const one = await testService({ store });
    const two = await testService({ store });
    const { caller } = await one.signIn("root@example.org", "admin");
    accepted(
      await one.application.flags.write(caller, { key: "enable_comments", enabled: false, version: null }),
    );
    expect(two.deps.flags().enable_comments).toBe(true);
    await two.deps.refreshFlags();
    expect(two.deps.flags().enable_comments).toBe(false);
  });

  test("clients evaluate with a session or a service credential", async () => {
    const service = await testService();
    const { caller } = await service.signIn("ada@example.org");
    expect(accepted(await service.application.flags.evaluate(caller))).toEqual(FEATURE_FLAGS);
    expect(refused(await service.application.flags.evaluate(service.as(ANONYMOUS)))).toBe(
      "credential-required",
    );
  });
});
