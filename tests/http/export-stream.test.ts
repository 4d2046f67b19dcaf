import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { zipStream } from "../../src/adapters/http/zip.ts";
import { ok } from "../../src/domain/shared/result.ts";
import { type TestServer, testServer } from "../support/http.ts";
import { requestBytes } from "../support/http-connection.ts";

const PIECE = "a comment of hers ".repeat(4_000);

/** A file without an end, from a store that answers at once. */
const endless = () => {
  const ended = Promise.withResolvers<void>();
  const told = { read: 0, ended: ended.promise };
  const chunks = async function* () {
    try {
      for (;;) {
        told.read += 1;
        yield PIECE;
      }
    } finally {
      ended.resolve();
    }
  };
  return { told, file: { name: "personal-data.json", chunks: chunks() } };
};

const turns = async (count: number): Promise<void> => {
  for (let turn = 0; turn < count; turn += 1) await new Promise((resume) => setImmediate(resume));
};

describe("the stream of an archive", () => {
  test("reads no further than a reader who does not read, and ends when the reader goes away", async () => {
    const { told, file } = endless();
    const failures: unknown[] = [];
    const stream = zipStream([file], (failure) => void failures.push(failure));
    await turns(50);
    expect(told.read).toBeLessThanOrEqual(3);

    const reader = stream.getReader();
    for (let read = 0; read < 10; read += 1) await reader.read();
    await turns(50);
    expect(told.read).toBeGreaterThan(5);
    expect(told.read).toBeLessThanOrEqual(13);

    const before = told.read;
    await reader.cancel();
    await told.ended;
    await turns(50);
    expect(told.read).toBeLessThanOrEqual(before + 1);
    expect(failures).toEqual([]);
  });
});

describe("over a socket", () => {
  let server: TestServer;
  let token: string;
  let port: number;
  let archive = endless();

  beforeAll(async () => {
    server = await testServer({
      replace: (application) => ({
        ...application,
        privacyRequests: { ...application.privacyRequests, exportArchive: async () => ok([archive.file]) },
      }),
    });
    ({ token } = await server.signIn("ada@example.org"));
    port = server.server.listen({ hostname: "127.0.0.1", port: 0 }).server?.port ?? 0;
  });
  afterAll(async () => {
    await server.server.stop(true);
    await server.close();
  });

  const ask = async (): Promise<Socket> => {
    archive = endless();
    const socket = connect(port, "127.0.0.1");
    await once(socket, "connect");
    socket.write(
      requestBytes("GET", "/v1/privacy-requests/01960000-0000-7000-8000-000000000000/export", { token }),
    );
    return socket;
  };
  const alive = async (): Promise<void> => {
    const response = await fetch(`http://127.0.0.1:${port}/health/live`);
    expect(response.status).toBe(200);
  };

  test("others are answered while a client takes all there is, and its end ends the reading", async () => {
    const socket = await ask();
    let taken = 0;
    socket.on("data", (piece) => {
      taken += piece.length;
    });
    while (taken < 5 * PIECE.length) await alive();
    const before = taken;
    while (taken < before + 5 * PIECE.length) await alive();
    socket.destroy();
    await archive.told.ended;
  });

  test("a client that takes nothing holds the reading back, and its end ends it", async () => {
    const socket = await ask();
    await once(socket, "readable");
    for (let before = -1; archive.told.read !== before; ) {
      before = archive.told.read;
      for (let round = 0; round < 20; round += 1) await alive();
    }
    // What the sockets of the system hold is megabytes.
    expect(archive.told.read * PIECE.length).toBeLessThan(64_000_000);
    socket.destroy();
    await archive.told.ended;
    expect(server.logs.filter(({ event }) => event === "export_broke_off")).toEqual([]);
  });
});
