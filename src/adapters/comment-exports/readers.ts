import type { CommentExportReader, ExportFormat } from "../../ports/comment-export.ts";
import { disqusReader } from "./disqus.ts";
import { issoReader } from "./isso.ts";
import { remark42Reader } from "./remark42.ts";
import { wxrReader } from "./wxr.ts";

export const commentExportReaders: Readonly<Record<ExportFormat, CommentExportReader>> = {
  wxr: wxrReader,
  disqus: disqusReader,
  isso: issoReader,
  remark42: remark42Reader,
};
