import type { ConsentRecord } from "../../src/domain/consent/consent.ts";
import { subjectIri } from "../../src/domain/consent/receipt-holder.ts";
import type { TestServer } from "./http.ts";

/** The receipt of a decision that somebody who is signed in makes now. */
export const receiptOf = async (server: TestServer, token: string): Promise<string> => {
  const { data, error } = await server.client(token).POST("/v1/consents", {
    body: { decisions: { marketing: true }, method: "settings" },
  });
  if (data === undefined) throw new Error(`not recorded: ${error?.code}`);
  const { id, subject } = data.consent;
  return server.deps.documents.sign("receipt", {
    "dpv:hasRecordOfActivity": [
      {
        "dct:identifier": id,
        "dpv:hasDataSubject": { "@id": subjectIri(subject as ConsentRecord["subject_id"]) },
      },
    ],
  });
};
