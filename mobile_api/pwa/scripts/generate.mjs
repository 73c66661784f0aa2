// The client's types come from the door's own description, so a change there that the phone does not follow breaks the build.
import { existsSync, writeFileSync } from "node:fs";
import openapiTS, { astToString } from "openapi-typescript";

const source = new URL("../../openapi.json", import.meta.url);
const target = new URL("../src/api/schema.d.ts", import.meta.url);

if (!existsSync(source)) {
  console.log("generate: ../openapi.json is not there; src/api/schema.d.ts is left as it is");
} else {
  writeFileSync(target, astToString(await openapiTS(source)));
  console.log("generate: src/api/schema.d.ts written from ../openapi.json");
}
