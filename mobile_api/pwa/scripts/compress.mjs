// Beside every text file of the build its packed form: on a slow line a third of the bytes is a third of the waiting.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

const BUILT = new URL("../../static/app/", import.meta.url).pathname;
const TEXT = /\.(js|css|html|svg|webmanifest)$/;

for (const name of readdirSync(BUILT, { recursive: true })) {
  if (TEXT.test(name)) writeFileSync(join(BUILT, `${name}.gz`), gzipSync(readFileSync(join(BUILT, name)), { level: 9 }));
}
