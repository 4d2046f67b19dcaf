/** Somebody the service knew before its keys were rotated. */
export interface Visitor {
  /** `name=value` of the subject cookie. */
  readonly cookie: string;
  readonly subject: string;
}

const json = { "content-type": "application/json" };

/** Decides about consent as somebody new, or as whoever the cookie speaks for; answers the cookie and the subject. */
export const decide = async (url: string, cookie: string | null = null): Promise<Visitor> => {
  const policy = (await (await fetch(`${url}/v1/consent-policy`)).json()) as { notice_token: string };
  const response = await fetch(`${url}/v1/consents`, {
    method: "POST",
    headers: { ...json, ...(cookie === null ? {} : { cookie, "sec-fetch-site": "same-origin" }) },
    body: JSON.stringify({
      decisions: { functional: true },
      notice_token: policy.notice_token,
      method: "banner",
    }),
  });
  if (response.status !== 201) throw new Error(`not recorded: ${response.status} ${await response.text()}`);
  const body = (await response.json()) as { current: { subject: string } };
  const set = response.headers.getSetCookie().find((each) => each.includes("gonogo_subject="));
  return { cookie: cookie ?? set?.split(";")[0] ?? "", subject: body.current.subject };
};

export interface Load {
  /** What was answered otherwise than it should, in words. */
  readonly failures: readonly string[];
  /** Begin and end of every turn, in milliseconds of `performance.now()`. */
  readonly turns: readonly (readonly [from: number, to: number])[];
  stop(): Promise<void>;
}

/** People that use whatever is encrypted, `count` of them at once, each as soon as the last answer is there. */
export const startVisitors = (
  url: string,
  count: number,
  known: {
    readonly visitor: Visitor;
    readonly tokens: readonly string[];
    readonly thread: string;
    readonly names: readonly string[];
  },
): Load => {
  const failures: string[] = [];
  const turns: [number, number][] = [];
  let stopped = false;

  const expectStatus = async (what: string, status: number, response: Response): Promise<void> => {
    if (response.status !== status) failures.push(`${what}: ${response.status} ${await response.text()}`);
  };
  const post = (path: string, body: object, headers: Record<string, string> = {}): Promise<Response> =>
    fetch(`${url}${path}`, { method: "POST", headers: { ...json, ...headers }, body: JSON.stringify(body) });

  const steps: readonly ((turn: string, at: number) => Promise<void>)[] = [
    async () => {
      const response = await fetch(
        `${url}/v1/threads/${encodeURIComponent(known.thread)}/comments?limit=100`,
      );
      const text = await response.text();
      const missing = known.names.filter((name) => !text.includes(`"${name}"`));
      if (response.status !== 200 || missing.length > 0)
        failures.push(`names: ${response.status}, ${missing.length} of ${known.names.length} missing`);
    },
    async () => {
      const { cookie, subject } = known.visitor;
      const response = await fetch(`${url}/v1/consents/current`, { headers: { cookie } });
      const body = (await response.json()) as { subject?: string };
      if (body.subject !== subject) failures.push(`the visitor is ${body.subject}: ${response.status}`);
    },
    async () => void (await decide(url)),
    async (turn, at) => {
      const token = known.tokens[at % known.tokens.length] ?? "";
      const body = {
        content: `said ${turn}`,
        author_name: `Writer ${turn}`,
        author_email: `w${turn}@example.org`,
        gdpr_consent: true,
      };
      const headers = { authorization: `Bearer ${token}`, "idempotency-key": `comment-${turn}` };
      const first = await post("/v1/threads/load/comments", body, headers);
      await expectStatus("comment", 201, first);
      // Its edit token is shown once: the same request again finds it done.
      await expectStatus("comment again", 409, await post("/v1/threads/load/comments", body, headers));
    },
    async (turn) => {
      const headers = { "idempotency-key": `link-${turn}` };
      const body = { email: `reader-${turn}@example.org` };
      for (const what of ["link", "link again"])
        await expectStatus(what, 202, await post("/v1/sign-in-links", body, headers));
    },
  ];

  const visit = async (at: number): Promise<void> => {
    for (let turn = at; !stopped; turn += 1) {
      const from = performance.now();
      try {
        await steps[turn % steps.length]?.(`${at}-${turn}`, at);
      } catch (failure) {
        failures.push(String(failure));
      }
      turns.push([from, performance.now()]);
    }
  };
  const running = Promise.all(Array.from({ length: count }, (_, at) => visit(at)));
  return {
    failures,
    turns,
    stop: async () => {
      stopped = true;
      await running;
    },
  };
};
