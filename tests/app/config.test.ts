import { expect, test } from "bun:test";
import { readSettings, WrongSettings } from "../../src/app/config.ts";

test("without any setting the defaults are the specification's", () => {
  expect(readSettings({})).toMatchObject({
    database: { kind: "sqlite", path: "./data/gonogo.db" },
    dataDir: "./data",
    mode: "development",
    retention: { logs: 365, user_data: 1095, comments: 2190, audit_trail: 2555 },
    consentCookieDays: 365,
    sessionHours: 24,
    corsOrigins: [],
    host: "127.0.0.1",
    port: 8000,
    flags: {
      enable_comments: true,
      enable_user_registration: true,
      enable_gdpr_banner: true,
      enable_analytics: false,
      enable_email_notifications: true,
    },
  });
});

test("names are taken in any case, empty ones as not set, others left alone", () => {
  const settings = readSettings({ port: "9000", Enable_Analytics: "true", HOST: "", PATH: "/bin" });
  expect(settings).toMatchObject({ port: 9000, host: "127.0.0.1", flags: { enable_analytics: true } });
});

test("a SQLite path is relative or absolute as it is written", () => {
  const paths = ["sqlite:///./data/a.db", "sqlite://./b.db", "sqlite:////var/lib/c.db"].map(
    (DATABASE_URL) => readSettings({ DATABASE_URL }).database,
  );
  expect(paths).toEqual([
    { kind: "sqlite", path: "./data/a.db" },
    { kind: "sqlite", path: "./b.db" },
    { kind: "sqlite", path: "/var/lib/c.db" },
  ]);
});

test("what is kept beside the database lies in its folder, or where it is told to", () => {
  const placesOf = (environment: Record<string, string>) => {
    const { dataDir, logDir, ledger } = readSettings(environment);
    return [dataDir, logDir, ledger.directory, ledger.headsDirectory];
  };
  const inside = (folder: string) => [folder, `${folder}/logs`, `${folder}/ledger`, `${folder}/ledger-heads`];
  expect(placesOf({ DATABASE_URL: "sqlite:////srv/a/gonogo.db" })).toEqual(inside("/srv/a"));
  expect(placesOf({ DATABASE_URL: "postgres://db/x" })).toEqual(inside("./data"));
  for (const DATABASE_URL of ["postgres://db/x", "sqlite:////srv/a/gonogo.db"])
    expect(placesOf({ DATABASE_URL, DATA_DIR: "/srv/b" })).toEqual(inside("/srv/b"));
});

test("every wrong setting is named in one message, and no value is repeated", () => {
  const wrong = {
    PORT: "eighty-two",
    DATABASE_URL: "mysql://root:hunter2@db/x",
    CORS_ORIGINS: "https://a.example/path",
    SECRET_KEY: "hunter2-too-short",
    ENABLE_COMMENTS: "perhaps",
    SESSION_HOURS: "25",
    GDPR_MODE: "production",
  };
  let message = "";
  try {
    readSettings(wrong);
  } catch (failure) {
    if (!(failure instanceof WrongSettings)) throw failure;
    message = failure.message;
  }
  for (const name of Object.keys(wrong).filter((each) => each !== "GDPR_MODE"))
    expect(message).toContain(name);
  expect(message).toContain("PUBLIC_URL");
  for (const value of ["eighty-two", "hunter2", "a.example", "perhaps"]) expect(message).not.toContain(value);
});

test("production and staging do not start on a generated key", () => {
  for (const GDPR_MODE of ["production", "staging"]) {
    expect(() => readSettings({ GDPR_MODE, PUBLIC_URL: "https://gonogo.example" })).toThrow("SECRET_KEY");
  }
});

test("the controller may be named; a country must be one, and a contact must lead somewhere", () => {
  expect(readSettings({}).controller).toEqual({
    name: null,
    contact: null,
    address: null,
    country: "EU",
    dpo: null,
    dataLocation: "EU",
  } as never);
  const named = readSettings({
    CONTROLLER_NAME: "Owl Press",
    CONTROLLER_CONTACT: "privacy@example.org",
    CONTROLLER_COUNTRY: "NL",
    DPO_CONTACT: "https://example.org/dpo",
    DATA_LOCATION: "DE",
  }).controller;
  expect(named).toMatchObject({ name: "Owl Press", country: "NL", dataLocation: "DE" } as never);
  const wrong = [
    ["CONTROLLER_COUNTRY", "XX"],
    ["CONTROLLER_COUNTRY", "nl"],
    ["DATA_LOCATION", "Frankfurt"],
    ["CONTROLLER_CONTACT", "call us"],
    ["DPO_CONTACT", "javascript:alert(1)"],
    ["CONTROLLER_NAME", "x".repeat(201)],
  ] as const;
  for (const [name, value] of wrong) {
    let message = "";
    try {
      readSettings({ [name]: value });
    } catch (failure) {
      if (!(failure instanceof WrongSettings)) throw failure;
      message = failure.message;
    }
    expect(message).toContain(`  ${name} must be `);
    expect(message).not.toContain(value);
  }
});
