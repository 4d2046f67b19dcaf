import type { TestServer } from "./http.ts";

/** The receipt of a decision that somebody who is signed in makes now. */
export const receiptOf = async (server: TestServer, token: string): Promise<string> => {
  const { data, error } = await server.client(token).POST("/v1/consents", {
    body: { decisions: { marketing: true }, method: "settings" },
  });
  if (data === undefined) throw new Error(`not recorded: ${error?.code}`);
  return data.receipt;
};
