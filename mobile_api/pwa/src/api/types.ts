// Short names for the shapes of the phone's door. They are generated from ../openapi.json; nothing here is typed by hand
// except what the document leaves open.
import type { components } from "./schema";

type Shapes = components["schemas"];

export type Node_ = Shapes["Node"];
export type Probe = Shapes["Probe"];
export type LevelUnit = Shapes["UnitRef"];
export type Unit = Shapes["UnitFound"];

export type CodeSent = Shapes["CodeSent"];
export type Proof = Shapes["Proof"];
export type Membership = Shapes["Membership"];
export type Consent = Shapes["Consent"];
export type Me = Shapes["Me"];
export type Session = Shapes["Session"];
export type ConsentText = Shapes["ConsentText"];

export type ActivityCard = Shapes["ActivityCard"];
export type Activity = Shapes["Activity"];
export type ContestInShort = Required<Omit<Activity["in_short"], "services" | "small_track" | "authors">>; // what the kind says of itself in a line
export type Standing = Shapes["Hamlet"];
export type Home = Shapes["Home"];

export type Question = Shapes["QuestionOut"];
export type Review = Shapes["ContestReviewOut"];
export type ContestResult = Shapes["ResultOut"];
export type Attempt = Shapes["AttemptOut"];
export type EarlierAttempt = Shapes["EarlierOut"];
export type ContestMine = Shapes["ContestMineOut"];

export type Boards = Shapes["Boards"];
export type BoardLine = Shapes["Placed"];
export type Issued = Shapes["Certificate"];
export type Certificate = Shapes["CertificateOffer"];

export type Recognition = Shapes["Recognition"];
export type OwnAward = Shapes["OwnAward"];
export type WallChoice = Shapes["WallChoice"];
export type AwardMine = Shapes["AwardMineOut"];

export type OperationResult = Omit<Shapes["VerdictOut"], "result" | "seal"> & { result: Record<string, unknown> | null; seal?: string };
export type Outcome = OperationResult["outcome"];
export type Pushed = { results: OperationResult[]; highest_seq: number };
export type Pulled = Shapes["Pull"];
export type PulledChange = Shapes["Change"];
export type ReceiptView = Shapes["Receipt"];

export type PledgeMine = Shapes["PledgeMineOut"];
export type PledgeVersion = Shapes["VersionOut"];
export type PledgeSuggestion = Shapes["Suggestion"];
export type PledgeFellows = Shapes["PledgeFellows"];
export type PledgeDeeds = Shapes["PledgeDeeds"];

export type MovementMine = Shapes["MovementMineOut"];
export type IdeaMine = Shapes["InitiativeMineOut"];
export type IdeaCard = Shapes["IdeaCard"];
export type IdeaOne = Shapes["IdeaOne"];
export type IdeaAlike = Shapes["IdeaAlike"];
export type IdeaInvitation = Shapes["IdeaInvitation"];

// What a team in the field needs.
export type Place = Shapes["Place"];
export type HouseholdOut = Shapes["Household"];
export type HouseholdKind = HouseholdOut["kind"];
export type TeamOut = Shapes["Team"];
export type TeamLoad = Shapes["TeamLoad"];
export type PhotoStanding = Shapes["Photo"];
export type Relayed = Shapes["Relay"];
export type RelayGrant = Pick<Me, "session_id" | "relay_key">; // lets this sign-in's deeds be carried in a file that only the node can read
