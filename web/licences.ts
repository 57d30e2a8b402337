// The terms of the modules that the bundle holds, word for word, beside it.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import type { Plugin } from "vite";

interface Locked {
  packages: Record<string, { version?: string; license?: string; dev?: boolean }>;
}

const HERE = new URL("./", import.meta.url);
const TERMS = /^(licen[cs]e|(copyright)?notice)(\.\w+)?$/i;

/** Names, versions and terms of every module that is not for the build alone. */
function terms(): string {
  const lock = JSON.parse(readFileSync(new URL("package-lock.json", HERE), "utf-8")) as Locked;
  const used = Object.entries(lock.packages).filter(([path, one]) => path !== "" && !one.dev);
  return used
    .map(([path, one]) => {
      const folder = new URL(`${path}/`, HERE);
      const files = existsSync(folder)
        ? readdirSync(folder).filter((name) => TERMS.test(name))
        : [];
      const texts = files.map((name) => readFileSync(new URL(name, folder), "utf-8").trim());
      const name = path.replace(/^.*node_modules\//, "");
      return [`${name} ${one.version ?? ""} (${one.license ?? ""})`, ...texts].join("\n\n");
    })
    .join(`\n\n${"-".repeat(80)}\n\n`);
}

export function licences(): Plugin {
  return {
    name: "licences",
    apply: "build",
    generateBundle() {
      this.emitFile({ type: "asset", fileName: "licences.txt", source: `${terms()}\n` });
    },
  };
}
