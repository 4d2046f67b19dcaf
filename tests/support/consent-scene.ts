// One person, one backend and one admin on a stage with a clock: what each of them does is a step of a table.
import { ANONYMOUS, type Caller } from "../../src/app/caller.ts";
import { FEATURE_FLAGS } from "../../src/domain/configuration/feature-flags.ts";
import type { ConsentStanding } from "../../src/domain/consent/consent-in-force.ts";
import type { ConsentType, OptionalConsentType } from "../../src/domain/consent/consent-type.ts";
import type { SubjectId } from "../../src/domain/shared/ids.ts";
import { DAY } from "../../src/domain/shared/instant.ts";
import { newPolicy } from "./policies.ts";
import { accepted, type TestService, testService } from "./service.ts";
import { eraseSubject, freeSubject, restrictSubject } from "./subjects.ts";

export interface Scene {
  readonly service: TestService;
  readonly admin: Caller;
  readonly program: Caller;
  /** Her cookie, once she has decided something. */
  cookie: string | null;
  subject: SubjectId;
  /** Whether her browser sends Sec-GPC: 1, and the backend passes it on. */
  signal: boolean;
  /** Proof of the notice that she looked at; null: she decides on the settings page. */
  notice: string | null;
}

export type Step = (scene: Scene) => Promise<void>;

/** Nobody has it. */
const STRANGER = "9c6f1a34-6a52-4b1e-8d9b-5f0c2d7e1a90" as SubjectId;

export const openScene = async (): Promise<Scene> => {
  const service = await testService({ settings: { flags: { ...FEATURE_FLAGS, enable_analytics: true } } });
  const { caller: admin } = await service.signIn("admin@example.org", "admin");
  const { token } = accepted(
    await service.application.serviceCredentials.create("cli", {
      name: "backend",
      scopes: ["consents:check"],
    }),
  );
  return {
    service,
    admin,
    program: await service.callerOf(token),
    cookie: null,
    subject: STRANGER,
    signal: false,
    notice: null,
  };
};

const herself = async ({ service, cookie, signal }: Scene): Promise<Caller> => {
  const principal = accepted(
    await service.application.sessions.authenticate({
      bearer: null,
      session_cookie: null,
      subject_cookie: cookie,
    }),
  );
  return { ...service.as(cookie === null ? ANONYMOUS : principal), gpc: signal };
};

export const check = async (scene: Scene, purpose: ConsentType): Promise<ConsentStanding> =>
  accepted(
    await scene.service.application.consent.checkConsent(
      { ...scene.program, gpc: scene.signal },
      { subject: scene.subject, purpose },
    ),
  );

export const current = async (scene: Scene) =>
  accepted(await scene.service.application.consent.currentConsent(await herself(scene)));

/** She decides on all purposes: what is not named is refused. */
export const decides =
  (...granted: readonly OptionalConsentType[]): Step =>
  async (scene) => {
    const done = accepted(
      await scene.service.application.consent.recordConsent(await herself(scene), {
        decisions: Object.fromEntries(granted.map((type) => [type, true])),
        notice_token: scene.notice,
        method: scene.notice === null ? "settings" : "banner",
      }),
    );
    scene.subject = done.record.subject_id;
    scene.cookie = done.subject_token ?? scene.cookie;
  };

export const refusesAll: Step = decides();

export const withdraws =
  (...purposes: readonly OptionalConsentType[]): Step =>
  async (scene) => {
    accepted(
      await scene.service.application.consent.withdrawConsent(await herself(scene), {
        purposes,
        method: "api",
      }),
    );
  };

export const looksAtTheNotice: Step = async (scene) => {
  scene.notice = accepted(await scene.service.application.consent.showPolicy(["en"])).notice_token;
};

const drafted = async ({ service, admin }: Scene, validity_days: number | null): Promise<number> => {
  const { items } = accepted(await service.application.policies.list(admin, { limit: 1, cursor: null }));
  const version = (items[0]?.policy_version ?? 0) + 1;
  const policy = newPolicy({ validity_days });
  accepted(await service.application.policies.draft(admin, { version, policy, stored: null }));
  return version;
};

export const draftIsWritten: Step = async (scene) => {
  await drafted(scene, null);
};

const publishes =
  (material: boolean, validity_days: number | null): Step =>
  async (scene) => {
    const version = await drafted(scene, validity_days);
    accepted(
      await scene.service.application.policies.publish(scene.admin, { version, material, stored: null }),
    );
  };

/** A new policy with this validity, or that of the setting (365 days). */
export const materialChange = (validityDays: number | null = null): Step => publishes(true, validityDays);
export const otherWording = (validityDays: number | null = null): Step => publishes(false, validityDays);

export const milliseconds =
  (count: number): Step =>
  async ({ service }) =>
    service.pass(count);
export const days = (count: number): Step => milliseconds(count * DAY);

export const signal =
  (on: boolean): Step =>
  async (scene) => {
    scene.signal = on;
  };

export const analytics =
  (enabled: boolean): Step =>
  async ({ service, admin }) => {
    const { version } = accepted(await service.application.flags.read(admin, "enable_analytics"));
    accepted(await service.application.flags.write(admin, { key: "enable_analytics", enabled, version }));
  };

export const isRestricted: Step = ({ service, subject }) => restrictSubject(service, subject);
export const isFreed: Step = ({ service, subject }) => freeSubject(service, subject);
export const isErased: Step = ({ service, subject }) => eraseSubject(service, subject);
