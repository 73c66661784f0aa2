// The canonical lines of a credential and of a list of revocations, as backend/certificates/nquads.py writes them: one fixed
// shape, one node without a name, so that no JSON-LD library is needed. Whatever is not of that shape is refused.
export class Unshaped extends Error {}

export type Told = Record<string, unknown>;

interface Member {
  predicate: string;
  kind?: "iri" | "purpose" | "false";
  datatype?: string;
  node?: Shape;
  listed?: boolean;
  optional?: boolean;
}

interface Shape {
  types: [short: string, whole: string][];
  members: Record<string, Member>;
  single?: boolean; // `type` is a text, no list
  nameless?: boolean;
}

const RDF_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type";
const VC = "https://www.w3.org/2018/credentials#";
const OB = "https://purl.imsglobal.org/spec/vc/ob/vocab.html#";
const STATUS = "https://www.w3.org/ns/credentials/status#";
const SECURITY = "https://w3id.org/security#";
const SCHEMA = "https://schema.org/";
const DATE_TIME = "http://www.w3.org/2001/XMLSchema#dateTime";
const XSD = "https://www.w3.org/2001/XMLSchema#"; // as the Open Badges context has it
const BLANK = "_:c14n0";
const IRI = /^[a-z][a-z0-9+.-]*:[!#-;=?-Z[\]_a-z~]+$/;
const LONGEST_TEXT = 200_000;

const plain = (predicate: string): Member => ({ predicate });

const IDENTITY: Shape = {
  types: [["IdentityObject", `${OB}IdentityObject`]], single: true, nameless: true,
  members: { identityType: plain(`${OB}identityType`), hashed: { predicate: `${OB}hashed`, kind: "false", datatype: `${XSD}boolean` }, identityHash: plain(`${OB}identityHash`) },
};
const CRITERIA: Shape = { types: [], members: { narrative: plain(`${OB}narrative`) } };
const ACHIEVEMENT: Shape = {
  types: [["Achievement", `${OB}Achievement`]],
  members: {
    achievementType: plain(`${OB}achievementType`), name: plain(`${SCHEMA}name`), description: plain(`${SCHEMA}description`),
    criteria: { predicate: `${OB}Criteria`, node: CRITERIA },
  },
};
const SUBJECT: Shape = {
  types: [["AchievementSubject", `${OB}AchievementSubject`]],
  members: { identifier: { predicate: `${OB}identifier`, node: IDENTITY, listed: true }, achievement: { predicate: `${OB}achievement`, node: ACHIEVEMENT } },
};
const PROFILE: Shape = { types: [["Profile", `${OB}Profile`]], members: { name: plain(`${SCHEMA}name`), url: { predicate: `${SCHEMA}url`, datatype: `${XSD}anyURI` } } };
const EVIDENCE: Shape = { types: [["Evidence", `${OB}Evidence`]], members: { name: plain(`${SCHEMA}name`), narrative: plain(`${OB}narrative`) } };
const ENTRY: Shape = {
  types: [["BitstringStatusListEntry", `${STATUS}BitstringStatusListEntry`]], single: true,
  members: {
    statusPurpose: plain(`${STATUS}statusPurpose`), statusListIndex: plain(`${STATUS}statusListIndex`),
    statusListCredential: { predicate: `${STATUS}statusListCredential`, kind: "iri" },
  },
};
const CREDENTIAL: Shape = {
  types: [["VerifiableCredential", `${VC}VerifiableCredential`], ["OpenBadgeCredential", `${OB}OpenBadgeCredential`]],
  members: {
    name: plain(`${SCHEMA}name`), issuer: { predicate: `${VC}issuer`, node: PROFILE },
    validFrom: { predicate: `${VC}validFrom`, datatype: DATE_TIME }, validUntil: { predicate: `${VC}validUntil`, datatype: DATE_TIME, optional: true },
    awardedDate: { predicate: `${OB}awardedDate`, datatype: "xsd:dateTime" }, credentialSubject: { predicate: `${VC}credentialSubject`, node: SUBJECT },
    evidence: { predicate: `${VC}evidence`, node: EVIDENCE, listed: true }, credentialStatus: { predicate: `${VC}credentialStatus`, node: ENTRY },
  },
};
const BITS: Shape = {
  types: [["BitstringStatusList", `${STATUS}BitstringStatusList`]], single: true,
  members: { statusPurpose: plain(`${STATUS}statusPurpose`), encodedList: { predicate: `${STATUS}encodedList`, datatype: `${SECURITY}multibase` } },
};
const LIST: Shape = {
  types: [["VerifiableCredential", `${VC}VerifiableCredential`], ["BitstringStatusListCredential", `${STATUS}BitstringStatusListCredential`]],
  members: {
    issuer: { predicate: `${VC}issuer`, kind: "iri" }, validFrom: { predicate: `${VC}validFrom`, datatype: DATE_TIME },
    validUntil: { predicate: `${VC}validUntil`, datatype: DATE_TIME }, credentialSubject: { predicate: `${VC}credentialSubject`, node: BITS },
  },
};
const PROOF: Shape = {
  types: [["DataIntegrityProof", `${SECURITY}DataIntegrityProof`]], single: true, nameless: true,
  members: {
    cryptosuite: { predicate: `${SECURITY}cryptosuite`, datatype: `${SECURITY}cryptosuiteString` }, created: { predicate: "http://purl.org/dc/terms/created", datatype: DATE_TIME },
    verificationMethod: { predicate: `${SECURITY}verificationMethod`, kind: "iri" }, proofPurpose: { predicate: `${SECURITY}proofPurpose`, kind: "purpose" },
  },
};
// By its contexts a document tells which of the two it is.
const WHOLE: [contexts: string[], shape: Shape][] = [
  [["https://www.w3.org/ns/credentials/v2", "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"], CREDENTIAL],
  [["https://www.w3.org/ns/credentials/v2"], LIST],
];

export function lines(document: Told): string[] {
  const { "@context": contexts, proof, ...bare } = document;
  const [, shape] = WHOLE.find(([known]) => same(contexts, known)) ?? [];
  if (!shape) throw new Unshaped("@context");
  return sorted(nodeLines(bare, shape)[1]);
}

export function optionLines(proof: Told): string[] {
  const { proofValue, ...bare } = proof;
  return sorted(nodeLines(bare, PROOF)[1]);
}

const same = (told: unknown, known: string[]): boolean =>
  Array.isArray(told) && told.length === known.length && told.every((one, at) => one === known[at]);

// By code points: JavaScript itself compares halves of pairs, which sorts an emoji before letters it comes after.
function sorted(all: string[]): string[] {
  const points = new Map(all.map((line) => [line, Array.from(line, (sign) => sign.codePointAt(0)!)]));
  return all.sort((one, other) => {
    const [a, b] = [points.get(one)!, points.get(other)!];
    const at = a.findIndex((point, n) => point !== b[n]);
    return at < 0 ? a.length - b.length : at >= b.length ? 1 : a[at]! - b[at]!;
  });
}

function nodeLines(told: unknown, shape: Shape): [name: string, lines: string[]] {
  if (!isShaped(told, shape)) throw new Unshaped("node");
  const name = shape.nameless ? BLANK : `<${iri(told.id)}>`;
  const made = shape.types.map(([, whole]) => `${name} <${RDF_TYPE}> <${whole}> .\n`);
  for (const [member, rule] of Object.entries(shape.members)) if (member in told) made.push(...memberLines(name, told[member], rule));
  return [name, made];
}

function isShaped(told: unknown, shape: Shape): told is Told {
  if (typeof told !== "object" || told === null || Array.isArray(told)) return false;
  const fixed = [...(shape.types.length ? ["type"] : []), ...(shape.nameless ? [] : ["id"])];
  const needed = [...fixed, ...Object.keys(shape.members).filter((name) => !shape.members[name]!.optional)];
  const allowed = new Set([...fixed, ...Object.keys(shape.members)]);
  const said = Object.keys(told);
  if (!needed.every((name) => said.includes(name)) || !said.every((name) => allowed.has(name))) return false;
  const types = shape.types.map(([short]) => short);
  const type = (told as Told).type;
  return !types.length || (shape.single ? type === types[0] : same(type, types));
}

function memberLines(name: string, told: unknown, rule: Member): string[] {
  const value = rule.listed ? onlyOne(told) : told;
  if (!rule.node) return [`${name} <${rule.predicate}> ${written(value, rule)} .\n`];
  const [other, more] = nodeLines(value, rule.node);
  return [`${name} <${rule.predicate}> ${other} .\n`, ...more];
}

function onlyOne(told: unknown): unknown {
  if (!Array.isArray(told) || told.length !== 1) throw new Unshaped("list");
  return told[0];
}

function written(value: unknown, rule: Member): string {
  if (rule.kind === "iri") return `<${iri(value)}>`;
  if (rule.kind === "purpose") return `<${SECURITY}${only(value, "assertionMethod")}>`;
  const text = rule.kind === "false" ? String(only(value, false)) : escaped(value);
  return `"${text}"${rule.datatype ? `^^<${rule.datatype}>` : ""}`;
}

function only<T>(value: unknown, one: T): T {
  if (value !== one) throw new Unshaped("value");
  return one;
}

function iri(value: unknown): string {
  if (typeof value !== "string" || !IRI.test(value)) throw new Unshaped("address");
  return value;
}

function escaped(value: unknown): string {
  if (typeof value !== "string" || value.length > LONGEST_TEXT || value !== value.normalize("NFC") || /[\p{Cc}\p{Cs}]/u.test(value)) throw new Unshaped("text");
  return value.replace(/\\/g, "\\\\").replace(/"/g, '\\"');
}
