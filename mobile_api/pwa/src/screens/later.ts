// The screens that are fetched when one of them is first opened, all in one piece: each piece costs a round trip.
export { BoardNameScreen } from "./board-name";
export { CertificateScreen } from "./certificate";
export { ConsentScreen } from "./consent";
export { Me } from "./me";
export { Receipts } from "./receipts";
