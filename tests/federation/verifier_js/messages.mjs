// Verifies and signs messages between nodes (RFC 9421, RFC 9530) with two libraries of other houses and nothing of ours.
// Argument: a JSON file of { now, jobs: [{ by, deed: "verify"|"sign", key, request, response?, components?, parameters? }] };
// `key`: a public or private key as JWK; `body`: base64. Out: a JSON list of { verified, trouble, covered, headers }.
import { readFileSync } from "node:fs";
import { createPrivateKey, createPublicKey, sign as signBytes, verify as verifyBytes } from "node:crypto";
import { createSignature, verifySignature } from "http-message-sig";
import { httpbis } from "http-message-signatures";
import { verifyContentDigest } from "httpbis-digest-headers";

const told = JSON.parse(readFileSync(process.argv[2], "utf8"));
const WANTED = { params: ["created", "expires", "nonce", "keyid", "alg", "tag"] };

const fields = (message) => Object.entries(message.headers).map(([name, value]) => ({ name, value }));
const requestOf = (job) => ({
    kind: "request", method: job.request.method, targetUri: job.request.url, fields: fields(job.request),
});
const responseOf = (job) => ({
    kind: "response", status: job.response.status, fields: fields(job.response), request: requestOf(job),
});

function header(message, wanted) {
    return Object.entries(message.headers).find(([name]) => name.toLowerCase() === wanted)?.[1];
}

// The digest is signed; that it is the digest of the body is for the reader to see to.
function digestHolds(message) {
    const said = header(message, "content-digest");
    const body = Buffer.from(message.body ?? "", "base64");
    return said === undefined ? body.length === 0 : verifyContentDigest(body, said);
}

const ways = {
    "http-message-sig": {
        async verify(job) {
            const key = createPublicKey({ key: job.key, format: "jwk" });
            const found = await verifySignature(job.response ? responseOf(job) : requestOf(job), {
                policy: {
                    algorithms: ["ed25519"], requiredComponents: job.components ?? [], requiredParameters: WANTED.params,
                    maxAge: 600, clockSkew: 300, now: told.now,
                },
                resolveVerifier: () => ({
                    algorithm: "ed25519", verify: (data, signature) => verifyBytes(null, data, key, signature),
                }),
            });
            return found.components.map((one) => one.name + (one.parameters.req ? ";req" : ""));
        },
        async sign(job) {
            const key = createPrivateKey({ key: job.key, format: "jwk" });
            const made = await createSignature(requestOf(job), {
                label: "theirs", components: job.components, parameters: job.parameters,
                signer: { algorithm: "ed25519", sign: (data) => signBytes(null, data, key) },
            });
            return { Signature: made.signature, "Signature-Input": made.signatureInput };
        },
    },
    "http-message-signatures": {
        async verify(job) {
            const key = createPublicKey({ key: job.key, format: "jwk" });
            let covered = [];
            const held = await httpbis.verifyMessage(
                {
                    requiredParams: WANTED.params,
                    requiredFields: (job.components ?? []).filter((name) => !name.includes(";")),
                    tolerance: 300, notAfter: new Date((told.now + 300) * 1000),
                    async keyLookup(parameters) {
                        covered = Object.keys(parameters);
                        return {
                            id: parameters.keyid, algs: ["ed25519"],
                            verify: async (data, signature) => verifyBytes(null, data, key, signature),
                        };
                    },
                },
                ...(job.response ? [job.response, job.request] : [job.request]),
            );
            if (!held) throw new Error("signature does not hold");
            return covered;
        },
        async sign(job) {
            const key = createPrivateKey({ key: job.key, format: "jwk" });
            const { created, expires, ...others } = job.parameters;
            const made = await httpbis.signMessage(
                {
                    key: { id: job.parameters.keyid, alg: "ed25519", sign: async (data) => signBytes(null, data, key) },
                    name: "theirs", fields: job.components, params: WANTED.params,
                    paramValues: { created: new Date(created * 1000), expires: new Date(expires * 1000), ...others },
                },
                job.request,
            );
            return { Signature: made.headers.Signature, "Signature-Input": made.headers["Signature-Input"] };
        },
    },
};

async function done(job) {
    try {
        if (job.deed === "sign") return { headers: await ways[job.by].sign(job) };
        const covered = await ways[job.by].verify(job);
        if (!digestHolds(job.response ?? job.request)) throw new Error("the digest is not the body's");
        return { verified: true, trouble: "", covered };
    } catch (error) {
        return { verified: false, trouble: String(error.message) };
    }
}

const answers = [];
for (const job of told.jobs) answers.push(await done(job));
process.stdout.write(JSON.stringify(answers));
