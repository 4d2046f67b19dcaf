import { existsSync } from "node:fs";
import { CopyRefused } from "../../../ports/database-copy.ts";

type Program = "pg_dump" | "pg_restore";

/** What PostgreSQL's programs read instead of an URL, which anybody could see in the list of processes. */
export const environmentOf = (url: string): Record<string, string> => {
  const { hostname, port, username, password, pathname, searchParams } = new URL(url);
  const sslmode = searchParams.get("sslmode");
  return {
    PATH: process.env["PATH"] ?? "",
    LC_ALL: "C",
    PGAPPNAME: "gonogo backup",
    PGHOST: decodeURIComponent(hostname).replace(/^\[|\]$/g, ""),
    PGPORT: port === "" ? "5432" : port,
    PGUSER: decodeURIComponent(username),
    PGPASSWORD: decodeURIComponent(password),
    PGDATABASE: decodeURIComponent(pathname.slice(1)),
    ...(sslmode === null ? {} : { PGSSLMODE: sslmode }),
  };
};

const majorOf = async (path: string): Promise<number | null> => {
  try {
    const child = Bun.spawn([path, "--version"], { stdout: "pipe", stderr: "ignore", stdin: "ignore" });
    return Number(/\s(\d+)(?:\.|\s|$)/.exec(await new Response(child.stdout).text())?.[1] ?? Number.NaN);
  } catch {
    // There is no such program.
    return null;
  }
};

/**
 * Where the program is that belongs to a server of this major version. Another one's copies may not be readable, or lack
 * something: throws CopyRefused, saying what to install.
 */
export const programFor = async (program: Program, major: number): Promise<string> => {
  const places = [
    `/usr/lib/postgresql/${major}/bin/${program}`,
    `/usr/pgsql-${major}/bin/${program}`,
    Bun.which(program) ?? "",
  ].filter((path) => path !== "" && existsSync(path));
  const found: number[] = [];
  for (const path of places) {
    const version = await majorOf(path);
    if (version === major) return path;
    if (version !== null) found.push(version);
  }
  const here = found.length === 0 ? "there is none here" : `here it is of version ${found.join(", ")}`;
  throw new CopyRefused(
    `The server is PostgreSQL ${major}, and ${program} must be of the same version; ${here}. Install it, on Debian with: apt-get install postgresql-client-${major}`,
  );
};
