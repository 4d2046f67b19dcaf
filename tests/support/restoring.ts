// A site with people, three of whom are erased after a backup was made, and its restore on another server.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { compose, type Service } from "../../src/app/compose.ts";
import { readSettings, type Settings } from "../../src/app/config.ts";
import { publishDefaultPolicy } from "../../src/app/consent/publish-default-policy.ts";
import { eraseSubject } from "../../src/app/erasure/erase-subject.ts";
import { catchUp } from "../../src/app/restoration/catch-up.ts";
import { eraseAgain } from "../../src/app/restoration/erase-again.ts";
import { sealIdentity } from "../../src/app/vault.ts";
import { newIdentity } from "../../src/domain/personal-data/identity.ts";
import type { IdentityId, SubjectId } from "../../src/domain/shared/ids.ts";
import { DAY, type Instant, plus } from "../../src/domain/shared/instant.ts";
import { type Environment, spawnCli } from "./process.ts";
import { changes, record } from "./records.ts";

export const SECRET = "a secret key for tests only, long enough";

export interface Person {
  readonly id: SubjectId;
  readonly name: string;
}

/** Everything an installation stands on besides its database. */
export interface Site {
  readonly folder: string;
  readonly settings: Environment;
  /** The same ledger, backups and keys, another database. */
  on(databaseUrl: string): Environment;
  remove(): Promise<void>;
}

export const makeSite = async (databaseUrl: (folder: string) => string): Promise<Site> => {
  const folder = await mkdtemp(join(tmpdir(), "gonogo-restore-"));
  const on = (url: string): Environment => ({
    DATABASE_URL: url,
    SECRET_KEY: SECRET,
    BACKUP_DIR: join(folder, "backups"),
    ERASURE_LEDGER_DIR: join(folder, "ledger"),
    ERASURE_LEDGER_HEADS_DIR: join(folder, "heads"),
    BACKUP_AGE_IDENTITY_FILE: join(folder, "identity"),
  });
  const { generateX25519Identity, identityToRecipient } = await import("age-encryption");
  const identity = await generateX25519Identity();
  await Bun.write(join(folder, "identity"), `${identity}\n`);
  const recipient = await identityToRecipient(identity);
  const withKey = (url: string): Environment => ({ ...on(url), BACKUP_AGE_RECIPIENT: recipient });
  return {
    folder,
    settings: withKey(databaseUrl(folder)),
    on: withKey,
    remove: () => rm(folder, { recursive: true, force: true }),
  };
};

export const onService = async <T>(
  environment: Environment,
  work: (service: Service) => Promise<T>,
  over: Partial<Settings> = {},
): Promise<T> => {
  const service = await compose({ ...readSettings(environment), ...over });
  try {
    return await work(service);
  } finally {
    await service.close();
  }
};

/** Starts the installation as the service does, and gives it people who each wrote a comment and have a name. */
export const populate = (environment: Environment, count: number): Promise<readonly Person[]> =>
  onService(environment, async ({ store, deps }) => {
    await store.migrator.up();
    await publishDefaultPolicy(deps);
    await catchUp(deps, eraseAgain(deps));
    const yesterday = plus(deps.clock.now(), -DAY) as Instant;
    const old = { created_at: yesterday, updated_at: yesterday };
    const people: Person[] = [];
    for (let index = 0; index < count; index += 1) {
      const subject = record("subjects", old);
      const name = `Zebulon ${index} Quartermain`;
      const sealed = sealIdentity(deps, subject.id, "name", name, null);
      const identity = newIdentity(sealed.id as IdentityId, subject.id, "name", sealed, yesterday);
      const committed = await deps.unitOfWork.commit(
        changes([
          { op: "insert", into: "subjects", row: subject },
          { op: "insert", into: "identities", row: identity },
          {
            op: "insert",
            into: "comments",
            row: record("comments", { ...old, subject_id: subject.id, content: `words of number ${index}` }),
          },
        ]),
      );
      if (!committed.ok) throw new Error("a person was not stored");
      people.push({ id: subject.id, name });
    }
    return people;
  });

export const erasePeople = (environment: Environment, people: readonly Person[]): Promise<void> =>
  onService(environment, async ({ deps }) => {
    for (const { id } of people) {
      const { type } = await eraseSubject(deps)({ subject: id, comments: "remove_text" });
      if (type !== "done") throw new Error(`a person was not erased: ${type}`);
    }
  });

export interface Found {
  readonly active: readonly string[];
  readonly erased: readonly string[];
  /** How many lines the vault has, and comments that still have their text. */
  readonly identities: number;
  readonly texts: number;
  /** Actions in the trail that tell of a replay. */
  readonly replays: number;
}

/** Who is there, in a database that was opened as it is. */
export const whoIsThere = (environment: Environment): Promise<Found> =>
  onService(environment, async ({ deps: { readers } }) => {
    const subjects = await readers.records.walk("subjects", null, 1_000);
    const comments = await readers.records.walk("comments", null, 1_000);
    const entries = await readers.audit.list(null, 1_000);
    return {
      active: subjects.filter(({ status }) => status === "active").map(({ id }) => id as string),
      erased: subjects.filter(({ status }) => status === "erased").map(({ id }) => id as string),
      identities: (await readers.records.walk("identities", null, 1_000)).length,
      texts: comments.filter(({ content }) => content !== "").length,
      replays: entries.filter(({ action }) => action === "restore.replayed").length,
    };
  });

/** A command that must refuse: what it said. Throws when it did not. */
export const refusalOf = async (environment: Environment, ...words: readonly string[]): Promise<string> => {
  const child = spawnCli(environment, ...words);
  const [said, code] = await Promise.all([new Response(child.stderr).text(), child.exited]);
  if (code !== 2) throw new Error(`cli ${words.join(" ")} ended with ${code}: ${said}`);
  return said;
};
